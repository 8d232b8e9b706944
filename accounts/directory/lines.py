"""Who reports to whom after an import: managers found, circles and gaps kept out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from accounts.directory.match import Entry, Matched
from accounts.directory.problems import Problem
from accounts.directory.rows import turned
from accounts.domain.names import words
from accounts.domain.reporting import cycles_in

NOT_UNIQUE = 0  # no person and no row has this number


class Finder:
    """Finds the node that a manager cell names: in the file first, then among the people here."""

    def __init__(self, matched: Matched) -> None:
        entries, known = matched.entries, matched.known.values()
        self.by_node = {entry.node: entry for entry in entries}
        self.lookups = {
            "id": unique(
                [(entry.row.employee_id, entry.node) for entry in entries],
                [(person.employee_id or "", person.id) for person in known],
            ),
            "email": unique(
                [(entry.row.email, entry.node) for entry in entries],
                [(person.email, person.id) for person in known],
            ),
            "name": unique(
                [(name_key(entry.row.name), entry.node) for entry in entries],
                [(name_key(person.name), person.id) for person in known if person.is_active],
            ),
        }

    def find(self, kind: str, value: str) -> int | None:
        """The node, NOT_UNIQUE, or None for nobody. "Jane Doe (12345)" is found by the number."""
        if kind != "name":
            return self.lookups[kind].get(value)
        in_brackets = re.search(r"\(([^()]+)\)\s*$", value)
        if in_brackets and in_brackets[1].strip() in self.lookups["id"]:
            return self.lookups["id"][in_brackets[1].strip()]
        return self.lookups["name"].get(name_key(re.sub(r"\s*\([^()]*\)\s*$", "", value)))


def unique(first: Iterable[tuple[str, int]], then: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Keys with their node; NOT_UNIQUE where several share one.

    What the file says goes before what is known.
    """
    found: dict[str, int] = {}
    for key, node in first:
        if key:
            found[key] = node if found.get(key, node) == node else NOT_UNIQUE
    known: dict[str, int] = {}
    for key, node in then:
        if key and key not in found:
            known[key] = node if known.get(key, node) == node else NOT_UNIQUE
    return known | found


def name_key(name: str) -> str:
    """A name as it is compared: without accents, case and order."""
    return " ".join(sorted(words(turned(name))))


def resolve(matched: Matched, problems: list[Problem], columns: dict[str, str]) -> None:
    """Set each entry's manager; entries whose manager is nobody, stays out, or closes a circle are
    no longer `ok`.
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
    """Set the manager of one entry."""
    kind, value = entry.row.manager or ("", "")
    node = finder.find(kind, value)
    if node == entry.node:
        problems.append(
            Problem(entry.row.number, "own_manager", columns.get(f"manager_{kind}", ""), value)
        )
    elif node:
        entry.manager = node
    else:
        code = "manager_unknown" if node is None else "manager_not_unique"
        problems.append(Problem(entry.row.number, code, columns.get(f"manager_{kind}", ""), value))
        entry.ok = False


def follow_errors(
    entries: Sequence[Entry], problems: list[Problem], columns: dict[str, str]
) -> None:
    """Whoever reports to somebody new that stays out stays out as well: nobody is imported without
    their reporting line.
    """
    reports: dict[int, list[Entry]] = {}
    for entry in entries:
        if entry.manager is not None and entry.manager < 0:
            reports.setdefault(entry.manager, []).append(entry)
    out = [entry for entry in entries if not entry.ok and entry.known is None]
    while out:
        above = out.pop()
        for entry in reports.get(above.node, ()):
            if entry.ok:
                entry.ok = False
                kind, value = entry.row.manager or ("", "")
                column = columns.get(f"manager_{kind}", "")
                problems.append(
                    Problem(
                        entry.row.number, "manager_out", column, value, {"other": above.row.number}
                    )
                )
                if entry.known is None:
                    out.append(entry)


def break_circles(matched: Matched, problems: list[Problem], columns: dict[str, str]) -> bool:
    """Keep out the rows of every circle; whether there was one.

    A row that stays out leaves its person as they are here, which may close another circle, so this
    is called until there is none.
    """
    managers = final_managers(matched)
    names = {person.id: person.name for person in matched.known.values()}
    names.update({entry.node: entry.row.name for entry in matched.entries})
    entries = {entry.node: entry for entry in matched.entries if entry.ok}
    found = False
    for circle in cycles_in(managers):
        chain = " → ".join(
            [
                *(names[node] for node in circle[:6]),
                *(["…"] if len(circle) > 6 else []),
                names[circle[0]],
            ]
        )
        for node in circle:
            entry = entries.get(node)
            if entry:
                found = True
                entry.ok = False
                kind, value = entry.row.manager or ("id", "")
                column = columns.get(f"manager_{kind}", "")
                problems.append(Problem(entry.row.number, "cycle", column, value, {"chain": chain}))
    return found


def final_managers(matched: Matched) -> dict[int, int | None]:
    """{node: manager's node} as it will be, for everybody here and every row that is applied."""
    managers = {person.id: person.manager_id for person in matched.known.values()}
    managers.update({entry.node: entry.manager for entry in matched.entries if entry.ok})
    return managers
