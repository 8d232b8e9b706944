"""Storing a solved problem: proposals with reasons, people without a partner, figures.

A coordinator may read everything that is stored here. Private rules have left no trace by now but
the one public reason "not_available".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from common import clock
from matching.domain import fast_insert, suggestions
from matching.domain.alternatives import add_alternatives
from matching.domain.inputs import MatchInput, enrolment_id
from matching.enums import RunState
from matching.models import MatchRun, Proposal, Unmatched
from matching.solver import (
    Described,
    Problem,
    Result,
    Strength,
    WhyUnmatched,
    described,
    explain,
    top_reasons,
    unmatched,
    warnings,
    why_all,
)
from matching.solver.problem import STORED_CELLS

NAMED = 3  # of the partners whom somebody else got
STORED_REASONS = 4
"""One more than is shown. Where a wish must not be told, three are left, so no gap tells it."""
MOST_FOR_ALTERNATIVES = STORED_CELLS
"""Mentees × mentors up to which alternatives are stored; beyond, scores would be computed again."""
COUNTED = ("pairs", "total", "worst", "median", "unmatched_mentors", "unmatched_mentees", "proven")
"""The figures that a change by hand can alter."""


class UnprovenError(Exception):
    """The independent check of a result has found an error."""


@dataclass(frozen=True)
class Outcome:
    """Rows to be stored (without their run), and the figures."""

    proposals: list[Proposal]
    unmatched: list[Unmatched]
    statistics: dict[str, Any]


def collect(
    given: MatchInput, problem: Problem, result: Result, *, tell: Callable[[float], None]
) -> Outcome:
    """Explain the whole result. `tell(fraction)` reports the progress, 0 to 1."""
    proposals = _proposals(given, problem, result)
    tell(0.2)
    if len(problem.mentees) * len(problem.mentors) <= MOST_FOR_ALTERNATIVES:
        add_alternatives(given, problem, result, proposals)
    tell(0.5)
    left = _unmatched(given, problem, result)
    tell(0.7)
    helping = suggestions.find(given, problem, result)
    for row in left:
        helping.add_to(row)
    statistics = _statistics(given, problem, result, left)
    statistics["help"] = helping.whole
    return Outcome(proposals, left, statistics)


def store(run: MatchRun, outcome: Outcome, *, digest: str) -> None:
    """running → done, with everything that was found.

    In the caller's transaction, under the run's lock.
    """
    run.proposals.all().delete()
    run.unmatched.all().delete()
    for proposal in outcome.proposals:
        proposal.run = run
    for row in outcome.unmatched:
        row.run = run
    fast_insert.insert(outcome.proposals)
    fast_insert.insert(outcome.unmatched)
    run.state = RunState.DONE
    run.progress, run.stage = 100, ""
    run.claim = run.lease_until = None
    run.finished_at = clock.now()
    run.input_digest = digest
    run.statistics = outcome.statistics
    run.figures_as_found = {name: outcome.statistics[name] for name in COUNTED}
    run.save()


def describe(given: MatchInput, problem: Problem, position: tuple[int, int]) -> Proposal:
    """An allowed pair (mentee row, mentor column) as a proposal that is not stored yet."""
    parts = explain(problem, *position)
    points = {part.component: part.points for part in parts.contributions}
    strongest = top_reasons(problem, *position, STORED_REASONS)
    found = Described(points, strongest, warnings(problem, *position))
    return _proposal(given, problem, position, parts.score or 0, found)


def _proposals(given: MatchInput, problem: Problem, result: Result) -> list[Proposal]:
    told = described(problem, result, STORED_REASONS)
    proposals = []
    for (row, column, score, pinned), found in zip(result.scored_pairs, told, strict=True):
        proposal = _proposal(given, problem, (row, column), score, found)
        proposal.pinned = pinned
        proposals.append(proposal)
    return proposals


def _proposal(
    given: MatchInput, problem: Problem, position: tuple[int, int], score: int, found: Described
) -> Proposal:
    row, column = position
    return Proposal(
        mentee_id=enrolment_id(problem.mentees[row]),
        mentor_id=enrolment_id(problem.mentors[column]),
        score=score,
        breakdown=found.points,
        reasons=[_reason(given, strength) for strength in found.strengths],
        warnings=[{"key": key, "params": {}} for key in found.warnings],
    )


def _reason(given: MatchInput, strength: Strength) -> dict[str, Any]:
    """Keys and figures; topics by the name that they have now."""
    params: dict[str, Any] = dict(strength.params)
    if strength.component == "topics":
        found: Any = params["topics"]
        params["topics"] = [[given.topic_names.get(topic, topic), level] for topic, level in found]
    if strength.component == "wish":
        # whose wish it was is not stored
        params = {"mutual": all(params.values())}
    return {
        "key": strength.component,
        "points": strength.points,
        "params": {name: _jsonable(value) for name, value in params.items()},
    }


def _jsonable(value: Any) -> Any:
    return list(value) if isinstance(value, (tuple, set, frozenset)) else value


def _unmatched(given: MatchInput, problem: Problem, result: Result) -> list[Unmatched]:
    """Everybody without a partner, neither from this run nor from before, and why."""
    alone = [person for person in unmatched(problem, result) if person.ref not in given.placed]
    found = [
        Unmatched(enrolment_id=enrolment_id(person), reason=_why(given, why))
        for person, why in zip(alone, why_all(problem, result, alone), strict=True)
    ]
    not_available = {"key": "not_available", "params": {}}
    away = [Unmatched(enrolment_id=row.pk, reason=not_available) for row in given.away]
    return found + away


def _why(given: MatchInput, why: WhyUnmatched) -> dict[str, Any]:
    taken_by = [
        [given.public_id(partner), given.public_id(rival)]
        for partner, rival in why.taken_by[:NAMED]
    ]
    params = {
        "others": why.others,
        "eligible": why.eligible,
        "obstacles": [[str(o.reason), o.people, o.alone] for o in why.obstacles],
        "taken_by": taken_by,
        "rivals": why.rivals,
        "places": why.places,
    }
    return {"key": why.kind, "params": params}


def _statistics(
    given: MatchInput, problem: Problem, result: Result, left: list[Unmatched]
) -> dict[str, Any]:
    scores = [score for *_pair, score, _pinned in result.scored_pairs]
    roles = {row.pk: row.role for row in (*given.rows.values(), *given.away)}
    unmatched_of = Counter(roles[row.enrolment_id] for row in left)
    return {
        "mentees": len(problem.mentees),
        "mentors": len(problem.mentors),
        "pairs": len(scores),
        "pinned": len(result.pinned),
        "total": result.total,
        "worst": min(scores, default=None),
        "median": median(scores) if scores else None,
        "floor": result.floor,
        "bound": result.answer.bound,
        "gap": result.gap,
        "proven": result.gap == 0,
        "number_proven": result.answer.certificate.number is not None,
        "unmatched_mentors": unmatched_of["mentor"],
        "unmatched_mentees": unmatched_of["mentee"],
        "refused_pins": _refused_pins(given, problem),
    }


def _refused_pins(given: MatchInput, problem: Problem) -> list[dict[str, Any]]:
    """Pins that the rules do not allow, with the public reasons; None for who takes no part."""
    mentees = {person.key: given.public_id(person) for person in problem.mentees}
    mentors = {person.key: given.public_id(person) for person in problem.mentors}
    return [
        {
            "mentee": mentees.get(pin.mentee_key),
            "mentor": mentors.get(pin.mentor_key),
            "reasons": [str(reason) for reason in pin.reasons],
        }
        for pin in problem.refused_pins
    ]
