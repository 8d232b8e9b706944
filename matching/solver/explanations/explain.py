"""Why this pair, and why not that one: answers as keys and figures, worded and translated by the
caller.

Nothing here lets anybody tell an avoid, an HR block, a former pair and a lack of shared time apart:
a forbidden pair has public reasons and nothing else, no score and no contributions.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.solver.arrays import I64
from matching.solver.people import COMPONENTS, Person, PublicReason
from matching.solver.problem import Problem, public_reasons, unknowns_of
from matching.solver.result import Result

PAIRS = 4096
"""Pairs that are described at a time."""


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


@dataclass(frozen=True)
class Described:
    """One pair of a result: points by component, the strongest reasons and what to look at."""

    points: dict[str, int]
    strengths: tuple[Strength, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Pair:
    """An allowed pair, its points by component and its shared minutes a week."""

    mentee: Person
    mentor: Person
    points: dict[str, int]
    minutes: int


def explain(problem: Problem, i: int, j: int) -> Explanation:
    """Mentee row i and mentor column j: what their score consists of, or which public rules forbid
    them.
    """
    pair = _pair(problem, i, j)
    if pair is None:
        return _forbidden(problem, i, j)
    return Explanation(
        pair.mentee,
        pair.mentor,
        allowed=True,
        pinned=(i, j) in problem.pins,
        score=sum(pair.points.values()),
        contributions=_contributions(problem, pair),
        reasons=(),
    )


def _forbidden(problem: Problem, i: int, j: int) -> Explanation:
    return Explanation(
        problem.mentees[i],
        problem.mentors[j],
        allowed=False,
        pinned=False,
        score=None,
        contributions=(),
        reasons=public_reasons(problem, i, j),
    )


def _contributions(problem: Problem, pair: _Pair) -> tuple[Contribution, ...]:
    most = problem.rules.weights.shares()
    return tuple(Contribution(name, pair.points[name], most[name]) for name in COMPONENTS)


def _pair(problem: Problem, i: int, j: int) -> _Pair | None:
    """One pair with what is counted for it; None for a forbidden one."""
    if not problem.allows(i, j):
        return None
    return next(_pairs(problem, np.array([[i, j]])))


def top_reasons(problem: Problem, i: int, j: int, n: int = 3) -> tuple[Strength, ...]:
    """The n components that earn most, strongest first; nothing for a forbidden pair."""
    pair = _pair(problem, i, j)
    return () if pair is None else _strengths(pair, n)


def warnings(problem: Problem, i: int, j: int) -> tuple[str, ...]:
    """What a coordinator should look at in an allowed pair; nothing for a forbidden one.

    Keys: no_shared_topic, same_department, little_overlap (under twice what the rules ask),
    assumed_availability, assumed_time_zone, assumed_language (somebody has not said).
    """
    pair = _pair(problem, i, j)
    return () if pair is None else _warnings(problem, pair)


def described(problem: Problem, result: Result, n: int = 3) -> list[Described]:
    """Every pair of a result as `explain`, `top_reasons` and `warnings` have it, in the order of
    `result.scored_pairs`.

    All at once, in a fraction of the time.
    """
    indices = np.array(result.pairs, np.int64).reshape(-1, 2)
    found = []
    for start in range(0, len(indices), PAIRS):
        pairs = _pairs(problem, indices[start : start + PAIRS])
        found += [_description(problem, pair, n) for pair in pairs]
    return found


def _description(problem: Problem, pair: _Pair, n: int) -> Described:
    return Described(pair.points, _strengths(pair, n), _warnings(problem, pair))


def _pairs(problem: Problem, indices: I64) -> Iterator[_Pair]:
    """Pairs (k × 2) with what is counted for them."""
    rows, columns = indices.T
    points_of = _points(problem.scorer.components(rows, columns))
    minutes_of = problem.scorer.all_minutes(rows, columns).tolist()
    for (i, j), points, minutes in zip(indices.tolist(), points_of, minutes_of, strict=True):
        yield _Pair(problem.mentees[i], problem.mentors[j], points, minutes)


def _points(components: dict[str, I64]) -> Iterator[dict[str, int]]:
    """The points by component of each pair."""
    columns = [points.tolist() for points in components.values()]
    for row in zip(*columns, strict=True):
        yield dict(zip(components, row, strict=True))


def _strengths(pair: _Pair, n: int) -> tuple[Strength, ...]:
    """The n components that earn most, strongest first."""
    params = _params(pair)
    strongest = _strongest(pair.points)[:n]
    return tuple(Strength(name, pair.points[name], params[name]) for name in strongest)


def _strongest(points: dict[str, int]) -> list[str]:
    """The components that earn anything, strongest first."""
    earning = [name for name in COMPONENTS if points[name] > 0]
    return sorted(earning, key=lambda name: -points[name])


def _shared_topics(mentee: Person, mentor: Person) -> tuple[tuple[str, int], ...]:
    """Topic and level, by the mentee's priority, then by level."""
    shared = [(topic, level) for topic, level in mentor.topics.items() if topic in mentee.topics]
    shared.sort(key=lambda one: (mentee.topics[one[0]], -one[1], one[0]))
    return tuple(shared)


def _same_sliders(mentee: Person, mentor: Person) -> tuple[str, ...]:
    theirs = mentor.working_style
    same = [name for name, value in mentee.working_style.items() if theirs.get(name) == value]
    return tuple(sorted(same))


def _languages(mentee: Person, mentor: Person) -> tuple[str, ...]:
    return tuple(language for language in mentee.languages if language in mentor.languages)


def _differ(one: str, other: str) -> bool:
    """Whether both are stated and not the same."""
    return bool(one and other) and one != other


def _params(pair: _Pair) -> dict[str, dict[str, object]]:
    """What is behind the points, by component."""
    mentee, mentor = pair.mentee, pair.mentor
    return {
        "topics": {"topics": _shared_topics(mentee, mentor)},
        "overlap": {"minutes": pair.minutes},
        "style": {"sliders": _same_sliders(mentee, mentor)},
        "language": {"languages": _languages(mentee, mentor)},
        "interests": {"interests": tuple(sorted(mentee.interests & mentor.interests))},
        "distance": {
            "other_department": _differ(mentee.department, mentor.department),
            "other_location": _differ(mentee.location, mentor.location),
        },
        "wish": {
            "by_mentee": mentor.key in mentee.wishes,
            "by_mentor": mentee.key in mentor.wishes,
        },
    }


def _warnings(problem: Problem, pair: _Pair) -> tuple[str, ...]:
    rules, department = problem.rules, pair.mentee.department
    unknown = {*unknowns_of(pair.mentee), *unknowns_of(pair.mentor)}
    checks = {
        "no_shared_topic": rules.weights.topics > 0 and pair.points["topics"] == 0,
        "same_department": bool(department) and department == pair.mentor.department,
        "little_overlap": pair.minutes < 2 * problem.scorer.minutes_needed,
        "assumed_availability": "no_availability" in unknown,
        "assumed_time_zone": "unknown_time_zone" in unknown,
        "assumed_language": rules.require_common_language and "no_languages" in unknown,
    }
    return tuple(key for key, holds in checks.items() if holds)
