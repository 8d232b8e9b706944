"""Why this pair, why not that one, why nobody: answers as keys and figures, worded and translated
by the caller.

Nothing here lets anybody tell an avoid, an HR block, a former pair and a lack of shared time apart:
a forbidden pair has public reasons and nothing else (no score, no contributions), and no list of
alternatives contains it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import numpy as np

from matching.solver.arrays import I64
from matching.solver.availability import zone_of
from matching.solver.people import COMPONENTS, Person, PublicReason, Role
from matching.solver.problem import Problem, public_reasons
from matching.solver.result import Result


@dataclass(frozen=True)
class Contribution:
    """Points of one component of a score, of at most `most`."""

    component: str
    points: int
    most: int


@dataclass(frozen=True)
class Explanation:
    """An allowed pair has a score and contributions that add up to it; a forbidden one has reasons
    and neither.
    """

    mentee: Person
    mentor: Person
    allowed: bool
    pinned: bool
    score: int | None
    contributions: tuple[Contribution, ...]
    reasons: tuple[PublicReason, ...]


def explain(problem: Problem, i: int, j: int) -> Explanation:
    """Mentee row i and mentor column j: what their score consists of, or which public rules forbid
    them.
    """
    mentee, mentor = problem.mentees[i], problem.mentors[j]
    pinned = (i, j) in problem.pins
    reasons = () if pinned or problem.score(i, j) >= 0 else public_reasons(problem, i, j)
    if reasons:
        return Explanation(mentee, mentor, False, False, None, (), reasons)
    points = _points(problem, i, j)
    share = problem.rules.weights.shares()
    parts = tuple(Contribution(name, points[name], share[name]) for name in COMPONENTS)
    return Explanation(mentee, mentor, True, pinned, sum(points.values()), parts, ())


def _points(problem: Problem, i: int, j: int) -> dict[str, int]:
    found = problem.scorer.components(np.array([i]), np.array([j]))
    return {name: int(values[0]) for name, values in found.items()}


@dataclass(frozen=True)
class Strength:
    """One strong reason for a pair: a component, its points, and what is behind it (`params`, by
    component).

    topics: topics ((topic, level), strongest first). overlap: minutes a week. style: sliders (same
    position). language: languages spoken by both. interests: interests shared. distance:
    other_department, other_location. wish: by_mentee, by_mentor.
    """

    component: str
    points: int
    params: dict[str, object]


def top_reasons(problem: Problem, i: int, j: int, n: int = 3) -> tuple[Strength, ...]:
    """The n components that earn most, strongest first; nothing for a forbidden pair."""
    found = explain(problem, i, j)
    if not found.allowed:
        return ()
    points = {part.component: part.points for part in found.contributions}
    return strengths(problem, i, j, points, problem.scorer.minutes(i, j), n)


def strengths(  # noqa: PLR0917 - what is known of one pair
    problem: Problem, i: int, j: int, points: dict[str, int], minutes: int, n: int
) -> tuple[Strength, ...]:
    """The same for an allowed pair whose points by component and shared minutes are known."""
    earning = sorted(
        (name for name in COMPONENTS if points[name] > 0), key=lambda name: -points[name]
    )
    return tuple(
        Strength(name, points[name], _params(problem, i, j, name, minutes)) for name in earning[:n]
    )


def _params(problem: Problem, i: int, j: int, component: str, minutes: int) -> dict[str, object]:
    mentee, mentor = problem.mentees[i], problem.mentors[j]
    if component == "topics":
        shared = [
            (mentee.topics[topic], -level, topic)
            for topic, level in mentor.topics.items()
            if topic in mentee.topics
        ]
        return {"topics": tuple((topic, -level) for _, level, topic in sorted(shared))}
    if component == "style":
        same = [
            name
            for name, value in mentee.working_style.items()
            if mentor.working_style.get(name) == value
        ]
        return {"sliders": tuple(sorted(same))}
    if component == "language":
        return {"languages": tuple(word for word in mentee.languages if word in mentor.languages)}
    if component == "interests":
        return {"interests": tuple(sorted(mentee.interests & mentor.interests))}
    if component == "wish":
        return {"by_mentee": mentor.key in mentee.wishes, "by_mentor": mentee.key in mentor.wishes}
    return {"minutes": minutes} if component == "overlap" else _far(mentee, mentor)


def _far(mentee: Person, mentor: Person) -> dict[str, object]:
    return {
        "other_department": bool(mentee.department and mentor.department)
        and mentee.department != mentor.department,
        "other_location": bool(mentee.location and mentor.location)
        and mentee.location != mentor.location,
    }


def warnings(problem: Problem, i: int, j: int) -> tuple[str, ...]:
    """What a coordinator should look at in an allowed pair; nothing for a forbidden one.

    Keys: no_shared_topic, same_department, little_overlap (under twice what the rules ask),
    assumed_availability, assumed_time_zone, assumed_language (somebody has not said).
    """
    found = explain(problem, i, j)
    if not found.allowed:
        return ()
    points = {part.component: part.points for part in found.contributions}
    return cautions(problem, i, j, points, problem.scorer.minutes(i, j))


def cautions(
    problem: Problem, i: int, j: int, points: dict[str, int], minutes: int
) -> tuple[str, ...]:
    """The same for an allowed pair whose points by component and shared minutes are known."""
    both = problem.mentees[i], problem.mentors[j]
    checks = {
        "no_shared_topic": problem.rules.weights.topics > 0 and points["topics"] == 0,
        "same_department": bool(both[0].department) and both[0].department == both[1].department,
        "little_overlap": minutes < 2 * problem.scorer.minutes_needed,
        "assumed_availability": any(not person.availability for person in both),
        "assumed_time_zone": any(zone_of(person) is None for person in both),
        "assumed_language": problem.rules.require_common_language
        and any(not person.languages for person in both),
    }
    return tuple(key for key, holds in checks.items() if holds)


@dataclass(frozen=True)
class Obstacle:
    """A rule between somebody and the other side: how many it forbids, and how many it alone
    forbids.
    """

    reason: PublicReason
    people: int
    alone: int


@dataclass(frozen=True)
class WhyUnmatched:
    """Why somebody has nobody.

    kind "nobody_there": the other side is empty. "rules": no eligible partner, see `obstacles`.
    "outcompeted": each of the `eligible` partners has somebody else (`taken_by`, best score first);
    `rivals` people of this person's side, who could be in `wanted` pairs, have no more than
    `places` between them: only more places or looser rules would help (all 0 for objective "score",
    which proves no number). "no_gain": objective "score" gained nothing by it.
    """

    person: Person
    kind: Literal["nobody_there", "rules", "outcompeted", "no_gain"]
    others: int
    eligible: int
    obstacles: tuple[Obstacle, ...]
    taken_by: tuple[tuple[Person, Person], ...]  # (eligible partner, who has them)
    rivals: int
    wanted: int
    places: int


def unmatched(problem: Problem, result: Result) -> tuple[Person, ...]:
    """Everybody without a pair, mentees first, each side by key."""
    rows, columns = result.partners
    return (
        *(person for at, person in enumerate(problem.mentees) if at not in rows),
        *(person for at, person in enumerate(problem.mentors) if at not in columns),
    )


def why(  # noqa: PLR0917 - what is known of one person
    problem: Problem,
    result: Result,
    person: Person,
    obstacles: Iterable[tuple[PublicReason, int, int]],
    wanted: I64,
    short: tuple[int, int, int],
    most: int,
) -> WhyUnmatched:
    """The same from what is known: how many each rule forbids, all and alone; who is eligible, best
    first; the Hall set.
    """
    others = problem.shape[person.role == "mentee"]
    taken = tuple(islice(_taken_by(problem, result, person, wanted), max(1, most)))
    kind: Literal["nobody_there", "rules", "outcompeted", "no_gain"] = "outcompeted"
    if not others:
        kind = "nobody_there"
    elif not len(wanted):
        kind = "rules"
    elif result.objective == "score":
        kind = "outcompeted" if taken else "no_gain"
    there = (Obstacle(*obstacle) for obstacle in obstacles if obstacle[1])
    return WhyUnmatched(
        person,
        kind,
        others,
        len(wanted),
        tuple(sorted(there, key=lambda obstacle: -obstacle.people)),
        taken[:most],
        *(short if kind == "outcompeted" else (0, 0, 0)),
    )


def _taken_by(
    problem: Problem, result: Result, person: Person, eligible: I64
) -> Iterator[tuple[Person, Person]]:
    mine, others, side = problem.mentees, problem.mentors, 1
    if person.role == "mentor":
        mine, others, side = problem.mentors, problem.mentees, 0
    having = result.partners[side]
    return (
        (others[partner], mine[rival])
        for partner in eligible.tolist()
        for rival in having.get(partner, ())
    )


def shortage(problem: Problem, result: Result, role: Role) -> tuple[int, int, int]:
    """The Hall set behind the number of pairs, from the cover that proves it: people, pairs they
    could be in, places.
    """
    cut = result.answer.certificate.number
    if cut is None:
        return 0, 0, 0
    group, theirs, others = (
        cut.open_mentees,
        problem.mentee_capacity,
        problem.mentor_capacity[cut.closed_mentors],
    )
    if role == "mentor":
        group, theirs, others = (
            ~cut.closed_mentors,
            problem.mentor_capacity,
            problem.mentee_capacity[~cut.open_mentees],
        )
    group = group & (theirs > 0)
    return int(group.sum()), int(theirs[group].sum()), int(others.sum())
