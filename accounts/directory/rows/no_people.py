"""Rows that are about nobody: sums, group headings, remarks and repeated headings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from accounts.directory.columns.headings import COLUMNS, key, words_of
from accounts.domain.names import plain

TOTALS = tuple(COLUMNS["totals"])
TOTALS_BEHIND = tuple(COLUMNS["totals_behind"])
REMARKS_OR_NAMES = tuple(COLUMNS["remarks_or_names"])
NUMBER = re.compile(r"[\d.,:/%\s€$£-]+")
COUNTED = re.compile(r"\s*(?:[(\[]\s*\d+\s*[)\]]|:\s*\d+)\s*$")  # the " (3)" of "Finance (3)"
NAME_WITH_COMMA = re.compile(r"[^\W\d_][^,]*,\s*[^\W\d_]")
GROUPED_BY = ("department", "location", "city", "country", "grade", "job_title")
NAMES = ("name", "first_name", "last_name")


@dataclass(frozen=True, slots=True)
class Groups:
    """The names by which reports group people, such as departments, and whether ids have digits."""

    names: frozenset[str] = frozenset()
    ids_have_digits: bool = False

    @classmethod
    def of(cls, columns: Iterable[Iterable[str]], ids: Iterable[str]) -> Groups:
        """From the texts of the columns of departments and the like, and from the ids."""
        names = set(map(group_key, chain.from_iterable(columns)))
        filled = [text for text in ids if text]
        have_digits = sum(map(has_digit, filled)) * 2 >= len(filled)
        return cls(frozenset(names - {""}), have_digits)


@dataclass(frozen=True, slots=True)
class RowWithoutAddress:
    """A row that has no address, with the position of each field."""

    cells: Sequence[str]
    positions: Mapping[str, int]

    def cell(self, field: str) -> str:
        """The text of a field, "" without one."""
        position = self.positions.get(field, len(self.cells))
        return self.cells[position].strip() if position < len(self.cells) else ""

    @property
    def names_somebody(self) -> bool:
        """Whether it names a person: by an id and a name, by two names, or as "Ende, Michael"."""
        names = [text for text in map(self.cell, NAMES) if any(map(str.isalpha, text))]
        has_id = has_digit(self.cell("employee_id"))
        if names and (has_id or len(names) > 1):
            return True
        is_sum = begins_with(first_text(self.cells), TOTALS)
        may_be_names = [*names, self.cell("employee_id")]  # where cells have moved
        return not is_sum and any(map(NAME_WITH_COMMA.match, may_be_names))

    @property
    def has_name(self) -> bool:
        """Whether there are letters in a column of names."""
        return any(letter.isalpha() for field in NAMES for letter in self.cell(field))

    @property
    def names_nobody(self) -> bool:
        """Whether it has neither a name nor an id."""
        return not any(map(self.cell, (*NAMES, "employee_id")))


def is_no_person(cells: Sequence[str], positions: Mapping[str, int], groups: Groups) -> bool:
    """Whether a row without an address is a sum, a remark, or the heading of a group.

    A row that may be about a person is none of these: what is missing in it is an error that is
    shown.
    """
    row = RowWithoutAddress(cells, positions)
    if row.names_somebody:
        return False
    texts = [cell for cell in cells if cell.strip() and not NUMBER.fullmatch(cell)]
    is_only_text = len(texts) == 1
    if is_only_text and is_lone_heading(texts[0], row, groups):
        return True
    return is_remark(cells, is_only_text=is_only_text, has_name=row.has_name)


def is_lone_heading(text: str, row: RowWithoutAddress, groups: Groups) -> bool:
    """Whether the only text of a row is a heading: of a group, or a word where ids have digits."""
    if row.names_nobody or is_group(text, groups.names):
        return True
    is_id = text.strip() == row.cell("employee_id")
    return is_id and groups.ids_have_digits and not has_digit(text)


def has_digit(text: str) -> bool:
    """Whether a text has a digit, as ids have."""
    return any(map(str.isdigit, text))


def is_group(text: str, groups: Collection[str]) -> bool:
    """Whether a text is the heading of a group, perhaps with a number: "Finance (3)"."""
    return group_key(COUNTED.sub("", text)) in groups


def group_key(text: str) -> str:
    """The name of a group as it is compared."""
    return " ".join(plain(text).split())


def is_remark(row: Sequence[str], *, is_only_text: bool, has_name: bool) -> bool:
    """Whether the first text is a sum or a remark, with few cells or numbers alone beside it."""
    filled = sum(bool(cell.strip()) for cell in row)
    is_sparse = is_only_text or filled * 2 <= max(len(row), 4)
    if not is_sparse:
        return False

    text = first_text(row)
    if begins_with(text, TOTALS) or ends_with(text, TOTALS_BEHIND):
        return True
    if words_of(text) in REMARKS_OR_NAMES:
        return filled == 1 or (is_only_text and not has_name)
    says_more = ":" in text or has_digit(text)
    return says_more and begins_with(text, REMARKS_OR_NAMES)


def ends_with(text: str, words: Sequence[str]) -> bool:
    """Whether the last of several words of a text is one of these."""
    before, _blank, last = words_of(text).rpartition(" ")
    return bool(before) and last in words


def begins_with(text: str, phrases: Sequence[str]) -> bool:
    """Whether a text begins with one of these words or groups of words."""
    beginning = f"{words_of(text)} "
    return any(beginning.startswith(f"{phrase} ") for phrase in phrases)


def first_text(row: Sequence[str]) -> str:
    """The first cell with anything in it."""
    return next((cell.strip() for cell in row if cell.strip()), "")


def is_headings(row: Sequence[str], headings: Sequence[str]) -> bool:
    """Whether a row repeats the headings, as reports do on each page."""
    pairs = [(cell, heading) for cell, heading in zip(row, headings, strict=False) if cell.strip()]
    return len(pairs) > 1 and all(key(cell) == key(heading) for cell, heading in pairs)
