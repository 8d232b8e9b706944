"""What the preview says about the columns that tell who has left, and those that could."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from accounts.directory.columns.contents import Column, is_last_day
from accounts.directory.columns.headings import fields_named
from accounts.directory.columns.states import (
    looks_like_last_days,
    looks_like_states,
    tells_who_left,
)
from accounts.directory.planning.unused_columns import quoted
from accounts.directory.rows.dates import DateReader
from accounts.directory.rows.last_days import is_over
from accounts.directory.rows.status import StatusColumn, is_kind_of_work

Note = dict[str, Any]
Cells = Mapping[str, Counter[str]]  # heading -> how often each cell is in the file


def columns_about_leaving(columns: Sequence[Column], mapping: Mapping[str, str]) -> list[str]:
    """The headings of the columns that are used for leavers, and of others that could be."""
    used = [mapping[field] for field in ("status", "left_on") if field in mapping]
    others = [
        column.heading
        for column in columns
        if column.heading not in mapping.values() and (is_state(column) or is_end(column))
    ]
    return used + others


def is_state(column: Column) -> bool:
    """Whether a column could be the status."""
    if "status" not in fields_named(column.heading):
        return looks_like_states(column)
    reader = StatusColumn.of(column.heading, column.cells)
    understood = column.share(lambda cell: reader.is_gone(cell) is not None)
    return understood >= 0.5 and tells_who_left(column)


def is_end(column: Column) -> bool:
    """Whether a column could hold last days."""
    is_named = "left_on" in fields_named(column.heading)
    return looks_like_last_days(column) or (is_named and column.share(is_last_day) >= 0.5)


def notes_about_leavers(cells: Cells, mapping: Mapping[str, str], dates: DateReader) -> list[Note]:
    """The notes, from all cells of `columns_about_leaving`."""
    used = [mapping[field] for field in ("status", "left_on") if field in mapping]
    gone = {heading: rows_gone(heading, cells[heading], dates) for heading in cells}
    unused = [heading for heading in cells if heading not in used]
    notes = notes_about_status(mapping.get("status", ""), cells, gone)

    if not any(tells(cells[heading]) for heading in used):
        notes.append({"key": "nobody_has_left", "used": quoted(used), "unused": quoted(unused)})
        return notes
    saying_more = [heading for heading in unused if gone[heading]]
    if saying_more:
        shown = ", ".join(f"“{heading}” ({gone[heading]})" for heading in saying_more)
        notes.append({"key": "leavers_unused", "used": quoted(used), "unused": shown})
    return notes


def notes_about_status(heading: str, cells: Cells, gone: Mapping[str, int]) -> list[Note]:
    """A status that is known by its cells alone, and what its empty cells were taken for."""
    if not heading:
        return []
    notes: list[Note] = []
    if "status" not in fields_named(heading):
        notes.append({"key": "status_by_cells", "heading": heading, "count": gone[heading]})

    empty = cells[heading][""]
    column = StatusColumn.of(heading, cells[heading])
    says_here = any(column.is_gone(cell) is False for cell in cells[heading] if cell)
    if empty and column.empty_is_left:
        notes.append({"key": "empty_is_left", "heading": heading, "count": empty})
    elif empty and says_here:
        notes.append({"key": "empty_is_here", "heading": heading, "count": empty})
    return notes


def tells(cells: Counter[str]) -> bool:
    """Whether a column that is used tells who has left."""
    filled = [cell for cell in cells if cell]
    return not all(map(is_kind_of_work, filled))


def rows_gone(heading: str, cells: Counter[str], dates: DateReader) -> int:
    """In how many rows a column says that somebody has left."""
    column = StatusColumn.of(heading, cells)
    if has_days(heading, cells):
        own = replace(dates, unclear="")  # what is unclear here is not asked about
        own.learn(cells)
        gone = [cell for cell in cells if cell and is_over(cell, own)]
    else:
        gone = [cell for cell in cells if cell and column.is_gone(cell)]
    without_answer = cells[""] if column.empty_is_left else 0
    return sum(cells[cell] for cell in gone) + without_answer


def has_days(heading: str, cells: Iterable[str]) -> bool:
    """Whether a column holds days and no states. A lone 0 may be an answer."""
    named = fields_named(heading)
    if "status" in named and "left_on" not in named:
        return False
    return any(is_last_day(cell) for cell in cells if cell != "0")
