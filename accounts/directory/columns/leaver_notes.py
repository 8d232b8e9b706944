"""What the preview says about the columns that tell who has left, and those that could."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.directory.columns.contents import Column, is_last_day, is_yes_or_no
from accounts.directory.columns.headings import fields_named
from accounts.directory.columns.leaver_columns import (
    asks_who_left,
    looks_like_last_days,
    looks_like_reasons,
    looks_like_states,
    may_be_last_days,
    tells_who_left,
)
from accounts.directory.columns.unused_columns import quoted
from accounts.directory.rows.raw_cells import Together
from accounts.directory.values.dates import DateReader
from accounts.directory.values.last_days import is_over
from accounts.directory.values.status import StatusColumn, is_kind_of_work

Note = dict[str, Any]


def columns_about_leaving(columns: Sequence[Column], mapping: Mapping[str, str]) -> list[str]:
    """The headings of the columns that are used for leavers, and of others that could be."""
    unused = [column for column in columns if column.heading not in mapping.values()]
    others = [column.heading for column in unused if may_tell_who_left(column)]
    return used_headings(mapping) + others


def used_headings(mapping: Mapping[str, str]) -> list[str]:
    """The headings of the status and the last day."""
    return [mapping[name] for name in ("status", "left_on") if name in mapping]


def may_tell_who_left(column: Column) -> bool:
    """Whether a column could be the status or the last day, or has reasons for leaving."""
    if is_state(column) or asks_who_left(column) or looks_like_last_days(column):
        return True
    is_named = "left_on" in fields_named(column.heading)
    has_named_days = is_named and column.share(is_last_day) >= 0.5
    return has_named_days or may_be_last_days(column) or looks_like_reasons(column)


def is_state(column: Column) -> bool:
    """Whether a column could be the status."""
    if "status" not in fields_named(column.heading):
        return looks_like_states(column)
    reader = StatusColumn.of(column.heading, column.cells)
    return column.share(reader.understands) >= 0.5 and tells_who_left(column)


@dataclass(slots=True)
class LeaverColumn:
    """A column that tells who has left, with how often each of its texts is there."""

    heading: str
    cells: Counter[str]
    date_order: str
    status: StatusColumn = field(init=False)
    dates: DateReader | None = field(init=False, default=None)
    has_reasons: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.status = StatusColumn.of(self.heading, self.cells)
        filled = list(filter(None, self.cells))
        if has_days(self.heading, filled):
            self.dates = DateReader(self.date_order)
            self.dates.learn(filled)
        elif "status" not in fields_named(self.heading):
            understood = sum(map(self.status.understands, filled))
            self.has_reasons = understood * 2 < len(filled)

    def says_gone(self, cell: str) -> bool:
        """Whether a cell says that somebody has left."""
        if not cell:
            return self.status.empty_is_left
        if self.dates:
            return bool(is_over(cell, self.dates))
        return self.has_reasons or bool(self.status.is_gone(cell))

    @property
    def count(self) -> int:
        """How many rows say so."""
        return sum(times for cell, times in self.cells.items() if self.says_gone(cell))


def has_days(heading: str, cells: Iterable[str]) -> bool:
    """Whether a column holds days and no states. A lone 0 may be an answer."""
    named = fields_named(heading)
    if "status" in named and "left_on" not in named:
        return False
    return any(is_last_day(cell) and not is_yes_or_no(cell) for cell in cells)


def notes_about_leavers(
    together: Together, headings: Sequence[str], mapping: Mapping[str, str], date_order: str
) -> list[Note]:
    """The notes, from the texts of `columns_about_leaving` that go together in rows."""
    cells = of_each_column(together, headings)
    columns = [LeaverColumn(heading, cells[heading], date_order) for heading in headings]
    used = len(used_headings(mapping))
    notes = notes_about_status(columns[0]) if "status" in mapping else []
    if not any(map(tells, columns[:used])):
        unused = quoted(column.heading for column in columns[used:])
        return [*notes, {"key": "nobody_has_left", "unused": unused}]
    return notes + notes_about_further_rows(together, columns, used)


def notes_about_further_rows(
    together: Together, columns: Sequence[LeaverColumn], used: int
) -> list[Note]:
    """Which unused columns say of further people that they have left."""
    further = further_rows(together, columns, used)
    shown = [f"“{heading}” ({count})" for heading, count in further.items() if count]
    if not shown:
        return []
    names = quoted(column.heading for column in columns[:used])
    return [{"key": "leavers_unused", "used": names, "unused": ", ".join(shown)}]


def of_each_column(together: Together, headings: Collection[str]) -> dict[str, Counter[str]]:
    """{heading: how often each text is in its column}; `headings` in the order of the texts."""
    found: dict[str, Counter[str]] = {heading: Counter() for heading in headings}
    for texts, count in together.items():
        for heading, text in zip(headings, texts, strict=True):
            found[heading][text] += count
    return found


def further_rows(together: Together, columns: Sequence[LeaverColumn], used: int) -> dict[str, int]:
    """{unused heading: rows of which it says that somebody has left, and no used column does}.

    The first columns, as many as `used`, are those that are used.
    """
    found = {column.heading: 0 for column in columns[used:]}
    for texts, count in together.items():
        says_gone = [column.says_gone(text) for column, text in zip(columns, texts, strict=True)]
        if any(says_gone[:used]):
            continue
        for heading, is_gone in zip(found, says_gone[used:], strict=True):
            found[heading] += count if is_gone else 0
    return found


def notes_about_status(column: LeaverColumn) -> list[Note]:
    """A status that is known by its cells alone, and what its empty cells were taken for."""
    notes: list[Note] = []
    heading = column.heading
    if "status" not in fields_named(heading):
        notes.append({"key": "status_by_cells", "heading": heading, "count": column.count})

    empty = column.cells[""]
    if empty and column.status.empty_is_left:
        notes.append({"key": "empty_is_left", "heading": heading, "count": empty})
    elif empty and says_here(column):
        notes.append({"key": "empty_is_here", "heading": heading, "count": empty})
    return notes


def says_here(column: LeaverColumn) -> bool:
    """Whether a status says of somebody that they work here."""
    filled = filter(None, column.cells)
    return any(column.status.is_gone(cell) is False for cell in filled)


def tells(column: LeaverColumn) -> bool:
    """Whether a column that is used tells who has left."""
    filled = [cell for cell in column.cells if cell]
    return not all(map(is_kind_of_work, filled))
