"""How well the cells of a column fit a field."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from accounts.directory.columns.headings import COLUMNS, words_of
from accounts.directory.values.addresses import is_private
from accounts.directory.values.cells import EMPTY, YES_OR_NO
from accounts.directory.values.last_days import is_file_time
from accounts.directory.values.status import is_main_contract
from accounts.directory.values.zones import zone_named

# What a column is worth for a field: less the emptier it is, and where it holds codes.
OF_EMPTY = 0.3
OF_CODES = 0.6
OF_PRIVATE = 0.5
DAY = re.compile(
    r"\d{1,4}[-./ ]+\w{1,9}[-./, ]+\d{2,4}.*|\d{8}|\d{5}(\.\d+)?|\w{3,9}\.? \d{1,2},? \d{4}"
)
CODE = re.compile(r"[A-Z]{0,6}[-_./ ]?\d[\d./_-]*[A-Z]?")
MAY_BE_SPARSE = {"left_on", "primary"}  # most people have no last day and one contract
COURTESY = frozenset(COLUMNS["courtesy"])


@dataclass(frozen=True)
class Column:
    """A column of the file: its heading, and the cells of its first rows, "" for empty ones."""

    heading: str
    cells: tuple[str, ...]

    @cached_property
    def filled(self) -> list[str]:
        """The cells with anything in them."""
        return [cell for cell in self.cells if cell and cell.lower() not in EMPTY]

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each text is in the column, without empty ones."""
        return Counter(self.filled)

    @property
    def share_filled(self) -> float:
        """The part of the cells with anything in them."""
        return len(self.filled) / len(self.cells) if self.cells else 0.0

    @property
    def is_distinct(self) -> bool:
        """Whether nearly every cell is another one, as numbers and addresses of people are."""
        return len(self.counts) >= 0.9 * len(self.filled)

    def share(self, test: Callable[[str], object]) -> float:
        """The part of the cells with anything in them for which `test` holds."""
        if not self.filled:
            return 0.0
        passed = sum(times for cell, times in self.counts.items() if test(cell))
        return passed / len(self.filled)


def columns_of(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[Column]:
    """The columns of a table, from its first rows."""
    sample = list(rows)
    found = []
    for at, heading in enumerate(headings):
        cells = tuple(row[at].strip() if at < len(row) else "" for row in sample)
        found.append(Column(heading, cells))
    return found


def fit(field: str, column: Column) -> float:
    """How well the cells fit, 0 (not at all: never choose it) to 1.

    A column without any cells fits a little, as its later rows may hold something.
    """
    if not column.cells:
        return 1.0
    if not column.filled:
        return OF_EMPTY
    fits = FITS[field](column) if field in FITS else 1.0
    return fits if field in MAY_BE_SPARSE else fits * fullness(column)


def fullness(column: Column) -> float:
    """1 for a column that is at least half full, less for an emptier one."""
    return min(1.0, OF_EMPTY + (1 - OF_EMPTY) * 2 * column.share_filled)


def has_at(cell: str) -> bool:
    """Whether a cell looks like an address."""
    return "@" in cell


def has_letters(cell: str) -> bool:
    """Whether a cell has letters and is no address."""
    return any(letter.isalpha() for letter in cell) and "@" not in cell


def is_code(cell: str) -> bool:
    """Whether a cell holds a number or a code such as "CC-100"."""
    return bool(CODE.fullmatch(cell))


def is_day(cell: str) -> bool:
    """Whether a cell looks like a date."""
    return bool(DAY.fullmatch(cell))


def is_last_day(cell: str) -> bool:
    """Whether a cell looks like a date or a file time of Windows."""
    return is_day(cell) or is_file_time(cell)


def is_courtesy(cell: str) -> bool:
    """Whether a cell holds "Ms." or "Dr.", which is no job title."""
    return words_of(cell) in COURTESY


def is_yes_or_no(cell: str) -> bool:
    """Whether a cell answers a question."""
    return cell.casefold() in YES_OR_NO


def fits_email(column: Column) -> float:
    """The part of addresses; less for private ones.

    Never 0: where no other column has any, each wrong address is an error that has to be seen.
    """
    found = column.share(has_at)
    if column.share(is_private) > 0.5:
        found *= OF_PRIVATE
    return max(0.05, found)


def fits_name(column: Column) -> float:
    """The part of words, all but none of which are numbers or addresses."""
    found = column.share(has_letters)
    is_no_name = column.share(is_code) > 0.5 or column.share(is_yes_or_no) > 0.5
    return 0.0 if found < 0.5 or is_no_name else found


def fits_text(column: Column) -> float:
    """Words rather than codes; never days, addresses or answers."""
    if holds_answers(column):
        return 0.0
    if column.share(is_day) > 0.5 and column.share(has_letters) < 0.5:
        return OF_CODES * 0.5
    if column.share(has_at) > 0.5:
        return 0.0
    return 1 - (1 - OF_CODES) * column.share(is_code)


def holds_answers(column: Column) -> bool:
    """Whether most cells are yes and no. One letter alone may be a code: department F."""
    answers = {cell.casefold() for cell in column.counts if is_yes_or_no(cell)}
    in_words = any(len(answer) > 1 and answer.isalpha() for answer in answers)
    return column.share(is_yes_or_no) > 0.5 and (in_words or {"y", "n"} <= answers)


def fits_job_title(column: Column) -> float:
    """As `fits_text`; 0 for courtesy titles."""
    return 0.0 if column.share(is_courtesy) > 0.5 else fits_text(column)


def fits_employee_id(column: Column) -> float:
    """Different for most people (who may have several rows), and rather no address."""
    different = len(column.counts) / len(column.filled)
    found = 1.0 if different > 0.5 else 0.5
    return found * (1 - 0.5 * column.share(has_at))


def fits_day(column: Column) -> float:
    """The part of days."""
    return 0.3 + 0.7 * column.share(is_day)


def fits_last_day(column: Column) -> float:
    """As `fits_day`, also for the file times of Windows."""
    return 0.3 + 0.7 * column.share(is_last_day)


def fits_primary(column: Column) -> float:
    """The part of cells that tell a main contract from others; 0 where few do."""
    found = column.share(lambda cell: is_main_contract(cell) is not None)
    return found if found > 0.5 else 0.0


def fits_zone(column: Column) -> float:
    """The part of time zones."""
    return 0.3 + 0.7 * column.share(zone_named)


FITS: dict[str, Callable[[Column], float]] = {
    "employee_id": fits_employee_id,
    "email": fits_email,
    "name": fits_name,
    "first_name": fits_name,
    "last_name": fits_name,
    "preferred_name": fits_name,
    "job_title": fits_job_title,
    "department": fits_text,
    "location": fits_text,
    "city": fits_text,
    "country": fits_text,
    "time_zone": fits_zone,
    "hired_on": fits_day,
    "left_on": fits_last_day,
    "primary": fits_primary,
}
