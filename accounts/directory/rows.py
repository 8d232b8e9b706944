"""From the cells of a row to what they say about a person, or to what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.directory.dates import DateReader
from accounts.directory.files import numbered_rows
from accounts.directory.places import zone_of
from accounts.directory.problems import Problem
from accounts.directory.table import RawRow, Table
from accounts.directory.zones import zone_named
from accounts.domain.names import plain

LENGTHS = {"employee_id": 64, "email": 254, "name": 200, "preferred_name": 100, "grade": 80}
NOTHING = {
    "-",
    "--",
    "–",
    "—",
    "n/a",
    "#n/a",
    "null",
    "none",
    "(null)",
    "(none)",
    "(blank)",
    "k. a.",
    "k.a.",
}
NAMES = {
    "name",
    "first_name",
    "last_name",
    "preferred_name",
    "manager_name",
}  # somebody may be called Null
FORMULA = re.compile(r"^(=|@|[+\-][^\d\s.,]|[+\-][\d.,]+[^\d.,\s])")
EXCEL_ERRORS = {"#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"}
INVISIBLE = re.compile("[\x00-\x1f\x7f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]")
HERE = set(
    """active|aktiv|1|true|yes|ja|y|a|employed|working|current|full time|part time|fulltime|parttime|vollzeit|teilzeit|on leave|
    leave|paid leave|unpaid leave|permanent|regular|active employee|beschaftigt|angestellt|wahr|probation|probezeit|elternzeit|
    onboarding""".replace("\n    ", "").split("|")
)
GONE = set(
    """inactive|inaktiv|0|false|no|nein|n|t|terminated|left|leaver|resigned|retired|ausgeschieden|gekundigt|falsch|former|
    dismissed|deceased|verlassen|withdrawn|quit|disabled|deactivated|deaktiviert|rentner|ehemalig|not active|separated|
    suspended""".replace("\n    ", "").split("|")
)


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
        """`strict_width`: cells that are missing at the end are an error (CSV), not empty
        (XLSX).
        """
        positions = {field: table.headings.index(heading) for field, heading in mapping.items()}
        return cls(table, mapping, [], positions, DateReader(), strict_width)

    def rows(self) -> Iterator[PersonRow]:
        """All rows that are not blank, the wrong ones (`ok` false) included."""
        if "hired_on" in self.positions:
            at = self.positions["hired_on"]
            self.dates.learn(
                row.cells[at] for row in numbered_rows(self.table) if at < len(row.cells)
            )
        for raw in numbered_rows(self.table):
            yield self.person(raw)

    def person(self, raw: RawRow) -> PersonRow:
        """One row."""
        before = len(self.problems)
        certain = self.check_shape(raw)
        says = {field: self.cell(raw, field) for field in self.positions} if not raw.broken else {}
        row = PersonRow(
            number=raw.number,
            employee_id=says.get("employee_id", ""),
            email=self.email(raw.number, says.get("email", "")),
            name=self.name(raw.number, says) if not raw.broken else "",
            preferred_name=says.get("preferred_name", ""),
            job_title=says.get("job_title", ""),
            department=says.get("department", ""),
            location=says.get("location", "") or says.get("city", "") or says.get("country", ""),
            time_zone=self.zone(raw.number, says.get("time_zone", "")),
            place_zone=zone_of(
                says.get("city", "") or says.get("location", ""), says.get("country", "")
            ),
            grade=says.get("grade", ""),
            hired_on=self.hired(raw.number, says.get("hired_on", "")),
            manager=manager_of(says),
            gone=self.gone(raw.number, says.get("status", "")),
            certain=certain,
        )
        row.ok = not any(problem.is_error for problem in self.problems[before:])
        return row

    def report(
        self, number: int, code: str, field: str = "", value: str = "", **params: object
    ) -> None:
        """Note a problem of a cell."""
        self.problems.append(Problem(number, code, self.mapping.get(field, ""), value, params))

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
        """The text of a cell, without blanks around it and in it; "" where it is empty or wrong."""
        at = self.positions[field]
        text = raw.cells[at].strip() if at < len(raw.cells) else ""
        if not text:
            return ""
        code, params = "", {}
        if text in EXCEL_ERRORS:
            code = "excel_error"
        elif at in raw.formulas or FORMULA.match(text):
            code = "formula"
        elif INVISIBLE.search(text):
            code = "control_characters"
        elif "\ufffd" in text:
            code = "lost_letter"
        elif len(text) > LENGTHS.get(field, 200):
            code, params = "too_long", {"max": LENGTHS.get(field, 200)}
        if code:
            self.report(raw.number, code, field, text, **params)
            return ""
        text = " ".join(text.split())
        return (
            ""
            if text.lower() in NOTHING and (field not in NAMES or not text[0].isalpha())
            else text
        )

    def email(self, number: int, text: str) -> str:
        """The address in lower case, or ""."""
        address = re.sub(r"^mailto:", "", text, flags=re.IGNORECASE).lower()
        if not address:
            if not any(problem.row == number for problem in self.problems[-3:]):
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
            if not any(problem.row == number for problem in self.problems[-3:]):
                self.report(
                    number, "no_name", "name" if "name" in self.mapping else "last_name", name
                )
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
        word = " ".join(re.findall(r"[a-z0-9]+", plain(text)))
        if word in GONE or (word.split() or [""])[0] in {
            "terminated",
            "inactive",
            "inaktiv",
            "ausgeschieden",
            "retired",
        }:
            return True
        if word and word not in HERE:
            self.report(number, "bad_status", "status", text)
        return False


def turned(name: str) -> str:
    """ "King, Steven" as "Steven King"; other names as they are."""
    last, comma, first = name.partition(",")
    return (
        f"{first.strip()} {last.strip()}" if comma and first.strip() and "," not in first else name
    )


def manager_of(says: Mapping[str, str]) -> tuple[str, str] | None:
    """How the row names the manager: by id before address before name."""
    for kind in ("id", "email", "name"):
        value = says.get(f"manager_{kind}", "")
        if value:
            return kind, value.lower() if kind == "email" else value
    return None
