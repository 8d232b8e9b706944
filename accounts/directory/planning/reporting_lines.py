"""Who reports to whom after an import: managers found, circles and gaps kept out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from accounts.directory.planning.match import Entry, Matched
from accounts.directory.problems import Problem
from accounts.directory.rows.reader import turned
from accounts.domain.names import words
from accounts.domain.reporting import cycles_in

NOT_UNIQUE = 0  # no person and no row has this number


class Finder:
    """Finds the node that a manager cell names: in the file first, then among the people here."""

    def __init__(self, matched: Matched) -> None:
        rows = [(entry.row, entry.node) for entry in matched.entries]
        people = matched.known.values()
        self.by_id = unique(
            [(row.employee_id, node) for row, node in rows],
            [(person.employee_id or "", person.id) for person in people],
        )
        self.by_email = unique(
            [(row.email, node) for row, node in rows],
            [(person.email, person.id) for person in people],
        )
        self.by_name = unique(
            [(name_key(row.name), node) for row, node in rows],
            [(name_key(person.name), person.id) for person in people if person.is_active],
        )

    def find(self, kind: str, value: str) -> int | None:
        """The node, NOT_UNIQUE, or None for nobody. "Jane Doe (12345)" is found by the number."""
        if kind == "id":
            return self.by_id.get(value)
        if kind == "email":
            return self.by_email.get(value)

        in_brackets = re.search(r"\(([^()]+)\)\s*$", value)
        number = in_brackets[1].strip() if in_brackets else ""
        if number in self.by_id:
            return self.by_id[number]
        name = re.sub(r"\s*\([^()]*\)\s*$", "", value)
        return self.by_name.get(name_key(name))


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


def name_key(name: str) -> str:
    """A name as it is compared: without accents, case and order."""
    return " ".join(sorted(words(turned(name))))


def resolve(matched: Matched, problems: list[Problem], columns: dict[str, str]) -> None:
    """Set each entry's manager.

    Entries whose manager is nobody, stays out, or closes a circle are no longer `ok`.
    """
    finder = Finder(matched)
    for entry in matched.entries:
        if entry.row.manager:
            find_manager(entry, finder, problems, columns)
    follow_errors(matched.entries, problems, columns)
    while break_circles(matched, problems, columns):
        follow_errors(matched.entries, problems, columns)


def find_manager(
    entry: Entry, finder: Finder, problems: list[Problem], columns: dict[str, str]
) -> None:
    """Set the manager of one entry, whose row names one."""
    kind, value = entry.row.manager or ("", "")
    node = finder.find(kind, value)
    if node == entry.node:
        problems.append(manager_problem(entry, "own_manager", columns))
    elif node is None:
        problems.append(manager_problem(entry, "manager_unknown", columns))
        entry.ok = False
    elif node == NOT_UNIQUE:
        problems.append(manager_problem(entry, "manager_not_unique", columns))
        entry.ok = False
    else:
        entry.manager = node


def manager_problem(entry: Entry, code: str, columns: dict[str, str], **params: object) -> Problem:
    """A problem of the cell that names the manager."""
    kind, value = entry.row.manager or ("id", "")
    return Problem(entry.row.number, code, columns.get(f"manager_{kind}", ""), value, params)


def follow_errors(
    entries: Sequence[Entry], problems: list[Problem], columns: dict[str, str]
) -> None:
    """Somebody who reports to somebody new that stays out stays out as well.

    Nobody is imported without their reporting line.
    """
    reports: dict[int, list[Entry]] = {}
    for entry in entries:
        if entry.manager is not None and entry.manager < 0:
            reports.setdefault(entry.manager, []).append(entry)
    out = [entry for entry in entries if not entry.ok and entry.known is None]
    while out:
        above = out.pop()
        for entry in reports.get(above.node, ()):
            if not entry.ok:
                continue
            entry.ok = False
            problems.append(manager_problem(entry, "manager_out", columns, other=above.row.number))
            if entry.known is None:
                out.append(entry)


def break_circles(matched: Matched, problems: list[Problem], columns: dict[str, str]) -> bool:
    """Keep out the rows of every circle; whether there was one.

    A row that stays out leaves its person as they are here, which may close another circle, so this
    is called until there is none.
    """
    names = {person.id: person.name for person in matched.known.values()}
    names.update({entry.node: entry.row.name for entry in matched.entries})
    entries = {entry.node: entry for entry in matched.entries if entry.ok}

    found = False
    for circle in cycles_in(final_managers(matched)):
        chain = in_words([names[node] for node in circle])
        for node in circle:
            entry = entries.get(node)
            if entry:
                found = True
                entry.ok = False
                problems.append(manager_problem(entry, "cycle", columns, chain=chain))
    return found


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
