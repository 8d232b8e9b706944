"""Which person the cells of managers name: by id, key, address or name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from accounts.directory.planning.manager_names import NOT_UNIQUE, Found, ManagerNames, Named
from accounts.directory.planning.match import Matched
from accounts.directory.values.manager_cells import (
    is_counter,
    name_in,
    name_key,
    number_in_brackets,
    reference_key,
    says_gone,
)
from accounts.directory.values.references import by_number, lookup, without_zeros
from accounts.domain.names import words


class Finder:
    """Finds the node that a manager cell names: in the file first, then among the people here."""

    def __init__(self, matched: Matched) -> None:
        self.matched = matched
        self.by_id = nodes_by_id(matched)
        self.by_email = nodes_by_email(matched)
        keys = [(entry.row.person_key, entry.node) for entry in matched.entries]
        keys += matched.further_keys
        self.by_key = nodes_by_key((reference_key(key), node) for key, node in keys)
        self.by_name: dict[str, Found] = {}  # what was found already

    @cached_property
    def names(self) -> ManagerNames:
        """People by name. Made when first needed: most files name managers by id or address."""
        return ManagerNames(self.matched, self.leavers(), manager_names_in(self.matched))

    @cached_property
    def words_of(self) -> dict[int, set[str]]:
        """The words of all names of each node."""
        found: dict[int, set[str]] = defaultdict(set)
        for person in [*self.names.rows, *self.names.known, *self.names.more_names]:
            found[person.node].update(words(person.name))
        return found

    def leavers(self) -> list[Named]:
        """The names in the rows of people who have left.

        Such a row has the node of the person here or in the file with its id or address.
        """
        found = []
        for row in self.matched.gone:
            node = self.by_id.get(row.employee_id) or self.by_email.get(row.email)
            found.append(Named(row.name, node or -row.number, has_order=bool(row.last_name)))
        return found

    @cached_property
    def gone(self) -> set[str]:
        """How those may be named who have left, as the file itself says."""
        found: set[str] = set()
        for row in self.matched.gone:
            found |= {row.employee_id, row.email, name_key(row.name), reference_key(row.person_key)}
        return found - {""}

    def has_left(self, value: str) -> bool:
        """Whether a manager is somebody of the file who has left, or the cell says so."""
        same = {value, number_in_brackets(value), reference_key(value), name_key(name_in(value))}
        return says_gone(value) or not same.isdisjoint(self.gone)

    def find(self, kind: str, value: str) -> Found:
        """Whom a cell names."""
        if kind == "id":
            return Found(self.find_by_id(value))
        if kind == "email":
            return Found(self.by_email.get(value))
        if value not in self.by_name:
            self.by_name[value] = self.find_by_name(value)
        return self.by_name[value]

    def find_by_id(self, value: str) -> int | None:
        """The node: what the file's own column of keys says, else the employee id."""
        if self.by_key:
            return lookup(value, self.by_key, reference_key)
        number = without_zeros(value)
        if self.zeros_are_missing and self.by_number.get(number) == NOT_UNIQUE:
            return NOT_UNIQUE
        node = lookup(value, self.by_id)
        if node is not None:
            return node
        node = self.by_number.get(number)
        if node:
            self.matched.without_zeros.append(value)
        return node

    @cached_property
    def by_number(self) -> dict[str, int | None]:
        """Nodes by employee id without zeros in front; None for those who have left."""
        ids: dict[str, int | None] = dict.fromkeys(row.employee_id for row in self.matched.gone)
        return by_number((ids | self.by_id).items(), NOT_UNIQUE)

    @cached_property
    def zeros_are_missing(self) -> bool:
        """Whether some manager is nobody's id, but one but for zeros: then all may lack them."""
        named = (way for entry in self.matched.entries for way in entry.row.managers)
        return any(
            kind == "id" and value not in self.by_id and without_zeros(value) in self.by_number
            for kind, value in named
        )

    @cached_property
    def job_titles(self) -> set[str]:
        """The job titles of the file, as names are compared."""
        return {name_key(entry.row.job_title) for entry in self.matched.entries} - {""}

    def is_job_title(self, value: str) -> bool:
        """Whether a cell holds a job title of the file in place of a name."""
        return name_key(value) in self.job_titles

    def find_by_name(self, value: str) -> Found:
        """As `find`. "Jane Doe (12345)" is found by the number where the name agrees.

        A small number may only tell people of one name apart, and then it is nobody's.
        """
        if says_gone(value):
            return Found(None)
        named = self.names.find(value)
        number = number_in_brackets(value)
        node = self.by_id.get(number)
        if not node or node == named.node:
            return named
        if named.node:
            return named if is_counter(number) else Found(NOT_UNIQUE)
        return Found(node) if self.name_agrees(node, value, number) else named

    def name_agrees(self, node: int, value: str, number: str) -> bool:
        """Whether a name may be that of a node: a word for a long number, else all words."""
        own, others = set(words(name_in(value))), self.words_of[node]
        return own <= others if is_counter(number) else not own.isdisjoint(others)


def manager_names_in(matched: Matched) -> set[str]:
    """The cells that name managers by name."""
    return {
        value for entry in matched.entries for kind, value in entry.row.managers if kind == "name"
    }


def nodes_by_id(matched: Matched) -> dict[str, int]:
    """Employee ids with their node."""
    rows = [(entry.row.employee_id, entry.node) for entry in matched.entries]
    people = [(person.employee_id or "", person.id) for person in matched.known.values()]
    return unique(rows, people)


def nodes_by_email(matched: Matched) -> dict[str, int]:
    """Addresses with their node."""
    rows = [(entry.row.email, entry.node) for entry in matched.entries]
    people = [(person.email, person.id) for person in matched.known.values()]
    return unique(rows, people)


def unique(first: Iterable[tuple[str, int]], then: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Keys with their node; NOT_UNIQUE where several share one. `first` goes before `then`."""
    return nodes_by_key(then) | nodes_by_key(first)


def nodes_by_key(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Keys with their node; NOT_UNIQUE where several share one. Empty keys are left out."""
    nodes: dict[str, int] = {}
    for key, node in pairs:
        if key:
            is_shared = nodes.get(key, node) != node
            nodes[key] = NOT_UNIQUE if is_shared else node
    return nodes
