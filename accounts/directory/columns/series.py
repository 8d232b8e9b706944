"""Series of numbered columns, such as "Level 01" to "Level 05", and columns made of others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from accounts.directory.columns.headings import BRACKETS, words_of
from accounts.directory.files.table import RawRow, Table

LEVEL = re.compile(r"^(.*?)0*(\d{1,2})(\D*)$")


def longest_series(headings: Sequence[str], belongs: Callable[[str], bool]) -> tuple[int, ...]:
    """The positions of the longest series of numbered headings, in the order of their numbers.

    Only headings for which `belongs` holds count. Empty where no series has two columns.
    """
    series: dict[str, dict[int, int]] = {}
    for position, heading in enumerate(headings):
        found = LEVEL.match(BRACKETS.sub("", heading).strip())
        if found and belongs(heading):
            name = words_of(f"{found[1]} {found[3]}")
            series.setdefault(name, {})[int(found[2])] = position

    longest = max(series.values(), key=len, default={})
    if len(longest) < 2:
        return ()
    return tuple(longest[number] for number in sorted(longest))


def with_added_column(
    table: Table, heading: str, cell_of: Callable[[Sequence[str]], str], *, fills_short_rows: bool
) -> Table:
    """The table with one more column, after the others. `cell_of` makes a cell of a row's cells.

    With `fills_short_rows` (for XLSX), cells that are missing at the end are empty ones. Otherwise
    (for CSV) rows that are too short stay as they are: they are errors.
    """
    width = len(table.headings)

    def rows() -> Iterator[RawRow]:
        for row in table.rows():
            is_whole = fills_short_rows or len(row.cells) >= width
            if is_whole and not row.broken:
                row.cells += [""] * (width - len(row.cells))
                row.cells.insert(width, cell_of(row.cells))
            yield row

    return replace(table, headings=[*table.headings, heading], rows=rows)
