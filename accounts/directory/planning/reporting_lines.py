"""Who reports to whom after an import: managers found, circles and gaps kept out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from accounts.directory.planning.match import Entry, Matched
from accounts.directory.problems import ProblemLog
from accounts.directory.rows.manager_cells import (
    initials,
    name_in,
    name_key,
    number_in_brackets,
    reference_key,
    short_name_key,
)
from accounts.directory.rows.references import by_number, lookup, without_zeros
from accounts.domain.reporting import cycles_in

NOT_UNIQUE = 0  # no person and no row has this number


class Finder:
    """Finds the node that a manager cell names: in the file first, then among the people here."""

    def __init__(self, matched: Matched) -> None:
        self.matched = matched
        self.by_id = nodes_by_id(matched)
        self.by_email = nodes_by_email(matched)
        keys = [(entry.row.person_key, entry.node) for entry in matched.entries]
        keys += matched.further_keys
        self.by_key = nodes_by_key((reference_key(key), node) for key, node in keys)

    @cached_property
    def by_name(self) -> dict[str, int]:
        """Nodes by name. Made when first needed: most files name managers by id or address."""
        nodes = nodes_by_name(self.matched)
        for name, node in self.leavers():
            key = name_key(name)
            if nodes.get(key, node) != node:
                nodes[key] = NOT_UNIQUE
        return nodes

    @cached_property
    def by_short_name(self) -> dict[str, list[tuple[str, int]]]:
        """Names with their nodes, by the name without titles and initials."""
        found: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for name, node in [*names_in_use(self.matched), *self.leavers()]:
            found[short_name_key(name)].append((name, node))
        return found

    def leavers(self) -> list[tuple[str, int]]:
        """The names in the rows of people who have left, each with its node.

        Such a row has the node of the person here or in the file with its id or address.
        """
        found = []
        for row in self.matched.gone:
            node = self.by_id.get(row.employee_id) or self.by_email.get(row.email)
            found.append((row.name, node or -row.number))
        return found

    @cached_property
    def gone(self) -> set[str]:
        """How those may be named who have left, as the file itself says."""
        found: set[str] = set()
        for row in self.matched.gone:
            found |= {row.employee_id, row.email, name_key(row.name), reference_key(row.person_key)}
        return found - {""}

    def has_left(self, value: str) -> bool:
        """Whether a manager is somebody of the file who has left."""
        same = {value, number_in_brackets(value), reference_key(value), name_key(name_in(value))}
        return not same.isdisjoint(self.gone)

    def find(self, kind: str, value: str) -> int | None:
        """The node, NOT_UNIQUE, or None for nobody."""
        if kind == "id":
            return self.find_by_id(value)
        if kind == "email":
            return self.by_email.get(value)
        return self.find_by_name(value)

    def find_by_id(self, value: str) -> int | None:
        """As `find`: what the file's own column of keys says, else the employee id."""
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

    def find_by_name(self, value: str) -> int | None:
        """As `find`. "Jane Doe (12345)" is found by the number."""
        number = number_in_brackets(value)
        if number in self.by_id:
            return self.by_id[number]
        return self.by_name.get(name_key(name_in(value)))

    def find_by_short_name(self, value: str) -> int | None:
        """As `find`, less strictly, for names that are found in no other way."""
        name = name_in(value)
        candidates = self.by_short_name.get(short_name_key(name), [])
        nodes = {node for other, node in candidates if may_be_same(name, other)}
        if len(nodes) > 1:
            return NOT_UNIQUE
        has_left = nodes <= {-row.number for row in self.matched.gone}
        return None if has_left else nodes.pop()


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


def nodes_by_name(matched: Matched) -> dict[str, int]:
    """Names, as they are compared, with their node. Only active people are found by name."""
    active = [person for person in matched.known.values() if person.is_active]
    rows = [(name_key(entry.row.name), entry.node) for entry in matched.entries]
    people = [(name_key(person.name), person.id) for person in active]
    return unique(rows, people)


def names_in_use(matched: Matched) -> list[tuple[str, int]]:
    """The names of the rows and those that people go by, each with its node."""
    pairs: list[tuple[str, int]] = []
    for entry in matched.entries:
        row = entry.row
        pairs.append((row.name, entry.node))
        if row.preferred_name:
            family_name = row.name.rpartition(" ")[2]
            pairs.append((f"{row.preferred_name} {family_name}", entry.node))
        if " " in row.preferred_name:
            pairs.append((row.preferred_name, entry.node))
    return pairs


def may_be_same(name: str, other: str) -> bool:
    """Whether the initials of two names agree that are the same without them.

    One word alone is enough only where the initials are the same too.
    """
    own, others = initials(name), initials(other)
    if " " not in short_name_key(name):
        return own == others
    return own <= others or others <= own


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


def resolve(matched: Matched, problems: ProblemLog) -> None:
    """Set each entry's manager.

    Entries whose manager is nobody, stays out, or closes a circle are no longer `ok`.
    """
    finder = Finder(matched)
    for entry in matched.entries:
        if not entry.row.managers:
            continue
        is_found = find_manager(entry, finder, problems)
        if is_found and entry.manager is None:
            continue  # their own manager: as if the cell were empty
        matched.managers_named += 1
        matched.managers_found += is_found
    settle(matched, problems)


def notes_about_ids(matched: Matched) -> list[dict[str, str]]:
    """What the preview says of managers' ids without the zeros in front that people's ids have."""
    if not matched.without_zeros:
        return []
    count, first = len(matched.without_zeros), matched.without_zeros[0]
    return [{"key": "managers_without_zeros", "count": str(count), "value": first}]


def keep_managers(matched: Matched, problems: ProblemLog) -> None:
    """As `resolve`, for a file that says nothing about managers: everybody keeps theirs."""
    for entry in matched.entries:
        entry.manager = entry.known.manager_id if entry.known else None
    settle(matched, problems)


def settle(matched: Matched, problems: ProblemLog) -> None:
    """Keep out what reports to a row that stays out, and every circle, until nothing is left."""
    follow_errors(matched.entries, problems)
    while break_circles(matched, problems):
        follow_errors(matched.entries, problems)


def find_manager(entry: Entry, finder: Finder, problems: ProblemLog) -> bool:
    """Set the manager of one entry, whose row names one; whether that person was found.

    A row may name the manager in several ways. Those that lead to nobody do not matter; those
    that lead to different people are an error.
    """
    found = found_managers(entry, finder)
    nodes = {node for node in found if node}
    if len(nodes) > 1:
        keep_out(entry, "managers_differ", problems, other=entry.row.managers[-1][1])
        return False
    if not nodes:
        keep_out(entry, why_not_found(entry, found, finder), problems)
        return False

    node = nodes.pop()
    if node == entry.node:
        note_problem(entry, "own_manager", problems)
    else:
        entry.manager = node
    return True


def why_not_found(entry: Entry, found: Sequence[int], finder: Finder) -> str:
    """The code of what is wrong with a manager who was not found."""
    if found:
        return "manager_not_unique"
    values = [value for _kind, value in entry.row.managers]
    if any(map(finder.has_left, values)):
        return "manager_gone"
    is_title = any(name_key(value) in finder.job_titles for value in values)
    return "manager_is_title" if is_title else "manager_unknown"


def found_managers(entry: Entry, finder: Finder) -> list[int]:
    """The nodes to which the row's ways of naming the manager lead; NOT_UNIQUE among them."""
    found = [finder.find(kind, value) for kind, value in entry.row.managers]
    nodes = [node for node in found if node is not None]
    kind, value = entry.row.managers[-1]
    if not any(nodes) and kind == "name":
        node = finder.find_by_short_name(value)
        nodes += [] if node is None else [node]
    return nodes


def keep_out(entry: Entry, code: str, problems: ProblemLog, **params: object) -> None:
    """Do not import this row, because of its manager."""
    entry.ok = False
    note_problem(entry, code, problems, **params)


def note_problem(entry: Entry, code: str, problems: ProblemLog, **params: object) -> None:
    """Note a problem of the cell that names the manager."""
    kind, value = entry.row.managers[-1] if entry.row.managers else ("id", "")
    problems.add(entry.row.number, code, f"manager_{kind}", value, **params)


def follow_errors(entries: Sequence[Entry], problems: ProblemLog) -> None:
    """Somebody who reports to somebody new that stays out stays out as well.

    Nobody is imported without their reporting line.
    """
    reports = reports_to_new(entries)
    out = [entry for entry in entries if not entry.ok and entry.known is None]
    while out:
        above = out.pop()
        for entry in reports.get(above.node, ()):
            if not entry.ok:
                continue
            keep_out(entry, "manager_out", problems, other=above.row.number)
            if entry.known is None:
                out.append(entry)


def reports_to_new(entries: Sequence[Entry]) -> dict[int, list[Entry]]:
    """{node of somebody new: the entries that report to them}."""
    reports: dict[int, list[Entry]] = {}
    for entry in entries:
        if entry.manager is not None and entry.manager < 0:
            reports.setdefault(entry.manager, []).append(entry)
    return reports


def break_circles(matched: Matched, problems: ProblemLog) -> bool:
    """Keep out the rows of every circle; whether there was one.

    A row that stays out leaves its person as they are here, which may close another circle, so this
    is called until there is none.
    """
    circles = cycles_in(final_managers(matched))
    if not circles:
        return False

    names = names_by_node(matched)
    applied = {entry.node: entry for entry in matched.entries if entry.ok}
    found = False
    for circle in circles:
        chain = in_words([names[node] for node in circle])
        for node in circle:
            if node in applied:
                found = True
                keep_out(applied[node], "cycle", problems, chain=chain)
    return found


def names_by_node(matched: Matched) -> dict[int, str]:
    """The name of everybody here and in the file; the file's where there are two."""
    names = {person.id: person.name for person in matched.known.values()}
    names.update({entry.node: entry.row.name for entry in matched.entries})
    return names


def in_words(names: Sequence[str]) -> str:
    """A circle of people: "Ann → Bob → Ann", six names at most."""
    shown = list(names[:6])
    if len(names) > 6:
        shown.append("…")
    return " → ".join([*shown, names[0]])


def final_managers(matched: Matched) -> dict[int, int | None]:
    """{node: manager's node} as it will be, for everybody here and every row that is applied."""
    managers = {person.id: person.manager_id for person in matched.known.values()}
    managers.update({entry.node: entry.manager for entry in matched.entries if entry.ok})
    return managers
