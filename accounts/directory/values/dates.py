"""Dates as HR systems write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from accounts.directory.data import load
from accounts.domain.names import plain
from common import clock

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day", "month", "year"
ORDERS = (DAY_FIRST, MONTH_FIRST, YEAR_FIRST)
# Day 0 of Excel's count, which includes 29 February 1900 though there was no such day.
EXCEL_EPOCH = date(1899, 12, 30)
SERIAL = re.compile(r"^(\d{5})(?:[.,]\d+)?$")
NUMBERS = re.compile(r"^(\d{1,4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{1,4})$")
TIME_OF_DAY = re.compile(r"[T ]+\d{1,2}(?::\d{2}|([.:])\d{2}\1\d{2}).*$")
PARTS = re.compile(r"\d+|[^\W\d_]+")
LONGEST_CAREER = 70  # years
NOTICE = timedelta(days=366)  # a hire date is at most so far ahead
IN_TEXT = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{2,4}")

WORDS = load("dates")
MONTHS = {name: number for number, names in enumerate(WORDS["months"], start=1) for name in names}
BESIDE = frozenset(WORDS["beside"])


def today() -> date:
    """The day of now in UTC."""
    return clock.now().date()


@dataclass(slots=True)
class DateReader:
    """Reads a column of days.

    `order` says what comes first in 03/04/2019 or 20-03-11, as somebody chose. Without it, the
    column tells: `learn` keeps the orders in which all its days exist. A day that may still be two
    is `unclear` and is not read. With `past`, a year of two digits is never in the future.
    """

    order: str = ""
    past: bool = False
    unclear: str = ""  # the first day that may be two
    today: date = field(default_factory=today)
    possible: frozenset[str] = frozenset(ORDERS)

    def learn(self, cells: Iterable[str]) -> None:
        """Look through the column: a first number above 12 is no month, one above 31 a year."""
        possible = self.possible
        for cell in cells:
            orders = self.orders_of(cell)
            if orders:
                possible = possible.intersection(orders)
        self.possible = possible or self.possible

    def learn_from(self, other: DateReader) -> None:
        """Take over what another column of the same file tells."""
        self.possible = (self.possible & other.possible) or self.possible

    def orders_of(self, text: str) -> Mapping[str, date]:
        """The orders in which a text is a day that can be meant; none where it says the order."""
        return orders_of(text, self.today, past=self.past)

    def readings(self, text: str) -> Mapping[str, date]:
        """As `orders_of`, those alone that are possible in this column."""
        orders = self.orders_of(text)
        return {order: orders[order] for order in orders if order in self.possible} or orders

    def is_unclear(self, text: str) -> bool:
        """Whether a text may be two days, and nobody has said which."""
        return not self.order and len(set(self.readings(text).values())) > 1

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

    def read_inside(self, text: str) -> date | None:
        """The day in a longer text, such as "terminated 31.10.2026"; None without one."""
        found = IN_TEXT.search(text)
        return self.read(found[0]) if found else None

    def parse(self, text: str) -> date | None:
        """The day, whatever its year. ValueError or None for what is no date."""
        serial = SERIAL.match(text)
        if serial:
            return self.from_serial(int(serial[1]))
        numbers = NUMBERS.match(text)
        if numbers:
            return self.from_numbers(text, numbers)
        if any(letter.isalpha() for letter in text[:-3]):
            return self.from_words(text)
        return date.fromisoformat(text)

    def from_serial(self, number: int) -> date | None:
        """The day of a spreadsheet's count; None for a hire date longer ago than a career."""
        day = EXCEL_EPOCH + timedelta(days=number)
        return None if self.past and day.year < self.today.year - LONGEST_CAREER else day

    def from_numbers(self, text: str, numbers: re.Match[str]) -> date | None:
        """The day of 2020-03-31, 31.03.2020, 31/3/20, 3/31/20 or 20-03-31."""
        first, month, day = map(int, (numbers[1], numbers[3], numbers[4]))
        if len(numbers[1]) == 4:
            return date(first, month, day)
        order = self.order or next(iter(self.readings(text)), DAY_FIRST)
        written = orders_written(numbers)
        if order in written:
            return self.day_in_order(numbers, order)
        if order == YEAR_FIRST and len(written) > 1:
            return None
        return self.day_in_order(numbers, DAY_FIRST)

    def day_in_order(self, numbers: re.Match[str], order: str) -> date | None:
        """The day, its century told by `past`. ValueError where it does not exist."""
        year, month, day = in_order(numbers, order)
        return self.day_of(year, int(month), int(day))

    def from_words(self, text: str) -> date | None:
        """The day of "17-JUN-13", "1. März 2019" or "March 31st, 2020"."""
        parts = PARTS.findall(text)
        numbers = [part for part in parts if part.isdecimal()]
        month = month_named([plain(part) for part in parts if not part.isdecimal()])
        if month is None or len(numbers) != 2:
            return None
        if len(numbers[0]) == 4:
            numbers.reverse()
        day, year = numbers
        return self.day_of(year, month, int(day))

    def day_of(self, year: str, month: int, day: int) -> date | None:
        """The day; the century of a year of two digits is the last one that can be meant."""
        latest = self.today if self.past else far_ahead(self.today)
        return day_until(latest, self.today, year, month, day)


def month_named(words: Iterable[str]) -> int | None:
    """The month that the words of a date name; None where they say anything else."""
    said = [word for word in words if word not in BESIDE]
    if len(said) != 1:
        return None
    return MONTHS.get(said[0])


def far_ahead(now: date) -> date:
    """The latest day that two digits of a year may mean."""
    return now.replace(year=now.year + 30, day=1)


def day_until(latest: date, now: date, year: str, month: int, day: int) -> date | None:
    """The day of a year of four digits, or of the last one of two digits that is not too late.

    None where that is longer ago than a career. ValueError where the day does not exist.
    """
    if len(year) == 4:
        return date(int(year), month, day)
    if len(year) > 2:
        return None
    found = date(2000 + int(year), month, day)
    if found <= latest:
        return found
    earlier = date(found.year - 100, month, day)
    return earlier if earlier.year >= now.year - LONGEST_CAREER else None


def without_time(text: str) -> str:
    """A day without the time of day behind it."""
    return TIME_OF_DAY.sub("", text.strip())


def orders_written(numbers: re.Match[str]) -> tuple[str, ...]:
    """The orders that three numbers may be in. With full stops the month is never first."""
    orders = (DAY_FIRST,) if numbers[2] == "." else (DAY_FIRST, MONTH_FIRST)
    return orders if len(numbers[4]) == 4 else (*orders, YEAR_FIRST)


def in_order(numbers: re.Match[str], order: str) -> tuple[str, str, str]:
    """Year, month and day of three numbers."""
    first, second, third = numbers[1], numbers[3], numbers[4]
    if order == YEAR_FIRST:
        return first, second, third
    return (third, first, second) if order == MONTH_FIRST else (third, second, first)


@lru_cache(maxsize=10_000)
def orders_of(text: str, now: date, *, past: bool) -> Mapping[str, date]:
    """{order: day} of the orders in which a text is a day that can be meant.

    Empty where the text itself says which number is what. A hire date is at most about a year
    ahead, and few contracts end more than three years ahead.
    """
    numbers = NUMBERS.match(without_time(text))
    if numbers is None or len(numbers[1]) > 2 or len(orders_written(numbers)) == 1:
        return {}
    soon = NOTICE if past else 3 * NOTICE
    return days_until(now + soon, now, numbers) or days_until(far_ahead(now), now, numbers)


def days_until(latest: date, now: date, numbers: re.Match[str]) -> dict[str, date]:
    """{order: day} for the orders in which three numbers are a day that is not too late."""
    found: dict[str, date] = {}
    for order in orders_written(numbers):
        year, month, day = in_order(numbers, order)
        with suppress(ValueError):
            meant = day_until(latest, now, year, int(month), in_any_month(int(day)))
            if meant:
                found[order] = meant
    return found


def in_any_month(day: int) -> int:
    """A day that every month has: the 31st of April is no day, but tells the order."""
    return min(day, 28) if day <= 31 else day
