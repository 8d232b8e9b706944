"""Columns that name parts of the company, also as a series from the company down to the team.

A series such as "Supervisory Organization - Level 01" to "- Level 05" is as deep as each person is.
The table gets one column more, with the deepest part of each.
"""

from __future__ import annotations

from collections.abc import Sequence

from accounts.directory.columns.contents import Column, has_letters, holds_answers, is_day
from accounts.directory.columns.headings import (
    COLUMNS,
    DEEPEST,
    WEAK,
    fields_named,
    has_word,
    is_about_manager,
    is_part_of_company,
)
from accounts.directory.columns.series import longest_series, with_added_column
from accounts.directory.files.table import Table


def looks_like_departments(column: Column) -> bool:
    """Whether the heading has a word for a part of the company, and the cells are words."""
    heading = column.heading
    says_something_else = has_word(heading, COLUMNS["no_department_words"])
    if not is_part_of_company(heading) or says_something_else or is_about_manager(heading):
        return False
    is_other = column.share(is_day) > 0.5 or holds_answers(column)
    return column.share(has_letters) >= 0.5 and not is_other


def with_deepest_part(table: Table, *, fills_short_rows: bool) -> Table:
    """The table with a column for the deepest part, where only a series names the departments.

    With `fills_short_rows` (for XLSX), cells that are missing at the end are empty ones.
    """
    if any(map(clearly_names_department, table.headings)):
        return table
    positions = longest_series(table.headings, is_part_of_company)
    if not positions:
        return table

    def deepest_part(cells: Sequence[str]) -> str:
        return last_filled(cells, positions)

    heading = f"{table.headings[positions[0]]} … {DEEPEST}"
    return with_added_column(table, heading, deepest_part, fills_short_rows=fills_short_rows)


def clearly_names_department(heading: str) -> bool:
    """Whether a heading names the department and nothing else."""
    return fields_named(heading).get("department", 0) > WEAK


def last_filled(cells: Sequence[str], positions: Sequence[int]) -> str:
    """The last of these cells with anything in it."""
    texts = [cells[at].strip() for at in positions]
    return next(filter(None, reversed(texts)), "")
