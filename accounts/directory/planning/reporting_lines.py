"""Who reports to whom after an import: managers found, circles and gaps kept out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from accounts.directory.planning.manager_finder import Finder
from accounts.directory.planning.manager_names import NOT_UNIQUE, Found, Order
from accounts.directory.planning.match import Entry, Matched
from accounts.directory.problems import ProblemLog
from accounts.directory.values.manager_cells import says_gone
from accounts.directory.values.odd_letters import look_alike
from accounts.domain.reporting import cycles_in


def resolve(matched: Matched, problems: ProblemLog) -> None:
    """Set each entry's manager.

    Entries whose manager is nobody, stays out, or closes a circle are no longer `ok`.
    """
    finder = Finder(matched)
    turned: list[Entry] = []
    for entry in matched.entries:
        if not entry.row.managers:
            continue
        is_found = find_manager(entry, finder, problems, turned)
        if is_found and entry.manager is None:
            continue  # their own manager: as if the cell were empty
        matched.managers_named += 1
        matched.managers_found += is_found
    if turned:
        note_turned(turned, finder.names.order, problems)
    settle(matched, problems)


def notes_about_ids(matched: Matched) -> list[dict[str, str]]:
    """What the preview says of managers' ids without the zeros in front that people's ids have."""
    if not matched.without_zeros:
        return []
    count, first = len(matched.without_zeros), matched.without_zeros[0]
    return [{"key": "managers_without_zeros", "count": str(count), "value": first}]


def note_turned(turned: Sequence[Entry], order: Order, problems: ProblemLog) -> None:
    """Note the names found in the other order only: one where the whole column is written so."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in turned:
        groups["" if order is Order.TURNED else entry.row.managers[-1][1]].append(entry)
    for first, *others in groups.values():
        note_problem(first, "manager_turned", problems, count=1 + len(others))


def keep_managers(matched: Matched, problems: ProblemLog) -> None:
    """As `resolve`, for a file that says nothing about managers: everybody keeps theirs."""
    for entry in matched.entries:
        entry.manager = entry.known.manager_id if entry.known else None
    settle(matched, problems)


def settle(matched: Matched, problems: ProblemLog) -> None:
    """Keep out rows that report to a wrong row, and every circle, until there are no more."""
    follow_errors(matched.entries, problems)
    while break_circles(matched, problems):
        follow_errors(matched.entries, problems)


def find_manager(entry: Entry, finder: Finder, problems: ProblemLog, turned: list[Entry]) -> bool:
    """Set the manager of an entry whose row names one. Returns whether they were found.

    A row may name the manager in several ways. Those that lead to nobody do not matter; those
    that lead to different people are an error. `turned` gets the entries whose manager was only
    found by a name in the other order.
    """
    found = found_managers(entry, finder)
    somebody = [one for one in found if one.node]
    nodes = {one.node for one in somebody}
    if len(nodes) > 1:
        keep_out(entry, "managers_differ", problems, other=entry.row.managers[-1][1])
        return False
    if not somebody:
        note_not_found(entry, found, finder, problems)
        return False

    if all(one.is_turned for one in somebody):
        turned.append(entry)
    node = somebody[0].node
    if node == entry.node:
        note_problem(entry, "own_manager", problems)
    else:
        entry.manager = node
    return True


def note_not_found(
    entry: Entry, found: Sequence[Found], finder: Finder, problems: ProblemLog
) -> None:
    """Keep out a row whose manager was not found, and say why."""
    values = [value for _kind, value in entry.row.managers]
    other = first_filled(one.other for one in found)
    odd = first_filled(map(look_alike, values))
    if any(one.node == NOT_UNIQUE for one in found):
        keep_out(entry, "manager_not_unique", problems)
    elif any(map(finder.has_left, values)):
        keep_out(entry, "manager_gone", problems)
    elif other:
        keep_out(entry, "manager_in_other_order", problems, other=other)
    elif odd:
        keep_out(entry, "manager_odd", problems, what=odd)
    elif any(map(finder.is_job_title, values)):
        keep_out(entry, "manager_is_title", problems)
    else:
        keep_out(entry, "manager_unknown", problems)


def first_filled(texts: Iterable[str]) -> str:
    """The first text that is not empty, or ""."""
    return next(filter(None, texts), "")


def found_managers(entry: Entry, finder: Finder) -> list[Found]:
    """What the row's ways of naming the manager lead to."""
    found = [finder.find(kind, value) for kind, value in entry.row.managers]
    if any(one.node for one in found):
        return found
    kind, value = entry.row.managers[-1]
    names_nobody = kind == "name" and found[-1] == Found(None)
    if names_nobody and not says_gone(value):
        found.append(finder.names.find_short(value))
    return found


def keep_out(entry: Entry, code: str, problems: ProblemLog, **params: object) -> None:
    """Do not import this row, because of its manager."""
    entry.ok = False
    note_problem(entry, code, problems, **params)


def note_problem(entry: Entry, code: str, problems: ProblemLog, **params: object) -> None:
    """Note a problem of the cell that names the manager."""
    kind, value = entry.row.managers[-1] if entry.row.managers else ("id", "")
    problems.add(entry.row.number, code, f"manager_{kind}", value, **params)


def follow_errors(entries: Sequence[Entry], problems: ProblemLog) -> None:
    """Keep out the rows of people who report to somebody new whose own row is kept out.

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
    """Keep out the rows of every circle. Returns whether there was one.

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
