"""From the cells of a row to what they say about a person, or to what is wrong with them."""

from __future__ import annotations

from collections import defaultdict
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
from accounts.directory.rows.conventions import COUNTED, Conventions
from accounts.directory.rows.leaving import LeavingReader
from accounts.directory.rows.no_people import first_text, is_headings, is_no_person
from accounts.directory.rows.person_row import PersonRow
from accounts.directory.rows.raw_cells import TextCounts, Together, cell_at
from accounts.directory.values import cells, names
from accounts.directory.values.addresses import address_in
from accounts.directory.values.dates import NOTICE
from accounts.directory.values.name_order import with_comma
from accounts.directory.values.odd_letters import look_alike, look_alike_in_domain, odd_in_address
from accounts.directory.values.places import zone_of
from accounts.directory.values.status import is_main_contract
from accounts.directory.values.zones import zone_named

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
    conventions: Conventions
    leaving: LeavingReader
    strict_width: bool
    has_counted: bool = False
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
        conventions = Conventions.with_dates_in(date_order)
        leaving = LeavingReader(problems, conventions)
        return cls(table, mapping, problems, positions, conventions, leaving, strict_width)

    def rows(self) -> Iterator[PersonRow]:
        """All rows that are not blank, the wrong ones (`ok` false) included."""
        if not self.has_counted:
            self.count_texts()
        self.learn_order_of_names()
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

    def count_texts(self, together: Collection[str] = ()) -> Together:
        """Look through the columns, in one pass, before `rows`.

        Returns how often each combination of texts is in the columns with these headings.
        """
        headings = self.table.headings
        counted = {self.mapping[field] for field in COUNTED if field in self.mapping}
        positions = {heading: headings.index(heading) for heading in counted}
        counts = TextCounts.of(self.raw_rows(), positions, [*map(headings.index, together)])
        self.conventions.learn(counts, self.mapping)
        self.has_counted = True
        return counts.cleaned_together()

    def learn_order_of_names(self) -> None:
        """Find out whether full names begin with the family name."""
        if "name" in self.positions and "first_name" not in self.positions:
            first_rows = islice(self.raw_rows(), NAMES_LOOKED_AT)
            people = [(self.cell(raw, "name"), self.cell(raw, "email")) for raw in first_rows]
            self.conventions.learn_order_of_names(self.mapping["name"], people)

    def cell(self, raw: RawRow, field: str) -> str:
        """The cell of a field as it is in the file, "" without one."""
        return cell_at(raw, self.positions.get(field, len(raw.cells)))

    @property
    def has_states_in_names(self) -> bool:
        """Whether states behind names told who works here."""
        return bool(self.leaving.states_in_names)

    @property
    def unclear_date(self) -> str:
        """A day of the file that may be two, or ""."""
        return self.conventions.dates.unclear or self.conventions.last_days.unclear

    def is_no_person(self, raw: RawRow) -> bool:
        """Whether a row without an address is a sum, a remark, or the headings once more."""
        email = self.positions.get("email", 0)
        if raw.broken or (email < len(raw.cells) and "@" in raw.cells[email]):
            return False
        if is_headings(raw.cells, self.table.headings):
            return True
        return is_no_person(raw.cells, self.positions, self.conventions.groups)

    def person(self, raw: RawRow) -> PersonRow:
        """One row."""
        problems_before = len(self.problems)
        row = PersonRow(raw.number, certain=self.check_shape(raw))
        if not raw.broken:
            texts = self.texts(raw)
            self.leaving.take_state(row.number, texts)
            self.fill(row, texts, self.cell(raw, "email"))

        found = self.problems[problems_before:]
        row.ok = not any(problem.is_error for problem in found)
        return row

    def texts(self, raw: RawRow) -> dict[str, str]:
        """{field: text of its cell}, and "" for a field that has no column."""
        texts: dict[str, str] = defaultdict(str)
        for field in self.positions:
            texts[field] = self.text(raw, field)
        if self.conventions.surname_first:
            texts["name"] = with_comma(texts["name"], texts["email"])
        return texts

    def fill(self, row: PersonRow, texts: Mapping[str, str], written_email: str) -> None:
        """Fill in the row from the texts of its cells."""
        copy_texts(row, texts)
        number = row.number
        row.email = self.email(number, texts["email"], written_email)
        row.name = self.name(number, texts)
        row.time_zone = self.zone(number, texts["time_zone"])
        row.hired_on = self.hired(number, texts["hired_on"])
        row.gone = self.leaving.is_gone(number, texts)
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
        is_formula = position in raw.formulas
        text = None if is_formula else cells.text_without_problem(cell, field)
        return self.text_with_problem(raw, field, cell) if text is None else text

    def text_with_problem(self, raw: RawRow, field: str, cell: str) -> str:
        """As `text`, for a cell about which something has to be said."""
        text, removed = cleaning.clean(cell)
        if removed:
            self.noted["cleaned", field].append((raw.number, removed))
        odd = look_alike(text) if field != "email" else ""
        if odd:
            self.noted["look_alike", field].append((raw.number, odd))
        if not text:
            return ""

        is_formula = self.positions[field] in raw.formulas
        code = cells.problem_of(text, field, is_formula=is_formula)
        if code:
            self.note_wrong_cell(raw.number, code, field, text)
            return ""
        return cells.text_as_read(text, field)

    def tell_noted(self) -> None:
        """Say once per column what was removed from its cells or looks wrong in them."""
        noted = dict(self.noted)
        for field, found in self.leaving.states_in_names.items():
            noted["state_in_name", field] = found
        for (code, field), found in noted.items():
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
        dates = self.conventions.dates
        day = dates.read(text) if text else None
        if text and day is None and not dates.is_unclear(text):
            self.problems.add(number, "bad_date", "hired_on", text)
        if day and day > dates.today + NOTICE:
            self.problems.add(number, "future_date", "hired_on", text)
            return None
        return day


def copy_texts(row: PersonRow, texts: Mapping[str, str]) -> None:
    """Fill in what needs no check of its own: texts, place and manager."""
    for field in COPIED:
        setattr(row, field, texts[field])
    row.last_name = names.surname(texts)
    row.managers = cells.managers_named(texts)

    city, location, country = texts["city"], texts["location"], texts["country"]
    row.location = location or city or country
    row.place_zone = zone_of(city or location, country)
