"""What an import would do, worked out before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from accounts.directory.files.table import Table
from accounts.directory.planning import reporting_lines
from accounts.directory.planning.compare import Comparer
from accounts.directory.planning.difference import Context, Plan
from accounts.directory.planning.match import Known, Matched, load_known, match
from accounts.directory.problems import Problem
from accounts.directory.rows.reader import Reader
from accounts.domain import grades
from accounts.domain.grades import Rung
from accounts.domain.reporting import depths_of
from accounts.enums import AddressChangeState, DirectoryState
from accounts.models import AddressChange


def make_plan(table: Table, context: Context, *, strict_width: bool) -> Plan:
    """The difference. Reads the database with a handful of queries and writes nothing.

    Raises DirectoryFileError for what is wrong with the file as a whole.
    """
    reader = Reader.of(table, context.mapping, strict_width=strict_width)
    plan = Plan(problems=reader.problems, notes=list(table.notes))
    matched = match(reader.rows(), load_known(), plan.problems, context.mapping)
    plan.rows = len(matched.entries) + matched.gone_rows
    plan.active = sum(person.is_active for person in matched.known.values())

    if not context.names_managers:
        keep_managers(matched)
    reporting_lines.resolve(matched, plan.problems, context.mapping)
    find_leavers(plan, matched, context)
    rungs = give_grades(plan, matched, context)
    compare(plan, matched, context, rungs)
    find_address_changes(plan, matched)
    plan.problems.sort(key=lambda problem: (not problem.is_error, problem.row))
    return plan


def keep_managers(matched: Matched) -> None:
    """The file says nothing about managers: everybody keeps theirs."""
    for entry in matched.entries:
        entry.manager = entry.known.manager_id if entry.known else None


def find_leavers(plan: Plan, matched: Matched, context: Context) -> None:
    """Those whom an earlier import brought and this file does not name.

    HR admins and the acting person stay. Nobody leaves by a file that is said not to be the whole
    company, or one with rows of which nobody knows whom they are about: it may be them.
    """
    if context.partial:
        return
    missing = [
        person
        for person in matched.known.values()
        if person.may_leave and person.id not in matched.present
    ]
    if matched.nameless_rows and missing:
        plan.notes.append(
            {"key": "nobody_leaves", "rows": matched.nameless_rows, "people": len(missing)}
        )
        return
    for person in missing:
        if person.id == context.actor:
            plan.problems.append(Problem(0, "kept_self"))
        elif person.is_hr_admin:
            plan.problems.append(Problem(0, "kept_hr_admin", params={"name": person.name}))
        else:
            plan.leaving.append(person)
    warn_of_leaving_managers(plan, matched, context)


def warn_of_leaving_managers(plan: Plan, matched: Matched, context: Context) -> None:
    """Note the rows that name a manager who has left, or leaves now."""
    leaving = {person.id for person in plan.leaving}
    for entry in matched.entries:
        above = matched.known.get(entry.manager or 0)
        if above is None or not entry.ok or entry.row.manager is None:
            continue
        has_left = not above.is_active and not is_returning(above, matched)
        if above.id in leaving or has_left:
            kind, _value = entry.row.manager
            column = context.mapping.get(f"manager_{kind}", "")
            plan.problems.append(Problem(entry.row.number, "manager_left", column, above.name))


def is_returning(person: Known, matched: Matched) -> bool:
    """Whether a row of the file brings somebody back who had left."""
    return person.id in matched.present and person.directory_state == DirectoryState.LEFT


def give_grades(plan: Plan, matched: Matched, context: Context) -> dict[int, Rung | None]:
    """{node: rung} for those whose grade this import decides.

    The file's column decides, else the reporting tree.
    """
    plan.rungs = grades.ladder()
    # leavers too: their reports stay where they are until they have another manager
    managers = reporting_lines.final_managers(matched)
    if "grade" in context.mapping:
        return grades_by_name(plan, matched, depths_of(managers))
    return grades_by_depth(plan, matched, managers)


def grades_by_name(
    plan: Plan, matched: Matched, depths: Mapping[int, int]
) -> dict[int, Rung | None]:
    """Grades as the file names them; an empty cell takes the grade away."""
    entries = [entry for entry in matched.entries if entry.ok]
    named = {entry.node: entry.row.grade for entry in entries if entry.row.grade}
    chosen = grades.by_name(plan.rungs, named, depths)
    new = [rung.name for rung in plan.rungs if rung.id is None]
    if new:
        plan.notes.append({"key": "new_grades", "names": new})
    return {entry.node: chosen.get(entry.node) for entry in entries}


def grades_by_depth(
    plan: Plan, matched: Matched, managers: dict[int, int | None]
) -> dict[int, Rung | None]:
    """Grades for those who have none, or one that came from the tree.

    Somebody alone (no manager, no reports) has no place in the tree and gets none, as does
    everybody where nobody reports to anybody.
    """
    company_has_grades = bool(plan.rungs)
    depths = depths_of(managers)
    have_reports = {manager for manager in managers.values() if manager is not None}
    in_tree: dict[int, int] = {}
    alone: list[int] = []
    for node in without_own_grade(matched):
        if node not in depths:
            continue
        if managers[node] is None and node not in have_reports:
            alone.append(node)
        else:
            in_tree[node] = depths[node]

    placed: dict[int, Rung | None] = {**grades.by_depth(plan.rungs, in_tree)}
    placed.update(dict.fromkeys(alone))
    note_levels(plan, placed, had_grades=company_has_grades, alone=len(alone))
    return placed


def without_own_grade(matched: Matched) -> Iterator[int]:
    """The nodes of those who have no grade, or one that came from the tree."""
    nodes = {entry.node: entry.known for entry in matched.entries if entry.ok}
    for person in matched.known.values():
        if person.grade_is_derived and person.may_leave:
            nodes[person.id] = person

    for node, known in nodes.items():
        if known is None or known.grade_is_derived or not known.grade_id:
            yield node


def note_levels(
    plan: Plan, placed: Mapping[int, Rung | None], *, had_grades: bool, alone: int
) -> None:
    """Say how many people each grade gets, the most senior first."""
    people = Counter(rung.name for rung in placed.values() if rung)
    levels = [[rung.name, people[rung.name]] for rung in reversed(plan.rungs) if people[rung.name]]
    if levels:
        plan.notes.append(
            {"key": "grades_by_depth", "levels": levels, "own": had_grades, "alone": alone}
        )


def compare(
    plan: Plan, matched: Matched, context: Context, rungs: Mapping[int, Rung | None]
) -> None:
    """Fill in who is new, changed and unchanged."""
    comparer = Comparer(matched, context, rungs, plan)
    entries = [entry for entry in matched.entries if entry.ok]
    for entry in entries:
        outcome = comparer.outcome(entry)
        if entry.known is None:
            plan.new.append(outcome)
        elif outcome.fields:
            plan.changed.append(outcome)
        else:
            plan.unchanged += 1

    done = {entry.node for entry in entries}
    for node, rung in rungs.items():
        if node > 0 and node not in done:
            outcome = comparer.only_grade(matched.known[node], rung)
            if outcome.fields:
                plan.changed.append(outcome)
    plan.notes.extend(comparer.notes())


def find_address_changes(plan: Plan, matched: Matched) -> None:
    """Rows with another address than the person's. Each has to be confirmed."""
    pending, rejected = changes_before()
    for entry in matched.entries:
        person, email = entry.known, entry.row.email
        if not entry.ok or person is None:
            continue
        if email == person.email:
            if person.id in pending:
                plan.withdrawn.append(person.id)
        elif (person.id, person.email, email) in rejected:
            params = {"name": person.name}
            plan.problems.append(
                Problem(entry.row.number, "rejected_before", value=email, params=params)
            )
        elif pending.get(person.id) != email:
            plan.addresses.append((person, email))


def changes_before() -> tuple[dict[int, str], set[tuple[int, str, str]]]:
    """The new addresses that wait, by person; and those rejected as (person, old, new)."""
    pending: dict[int, str] = {}
    rejected: set[tuple[int, str, str]] = set()
    states = [AddressChangeState.PENDING, AddressChangeState.REJECTED]
    for change in AddressChange.objects.filter(state__in=states):
        if change.state == AddressChangeState.PENDING:
            pending[change.person_id] = change.new_email
        else:
            rejected.add((change.person_id, change.old_email, change.new_email))
    return pending, rejected
