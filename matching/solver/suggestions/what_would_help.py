"""What would help those who are left over: changes of the public rules, more places, more people.

Counted, not guessed.

Every number is the greatest number of pairs under the change less the number there is, found by
maximum flow; so making the change and running again gives exactly so many more pairs. What is
private stays out of it: avoids, HR blocks, former pairs and availability are one table of pairs
that are "not available" here, no change touches it, and nothing is asked of it but whether a pair
stands in it.
"""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from matching.solver.arrays import I64, Flags, flags_of
from matching.solver.assignment.solve import solve
from matching.solver.explanations.why_unmatched import unmatched
from matching.solver.people import Person, PublicReason, Role
from matching.solver.problem import Problem, build_problem
from matching.solver.result import Result
from matching.solver.suggestions import newcomers
from matching.solver.suggestions.changes import (
    Case,
    Change,
    Kind,
    lowest_of,
    pins_return,
)
from matching.solver.suggestions.counting import Room, fewest_raised, leading_to, most_pairs
from matching.solver.suggestions.newcomers import Wanted
from matching.solver.suggestions.rules import loosened_rules, rules_dropped

MOST_CELLS = 16_000_000
"""Pairs (mentees × mentors) up to which changes are counted.

It takes a table of all of them in memory, and a second.
"""
MOST_RESOLVED = 100_000
"""The same for the objective "score", under which each change is solved anew."""
OTHER_SIDE: dict[Role, Role] = {"mentee": "mentor", "mentor": "mentee"}

__all__ = ["Change", "Help", "Kind", "barred", "what_would_help"]


@dataclass(frozen=True)
class Help:
    """What would help the whole, most first, and which of those changes alone would place whom
    (role, key).

    A person has a change if it makes a pair for them and takes nobody else's. `counted`
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
    alone = [person for person in unmatched(problem, result) if not has_partner(person)]
    left = _not_barred(problem, alone)
    if not left or not all(problem.shape):
        return Help((), {}, True)
    if problem.size > MOST_CELLS:
        return Help(tuple(_newcomers_alone(left)), {}, False)
    if result.objective == "score":
        return Help(tuple(_solved_anew(problem, result)), {}, True)

    case = Case(problem, result)
    left = [person for person in left if _has_place(case, person)]
    loosened = loosened_rules(case)
    found = [*loosened, *_more_places(case, may_give_more), *_newcomers(case, left)]
    return Help(tuple(found), _for_each(case, loosened, left), True)


def _not_barred(problem: Problem, people: Sequence[Person]) -> list[Person]:
    flags = barred(problem, people)
    return [person for person, is_barred in zip(people, flags, strict=True) if not is_barred]


def barred(problem: Problem, people: Iterable[Person]) -> list[bool]:
    """Whom nothing helps but a change of their own: the unapproved, those without a place to give
    or of no known grade.
    """
    mentees, mentors = problem.scorer.barred
    flags = {"mentee": mentees, "mentor": mentors}
    return [bool(flags[person.role][problem.position(person)]) for person in people]


def _newcomers_alone(left: Iterable[Person]) -> list[Change]:
    """As many more people as are left over on the other side, whatever they teach or want: one
    each.
    """
    count = Counter(person.role for person in left)
    return [
        _of_topics(other, (Wanted("", count[role], 0, 0),))
        for role, other in OTHER_SIDE.items()
        if count[role]
    ]


def _more_places(case: Case, may_give_more: Callable[[Person], bool]) -> list[Change]:
    """One more place with as few mentors as can be, to make as many more pairs as such places
    can.
    """
    problem = case.problem
    willing = flags_of(may_give_more(person) for person in problem.mentors)
    willing &= ~problem.scorer.barred[1]
    if not case.left[0].any() or not willing.any():
        return []

    extra, columns = _fewest_places(case, willing)
    people = tuple(problem.mentors[column] for column in columns)
    if extra <= 0 or _wait_for_place(problem, people):
        return []
    return [Change("places", extra, people=people)]


def _fewest_places(case: Case, willing: Flags) -> tuple[int, list[int]]:
    """How many more pairs further places make, and the fewest mentors who make them."""
    mentees, mentors = case.capacity
    room = Room(case.allowed, case.pairs)
    size = room.most(mentees, np.minimum(mentors + willing, len(mentees)))
    extra = size - len(case.pairs)
    if extra <= 0:
        return 0, []
    return extra, fewest_raised(room, mentees, mentors, willing, size).tolist()


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
    mentees = _left_rows(case, left, "mentee")
    if len(mentees):
        found.append(_of_topics("mentor", _topics_of_new_mentors(case, mentees)))
    mentors = _left_rows(case, left, "mentor")
    if len(mentors):
        found.append(_of_topics("mentee", _topics_of_new_mentees(case, mentors)))
    return found


def _topics_of_new_mentors(case: Case, mentees: I64) -> tuple[Wanted, ...]:
    people = case.problem.mentees, case.problem.mentors
    return newcomers.by_topic(case.allowed, case.pairs, mentees, people, case.capacity)


def _topics_of_new_mentees(case: Case, mentors: I64) -> tuple[Wanted, ...]:
    """The same with both sides exchanged."""
    people = case.problem.mentors, case.problem.mentees
    allowed, pairs, capacity = case.allowed.T, case.pairs[:, ::-1], case.capacity[::-1]
    return newcomers.by_topic(allowed, pairs, mentors, people, capacity)


def _left_rows(case: Case, left: list[Person], role: Role) -> I64:
    rows = [case.at[role, person.key] for person in left if person.role == role]
    return np.array(rows, np.int64)


def _of_topics(role: Role, topics: tuple[Wanted, ...]) -> Change:
    return Change("newcomers", sum(topic.people for topic in topics), role=role, topics=topics)


def _for_each(
    case: Case, changes: list[Change], left: list[Person]
) -> dict[tuple[Role, str], tuple[Change, ...]]:
    """Which of these changes of rules alone place whom of those left over."""
    found: dict[tuple[Role, str], list[Change]] = defaultdict(list)
    for change in changes:
        rules = change.applied(case.problem.rules)
        if pins_return(case.problem, rules):
            continue
        allowed = case.under(rules, lowest_of(change, case.result.minimum))
        for key in _helped(case, allowed, left):
            one_alone_does_it = change.kind == "together" and found[key]
            if not one_alone_does_it:
                found[key].append(change)
    return {key: tuple(some) for key, some in found.items() if some}


def _helped(case: Case, allowed: Flags, left: list[Person]) -> Iterator[tuple[Role, str]]:
    """Those left over (role, key) who could be placed if these pairs were allowed."""
    placed = _placed_by(case, allowed)
    for person in left:
        key = person.role, person.key
        if placed[person.role][case.at[key]]:
            yield key


def _placed_by(case: Case, allowed: Flags) -> dict[Role, Flags]:
    """Who on each side could be placed if these pairs were allowed, at nobody's cost."""
    room_of_mentees, room_of_mentors = case.left
    mentees, _ = leading_to(allowed, case.pairs, room_of_mentors > 0)
    mentors, _ = leading_to(allowed.T, case.pairs[:, ::-1], room_of_mentees > 0)
    return {"mentee": mentees, "mentor": mentors}


def _has_place(case: Case, person: Person) -> bool:
    return bool(case.left[person.role == "mentor"][case.at[person.role, person.key]] > 0)


def _solved_anew(problem: Problem, result: Result) -> list[Change]:
    """For the best total alone nothing but solving it again tells how many pairs a change makes."""
    case = Case(problem, result)
    most = most_pairs(case.allowed, case.pairs, case.capacity) - len(case.pairs)
    found = [Change("participation", most)] if most > 0 else []
    if problem.size > MOST_RESOLVED:
        return found

    found += _rules_solved_anew(problem, result)
    return sorted(found, key=lambda change: -change.extra)


def _rules_solved_anew(problem: Problem, result: Result) -> Iterator[Change]:
    """The changes of one rule that make more pairs."""
    for change in rules_dropped(problem, result, problem.rules.grade_gap - 1):
        extra = _extra_if_solved(problem, result, change)
        if extra > 0:
            yield dataclasses.replace(change, extra=extra)


def _extra_if_solved(problem: Problem, result: Result, change: Change) -> int:
    people = [*problem.mentees, *problem.mentors]
    changed = build_problem(people, change.applied(problem.rules))
    again = solve(changed, "score", False, lowest_of(change, result.minimum))
    return len(again) - len(result)
