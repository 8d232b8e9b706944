"""Managers' names in two columns, "Manager First Name" and "Manager Last Name", as one more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from accounts.directory.columns.headings import (
    COLUMNS,
    NEAREST,
    has_word,
    is_about_manager,
    is_about_other_manager,
)
from accounts.directory.files.table import RawRow, Table

FIRST = [*COLUMNS["first_name_words"], "first"]
LAST = [*COLUMNS["last_name_words"], "last"]


def with_whole_names_of_managers(table: Table, *, fills_short_rows: bool) -> Table:
    """The table with a column for the managers' whole names, where it has them in two.

    With `fills_short_rows` (for XLSX), cells that are missing at the end are empty ones.
    """
    first, last = only_column(table.headings, FIRST), only_column(table.headings, LAST)
    if first is None or last is None or first == last:
        return table
    width = len(table.headings)
    heading = f"{table.headings[first]} + {table.headings[last]} {NEAREST}"

    def rows() -> Iterator[RawRow]:
        for row in table.rows():
            is_whole = fills_short_rows or len(row.cells) >= width
            if is_whole and not row.broken:
                row.cells += [""] * (width - len(row.cells))
                parts = [row.cells[first].strip(), row.cells[last].strip()]
                row.cells.insert(width, " ".join(filter(None, parts)))
            yield row

    return replace(table, headings=[*table.headings, heading], rows=rows)


def only_column(headings: Sequence[str], words: list[str]) -> int | None:
    """The position of the one column of managers whose heading has one of these words."""
    found = [
        at
        for at, heading in enumerate(headings)
        if is_about_manager(heading)
        and has_word(heading, words)
        and not is_about_other_manager(heading)
    ]
    return found[0] if len(found) == 1 else None
