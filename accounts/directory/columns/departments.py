"""Columns that name parts of the company, also as a series from the company down to the team.

A series such as "Supervisory Organization - Level 01" to "- Level 05" is as deep as each person is.
The table gets one column more, with the deepest part of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from accounts.directory.columns.chain import LEVEL
from accounts.directory.columns.contents import Column, has_letters, holds_answers, is_day
from accounts.directory.columns.headings import (
    BRACKETS,
    COLUMNS,
    DEEPEST,
    WEAK,
    fields_named,
    has_word,
    is_about_manager,
    is_part_of_company,
    words_of,
)
from accounts.directory.files.table import RawRow, Table


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
    positions = find_series(table.headings)
    if not positions:
        return table
    width = len(table.headings)
    heading = f"{table.headings[positions[0]]} … {DEEPEST}"

    def rows() -> Iterator[RawRow]:
        for row in table.rows():
            is_whole = fills_short_rows or len(row.cells) >= width
            if is_whole and not row.broken:
                row.cells += [""] * (width - len(row.cells))
                row.cells.insert(width, deepest(row.cells, positions))
            yield row

    return replace(table, headings=[*table.headings, heading], rows=rows)


def deepest(cells: Sequence[str], positions: Sequence[int]) -> str:
    """The last of these cells with anything in it."""
    texts = [cells[at].strip() for at in positions]
    return next((text for text in reversed(texts) if text), "")


def find_series(headings: Sequence[str]) -> list[int]:
    """The positions of the longest numbered series of parts of the company, from the top down.

    Empty where there is none, or where another column clearly names the department.
    """
    series: dict[str, dict[int, int]] = {}
    for position, heading in enumerate(headings):
        if fields_named(heading).get("department", 0) > WEAK:
            return []
        found = LEVEL.match(BRACKETS.sub("", heading).strip())
        if found and is_part_of_company(heading):
            name = words_of(f"{found[1]} {found[3]}")
            series.setdefault(name, {})[int(found[2])] = position
    longest = max(series.values(), key=len, default={})
    return [longest[number] for number in sorted(longest)] if len(longest) > 1 else []
