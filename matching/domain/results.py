"""What a solved problem becomes in the database: proposals with their reasons, the unmatched with
why, and the figures.

Everything that is stored here may be read by a coordinator. Private rules have left no trace by now
but the one public reason "not_available".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from common import clock
from matching.domain import alternatives, rows, suggestions
from matching.domain.inputs import MatchInput
from matching.enums import RunState
from matching.models import MatchRun, Proposal, Unmatched
from matching.solver import (
    Described,
    Person,
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
"""One more than is shown: where a wish must not be told, the two still read three, so that no gap tells it either."""
MOST_FOR_ALTERNATIVES = STORED_CELLS
"""Mentees × mentors up to which the alternatives of every pair are kept: beyond, every score would be computed anew."""


class UnprovenError(Exception):
    """The independent check of a result has found something."""


@dataclass(frozen=True)
class Outcome:
    """Rows to be stored (without their run), and the figures."""

    proposals: list[Proposal]
    unmatched: list[Unmatched]
    statistics: dict[str, Any]


def collect(
    given: MatchInput, problem: Problem, result: Result, *, tell: Callable[[float], None]
) -> Outcome:
    """Explain the whole result. `tell(fraction)` hears how far it is."""
    told = described(problem, result, STORED_REASONS)
    ids, now = rows.public_ids(len(result)), clock.now()
    proposals = [
        _proposal(
            given, problem, (i, j), score, found, pinned=pinned, public_id=public_id, created_at=now
        )
        for (i, j, score, pinned), found, public_id in zip(
            result.scored_pairs, told, ids, strict=True
        )
    ]
    tell(0.2)
    if len(problem.mentees) * len(problem.mentors) <= MOST_FOR_ALTERNATIVES:
        alternatives.add_alternatives(given, problem, result, proposals)
    tell(0.5)
    left = _unmatched(given, problem, result)
    tell(0.7)
    helping = suggestions.find(given, problem, result)
    for row in left:
        helping.write_down(row)
    statistics = _statistics(given, problem, result, left) | {"help": helping.whole}
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
    rows.insert(outcome.proposals)
    rows.insert(outcome.unmatched)
    run.state = RunState.DONE
    run.progress, run.stage = 100, ""
    run.claim = run.lease_until = None
    run.finished_at = clock.now()
    run.input_digest = digest
    run.statistics = outcome.statistics
    run.save()


def _proposal(
    given: MatchInput,
    problem: Problem,
    at: tuple[int, int],
    score: int,
    found: Described,
    *,
    pinned: bool,
    **more: Any,
) -> Proposal:
    return Proposal(
        **more,
        mentee_id=_id(problem.mentees[at[0]]),
        mentor_id=_id(problem.mentors[at[1]]),
        score=score,
        breakdown=found.points,
        reasons=[_reason(given, strength) for strength in found.strengths],
        warnings=[{"key": key, "params": {}} for key in found.warnings],
        pinned=pinned,
    )


def describe(given: MatchInput, problem: Problem, at: tuple[int, int]) -> Proposal:
    """An allowed pair (mentee row, mentor column) as a proposal that is not stored yet, with its
    score and reasons.
    """
    parts = explain(problem, *at)
    points = {part.component: part.points for part in parts.contributions}
    found = Described(points, top_reasons(problem, *at, STORED_REASONS), warnings(problem, *at))
    return _proposal(given, problem, at, parts.score or 0, found, pinned=False)


def _id(person: Person) -> int:
    """The enrolment behind a person of the problem."""
    assert isinstance(person.ref, int)
    return person.ref


def _reason(given: MatchInput, strength: Strength) -> dict[str, Any]:
    """Keys and figures; topics by the name they had when the run was made."""
    params: dict[str, Any] = dict(strength.params)
    if strength.component == "topics":
        found: Any = params["topics"]
        params["topics"] = [[given.topic_names.get(topic, topic), level] for topic, level in found]
    if strength.component == "wish":  # whose it was stays with matching
        params = {"mutual": all(params.values())}
    return {"key": strength.component, "points": strength.points, "params": _listed(params)}


def _listed(params: dict[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, (tuple, set, frozenset)) else value
        for name, value in params.items()
    }


def _public_id(given: MatchInput, ref: Any) -> str:
    return given.public_ids[ref]


def _unmatched(given: MatchInput, problem: Problem, result: Result) -> list[Unmatched]:
    """Everybody who has nobody at all: neither from this run nor from before."""
    alone = [person for person in unmatched(problem, result) if person.ref not in given.placed]
    ids, now = rows.public_ids(len(alone)), clock.now()
    found = [
        Unmatched(
            enrolment_id=_id(person), reason=_why(given, why), public_id=public_id, created_at=now
        )
        for person, why, public_id in zip(alone, why_all(problem, result, alone), ids, strict=True)
    ]
    gone = {"key": "not_available", "params": {}}
    return found + [Unmatched(enrolment_id=row.pk, reason=gone) for row in given.away]


def _why(given: MatchInput, why: WhyUnmatched) -> dict[str, Any]:
    return {
        "key": why.kind,
        "params": {
            "others": why.others,
            "eligible": why.eligible,
            "obstacles": [[str(o.reason), o.people, o.alone] for o in why.obstacles],
            "taken_by": [
                [_public_id(given, _id(p)) for p in pair] for pair in why.taken_by[:NAMED]
            ],
            "rivals": why.rivals,
            "places": why.places,
        },
    }


def _statistics(
    given: MatchInput, problem: Problem, result: Result, left: list[Unmatched]
) -> dict[str, Any]:
    scores = [score for *_pair, score, _pinned in result.scored_pairs]
    by_role = {"mentor": 0, "mentee": 0}
    roles = {row.pk: row.role for row in (*given.rows.values(), *given.away)}
    for row in left:
        by_role[roles[row.enrolment_id]] += 1
    ref_of = {("mentee", p.key): p.ref for p in problem.mentees} | {
        ("mentor", p.key): p.ref for p in problem.mentors
    }
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
        "unmatched_mentors": by_role["mentor"],
        "unmatched_mentees": by_role["mentee"],
        "refused_pins": [
            {
                "mentee": _ref(given, ref_of.get(("mentee", pin.mentee_key))),
                "mentor": _ref(given, ref_of.get(("mentor", pin.mentor_key))),
                "reasons": [str(reason) for reason in pin.reasons],
            }
            for pin in problem.refused_pins
        ],
    }


def _ref(given: MatchInput, ref: Any) -> str | None:
    return None if ref is None else _public_id(given, ref)
