"""Dates as HR systems write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

EXCEL_EPOCH = date(1899, 12, 30)  # day 0 of Excel's count, its wrong leap day of 1900 taken in
DAY_FIRST = ["%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y"]
MONTH_FIRST = ["%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y"]
OTHERS = [
    "%d.%m.%Y",
    "%d.%m.%y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d-%b-%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
]
NUMBERS = re.compile(r"\s*(\d{1,2})[/-]\d{1,2}[/-]\d")
TIME_OF_DAY = re.compile(r"[T ]\d{1,2}:\d{2}.*$")


@dataclass(slots=True)
class DateReader:
    """Reads one column.

    `learn` looks through it first, to tell 03/04 (April) from 03/04 (March).
    """

    formats: list[str] = field(default_factory=lambda: [*OTHERS, *MONTH_FIRST, *DAY_FIRST])

    def learn(self, cells: Iterable[str]) -> None:
        """Day first if some first number is above 12, month first otherwise."""
        day_first = any(first_number(cell) > 12 for cell in cells)
        self.formats = [*OTHERS, *(DAY_FIRST if day_first else MONTH_FIRST)]

    def read(self, text: str) -> date | None:
        """The day, or None for what is no date between 1900 and 2100."""
        text = TIME_OF_DAY.sub("", text.strip())
        day = self.parse(text)
        return day if day and 1900 <= day.year <= 2100 else None

    def parse(self, text: str) -> date | None:
        """The day in the first format that fits, which is then tried first."""
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
        if text.isdecimal() and len(text) == 5:
            return EXCEL_EPOCH + timedelta(days=int(text))
        for shape in self.formats:
            try:
                day = datetime.strptime(text, shape).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
            self.try_first(shape)
            return day
        return None

    def try_first(self, shape: str) -> None:
        """Begin with this format at the next cell, which is usually written in the same way."""
        if self.formats[0] != shape:
            self.formats.remove(shape)
            self.formats.insert(0, shape)


def first_number(cell: str) -> int:
    """The 13 of "13/04/2020"; 0 for what is not written so."""
    found = NUMBERS.match(cell)
    return int(found[1]) if found else 0
