"""What single cells may contain, and what is read from them without the rest of the row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from accounts.directory.data import load
from accounts.directory.files.cleaning import clean, is_hex
from accounts.directory.values.addresses import address_in
from accounts.directory.values.odd_letters import look_alike

LENGTHS = {
    "employee_id": 64,
    "person_key": 500,
    "manager_id": 500,
    "email": 254,
    "name": 200,
    "preferred_name": 100,
    "grade": 80,
}
LONGEST = 200  # of the other fields
# fields in which "Null" and the like may be somebody's name
NAMES = {"name", "first_name", "last_name", "preferred_name", "manager_name"}
FORMULA = re.compile(r"^(=|@|[+\-][^\d\s.,]|[+\-][\d.,]+[^\d.,\s])")
IDS = {"employee_id", "manager_id", "person_key"}
# How spreadsheet programs write a number: "770001.0", and '000771 for a text of digits. With more
# zeros it may be another number: "1.000" is a thousand in German.
WHOLE_NUMBER = re.compile(r"^'?(\d+)[.,]0$")
SHORTENED_NUMBER = re.compile(r"^\d(?:[.,]\d+E\+?|E\+)\d+$", re.IGNORECASE)

WORDS = load("cells")
EMPTY = frozenset(WORDS["empty"])
SPREADSHEET_ERRORS = frozenset(WORDS["spreadsheet_errors"])
NOBODY = frozenset(WORDS["nobody"])
YES, NO = frozenset(WORDS["yes"]), frozenset(WORDS["no"])
YES_OR_NO = YES | NO


def max_length(field: str) -> int:
    """How many characters a cell of this field may have."""
    return LENGTHS.get(field, LONGEST)


@lru_cache(maxsize=10_000)
def text_without_problem(cell: str, field: str) -> str | None:
    """The text of a cell; None where something has to be said about it.

    Cached, as most texts occur in a file many times. What is said is in the reader's language, so
    it is not cached.
    """
    text, removed = clean(cell)
    if removed or look_alike(text) or problem_of(text, field, is_formula=False):
        return None
    return text_as_read(text, field)


def text_as_read(text: str, field: str) -> str:
    """A clean text without what a spreadsheet program has added; "" for "n/a" and the like."""
    return "" if means_empty(text, field) else without_spreadsheet(text, field)


def problem_of(text: str, field: str, *, is_formula: bool) -> str:
    """The code of what is wrong with the text of a cell, or ""."""
    if text in SPREADSHEET_ERRORS:
        return "excel_error"
    if is_formula or FORMULA.match(text):
        return "formula"
    if field in IDS and SHORTENED_NUMBER.match(text):
        return "shortened_id"
    if "\ufffd" in text or (field not in IDS and is_hex(text)):
        return "lost_letter"
    if len(text) > max_length(field):
        return "too_long"
    return ""


def without_spreadsheet(text: str, field: str) -> str:
    """An id without what a spreadsheet program has added: "770001.0" is 770001.

    Zeros in front and separators stay: 000771 and 771 may be two people, as 1.000 and 1.
    """
    if field not in IDS:
        return text
    number = WHOLE_NUMBER.match(text)
    return number[1] if number else text.removeprefix("'")


def means_empty(text: str, field: str) -> bool:
    """Whether a cell says "n/a" or the like. "Null" may be somebody's name."""
    if not text:
        return True
    if text.lower() not in EMPTY:
        return False
    may_be_name = field in NAMES and text[0].isalpha()
    return not may_be_name


def managers_named(texts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The ways in which the row names the manager: id, address, name."""
    named = (
        ("id", texts["manager_id"]),
        ("email", address_in(texts["manager_email"])),
        ("name", texts["manager_name"]),
    )
    return tuple((kind, text) for kind, text in named if text and text.lower() not in NOBODY)
