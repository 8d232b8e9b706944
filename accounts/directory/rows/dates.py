"""Dates as HR systems write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from accounts.directory.data import load
from accounts.domain.names import plain
from common import clock

DAY_FIRST, MONTH_FIRST = "day", "month"
EXCEL_EPOCH = date(1899, 12, 30)  # day 0 of Excel's count, its wrong leap day of 1900 taken in
SERIAL = re.compile(r"^(\d{5})(?:[.,]\d+)?$")
NUMBERS = re.compile(r"^(\d{1,4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{1,4})$")
TIME_OF_DAY = re.compile(r"[T ]+\d{1,2}(?::\d{2}|([.:])\d{2}\1\d{2}).*$")
PARTS = re.compile(r"\d+|[^\W\d_]+")
LONGEST_CAREER = 70  # years

WORDS = load("dates")
MONTHS = {name: number for number, names in enumerate(WORDS["months"], start=1) for name in names}
BESIDE = frozenset(WORDS["beside"])


def today() -> date:
    """The day of now in UTC."""
    return clock.now().date()


@dataclass(slots=True)
class DateReader:
    """Reads a column of days.

    `order` is DAY_FIRST or MONTH_FIRST where 03/04 may be April or March: as somebody chose, or as
    `learn` has found. Without it such a day is `unclear` and is not read. With `past`, a year of
    two digits is never in the future.
    """

    order: str = ""
    past: bool = False
    unclear: str = ""  # the first day that may be two
    today: date = field(default_factory=today)

    def learn(self, cells: Iterable[str]) -> None:
        """Look through the column: a first number above 12 is a day, a second one too."""
        if self.order:
            return
        orders = {order_of(cell) for cell in cells}
        if DAY_FIRST in orders and MONTH_FIRST in orders:
            return
        self.order = next((order for order in (DAY_FIRST, MONTH_FIRST) if order in orders), "")

    def is_unclear(self, text: str) -> bool:
        """Whether a text may be two days, and nobody has said which."""
        return not self.order and order_of(text) == "either"

    def read(self, text: str) -> date | None:
        """The day, or None for what is unclear or no date between 1900 and 2100."""
        if self.is_unclear(text):
            self.unclear = self.unclear or text
            return None
        try:
            day = self.parse(without_time(text))
        except ValueError:
            return None
        return day if day and 1900 <= day.year <= 2100 else None

    def parse(self, text: str) -> date | None:
        """The day, whatever its year. ValueError or None for what is no date."""
        serial = SERIAL.match(text)
        if serial:
            return EXCEL_EPOCH + timedelta(days=int(serial[1]))
        numbers = NUMBERS.match(text)
        if numbers:
            return self.from_numbers(numbers[1], numbers[3], numbers[4], numbers[2])
        if any(letter.isalpha() for letter in text[:-3]):
            return self.from_words(text)
        return date.fromisoformat(text)

    def from_numbers(self, first: str, second: str, third: str, between: str) -> date | None:
        """The day of 2020-03-31, 31.03.2020, 31/3/20 or 3/31/20."""
        if len(first) == 4 or int(first) > 31:
            return self.day_of(first, int(second), int(third))
        day, month = int(first), int(second)
        if order_of_numbers(day, month, between, self.order) == MONTH_FIRST:
            day, month = month, day
        return self.day_of(third, month, day)

    def from_words(self, text: str) -> date | None:
        """The day of "17-JUN-13", "1. März 2019" or "March 31st, 2020"."""
        numbers: list[str] = []
        months: list[int] = []
        for part in PARTS.findall(text):
            word = plain(part)
            if part.isdecimal():
                numbers.append(part)
            elif word in MONTHS:
                months.append(MONTHS[word])
            elif word not in BESIDE:
                return None
        if len(numbers) != 2 or len(months) != 1:
            return None
        if len(numbers[0]) == 4:
            numbers.reverse()
        return self.day_of(numbers[1], months[0], int(numbers[0]))

    def day_of(self, year: str, month: int, day: int) -> date | None:
        """The day; the century of a year of two digits is the last one that can be meant."""
        if len(year) == 4:
            return date(int(year), month, day)
        if len(year) > 2:
            return None
        found = date(2000 + int(year), month, day)
        latest = self.today if self.past else self.today.replace(year=self.today.year + 30, day=1)
        if found <= latest:
            return found
        earlier = date(found.year - 100, month, day)
        return earlier if earlier.year >= self.today.year - LONGEST_CAREER else None


def without_time(text: str) -> str:
    """A day without the time of day behind it."""
    return TIME_OF_DAY.sub("", text.strip())


@lru_cache(maxsize=5_000)
def order_of(text: str) -> str:
    """What a cell tells of its order: DAY_FIRST, MONTH_FIRST, "either", or "" for nothing."""
    numbers = NUMBERS.match(without_time(text))
    if numbers is None or len(numbers[1]) > 2 or numbers[2] == ".":
        return ""
    first, second = int(numbers[1]), int(numbers[3])
    if first == second or first > 31:
        return ""
    if second > 12:
        return MONTH_FIRST
    return DAY_FIRST if first > 12 else "either"


def order_of_numbers(first: int, second: int, between: str, order: str) -> str:
    """Which of two numbers comes first: the order of the column, or what the numbers tell."""
    if between == ".":
        return DAY_FIRST
    if order:
        return order
    return MONTH_FIRST if second > 12 else DAY_FIRST
