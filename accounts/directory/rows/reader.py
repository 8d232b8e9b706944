"""From the cells of a row to what they say about a person, or to what is wrong with them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from itertools import islice

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.directory.files import cleaning
from accounts.directory.files.reading import numbered_rows
from accounts.directory.files.table import RawRow, Table
from accounts.directory.problems import ProblemLog
from accounts.directory.rows import cells, names
from accounts.directory.rows.addresses import address_in
from accounts.directory.rows.dates import NOTICE, DateReader
from accounts.directory.rows.last_days import day_of, is_endless
from accounts.directory.rows.name_order import surname_comes_first, with_comma
from accounts.directory.rows.no_people import (
    GROUPED_BY,
    Groups,
    first_text,
    is_headings,
    is_no_person,
)
from accounts.directory.rows.odd_letters import look_alike, look_alike_in_domain, odd_in_address
from accounts.directory.rows.person_row import PersonRow
from accounts.directory.rows.places import zone_of
from accounts.directory.rows.raw_cells import (
    Together,
    cell_at,
    count_together,
    of_each_column,
)
from accounts.directory.rows.states import split_state
from accounts.directory.rows.status import StatusColumn, is_gone, is_main_contract
from accounts.directory.rows.zones import zone_named

# taken from their cells as they are
COPIED = ("employee_id", "person_key", "preferred_name", "job_title", "department", "grade")
NAMES_LOOKED_AT = 500  # rows


@dataclass(slots=True)
class Reader:
    """Reads the rows of one table by one mapping; keeps what it found wrong in `problems`.

    `noted` are things that are said once per column: (code, field), with each row and what it was.
    """

    table: Table
    mapping: Mapping[str, str]
    problems: ProblemLog
    positions: dict[str, int]
    dates: DateReader
    last_days: DateReader
    strict_width: bool
    surname_first: bool = False
    groups: Groups = dataclass_field(default_factory=Groups)
    status_column: StatusColumn = dataclass_field(default_factory=StatusColumn)
    kept: list[RawRow] = dataclass_field(default_factory=list)
    noted: dict[tuple[str, str], list[tuple[int, str]]] = dataclass_field(
        default_factory=lambda: defaultdict(list)
    )

    @classmethod
    def of(
        cls,
        table: Table,
        mapping: Mapping[str, str],
        *,
        strict_width: bool,
        date_order: str = "",
    ) -> Reader:
        """With `strict_width` (for CSV), cells that are missing at the end are an error.

        `date_order` is the order of day, month and year where somebody has chosen it.
        """
        positions = {field: table.headings.index(heading) for field, heading in mapping.items()}
        problems = ProblemLog(mapping)
        dates = DateReader(date_order, past=True)
        last_days = DateReader(date_order)
        return cls(table, mapping, problems, positions, dates, last_days, strict_width)

    def rows(self) -> Iterator[PersonRow]:
        """All rows that are not blank, the wrong ones (`ok` false) included."""
        self.learn_dates()
        self.learn_order_of_names()
        self.learn_status()
        self.learn_groups()
        for raw in self.raw_rows():
            if self.is_no_person(raw):
                self.problems.add(raw.number, "no_person", value=first_text(raw.cells))
                continue
            yield self.person(raw)
        self.tell_noted()
        self.kept = []

    def raw_rows(self) -> Iterable[RawRow]:
        """The rows as they are in the file; kept where it takes long to read them again."""
        if not self.table.is_slow:
            return numbered_rows(self.table)
        if not self.kept:
            self.kept = list(numbered_rows(self.table))
        return self.kept

    def learn_dates(self) -> None:
        """Find the order of day and month, in one pass. One column may tell that of the other."""
        columns = {"hired_on": self.dates, "left_on": self.last_days}
        readers = {field: dates for field, dates in columns.items() if field in self.positions}
        if not readers:
            return

        cells_of: dict[str, set[str]] = {field: set() for field in readers}
        for raw in self.raw_rows():
            for field in readers:
                cells_of[field].add(self.cell(raw, field))
        for field, dates in readers.items():
            dates.learn(cells_of[field])
        self.dates.learn_from(self.last_days)
        self.last_days.learn_from(self.dates)

    def learn_order_of_names(self) -> None:
        """Find out whether full names begin with the family name."""
        if "name" in self.positions and "first_name" not in self.positions:
            first_rows = islice(self.raw_rows(), NAMES_LOOKED_AT)
            people = [(self.cell(raw, "name"), self.cell(raw, "email")) for raw in first_rows]
            self.surname_first = surname_comes_first(self.mapping["name"], people)

    def learn_status(self) -> None:
        """Find out how the column of the status tells who has left, in one pass."""
        if "status" in self.positions:
            heading = self.mapping["status"]
            self.status_column = StatusColumn.of(heading, self.count_cells([heading])[heading])

    def learn_groups(self) -> None:
        """Find the names by which reports group people, and whether ids have digits."""
        headings = [self.mapping[field] for field in GROUPED_BY if field in self.mapping]
        ids = {self.cell(raw, "employee_id") for raw in self.raw_rows()}
        self.groups = Groups.of(self.count_cells(headings), ids)

    def count_together(self, headings: Collection[str]) -> Together:
        """How often each combination of texts is in these columns."""
        positions = [self.table.headings.index(heading) for heading in headings]
        return count_together(self.raw_rows(), positions)

    def count_cells(self, headings: Collection[str]) -> dict[str, Counter[str]]:
        """{heading: how often each text is in its column}; "" for empty cells."""
        return of_each_column(self.count_together(headings), headings)

    def cell(self, raw: RawRow, field: str) -> str:
        """The cell of a field as it is in the file, "" without one."""
        return cell_at(raw, self.positions.get(field, len(raw.cells)))

    @property
    def has_states_in_names(self) -> bool:
        """Whether states behind names told who works here."""
        return any(code == "state_in_name" for code, _field in self.noted)

    @property
    def unclear_date(self) -> str:
        """A day of the file that may be two, or ""."""
        return self.dates.unclear or self.last_days.unclear

    def is_no_person(self, raw: RawRow) -> bool:
        """Whether a row without an address is a sum, a remark, or the headings once more."""
        email = self.positions.get("email", 0)
        if raw.broken or (email < len(raw.cells) and "@" in raw.cells[email]):
            return False
        if is_headings(raw.cells, self.table.headings):
            return True
        return is_no_person(raw.cells, self.positions, self.groups)

    def person(self, raw: RawRow) -> PersonRow:
        """One row."""
        problems_before = len(self.problems)
        row = PersonRow(raw.number, certain=self.check_shape(raw))
        if not raw.broken:
            texts = self.texts(raw)
            self.take_state(row.number, texts)
            self.fill(row, texts, self.cell(raw, "email"))

        found = self.problems[problems_before:]
        row.ok = not any(problem.is_error for problem in found)
        return row

    def texts(self, raw: RawRow) -> dict[str, str]:
        """{field: text of its cell}, and "" for a field that has no column."""
        texts: dict[str, str] = defaultdict(str)
        for field in self.positions:
            texts[field] = self.text(raw, field)
        if self.surname_first:
            texts["name"] = with_comma(texts["name"], texts["email"])
        return texts

    def take_state(self, number: int, texts: dict[str, str]) -> None:
        """Move a state behind a name to the status: "Jane Doe (On Leave)"."""
        for field in names.FIELDS:
            texts[field], state = split_state(texts[field])
            if state and not texts["status"]:
                texts["status"] = state
                texts["status_field"] = field
                self.noted["state_in_name", field].append((number, state))
            elif state and is_gone(state) != self.is_gone(texts):
                self.problems.add(number, "states_differ", field, state, other=texts["status"])

    def fill(self, row: PersonRow, texts: Mapping[str, str], written_email: str) -> None:
        """Fill in the row from the texts of its cells."""
        copy_texts(row, texts)
        number = row.number
        row.email = self.email(number, texts["email"], written_email)
        row.name = self.name(number, texts)
        row.time_zone = self.zone(number, texts["time_zone"])
        row.hired_on = self.hired(number, texts["hired_on"])
        row.gone = self.gone(number, texts)
        row.is_main = bool(is_main_contract(texts["primary"]))

    def note_missing(self, number: int, code: str, field: str, value: str = "") -> None:
        """Note that something is missing, unless another problem of the row tells why."""
        # the rows are read in order, so that the last problem is this row's or there is none
        has_problem = bool(self.problems) and self.problems[-1].row == number
        if not has_problem:
            self.problems.add(number, code, field, value)

    def check_shape(self, raw: RawRow) -> bool:
        """Whether the cells are where the headings say."""
        if raw.broken:
            self.problems.add(raw.number, "broken", why=raw.broken)
            return False

        code = self.wrong_width(raw.cells)
        if code:
            headings = len(self.table.headings)
            self.problems.add(raw.number, code, cells=len(raw.cells), headings=headings)
        return not code

    def wrong_width(self, row: Sequence[str]) -> str:
        """The code of what is wrong with the number of cells, or ""."""
        beyond = row[len(self.table.headings) :]
        if any(cell.strip() for cell in beyond):
            return "too_many_cells"
        if self.strict_width and len(row) <= max(self.positions.values()):
            return "too_few_cells"
        return ""

    def text(self, raw: RawRow, field: str) -> str:
        """The text of a cell with single blanks; "" where it is empty or wrong."""
        position = self.positions[field]
        cell = raw.cells[position] if position < len(raw.cells) else ""
        text, removed = cleaning.clean(cell)
        if removed:
            self.noted["cleaned", field].append((raw.number, removed))
        if not text:
            return ""
        odd = look_alike(text)
        if odd and field != "email":
            self.noted["look_alike", field].append((raw.number, odd))

        code = cells.problem_of(text, field, is_formula=position in raw.formulas)
        if code:
            self.note_wrong_cell(raw.number, code, field, text)
            return ""
        return "" if cells.means_empty(text, field) else cells.without_spreadsheet(text, field)

    def tell_noted(self) -> None:
        """Say once per column what was removed from its cells or looks wrong in them."""
        for (code, field), found in self.noted.items():
            row, first = found[0]
            self.problems.add(row, code, field, what=first, count=len(found))

    def note_wrong_cell(self, number: int, code: str, field: str, text: str) -> None:
        """Note what is wrong with the text of a cell."""
        params = {"max": cells.max_length(field)} if code == "too_long" else {}
        self.problems.add(number, code, field, text, **params)

    def email(self, number: int, text: str, written: str) -> str:
        """The address in lower case, or "". `written` is the cell as it is in the file."""
        address = address_in(text)
        if not address:
            self.note_missing(number, "no_email", "email")
            return ""
        try:
            validate_email(address)
        except ValidationError:
            self.note_bad_address(number, text, written)
            return ""
        if look_alike_in_domain(address):
            self.note_bad_address(number, text, written)
            return ""
        return address

    def note_bad_address(self, number: int, text: str, written: str) -> None:
        """Note that a text is no address, and what in it is wrong if it can be named."""
        odd = odd_in_address(address_in(cleaning.without_invisible(written)))
        odd = odd or odd_in_address(address_in(text))
        code = "odd_email" if odd else "bad_email"
        self.problems.add(number, code, "email", text, what=odd)

    def name(self, number: int, texts: Mapping[str, str]) -> str:
        """First and last name, or the full name; "King, Steven" is turned round."""
        name = names.full_name(texts)
        has_letters = any(letter.isalpha() for letter in name)
        if not has_letters:
            self.note_missing(number, "no_name", self.name_field(), name)
            return ""

        longest = cells.max_length("name")
        if len(name) > longest:
            self.problems.add(number, "too_long", "last_name", name, max=longest)
            return ""
        return name

    def name_field(self) -> str:
        """The field whose column should hold the name."""
        return "name" if "name" in self.mapping else "last_name"

    def zone(self, number: int, text: str) -> str:
        """An IANA name, or ""."""
        zone = zone_named(text) if text else ""
        if text and not zone:
            self.problems.add(number, "bad_time_zone", "time_zone", text)
        return zone

    def hired(self, number: int, text: str) -> date | None:
        """A date, or None; also for one that is unclear, which is asked about once."""
        day = self.dates.read(text) if text else None
        if text and day is None and not self.dates.is_unclear(text):
            self.problems.add(number, "bad_date", "hired_on", text)
        if day and day > self.dates.today + NOTICE:
            self.problems.add(number, "future_date", "hired_on", text)
            return None
        return day

    def gone(self, number: int, texts: Mapping[str, str]) -> bool:
        """Whether this person has left: by the last day where there is one, else by the status.

        Who has given notice is here until the last day. A last day that cannot be read is an error
        of the row, and decides nothing.
        """
        status, field = texts["status"], texts["status_field"] or "status"
        gone = self.is_gone(texts)
        if gone is None:
            self.problems.add(number, "bad_status", field, status)
            return False

        last_day = self.last_day(number, texts)
        if last_day is None:
            return gone and not self.has_error(number, "bad_date", "left_on")
        has_ended = last_day < self.last_days.today
        if has_ended and status and not gone:
            self.problems.add(number, "still_active", "left_on", texts["left_on"])
        elif gone and not has_ended:
            self.problems.add(
                number, "leaves_later", field, status or "–", what=last_day.isoformat()
            )
        return has_ended and (gone or not status)

    def is_gone(self, texts: Mapping[str, str]) -> bool | None:
        """Whether the status says so; None where it is not understood."""
        status = texts["status"]
        if texts["status_field"]:
            return is_gone(status)
        return self.status_column.is_gone(status) if status else self.status_column.empty_is_left

    def last_day(self, number: int, texts: Mapping[str, str]) -> date | None:
        """The last day, also where the status tells it. 31.12.9999 and the like are none."""
        text = texts["left_on"]
        if not text:
            return self.last_days.read_inside(texts["status"])
        if is_endless(text):
            return None
        day = day_of(text, self.last_days)
        if day is None and not self.last_days.is_unclear(text):
            self.problems.add(number, "bad_date", "left_on", text)
        return day

    def has_error(self, number: int, code: str, field: str) -> bool:
        """Whether the last problem is this one: the rows are read in order."""
        if not self.problems:
            return False
        last = self.problems[-1]
        return (last.row, last.code, last.column) == (number, code, self.mapping.get(field))


def copy_texts(row: PersonRow, texts: Mapping[str, str]) -> None:
    """Fill in what needs no check of its own: texts, place and manager."""
    for field in COPIED:
        setattr(row, field, texts[field])
    row.last_name = names.surname(texts)
    row.managers = cells.managers_named(texts)

    city, location, country = texts["city"], texts["location"], texts["country"]
    row.location = location or city or country
    row.place_zone = zone_of(city or location, country)
