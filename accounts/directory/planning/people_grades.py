"""Which grade an import gives to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from accounts.directory.planning import reporting_lines
from accounts.directory.planning.difference import Context, Plan
from accounts.directory.planning.known import Known
from accounts.directory.planning.match import Matched
from accounts.domain import grades
from accounts.domain.grades import Rung
from accounts.domain.reporting import depths_of


def give_grades(plan: Plan, matched: Matched, context: Context) -> dict[int, Rung | None]:
    """{node: rung} for those whose grade this import decides.

    The file's column decides; else the reporting tree, where somebody has said so for this import
    or an earlier one. Otherwise these grades are only proposed.
    """
    plan.rungs = grades.ladder()
    # leavers too: their reports stay where they are until they have another manager
    managers = reporting_lines.final_managers(matched)
    if "grade" in context.mapping:
        return grades_by_name(plan, matched, depths_of(managers))
    if context.grades_by_depth or follow_tree(matched):
        return grades_by_depth(plan, matched, managers)
    propose_grades(plan, matched, managers)
    return {}


def follow_tree(matched: Matched) -> bool:
    """Whether grades of people here come from the reporting tree."""
    people = matched.known.values()
    return any(person.grade_is_derived and person.may_leave for person in people)


def propose_grades(plan: Plan, matched: Matched, managers: dict[int, int | None]) -> None:
    """Note what the grades would be if they came from the reporting tree."""
    as_proposed = Plan(rungs=[replace(rung) for rung in plan.rungs])
    grades_by_depth(as_proposed, matched, managers)
    for note in as_proposed.notes:
        plan.notes.append({**note, "key": "grades_proposed"})


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
    had_grades = bool(plan.rungs)
    nodes = list(without_own_grade(matched))
    outside = without_tree(managers)
    alone = [node for node in nodes if node in outside]
    depths = depths_of(managers)
    in_tree = {node: depths[node] for node in nodes if node in depths and node not in outside}

    placed = grades.by_depth(plan.rungs, in_tree)
    note_levels(plan, placed, had_grades=had_grades, alone=len(alone))
    return placed | dict.fromkeys(alone)


def without_tree(managers: Mapping[int, int | None]) -> set[int]:
    """The nodes that have neither a manager nor anybody who reports to them."""
    have_reports = set(managers.values())
    tops = {node for node, manager in managers.items() if manager is None}
    return tops - have_reports


def without_own_grade(matched: Matched) -> Iterator[int]:
    """The nodes of those who have no grade, or one that came from the tree."""
    nodes = {entry.node: entry.known for entry in matched.entries if entry.ok}
    for person in matched.known.values():
        if person.grade_is_derived and person.may_leave:
            nodes[person.id] = person

    for node, known in nodes.items():
        if not has_own_grade(known):
            yield node


def has_own_grade(known: Known | None) -> bool:
    """Whether somebody has a grade that does not come from the reporting tree."""
    return known is not None and bool(known.grade_id) and not known.grade_is_derived


def note_levels(plan: Plan, placed: Mapping[int, Rung], *, had_grades: bool, alone: int) -> None:
    """Say how many people each grade gets, the most senior first."""
    people = Counter(rung.name for rung in placed.values())
    names = [rung.name for rung in reversed(plan.rungs)]
    levels = [[name, people[name]] for name in names if people[name]]
    if levels:
        plan.notes.append(
            {"key": "grades_by_depth", "levels": levels, "own": had_grades, "alone": alone}
        )
