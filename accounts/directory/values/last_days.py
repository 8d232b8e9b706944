"""Whether somebody's last day is over, also where it is written as directories of Windows do."""

from __future__ import annotations

import re
from datetime import date, timedelta

from accounts.directory.values.dates import DateReader

NEVER = re.compile(r"(?<!\d)(?:9999|2999|4712)(?:\d{4})?(?!\d)")
# accountExpires of accounts without an end, as a count of tenths of microseconds from 1601 on
NO_FILE_TIME = frozenset({"0", "9223372036854775807"})
FILE_TIME = re.compile(r"\d{17,18}")
FIRST_FILE_TIME = date(1601, 1, 1)


def is_over(text: str, dates: DateReader) -> bool | None:
    """Whether a last day is before today; None where it cannot be read.

    A day without end, such as 31.12.9999, never is.
    """
    if is_endless(text):
        return False
    day = day_of(text, dates)
    return None if day is None else day < dates.today


def is_endless(text: str) -> bool:
    """Whether a text stands for no last day, such as 31.12.9999."""
    return bool(NEVER.search(text)) or text in NO_FILE_TIME


def day_of(text: str, dates: DateReader) -> date | None:
    """The last day; None where it cannot be read."""
    return day_of_file_time(text) or dates.read(text)


def day_of_file_time(text: str) -> date | None:
    """The day of a file time of Windows, None for any other text."""
    if not FILE_TIME.fullmatch(text):
        return None
    return FIRST_FILE_TIME + timedelta(microseconds=int(text) // 10)


def is_file_time(text: str) -> bool:
    """Whether a text is a file time of Windows, or stands for none."""
    return text in NO_FILE_TIME or bool(FILE_TIME.fullmatch(text))
