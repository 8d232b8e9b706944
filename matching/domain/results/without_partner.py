"""People without a partner after a run, and why."""

from __future__ import annotations

from typing import Any

from matching.domain.inputs import MatchInput, enrolment_id
from matching.models import Unmatched
from matching.solver import Problem, Result, WhyUnmatched, unmatched, why_all

NAMED = 3  # of the partners whom somebody else got


def people_without_partner(given: MatchInput, problem: Problem, result: Result) -> list[Unmatched]:
    """Everybody without a partner, neither from this run nor from before, and why."""
    alone = [person for person in unmatched(problem, result) if person.ref not in given.placed]
    rows = []
    for person, why in zip(alone, why_all(problem, result, alone), strict=True):
        rows.append(Unmatched(enrolment_id=enrolment_id(person), reason=_reason(given, why)))
    return rows + _away(given)


def _away(given: MatchInput) -> list[Unmatched]:
    not_available = {"key": "not_available", "params": {}}
    return [Unmatched(enrolment_id=row.pk, reason=not_available) for row in given.away]


def _reason(given: MatchInput, why: WhyUnmatched) -> dict[str, Any]:
    params = {
        "others": why.others,
        "eligible": why.eligible,
        "obstacles": [[str(o.reason), o.people, o.alone] for o in why.obstacles],
        "taken_by": _taken_by(given, why),
        "rivals": why.rivals,
        "places": why.places,
    }
    return {"key": why.kind, "params": params}


def _taken_by(given: MatchInput, why: WhyUnmatched) -> list[list[str]]:
    """Possible partners, each with the person who got them, by public id."""
    named = why.taken_by[:NAMED]
    return [[given.public_id(partner), given.public_id(rival)] for partner, rival in named]
