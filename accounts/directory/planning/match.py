"""Which row is about which person: by employee id first, then by address.

What is ambiguous stays out, all of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date

from django.db.models import Q

from accounts.directory.problems import Problem
from accounts.directory.rows.reader import PersonRow
from accounts.enums import DirectoryState
from accounts.models import User

# the code of rows that share something, and the field that they share
SHARED = {"same_id": "employee_id", "same_email": "email", "same_person": ""}


@dataclass(slots=True, frozen=True)
class Known:
    """A person as the database has them."""

    id: int
    employee_id: str | None
    email: str
    name: str
    preferred_name: str
    job_title: str
    department: str
    location: str
    time_zone: str
    grade_id: int | None
    grade_is_derived: bool
    manager_id: int | None
    hired_on: date | None
    is_active: bool
    is_hr_admin: bool
    directory_state: str
    has_signed_in: bool

    @property
    def may_leave(self) -> bool:
        """Here by way of the directory, so that missing from it means something."""
        return self.is_active and self.directory_state == DirectoryState.LISTED


KNOWN_FIELDS = [field.name for field in fields(Known)]


@dataclass(slots=True)
class Entry:
    """A row and the person that it is about (None: somebody new).

    `node` is the person's id, or minus the row's number.
    """

    row: PersonRow
    known: Known | None
    ok: bool
    node: int
    manager: int | None = None  # a node


@dataclass(slots=True)
class Matched:
    """The rows with their people.

    `present` are the ids of all known people whom some row is about, wrong or not.
    """

    entries: list[Entry]
    known: dict[int, Known]
    present: set[int] = field(default_factory=set)
    nameless_rows: int = 0  # rows of which nobody can say whom they are about
    gone_rows: int = 0


def load_known(*, lock: Sequence[int] = ()) -> dict[int, Known]:
    """Everybody; with `lock` these alone, locked until the transaction ends. One query."""
    people = User.objects.order_by()
    if lock:
        people = User.objects.select_for_update().filter(pk__in=lock).order_by("pk")
    rows = people.annotate(has_signed_in=Q(last_login__isnull=False)).values(*KNOWN_FIELDS)
    return {row["id"]: Known(**row) for row in rows.iterator(chunk_size=5_000)}


class Lookup:
    """People by employee id and by address."""

    def __init__(self, people: Collection[Known]) -> None:
        self.by_id = {person.employee_id: person for person in people if person.employee_id}
        self.by_email = {person.email: person for person in people}
        self.everybody_has_id = all(person.employee_id for person in people if person.may_leave)

    def is_somebody_new(self, row: PersonRow) -> bool:
        """Whether a row that fits nobody is certainly about nobody who is here already."""
        return bool(row.email or (row.employee_id and self.everybody_has_id))


def match(
    rows: Iterable[PersonRow],
    known: dict[int, Known],
    problems: list[Problem],
    columns: dict[str, str],
) -> Matched:
    """Pair each row with its person. `columns` are the headings of the fields, for the messages."""
    lookup = Lookup(known.values())
    matched = Matched([], known)
    for row in rows:
        if row.gone and row.certain:
            matched.gone_rows += 1
            continue

        if not row.certain:
            matched.nameless_rows += 1
            continue

        holder, owner = lookup.by_id.get(row.employee_id), lookup.by_email.get(row.email)
        matched.present.update(person.id for person in (holder, owner) if person)
        if not (holder or owner or lookup.is_somebody_new(row)):
            matched.nameless_rows += 1

        person, code = decide(row, holder, owner)
        if code and owner:
            params = {"who": owner.name, "id": owner.employee_id}
            problems.append(Problem(row.number, code, columns.get("email", ""), row.email, params))
        node = person.id if person else -row.number
        matched.entries.append(Entry(row, person, row.ok and not code, node))
    keep_out_doubles(matched.entries, problems, columns)
    return matched


def decide(row: PersonRow, holder: Known | None, owner: Known | None) -> tuple[Known | None, str]:
    """The person that a row is about, and the code of what is wrong.

    `holder` has its id, `owner` its address.

    An address that comes with another id may have been given to somebody new: taking it over would
    open the notes of the person who had it before.
    """
    if holder:
        return holder, "address_of_other" if owner and owner.id != holder.id else ""
    if owner and row.employee_id and owner.employee_id and owner.employee_id != row.employee_id:
        return None, "address_has_other_id"
    return owner, ""


def keep_out_doubles(
    entries: Sequence[Entry], problems: list[Problem], columns: dict[str, str]
) -> None:
    """Rows that share an id, an address or a person are errors, each of them."""
    reported: set[int] = set()  # numbers of rows
    for code, field_name in SHARED.items():
        for value, group in grouped(entries, code).items():
            is_reported = any(entry.row.number in reported for entry in group)
            if len(group) < 2 or (code == "same_person" and is_reported):
                continue
            shown = value if field_name else ""
            params = {"rows": numbers_of(group)}
            for entry in group:
                entry.ok = False
                reported.add(entry.row.number)
                column = columns.get(field_name, "")
                problems.append(Problem(entry.row.number, code, column, shown, params))


def grouped(entries: Sequence[Entry], code: str) -> dict[str, list[Entry]]:
    """The rows by what the code is about: employee id, address or person."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        person = str(entry.known.id) if entry.known else ""
        values = {
            "same_id": entry.row.employee_id,
            "same_email": entry.row.email,
            "same_person": person,
        }
        if values[code]:
            groups.setdefault(values[code], []).append(entry)
    return groups


def numbers_of(group: Sequence[Entry]) -> str:
    """The numbers of up to ten rows: "4, 17"."""
    numbers = ", ".join(str(entry.row.number) for entry in group[:10])
    return f"{numbers} …" if len(group) > 10 else numbers
