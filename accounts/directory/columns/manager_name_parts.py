"""Managers' names in two columns, "Manager First Name" and "Manager Last Name", as one more."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.directory.columns.headings import (
    COLUMNS,
    NEAREST,
    has_word,
    is_about_manager,
    is_about_other_manager,
)
from accounts.directory.columns.series import with_added_column
from accounts.directory.files.table import Table

FIRST = [*COLUMNS["first_name_words"], "first"]
LAST = [*COLUMNS["last_name_words"], "last"]


def with_whole_names_of_managers(table: Table, *, fills_short_rows: bool) -> Table:
    """The table with a column for the managers' whole names, where it has them in two.

    With `fills_short_rows` (for XLSX), cells that are missing at the end are empty ones.
    """
    first = only_column(table.headings, FIRST)
    last = only_column(table.headings, LAST)
    if first is None or last is None or first == last:
        return table

    def whole_name(cells: Sequence[str]) -> str:
        parts = [cells[first].strip(), cells[last].strip()]
        return " ".join(filter(None, parts))

    heading = f"{table.headings[first]} + {table.headings[last]} {NEAREST}"
    return with_added_column(table, heading, whole_name, fills_short_rows=fills_short_rows)


def only_column(headings: Sequence[str], words: list[str]) -> int | None:
    """The position of the one column of managers whose heading has one of these words."""
    found = []
    for at, heading in enumerate(headings):
        is_of_manager = is_about_manager(heading) and not is_about_other_manager(heading)
        if is_of_manager and has_word(heading, words):
            found.append(at)
    return found[0] if len(found) == 1 else None
