"""Which row is about which person: by employee id first, then by address.

What is ambiguous stays out, all of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from accounts.directory.planning.known import Known
from accounts.directory.problems import ProblemLog
from accounts.directory.rows.person_row import PersonRow
from accounts.domain.names import words


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
    gone: list[PersonRow] = field(default_factory=list)  # rows of those who have left
    merged_rows: int = 0  # further rows about somebody who has one already
    # their keys, such as ids of positions, with the node of the person
    further_keys: list[tuple[str, int]] = field(default_factory=list)
    managers_named: int = 0  # rows that name somebody else as manager
    without_zeros: list[str] = field(default_factory=list)  # ids of managers that lack zeros
    managers_found: int = 0  # rows whose manager is in the file or here


class Lookup:
    """People by employee id and by address."""

    def __init__(self, people: Collection[Known]) -> None:
        self.by_id = {person.employee_id: person for person in people if person.employee_id}
        self.by_email = {person.email: person for person in people}
        self.everybody_has_id = all(person.employee_id for person in people if person.may_leave)

    def is_somebody_new(self, row: PersonRow) -> bool:
        """Whether a row that fits nobody is certainly about nobody who is here already."""
        return bool(row.email or (row.employee_id and self.everybody_has_id))


def match(rows: Iterable[PersonRow], known: dict[int, Known], problems: ProblemLog) -> Matched:
    """Pair each row with its person. What they share is looked at next: `keep_out_doubles`."""
    lookup = Lookup(known.values())
    matched = Matched([], known)
    for row in rows:
        if not row.certain:
            matched.nameless_rows += 1
        elif row.gone:
            matched.gone.append(row)
        else:
            match_row(row, lookup, matched, problems)
    return matched


def match_row(row: PersonRow, lookup: Lookup, matched: Matched, problems: ProblemLog) -> None:
    """Pair one row with its person, or with nobody."""
    holder = lookup.by_id.get(row.employee_id)
    owner = lookup.by_email.get(row.email)
    note_present(matched, holder, owner)
    if not (holder or owner or lookup.is_somebody_new(row)):
        matched.nameless_rows += 1

    person, code = decide(row, holder, owner)
    if code:
        note_other_person(row, code, holder, owner, problems)
    is_ok = row.ok and not code
    node = person.id if person else -row.number
    matched.entries.append(Entry(row, person, is_ok, node))


def note_other_person(
    row: PersonRow, code: str, holder: Known | None, owner: Known | None, problems: ProblemLog
) -> None:
    """Note that the id or the address of a row belongs to somebody else."""
    if code == "id_of_other" and holder:
        problems.add(row.number, code, "employee_id", row.employee_id, who=holder.name)
    elif owner:
        problems.add(row.number, code, "email", row.email, who=owner.name, id=owner.employee_id)


def note_present(matched: Matched, *people: Known | None) -> None:
    """Remember that some row is about these people."""
    matched.present.update(person.id for person in people if person)


def decide(row: PersonRow, holder: Known | None, owner: Known | None) -> tuple[Known | None, str]:
    """The person that a row is about, and the code of what is wrong.

    `holder` has its id, `owner` its address.

    An address that comes with another id may have been given to somebody new: taking it over would
    open the notes of the person who had it before. The same goes for an id that comes with another
    name and address.
    """
    if holder and not owner and is_somebody_else(row, holder):
        return None, "id_of_other"
    if holder:
        return holder, "address_of_other" if owner and owner.id != holder.id else ""
    if owner and row.employee_id and owner.employee_id and owner.employee_id != row.employee_id:
        return None, "address_has_other_id"
    return owner, ""


def is_somebody_else(row: PersonRow, holder: Known) -> bool:
    """Whether neither the address nor any word of the name is that of the person with this id.

    Somebody who marries may get another surname and address, but keeps the first name.
    """
    if not row.email or not row.name:
        return False
    names = {*words(row.name), *words(row.preferred_name)}
    return names.isdisjoint([*words(holder.name), *words(holder.preferred_name)])


def keep_out_doubles(entries: Sequence[Entry], problems: ProblemLog) -> None:
    """Rows that share an id, an address or a person are errors, each of them."""
    same_id = sharing(entries, employee_id_of)
    for value, group in same_id.items():
        keep_out(group, problems, "same_id", "employee_id", value)
    same_email = sharing(entries, email_of)
    for value, group in same_email.items():
        keep_out(group, problems, "same_email", "email", value)

    reported = row_numbers([*same_id.values(), *same_email.values()])
    for group in sharing(entries, person_of).values():
        if reported.isdisjoint(row_numbers([group])):
            keep_out(group, problems, "same_person")


def sharing(entries: Sequence[Entry], key: Callable[[Entry], str]) -> dict[str, list[Entry]]:
    """The entries that have the same `key` as another one, by this key. Empty keys are left out."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        value = key(entry)
        if value:
            groups[value].append(entry)
    return {value: group for value, group in groups.items() if len(group) > 1}


def row_numbers(groups: Iterable[Sequence[Entry]]) -> set[int]:
    """The numbers of the rows of all groups."""
    return {entry.row.number for group in groups for entry in group}


def employee_id_of(entry: Entry) -> str:
    """The employee id that the row names."""
    return entry.row.employee_id


def email_of(entry: Entry) -> str:
    """The address that the row names."""
    return entry.row.email


def person_of(entry: Entry) -> str:
    """The id of the person here, or ""."""
    return str(entry.known.id) if entry.known else ""


def keep_out(
    group: Sequence[Entry], problems: ProblemLog, code: str, field: str = "", value: str = ""
) -> None:
    """Say of each of these rows that it shares something with the others."""
    rows = numbers_of(group)
    for entry in group:
        entry.ok = False
        problems.add(entry.row.number, code, field, value, rows=rows)


def numbers_of(group: Sequence[Entry]) -> str:
    """The numbers of up to ten rows: "4, 17"."""
    numbers = ", ".join(str(entry.row.number) for entry in group[:10])
    return f"{numbers} …" if len(group) > 10 else numbers
