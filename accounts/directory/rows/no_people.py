"""Rows that are about nobody: sums, remarks and repeated headings."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.directory.columns.headings import COLUMNS, key, words_of

TOTALS = tuple(COLUMNS["totals"])


def first_text(row: Sequence[str]) -> str:
    """The first cell with anything in it."""
    return next((cell.strip() for cell in row if cell.strip()), "")


def is_remark(row: Sequence[str]) -> bool:
    """Whether a row is a sum or a remark below a report: few cells, the first says so."""
    filled = [cell for cell in row if cell.strip()]
    beginning = f"{words_of(first_text(row))} "
    names_sum = any(beginning.startswith(f"{word} ") for word in TOTALS)
    return names_sum and len(filled) * 2 <= max(len(row), 4)


def is_headings(row: Sequence[str], headings: Sequence[str]) -> bool:
    """Whether a row repeats the headings, as reports do on each page."""
    pairs = [(cell, heading) for cell, heading in zip(row, headings, strict=False) if cell.strip()]
    return len(pairs) > 1 and all(key(cell) == key(heading) for cell, heading in pairs)
