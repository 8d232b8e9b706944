"""The figures of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from statistics import median
from typing import Any

from matching.domain.inputs import MatchInput
from matching.models import Unmatched
from matching.solver import Person, Problem, Result


def figures_of(
    given: MatchInput, problem: Problem, result: Result, left: list[Unmatched]
) -> dict[str, Any]:
    """What a run stores as its statistics; `left` are the people without a partner."""
    return {
        "mentees": len(problem.mentees),
        "mentors": len(problem.mentors),
        **_figures_of_pairs(result),
        **_figures_of_proof(result),
        **_figures_of_unmatched(given, left),
        "refused_pins": _refused_pins(given, problem),
    }


def _figures_of_pairs(result: Result) -> dict[str, Any]:
    scores = [score for *_pair, score, _pinned in result.scored_pairs]
    return {
        "pairs": len(scores),
        "pinned": len(result.pinned),
        "total": result.total,
        "worst": min(scores, default=None),
        "median": median(scores) if scores else None,
        "floor": result.floor,
    }


def _figures_of_proof(result: Result) -> dict[str, Any]:
    return {
        "bound": result.answer.bound,
        "gap": result.gap,
        "proven": result.gap == 0,
        "number_proven": result.answer.certificate.number is not None,
    }


def _figures_of_unmatched(given: MatchInput, left: list[Unmatched]) -> dict[str, Any]:
    roles = {row.pk: row.role for row in (*given.rows.values(), *given.away)}
    unmatched = Counter(roles[row.enrolment_id] for row in left)
    return {
        "unmatched_mentors": unmatched["mentor"],
        "unmatched_mentees": unmatched["mentee"],
    }


def _refused_pins(given: MatchInput, problem: Problem) -> list[dict[str, Any]]:
    """Pins that the rules do not allow, with the public reasons; None for who takes no part."""
    mentees = _public_ids(given, problem.mentees)
    mentors = _public_ids(given, problem.mentors)
    pins = []
    for pin in problem.refused_pins:
        mentee, mentor = mentees.get(pin.mentee_key), mentors.get(pin.mentor_key)
        reasons = [str(reason) for reason in pin.reasons]
        pins.append({"mentee": mentee, "mentor": mentor, "reasons": reasons})
    return pins


def _public_ids(given: MatchInput, people: Iterable[Person]) -> dict[str, str]:
    """The public ids of people by their keys."""
    return {person.key: given.public_id(person) for person in people}
