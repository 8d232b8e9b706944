"""Managers by name, in the order in which the file writes names.

"Martin Paul" and "Paul Martin" may be two people. A name is looked up as it is written first; in
the other order only where the column does not tell its order and one person alone can be meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from accounts.directory.planning.match import Matched
from accounts.directory.values.manager_cells import (
    initials,
    name_in,
    name_in_order,
    name_key,
    short_name_in_order,
    short_name_key,
    whole_name_in,
    without_order,
)
from accounts.directory.values.names import first_name_first, split_brackets
from accounts.directory.values.states_behind_names import split_state
from accounts.domain.names import plain

NOT_UNIQUE = 0  # no person and no row has this number
MANY_TIMES = 2  # an order counts as that of the column where it is more often seen than this


class Order(Enum):
    """What the cells of managers tell of the order of their names."""

    UNKNOWN = auto()
    AS_PEOPLE = auto()  # the first name first, as names of people are kept
    TURNED = auto()
    MIXED = auto()


@dataclass(frozen=True, slots=True)
class Found:
    """A node, NOT_UNIQUE, or None for nobody. `is_turned`: found in the other order only.

    `other` is the name of somebody who would be meant in the other order, but is not.
    """

    node: int | None
    is_turned: bool = False
    other: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A name that somebody goes by. `has_order`: it is known which part is the family name."""

    name: str
    node: int
    has_order: bool = False


# {name as it is compared without order: {the same in order: whose it is}}
Names = dict[str, dict[str, Named]]


class ManagerNames:
    """The people of the file and those here, by name.

    `leavers` are the people of the rows of those who have left, `cells` those that name managers.
    """

    def __init__(self, matched: Matched, leavers: Sequence[Named], cells: Iterable[str]) -> None:
        self.rows = named_in_rows(matched)
        self.known = named_here(matched)
        self.leavers = leavers
        self.cells = cells
        self.gone = {-row.number for row in matched.gone}
        self.more_names = further_names(matched)

    @cached_property
    def names(self) -> Names:
        """The file goes before the people here; a leaver of the same name makes it unclear."""
        names = indexed(self.known)
        for key, in_order in indexed(self.rows).items():
            names[key] = names.get(key, {}) | in_order
        add(names, self.leavers)
        return names

    @cached_property
    def short_names(self) -> dict[str, list[Named]]:
        """The names of the file and its leavers, by name without titles and initials."""
        found: dict[str, list[Named]] = defaultdict(list)
        for person in [*self.rows, *self.more_names, *self.leavers]:
            found[short_name_key(person.name)].append(person)
        return found

    @cached_property
    def with_brackets(self) -> dict[str, int]:
        """Nodes by names with what is in brackets behind them."""
        found: dict[str, int] = {}
        for person in self.rows:
            if split_brackets(person.name)[1]:
                text = plain(person.name)
                found[text] = person.node if text not in found else NOT_UNIQUE
        return found

    @cached_property
    def order(self) -> Order:
        """The order of names that the cells of managers tell, those with a comma apart."""
        votes = [self.vote(cell) for cell in {name_in(cell) for cell in self.cells}]
        as_people, turned = votes.count(Order.AS_PEOPLE), votes.count(Order.TURNED)
        if not as_people and not turned:
            return Order.UNKNOWN
        if as_people > MANY_TIMES * turned:
            return Order.AS_PEOPLE
        return Order.TURNED if turned > MANY_TIMES * as_people else Order.MIXED

    def vote(self, name: str) -> Order:
        """What one cell tells; nothing where both orders are somebody's name."""
        candidates = self.names.get(name_key(name), {})
        ordered = name_in_order(name)
        if "," in name or len(candidates) != 1 or " " not in ordered:
            return Order.UNKNOWN
        return Order.AS_PEOPLE if ordered in candidates else Order.TURNED

    def find(self, cell: str) -> Found:
        """Whom a cell names."""
        whole = first_name_first(split_state(whole_name_in(cell))[0])
        node = self.with_brackets.get(plain(whole)) if split_brackets(whole)[1] else None
        if node:
            return Found(node)
        name = name_in(cell)
        return self.choose(name, name_in_order(name), self.names.get(name_key(name), {}))

    def find_short(self, cell: str) -> Found:
        """As `find`, less strictly, for names that are found in no other way."""
        name = name_in(cell)
        candidates: dict[str, Named] = {}
        for person in self.short_names.get(short_name_key(name), []):
            if may_be_same(name, person.name):
                put(candidates, short_name_in_order(person.name), person)
        return self.choose(name, short_name_in_order(name), candidates)

    def choose(self, name: str, ordered: str, candidates: Mapping[str, Named]) -> Found:
        """Who is meant among those whose names have the same words."""
        order = Order.AS_PEOPLE if "," in name else self.order
        written = candidates.get(ordered)
        turned = [person for key, person in candidates.items() if key != ordered]
        if written and (order is not Order.TURNED or not turned):
            return self.choose_written(written, turned, order)

        if len({person.node for person in turned}) > 1:
            return Found(NOT_UNIQUE)
        if not turned:
            return Found(None)
        return self.choose_turned(turned[0], name, order)

    def choose_written(self, person: Named, turned: Sequence[Named], order: Order) -> Found:
        """Somebody of exactly this name, unless the other order may be meant as well."""
        others = {other.node for other in turned} - {person.node}
        is_unclear = order is Order.MIXED and others
        return Found(NOT_UNIQUE) if is_unclear else self.unless_gone(person)

    def choose_turned(self, person: Named, name: str, order: Order) -> Found:
        """Somebody of this name in the other order, unless the order of both is known."""
        is_known = person.has_order if "," in name else order is Order.AS_PEOPLE
        if is_known:
            return Found(None, other=person.name)
        return self.unless_gone(person, is_turned=True)

    def unless_gone(self, person: Named, *, is_turned: bool = False) -> Found:
        """This person, or nobody where the file says that they have left."""
        if person.node in self.gone:
            return Found(None)
        return Found(person.node, is_turned=is_turned)


def indexed(people: Iterable[Named]) -> Names:
    """People by name."""
    names: Names = {}
    add(names, people)
    return names


def add(names: Names, people: Iterable[Named]) -> None:
    """Add people to those by name."""
    for person in people:
        ordered = name_in_order(person.name)
        put(names.setdefault(without_order(ordered), {}), ordered, person)


def put(in_order: dict[str, Named], key: str, person: Named) -> None:
    """Add a person; two people of one name are NOT_UNIQUE."""
    present = in_order.setdefault(key, person)
    if present.node != person.node:
        in_order[key] = Named(person.name, NOT_UNIQUE)


def named_in_rows(matched: Matched) -> list[Named]:
    """The people of the file."""
    return [
        Named(entry.row.name, entry.node, has_order=bool(entry.row.last_name))
        for entry in matched.entries
    ]


def named_here(matched: Matched) -> list[Named]:
    """The people here. Only active ones are found by name."""
    return [
        Named(person.name, person.id, has_order=bool(person.last_name))
        for person in matched.known.values()
        if person.is_active
    ]


def further_names(matched: Matched) -> list[Named]:
    """The names of the file by which people are called, with the family name."""
    found = []
    for entry in matched.entries:
        preferred = entry.row.preferred_name
        if not preferred:
            continue
        family_name = entry.row.last_name or split_brackets(entry.row.name)[0].rpartition(" ")[2]
        found.append(Named(f"{preferred} {family_name}", entry.node, has_order=True))
        if " " in preferred:
            found.append(Named(preferred, entry.node))
    return found


def may_be_same(name: str, other: str) -> bool:
    """Whether the initials of two names agree that are the same without them.

    One word alone is enough only where the initials are the same too.
    """
    own, others = initials(name), initials(other)
    if " " not in short_name_key(name):
        return own == others
    return own <= others or others <= own
