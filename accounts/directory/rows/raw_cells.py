"""Cells as they are in the file."""

from __future__ import annotations

from collections import Counter

from accounts.directory.files import cleaning
from accounts.directory.files.table import RawRow
from accounts.directory.rows import cells


def cell_at(raw: RawRow, position: int) -> str:
    """A cell as it is in the file, "" where the row is shorter."""
    return raw.cells[position].strip() if position < len(raw.cells) else ""


def cleaned_counts(counts: Counter[str]) -> Counter[str]:
    """As counted, without what nobody can see, and with "" for "n/a" and the like."""
    found: Counter[str] = Counter()
    for cell, count in counts.items():
        text = cleaning.clean(cell)[0]
        found["" if text.lower() in cells.EMPTY else text] += count
    return found
