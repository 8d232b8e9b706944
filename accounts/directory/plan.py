"""What an import would do, worked out before anything is written."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.directory import lines
from accounts.directory.compare import Comparer
from accounts.directory.difference import Context, Plan
from accounts.directory.match import Known, Matched, load_known, match
from accounts.directory.problems import Problem
from accounts.directory.rows import Reader
from accounts.directory.table import Table
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
    plan.active = sum(1 for person in matched.known.values() if person.is_active)
    if not any(field.startswith("manager_") for field in context.mapping):
        for entry in matched.entries:
            entry.manager = entry.known.manager_id if entry.known else None
    lines.resolve(matched, plan.problems, context.mapping)
    find_leavers(plan, matched, context)
    rungs = give_grades(plan, matched, context)
    compare(plan, matched, context, rungs)
    find_address_changes(plan, matched)
    plan.problems.sort(key=lambda problem: (not problem.is_error, problem.row))
    return plan


def find_leavers(plan: Plan, matched: Matched, context: Context) -> None:
    """Those whom an earlier import brought and this file does not name.

    HR admins and the acting person stay.

    Nobody leaves by a file that is said not to be the whole company, or one with rows of which
    nobody knows whom they are about: it may be them.
    """
    missing = [
        person
        for person in matched.known.values()
        if person.may_leave and person.id not in matched.present
    ]
    if context.partial:
        return
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
    gone = {person.id for person in plan.leaving}
    for entry in matched.entries:
        above = matched.known.get(entry.manager or 0)
        if (
            entry.ok
            and above
            and entry.manager
            and (above.id in gone or not above.is_active)
            and entry.row.manager
        ):
            column = context.mapping.get(f"manager_{entry.row.manager[0]}", "")
            if not is_returning(above, matched):
                plan.problems.append(Problem(entry.row.number, "manager_left", column, above.name))


def is_returning(person: Known, matched: Matched) -> bool:
    """Whether a row of the file brings somebody back who had left."""
    return person.id in matched.present and person.directory_state == DirectoryState.LEFT


def give_grades(plan: Plan, matched: Matched, context: Context) -> dict[int, Rung | None]:
    """{node: rung} for those whose grade this import decides: by the file's column, else by the
    reporting tree.
    """
    plan.rungs = grades.ladder()
    before = len(plan.rungs)
    # leavers too: their reports stand where they stood until they have another manager
    managers = lines.final_managers(matched)
    depths = depths_of(managers)
    entries = [entry for entry in matched.entries if entry.ok]
    if "grade" in context.mapping:
        named = {entry.node: entry.row.grade for entry in entries if entry.row.grade}
        chosen = grades.by_name(plan.rungs, named, depths)
        new = [rung.name for rung in plan.rungs if rung.id is None]
        if new:
            plan.notes.append({"key": "new_grades", "names": new})
        return {entry.node: chosen.get(entry.node) for entry in entries}
    return grades_by_depth(plan, matched, managers, depths, had=before)


def grades_by_depth(
    plan: Plan,
    matched: Matched,
    managers: Mapping[int, int | None],
    depths: Mapping[int, int],
    *,
    had: int,
) -> dict[int, Rung | None]:
    """Grades for those who have none, or one that came from the tree.

    Somebody alone (no manager, no reports) stands nowhere in the tree and gets none, unless nobody
    reports to anybody.
    """
    above = {manager for manager in managers.values() if manager is not None}
    nodes = {entry.node: entry.known for entry in matched.entries if entry.ok}
    nodes.update(
        {
            person.id: person
            for person in matched.known.values()
            if person.grade_is_derived and person.may_leave
        }
    )
    wanted = [
        node
        for node, known in nodes.items()
        if node in depths and (known is None or known.grade_is_derived or not known.grade_id)
    ]
    alone = {node for node in wanted if managers[node] is None and node not in above}
    placed: dict[int, Rung | None] = {}
    if above:
        placed.update(
            grades.by_depth(
                plan.rungs, {node: depths[node] for node in wanted if node not in alone}
            )
        )
    placed.update(dict.fromkeys(alone, None))
    levels: dict[str, int] = {}
    for rung in placed.values():
        if rung:
            levels[rung.name] = levels.get(rung.name, 0) + 1
    if levels:
        shown = [
            [rung.name, levels[rung.name]] for rung in reversed(plan.rungs) if rung.name in levels
        ]
        plan.notes.append(
            {"key": "grades_by_depth", "levels": shown, "own": bool(had), "alone": len(alone)}
        )
    return placed


def compare(
    plan: Plan, matched: Matched, context: Context, rungs: Mapping[int, Rung | None]
) -> None:
    """Fill in who is new, changed and unchanged."""
    comparer = Comparer(matched, context, rungs, plan)
    for entry in matched.entries:
        if not entry.ok:
            continue
        outcome = comparer.outcome(entry)
        if entry.known is None:
            plan.new.append(outcome)
        elif outcome.fields:
            plan.changed.append(outcome)
        else:
            plan.unchanged += 1
    done = {entry.node for entry in matched.entries if entry.ok}
    for node, rung in rungs.items():
        if node > 0 and node not in done:
            outcome = comparer.only_grade(matched.known[node], rung)
            if outcome.fields:
                plan.changed.append(outcome)
    plan.notes.extend(comparer.notes())


def find_address_changes(plan: Plan, matched: Matched) -> None:
    """Rows with another address than the person's: to be confirmed, one by one."""
    pending: dict[int, str] = {}
    rejected: set[tuple[int, str, str]] = set()
    for person_id, old, new, state in AddressChange.objects.filter(
        state__in=[AddressChangeState.PENDING, AddressChangeState.REJECTED]
    ).values_list("person_id", "old_email", "new_email", "state"):
        if state == AddressChangeState.PENDING:
            pending[person_id] = new
        else:
            rejected.add((person_id, old, new))
    for entry in matched.entries:
        person, email = entry.known, entry.row.email
        if not entry.ok or person is None:
            continue
        if email == person.email:
            if person.id in pending:
                plan.withdrawn.append(person.id)
        elif (person.id, person.email, email) in rejected:
            plan.problems.append(
                Problem(
                    entry.row.number, "rejected_before", value=email, params={"name": person.name}
                )
            )
        elif pending.get(person.id) != email:
            plan.addresses.append((person, email))
