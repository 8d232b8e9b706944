"""What would help those who are left over: changes of the public rules, more places, more people.

Counted, not guessed.

Every number is the greatest number of pairs under the change less the number there is, found by
maximum flow; so making the change and running again gives exactly so many more pairs. What is
private stays out of it: avoids, HR blocks, former pairs and availability are one table of pairs
that are "not available" here, no change touches it, and nothing is asked of it but whether a pair
stands in it.
"""

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from matching.solver import newcomers
from matching.solver.changes import Case, Change, Kind, lowest_of, pins_return, positions
from matching.solver.counting import Room, fewest_raised, leading_to
from matching.solver.newcomers import Wanted
from matching.solver.people import Person, PublicReason, Role
from matching.solver.problem import Problem, build_problem
from matching.solver.result import Result
from matching.solver.solver import solve
from matching.solver.why_unmatched import unmatched

MOST_CELLS = 16_000_000
"""Pairs (mentees × mentors) up to which changes are counted: it takes a table of all of them in memory, and a second."""
MOST_RESOLVED = 100_000
"""The same for the objective "score", under which each change is solved anew."""
SMALLEST_GAP = 1
POINT = 100  # basis points


__all__ = ["Change", "Help", "Kind", "barred", "what_would_help"]


@dataclass(frozen=True)
class Help:
    """What would help the whole, most first, and which of those changes alone would place whom
    (role, key).

    A change stands beside a person if it makes a pair for them and takes nobody else's. `counted`
    is False where there were too many people for that: then only `newcomers` are known.
    """

    changes: tuple[Change, ...]
    for_person: dict[tuple[Role, str], tuple[Change, ...]]
    counted: bool


def _everybody(person: Person) -> bool:
    return True


def _nobody(person: Person) -> bool:
    return False


def what_would_help(
    problem: Problem,
    result: Result,
    *,
    may_give_more: Callable[[Person], bool] = _everybody,
    has_partner: Callable[[Person], bool] = _nobody,
) -> Help:
    """What would help the unmatched.

    `may_give_more`: which mentors could have one more place at all.

    Whoever `has_partner` from elsewhere counts as a place to fill, but not as a person in need of
    somebody.
    """
    left = [person for person in unmatched(problem, result) if not has_partner(person)]
    left = [person for person, out in zip(left, barred(problem, left), strict=True) if not out]
    if not left or not all(problem.shape):
        return Help((), {}, True)
    if problem.shape[0] * problem.shape[1] > MOST_CELLS:
        return Help(tuple(newcomers_alone(problem, left)), {}, False)
    if result.objective == "score":
        return Help(tuple(_solved_anew(problem, result)), {}, True)
    case = Case(problem, result)
    left = [person for person in left if _has_place(case, person)]
    loosened = _loosened(case)
    found = [*loosened, *_more_places(case, may_give_more), *_newcomers(case, left)]
    return Help(tuple(found), _for_each(case, loosened, left), True)


def barred(problem: Problem, people: Iterable[Person]) -> list[bool]:
    """Whom nothing helps but a change of their own: the unapproved, those without a place to give
    or of no known grade.
    """
    at = positions(problem)
    return [
        bool(problem.scorer.barred[person.role == "mentor"][at[person.role, person.key]])
        for person in people
    ]


def newcomers_alone(problem: Problem, left: Iterable[Person]) -> list[Change]:
    """As many more people as are left over on the other side, whatever they teach or want: one
    each.
    """
    count = {"mentee": 0, "mentor": 0}
    for person in left:
        count[person.role] += 1
    other: dict[str, Role] = {"mentee": "mentor", "mentor": "mentee"}
    return [
        Change("newcomers", number, role=other[role], topics=(Wanted("", number, 0, 0),))
        for role, number in count.items()
        if number
    ]


def _loosened(case: Case) -> list[Change]:
    """The changes of rules that make more pairs, most first; one for all together where that makes
    more than any.
    """
    if not all(side.any() for side in case.left):
        return []  # one side is placed: no rule stands in its way
    rules = case.problem.rules
    singles: list[list[Change]] = []
    if rules.forbid_same_department:
        singles.append(_counted(case, Change("same_department", 0)))
    if rules.require_common_language:
        singles.append(_counted(case, Change("language", 0)))
    singles.append(_lowered(case, "grade_gap", rules.grade_gap, SMALLEST_GAP, 1))
    singles.append(_lowered(case, "minimum", case.result.minimum or 0, 0, POINT))
    found = sorted(
        (change for some in singles for change in some), key=lambda change: -change.extra
    )
    return [*found, *_together(case, max((change.extra for change in found), default=0))]


def _counted(case: Case, change: Change) -> list[Change]:
    extra = case.more(change)
    return [dataclasses.replace(change, extra=extra)] if extra > 0 else []


def _lowered(
    case: Case, kind: Literal["grade_gap", "minimum"], now: int, least: int, unit: int
) -> list[Change]:
    """A limit lowered no further than is needed for the most that it can make, and for any pair at
    all.

    Whole numbers of `unit` from `least` up, which is the lowest that may be.
    """
    most = _counted(case, Change(kind, 0, least * unit)) if now > least * unit else []
    if not most:
        return []
    counts = {least: most[0].extra}

    def count(at: int) -> int:
        if at not in counts:
            counts[at] = case.more(Change(kind, 0, at * unit))
        return counts[at]

    def highest(enough: int) -> int:
        low, high = least, -(-now // unit)  # at `low` there are enough, at `high` not
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if count(middle) >= enough else (low, middle)
        return low

    ends = dict.fromkeys((highest(most[0].extra), highest(1)))
    return [Change(kind, count(end), end * unit) for end in ends]


def _together(case: Case, single: int) -> list[Change]:
    """All changes of rules at once, without those that add nothing; only where they make more than
    the best one alone.
    """
    rules, parts = case.problem.rules, []
    if rules.forbid_same_department:
        parts.append(Change("same_department", 0))
    if rules.require_common_language:
        parts.append(Change("language", 0))
    if rules.grade_gap > SMALLEST_GAP:
        parts.append(Change("grade_gap", 0, SMALLEST_GAP))
    if case.result.minimum:
        parts.append(Change("minimum", 0, 0))
    if len(parts) < 2:
        return []
    most = case.more(Change("together", 0, parts=tuple(parts)))
    if most <= single:
        return []
    for part in list(parts):
        fewer = [other for other in parts if other is not part]
        if fewer and case.more(Change("together", 0, parts=tuple(fewer))) == most:
            parts = fewer
    return [Change("together", most, parts=tuple(parts))]


def _more_places(case: Case, may_give_more: Callable[[Person], bool]) -> list[Change]:
    """One more place with as few mentors as can be, to make as many more pairs as such places
    can.
    """
    willing = np.array([may_give_more(person) for person in case.problem.mentors], np.bool_)
    willing &= ~case.problem.scorer.barred[1]
    if not case.left[0].any() or not willing.any():
        return []
    room, (a, b) = Room(case.allowed, case.pairs), case.capacity
    size = room.most(a, np.minimum(b + willing, case.problem.shape[0]))
    if size <= len(case.pairs):
        return []
    people = tuple(
        case.problem.mentors[at] for at in fewest_raised(room, a, b, willing, size).tolist()
    )
    return (
        [Change("places", size - len(case.pairs), people=people)]
        if not _wait_for_place(case.problem, people)
        else []
    )


def _wait_for_place(problem: Problem, people: tuple[Person, ...]) -> bool:
    """Whether a pin waits for a place with one of them: it would take it."""
    keys = {person.key for person in people}
    return any(
        pin.mentor_key in keys and PublicReason.NO_CAPACITY in pin.reasons
        for pin in problem.refused_pins
    )


def _newcomers(case: Case, left: list[Person]) -> list[Change]:
    """How many more mentors for which topics would place the mentees left over, and the other way
    round.
    """
    found = []
    for role, other in (("mentee", "mentor"), ("mentor", "mentee")):
        alone = [case.at[person.role, person.key] for person in left if person.role == role]
        if not alone:
            continue
        turned = role == "mentor"
        topics = newcomers.by_topic(
            case.allowed.T if turned else case.allowed,
            case.pairs[:, ::-1] if turned else case.pairs,
            np.array(alone),
            (case.problem.mentors, case.problem.mentees)
            if turned
            else (case.problem.mentees, case.problem.mentors),
            case.capacity[::-1] if turned else case.capacity,
        )
        found.append(
            Change("newcomers", sum(topic.people for topic in topics), role=other, topics=topics)
        )  # type: ignore[arg-type]
    return found


def _for_each(
    case: Case, changes: list[Change], left: list[Person]
) -> dict[tuple[Role, str], tuple[Change, ...]]:
    """Which of these changes of rules alone place whom of those left over."""
    found: dict[tuple[Role, str], list[Change]] = {}
    for change in changes:
        rules = change.applied(case.problem.rules)
        if pins_return(case.problem, rules):
            continue
        allowed = case.under(rules, lowest_of(change, case.result.minimum))
        mentees, _ = leading_to(allowed, case.pairs, case.left[1] > 0)
        mentors, _ = leading_to(allowed.T, case.pairs[:, ::-1], case.left[0] > 0)
        helped = {"mentee": mentees, "mentor": mentors}
        for person in left:
            mine = found.setdefault((person.role, person.key), [])
            single = change.kind != "together" or not mine
            if single and helped[person.role][case.at[person.role, person.key]]:
                mine.append(change)
    return {key: tuple(some) for key, some in found.items() if some}


def _has_place(case: Case, person: Person) -> bool:
    return bool(case.left[person.role == "mentor"][case.at[person.role, person.key]] > 0)


def _solved_anew(problem: Problem, result: Result) -> list[Change]:
    """For the best total alone nothing but solving it again tells how many pairs a change makes."""
    now = len(result)
    case = Case(problem, result)
    most = Room(case.allowed, case.pairs).most(*case.capacity) - len(case.pairs)
    found = [Change("participation", most)] if most > 0 else []
    rules = problem.rules
    changes = []
    if problem.shape[0] * problem.shape[1] > MOST_RESOLVED:
        return found
    if rules.forbid_same_department:
        changes.append(Change("same_department", 0))
    if rules.require_common_language:
        changes.append(Change("language", 0))
    if rules.grade_gap > SMALLEST_GAP:
        changes.append(Change("grade_gap", 0, rules.grade_gap - 1))
    if result.minimum:
        changes.append(Change("minimum", 0, 0))
    for change in changes:
        changed = build_problem([*problem.mentees, *problem.mentors], change.applied(rules))
        extra = len(solve(changed, "score", False, lowest_of(change, result.minimum))) - now
        if extra > 0:
            found.append(dataclasses.replace(change, extra=extra))
    return sorted(found, key=lambda change: -change.extra)
