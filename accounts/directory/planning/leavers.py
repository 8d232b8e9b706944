"""Who leaves by an import: those whom an earlier one brought and this file does not name."""

from __future__ import annotations

from accounts.directory.planning.difference import Context, Plan
from accounts.directory.planning.known import Known
from accounts.directory.planning.match import Matched
from accounts.directory.problems import ProblemLog


def find_leavers(plan: Plan, matched: Matched, context: Context, problems: ProblemLog) -> None:
    """Fill in who leaves. HR admins and the acting person stay.

    Nobody leaves by a file that is said not to be the whole company, or one with rows of which
    nobody knows whom they are about: it may be them.
    """
    if context.partial:
        return

    missing = missing_people(matched)
    if matched.nameless_rows and missing:
        plan.notes.append(
            {"key": "nobody_leaves", "rows": matched.nameless_rows, "people": len(missing)}
        )
        return

    for person in missing:
        if may_be_removed(person, context, problems):
            plan.leaving.append(person)
    warn_of_leaving_managers(plan, matched, problems)


def may_be_removed(person: Known, context: Context, problems: ProblemLog) -> bool:
    """Whether an import may remove this person; if not, a warning says why."""
    if person.id == context.actor:
        problems.add(0, "kept_self")
        return False
    if person.is_hr_admin:
        problems.add(0, "kept_hr_admin", name=person.name)
        return False
    return True


def missing_people(matched: Matched) -> list[Known]:
    """People whom an earlier import added and whom no row of this file is about."""
    people = matched.known.values()
    return [person for person in people if person.may_leave and person.id not in matched.present]


def warn_of_leaving_managers(plan: Plan, matched: Matched, problems: ProblemLog) -> None:
    """Note the rows that name a manager who has left, or leaves now."""
    leaving = {person.id for person in plan.leaving}
    for entry in matched.entries:
        manager = matched.known.get(entry.manager or 0)
        if manager is None or not entry.ok or not entry.row.managers:
            continue
        if manager.id in leaving or stays_inactive(manager, matched):
            kind, _value = entry.row.managers[0]
            problems.add(entry.row.number, "manager_left", f"manager_{kind}", manager.name)


def stays_inactive(person: Known, matched: Matched) -> bool:
    """Whether somebody is deactivated and no row of the file brings them back."""
    returns = person.has_left and person.id in matched.present
    return not person.is_active and not returns
