"""Which row is about which person: by employee id first, then by address.

What is ambiguous stays out, all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from accounts.directory.problems import Problem
from accounts.directory.rows import PersonRow
from accounts.enums import DirectoryState
from accounts.models import User


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
    fields = [
        *(
            "pk",
            "employee_id",
            "email",
            "name",
            "preferred_name",
            "job_title",
            "department",
            "location",
            "time_zone",
        ),
        *(
            "grade_id",
            "grade_is_derived",
            "manager_id",
            "hired_on",
            "is_active",
            "is_hr_admin",
            "directory_state",
            "last_login",
        ),
    ]
    people = (
        User.objects.select_for_update().filter(pk__in=lock).order_by("pk")
        if lock
        else User.objects.order_by()
    )
    rows = people.values_list(*fields).iterator(chunk_size=5_000)
    return {row[0]: Known(*(*row[:-1], row[-1] is not None)) for row in rows}


def match(
    rows: Iterable[PersonRow],
    known: dict[int, Known],
    problems: list[Problem],
    columns: dict[str, str],
) -> Matched:
    """Pair each row with its person. `columns` are the headings of the fields, for the messages."""
    by_id = {person.employee_id: person for person in known.values() if person.employee_id}
    by_email = {person.email: person for person in known.values()}
    nobody_without_id = all(person.employee_id for person in known.values() if person.may_leave)
    matched = Matched([], known)
    for row in rows:
        if row.gone and row.certain:
            matched.gone_rows += 1
            continue
        holder = by_id.get(row.employee_id) if row.employee_id else None
        owner = by_email.get(row.email) if row.email else None
        matched.present.update(person.id for person in (holder, owner) if person and row.certain)
        if not row.certain or not (
            holder or owner or row.email or (row.employee_id and nobody_without_id)
        ):
            matched.nameless_rows += 1
            if not row.certain:
                continue
        person, code = decide(row, holder, owner)
        if code and owner:
            params = {"who": owner.name, "id": owner.employee_id}
            problems.append(Problem(row.number, code, columns.get("email", ""), row.email, params))
        matched.entries.append(
            Entry(row, person, row.ok and not code, person.id if person else -row.number)
        )
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
    shared: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        if entry.row.employee_id:
            shared.setdefault(("same_id", entry.row.employee_id), []).append(entry)
        if entry.row.email:
            shared.setdefault(("same_email", entry.row.email), []).append(entry)
        if entry.known:
            shared.setdefault(("same_person", str(entry.known.id)), []).append(entry)
    for (code, value), group in shared.items():
        if len(group) < 2 or (
            code == "same_person" and any(said(problems, entry, "same_") for entry in group)
        ):
            continue
        column = {"same_id": "employee_id", "same_email": "email"}.get(code, "")
        numbers = ", ".join(str(entry.row.number) for entry in group[:10]) + (
            " …" if len(group) > 10 else ""
        )
        for entry in group:
            entry.ok = False
            shown = value if column else ""
            problems.append(
                Problem(entry.row.number, code, columns.get(column, ""), shown, {"rows": numbers})
            )


def said(problems: Sequence[Problem], entry: Entry, prefix: str) -> bool:
    """Whether a problem of this kind has been noted for the row."""
    return any(
        problem.row == entry.row.number and problem.code.startswith(prefix) for problem in problems
    )
