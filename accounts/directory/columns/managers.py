"""The columns that name managers: decided by which column of the people their cells match."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from accounts.directory.columns.contents import Column, has_at, is_yes_or_no
from accounts.directory.columns.headings import ANY_MANAGER, MANAGER_FIELDS, WEAK, fields_named
from accounts.directory.values.addresses import address_in
from accounts.directory.values.manager_cells import (
    COMMON_NAME,
    name_in,
    name_key,
    number_in_brackets,
    reference_key,
)
from accounts.directory.values.references import by_number, lookup, without_zeros

FAR_BETTER = 4
SOME = 0.2  # a clear heading of managers counts from this part of cells that match on
SHORT = 999  # numbers up to this one only count something
NEARLY_ALL = 0.9
MOSTLY = 0.8
SEEN = 0.05  # from this part of cells that match on, a match is no accident


@dataclass(slots=True)
class People:
    """How the people of the first rows can be named: the position of their row by id, and so on.

    `others` are the columns in which every cell is another one, such as position ids.
    """

    ids: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int | None] = field(default_factory=dict)  # ids without zeros in front
    emails: dict[str, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    others: dict[str, dict[str, int]] = field(default_factory=dict)

    def row_by_id(self, cell: str) -> int | None:
        """The row of the person with this id, also where zeros in front are missing."""
        row = lookup(cell, self.ids)
        return self.numbers.get(without_zeros(cell)) if row is None else row

    def have_id(self, cell: str) -> bool:
        """Whether one of them has this id."""
        return self.row_by_id(cell) is not None

    def have_address(self, cell: str) -> bool:
        """Whether one of them has this address."""
        return address_in(cell) in self.emails

    def have_name(self, cell: str) -> bool:
        """Whether one of them has this name, or the number that is in brackets behind it."""
        return number_in_brackets(cell) in self.ids or name_key(name_in(cell)) in self.names


@dataclass(slots=True)
class Candidate:
    """A column that may name managers, as `field`, and how sure that is.

    `other` is the heading of the column of people that it refers to, where that is not their id,
    address or name.
    """

    heading: str
    field: str
    matches: float
    named: float
    other: str = ""


def choose_managers(columns: Sequence[Column], mapping: Mapping[str, str]) -> dict[str, str]:
    """{field: heading} of the managers; for each way of naming them the best column."""
    people = people_of(columns, mapping)
    taken = set(mapping.values())
    unused = [column for column in columns if column.heading not in taken]
    candidates = filter(None, (candidate_of(column, people) for column in unused))

    best = best_candidates(candidates)
    if is_another_numbering(best, columns, people):
        del best["manager_id"]
    return headings_of(best, mapping)


def best_candidates(candidates: Iterable[Candidate]) -> dict[str, Candidate]:
    """{field: the candidate that is worth most}; among equals the first."""
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        present = best.get(candidate.field)
        if present is None or worth(candidate) > worth(present):
            best[candidate.field] = candidate
    return best


def is_another_numbering(
    best: Mapping[str, Candidate], columns: Sequence[Column], people: People
) -> bool:
    """Whether the ids of managers mostly lead to other people than their addresses or names.

    Then they are numbers of another system that look like those of the people by accident.
    """
    by_id = rows_of_managers(best.get("manager_id"), columns, people)
    other = best.get("manager_email") or best.get("manager_name")
    by_other = rows_of_managers(other, columns, people)
    both = [pair for pair in zip(by_id, by_other, strict=False) if None not in pair]
    differ = sum(row != other_row for row, other_row in both)
    return differ * 2 > len(both)


def rows_of_managers(
    candidate: Candidate | None, columns: Sequence[Column], people: People
) -> list[int | None]:
    """The row of the manager that each cell of a chosen column names, None for nobody's."""
    if candidate is None:
        return []
    row_of = way_of_finding(candidate, people)
    cells = next(column.cells for column in columns if column.heading == candidate.heading)
    return list(map(row_of, cells))


def way_of_finding(candidate: Candidate, people: People) -> Callable[[str], int | None]:
    """How a cell of a column of managers leads to a row."""
    if candidate.field == "manager_name":
        return lambda cell: people.names.get(name_key(name_in(cell)))
    if candidate.field == "manager_email":
        return lambda cell: people.emails.get(address_in(cell))
    if candidate.other:
        keys = people.others[candidate.other]
        return lambda cell: lookup(cell, keys, reference_key)
    return people.row_by_id


def headings_of(best: Mapping[str, Candidate], mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping of the chosen columns, and of the column that managers' ids refer to."""
    chosen = {name: candidate.heading for name, candidate in best.items()}
    refers_to = best["manager_id"].other if "manager_id" in best else ""
    if refers_to and refers_to not in mapping.values():
        chosen["person_key"] = refers_to
    return chosen


def worth(candidate: Candidate) -> tuple[bool, float, float]:
    """What is compared: a clear heading, then how many cells match, then how clear it is.

    Some managers may be outside the file, so a clear heading counts if only some cells match.
    """
    is_clear = candidate.named > WEAK and candidate.matches >= SOME
    return is_clear, round(candidate.matches, 1), candidate.named


def people_of(columns: Sequence[Column], mapping: Mapping[str, str]) -> People:
    """How the people of these rows can be named."""
    by_heading = {column.heading: column for column in columns}
    people = People(others=other_keys(columns, mapping))
    people.ids = numbered(cells_of("employee_id", by_heading, mapping))
    people.numbers = by_number(people.ids.items(), None)
    people.emails = numbered(map(address_in, cells_of("email", by_heading, mapping)))
    people.names = names_of(by_heading, mapping)
    return people


def other_keys(columns: Sequence[Column], mapping: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """The other columns of people in which nearly every cell is another one."""
    known = {mapping.get(name) for name in ("employee_id", "email", "name")}
    found = {}
    for column in columns:
        if column.heading in known or not could_be_key(column):
            continue
        if "employee_id" not in mapping or not is_short_number(column):
            found[column.heading] = numbered(map(reference_key, column.cells))
    return found


def could_be_key(column: Column) -> bool:
    """Whether the cells can tell people apart, and are not those of managers."""
    is_of_most = column.is_distinct and column.share_filled >= 0.5
    return is_of_most and not is_count(column) and not is_of_manager(column)


def numbered(cells: Iterable[str]) -> dict[str, int]:
    """The position of each text that is not empty, of the last one where several are equal."""
    return {cell: at for at, cell in enumerate(cells) if cell}


def is_count(column: Column) -> bool:
    """Whether the cells only count the rows."""
    return all(cell == str(at) for at, cell in enumerate(column.cells, start=1))


def is_short_number(column: Column) -> bool:
    """Whether the cells are small numbers under an unknown heading, such as those of desks.

    Ids of managers may be the same by accident.
    """
    if fields_named(column.heading) or not all(map(str.isdecimal, column.filled)):
        return False
    largest = max(map(int, column.filled), default=0)
    return largest <= max(SHORT, 2 * len(column.cells))


def is_of_manager(column: Column) -> bool:
    """Whether the heading names a manager's field."""
    return not set(MANAGER_FIELDS).isdisjoint(fields_named(column.heading))


def cells_of(name: str, columns: Mapping[str, Column], mapping: Mapping[str, str]) -> Sequence[str]:
    """All cells of the column of a field, empty ones included; none without a column."""
    column = columns.get(mapping.get(name, ""))
    return column.cells if column else ()


def names_of(columns: Mapping[str, Column], mapping: Mapping[str, str]) -> dict[str, int]:
    """The names of the people, as they are compared, with the position of their row."""
    first = cells_of("first_name", columns, mapping)
    last = cells_of("last_name", columns, mapping)
    whole = [f"{given} {family}" for given, family in zip(first, last, strict=False)]

    names: dict[str, int] = {}
    preferred = cells_of("preferred_name", columns, mapping)
    for column in (preferred, cells_of("name", columns, mapping), whole):
        names |= numbered(map(name_key, column))
    return names


def candidate_of(column: Column, people: People) -> Candidate | None:
    """The column as one that names managers, if it can be."""
    named = manager_fields_named(column.heading)
    if not named or answers_question(column):
        return None
    field_named = max(named, key=named.__getitem__)
    score = named[field_named]
    best = best_match(column, people, score)
    if best.matches >= SEEN:
        return best
    if score <= ANY_MANAGER:
        return None
    return Candidate(column.heading, field_by_shape(column, field_named), 0.0, score)


def manager_fields_named(heading: str) -> dict[str, float]:
    """{field of managers: how clearly the heading names it}."""
    named = fields_named(heading)
    return {name: score for name, score in named.items() if name in MANAGER_FIELDS}


def answers_question(column: Column) -> bool:
    """Whether the cells are yes and no, as in "People Manager". 1 and 0 may be ids."""
    answers = {cell.casefold() for cell in column.counts}
    if not answers or column.share(is_yes_or_no) < NEARLY_ALL:
        return False
    if all(map(str.isdecimal, answers)):
        return answers == {"0", "1"} and "manager_id" not in fields_named(column.heading)
    return True


def best_match(column: Column, people: People, named: float) -> Candidate:
    """The way of naming people that most of the cells match; among equals the first.

    Another column than id, address and name counts only where it matches far better than these:
    numbers of another kind may be the same by accident.
    """
    shares = {
        "manager_id": column.share(people.have_id),
        "manager_email": column.share(people.have_address),
        "manager_name": column.share(people.have_name),
    }
    name = max(shares, key=shares.__getitem__)

    others = {heading: column.share(is_among(keys)) for heading, keys in people.others.items()}
    other = max(others, key=others.__getitem__, default="")
    if other and others[other] > FAR_BETTER * shares[name]:
        return Candidate(column.heading, "manager_id", others[other], named, other)
    return Candidate(column.heading, name, shares[name], named)


def is_among(others: Mapping[str, int]) -> Callable[[str], bool]:
    """A test whether a cell refers to one of these."""
    return lambda cell: lookup(cell, others, reference_key) is not None


def names_people(column: Column, people: People) -> bool:
    """Whether the cells name people of the file other than that of the row, whatever the heading.

    Numbers do not count, as they may be the same by accident.
    """
    row_of = {cell: row_named(cell, people) for cell in column.counts}
    others = 0
    for at, cell in enumerate(column.cells):
        if row_of.get(cell, at) not in {None, at}:
            others += 1
    return bool(column.filled) and others >= MOSTLY * len(column.filled)


def row_named(cell: str, people: People) -> int | None:
    """The row of the person whose name, address or id with letters a cell holds."""
    if not cell or cell.isdecimal():
        return None
    by_address = people.emails.get(address_in(cell))
    by_name = people.names.get(name_key(name_in(cell)))
    return next(
        (row for row in (by_address, by_name, people.ids.get(cell)) if row is not None), None
    )


def field_by_shape(column: Column, named: str) -> str:
    """The field that the cells look like where they match nobody; `named` is what is said."""
    if column.share(has_at) > 0.5:
        return "manager_email"
    if column.share(COMMON_NAME.match) > 0.5:
        return "manager_name"
    if column.share(str.isdigit) > 0.5:
        return "manager_id"
    has_words = column.share(has_blank) > 0.5
    is_no_address = named == "manager_email" and bool(column.filled)
    return "manager_name" if has_words or is_no_address else named


def has_blank(cell: str) -> bool:
    """Whether a cell has several words."""
    return " " in cell
