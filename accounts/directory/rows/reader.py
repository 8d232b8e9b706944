"""From the cells of a row to what they say about a person, or to what is wrong with them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.directory.data import load
from accounts.directory.files.reading import numbered_rows
from accounts.directory.files.table import RawRow, Table
from accounts.directory.problems import Problem
from accounts.directory.rows.dates import DateReader
from accounts.directory.rows.places import zone_of
from accounts.directory.rows.zones import zone_named
from accounts.domain.names import plain

LENGTHS = {"employee_id": 64, "email": 254, "name": 200, "preferred_name": 100, "grade": 80}
# fields in which "Null" and the like may be somebody's name
NAMES = {"name", "first_name", "last_name", "preferred_name", "manager_name"}
FORMULA = re.compile(r"^(=|@|[+\-][^\d\s.,]|[+\-][\d.,]+[^\d.,\s])")
INVISIBLE = re.compile("[\x00-\x1f\x7f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]")

WORDS = load("cells")
EMPTY = frozenset(WORDS["empty"])
SPREADSHEET_ERRORS = frozenset(WORDS["spreadsheet_errors"])
HERE = frozenset(WORDS["here"])
LEFT = frozenset(WORDS["left"])
LEFT_WHATEVER_FOLLOWS = frozenset(WORDS["left_whatever_follows"])


@dataclass(slots=True)
class PersonRow:
    """What a row says.

    Empty texts where it says nothing; `manager` is ("id" | "email" | "name", value) or None.
    """

    number: int
    employee_id: str
    email: str
    name: str
    preferred_name: str = ""
    job_title: str = ""
    department: str = ""
    location: str = ""
    time_zone: str = ""  # as the file says
    place_zone: str = ""  # as city and country tell
    grade: str = ""
    hired_on: date | None = None
    manager: tuple[str, str] | None = None
    gone: bool = False  # the status column says that this person has left
    ok: bool = True
    certain: bool = True  # whether id and address can be trusted to be in the right cells


@dataclass(slots=True)
class Reader:
    """Reads the rows of one table by one mapping; keeps what it found wrong in `problems`."""

    table: Table
    mapping: Mapping[str, str]
    problems: list[Problem]
    positions: dict[str, int]
    dates: DateReader
    strict_width: bool

    @classmethod
    def of(cls, table: Table, mapping: Mapping[str, str], *, strict_width: bool) -> Reader:
        """With `strict_width` (for CSV), cells that are missing at the end are an error."""
        positions = {field: table.headings.index(heading) for field, heading in mapping.items()}
        return cls(table, mapping, [], positions, DateReader(), strict_width)

    def rows(self) -> Iterator[PersonRow]:
        """All rows that are not blank, the wrong ones (`ok` false) included."""
        if "hired_on" in self.positions:
            at = self.positions["hired_on"]
            rows = numbered_rows(self.table)
            self.dates.learn(row.cells[at] for row in rows if at < len(row.cells))
        for raw in numbered_rows(self.table):
            yield self.person(raw)

    def person(self, raw: RawRow) -> PersonRow:
        """One row."""
        problems_before = len(self.problems)
        certain = self.check_shape(raw)
        says: dict[str, str] = defaultdict(str)
        if not raw.broken:
            says.update({field: self.cell(raw, field) for field in self.positions})

        number, place = raw.number, says["city"] or says["location"]
        row = PersonRow(
            number=number,
            employee_id=says["employee_id"],
            email=self.email(number, says["email"]),
            name="" if raw.broken else self.name(number, says),
            preferred_name=says["preferred_name"],
            job_title=says["job_title"],
            department=says["department"],
            location=says["location"] or says["city"] or says["country"],
            time_zone=self.zone(number, says["time_zone"]),
            place_zone=zone_of(place, says["country"]),
            grade=says["grade"],
            hired_on=self.hired(number, says["hired_on"]),
            manager=manager_of(says),
            gone=self.gone(number, says["status"]),
            certain=certain,
        )
        row.ok = not any(problem.is_error for problem in self.problems[problems_before:])
        return row

    def report(
        self, number: int, code: str, field: str = "", value: str = "", **params: object
    ) -> None:
        """Note a problem of a cell."""
        self.problems.append(Problem(number, code, self.mapping.get(field, ""), value, params))

    def has_problem(self, number: int) -> bool:
        """Whether a problem of this row has been noted: the rows are read in order."""
        return bool(self.problems) and self.problems[-1].row == number

    def check_shape(self, raw: RawRow) -> bool:
        """Whether the cells are where the headings say."""
        if raw.broken:
            self.report(raw.number, "broken", why=raw.broken)
            return False
        width = len(self.table.headings)
        if any(cell.strip() for cell in raw.cells[width:]):
            self.report(raw.number, "too_many_cells", cells=len(raw.cells), headings=width)
            return False
        if self.strict_width and len(raw.cells) <= max(self.positions.values()):
            self.report(raw.number, "too_few_cells", cells=len(raw.cells), headings=width)
            return False
        return True

    def cell(self, raw: RawRow, field: str) -> str:
        """The text of a cell with single blanks; "" where it is empty or wrong."""
        at = self.positions[field]
        text = raw.cells[at].strip() if at < len(raw.cells) else ""
        if not text:
            return ""

        most = LENGTHS.get(field, 200)
        code = "formula" if at in raw.formulas else problem_of(text, most)
        if text in SPREADSHEET_ERRORS:
            code = "excel_error"
        if code:
            params = {"max": most} if code == "too_long" else {}
            self.report(raw.number, code, field, text, **params)
            return ""

        may_be_name = field in NAMES and text[0].isalpha()
        if text.lower() in EMPTY and not may_be_name:
            return ""
        return " ".join(text.split())

    def email(self, number: int, text: str) -> str:
        """The address in lower case, or ""."""
        address = re.sub(r"^mailto:", "", text, flags=re.IGNORECASE).lower()
        if not address:
            if not self.has_problem(number):
                self.report(number, "no_email", "email")
            return ""
        try:
            validate_email(address)
        except ValidationError:
            self.report(number, "bad_email", "email", text)
            return ""
        return address

    def name(self, number: int, says: Mapping[str, str]) -> str:
        """First and last name, or the full name; "King, Steven" is turned round."""
        first, last = says.get("first_name", ""), says.get("last_name", "")
        name = f"{first} {last}".strip() or turned(says.get("name", ""))
        if not any(letter.isalpha() for letter in name):
            if not self.has_problem(number):
                field = "name" if "name" in self.mapping else "last_name"
                self.report(number, "no_name", field, name)
            return ""
        if len(name) > LENGTHS["name"]:
            self.report(number, "too_long", "last_name", name, max=LENGTHS["name"])
            return ""
        return name

    def zone(self, number: int, text: str) -> str:
        """An IANA name, or ""."""
        zone = zone_named(text) if text else ""
        if text and not zone:
            self.report(number, "bad_time_zone", "time_zone", text)
        return zone

    def hired(self, number: int, text: str) -> date | None:
        """A date, or None."""
        day = self.dates.read(text) if text else None
        if text and day is None:
            self.report(number, "bad_date", "hired_on", text)
        return day

    def gone(self, number: int, text: str) -> bool:
        """Whether the status says that this person has left."""
        words = re.findall(r"[a-z0-9]+", plain(text))
        status = " ".join(words)
        if status in LEFT or (words and words[0] in LEFT_WHATEVER_FOLLOWS):
            return True
        if status and status not in HERE:
            self.report(number, "bad_status", "status", text)
        return False


def problem_of(text: str, most: int) -> str:
    """The code of what is wrong with the text of a cell, or ""."""
    if FORMULA.match(text):
        return "formula"
    if INVISIBLE.search(text):
        return "control_characters"
    if "\ufffd" in text:
        return "lost_letter"
    return "too_long" if len(text) > most else ""


def turned(name: str) -> str:
    """ "King, Steven" as "Steven King"; other names as they are."""
    last, _comma, first = (part.strip() for part in name.partition(","))
    if first and "," not in first:
        return f"{first} {last}"
    return name


def manager_of(says: Mapping[str, str]) -> tuple[str, str] | None:
    """How the row names the manager: by id before address before name."""
    for kind in ("id", "email", "name"):
        value = says.get(f"manager_{kind}", "")
        if value:
            return kind, value.lower() if kind == "email" else value
    return None
