"""Pairs as proposals, with their reasons and what to look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from matching.domain.inputs import MatchInput, enrolment_id
from matching.models import Proposal
from matching.solver import (
    Described,
    Problem,
    Result,
    Strength,
    described,
    explain,
    top_reasons,
    warnings,
)

STORED_REASONS = 4
"""One more than is shown. Where a wish must not be told, three are left, so no gap tells it."""


def proposals_of(given: MatchInput, problem: Problem, result: Result) -> list[Proposal]:
    """The pairs of a result as proposals that are not stored yet."""
    descriptions = described(problem, result, STORED_REASONS)
    proposals = []
    for pair, description in zip(result.scored_pairs, descriptions, strict=True):
        row, column, score, pinned = pair
        proposal = _proposal(given, problem, (row, column), score, description)
        proposal.pinned = pinned
        proposals.append(proposal)
    return proposals


def describe(given: MatchInput, problem: Problem, position: tuple[int, int]) -> Proposal:
    """An allowed pair (mentee row, mentor column) as a proposal that is not stored yet."""
    found = explain(problem, *position)
    points = {part.component: part.points for part in found.contributions}
    strongest = top_reasons(problem, *position, STORED_REASONS)
    description = Described(points, strongest, warnings(problem, *position))
    return _proposal(given, problem, position, found.score or 0, description)


def _proposal(
    given: MatchInput,
    problem: Problem,
    position: tuple[int, int],
    score: int,
    description: Described,
) -> Proposal:
    row, column = position
    return Proposal(
        mentee_id=enrolment_id(problem.mentees[row]),
        mentor_id=enrolment_id(problem.mentors[column]),
        score=score,
        breakdown=description.points,
        reasons=[_reason(given, strength) for strength in description.strengths],
        warnings=[{"key": key, "params": {}} for key in description.warnings],
    )


def _reason(given: MatchInput, strength: Strength) -> dict[str, Any]:
    """Keys and figures; topics by the name that they have now."""
    params: dict[str, Any] = {name: _jsonable(value) for name, value in strength.params.items()}
    if strength.component == "topics":
        params["topics"] = _named_topics(given.topic_names, params["topics"])
    if strength.component == "wish":
        # whose wish it was is not stored
        params = {"mutual": all(params.values())}
    return {"key": strength.component, "points": strength.points, "params": params}


def _named_topics(names: Mapping[str, str], topics: Iterable[tuple[str, int]]) -> list[list[Any]]:
    return [[names.get(topic, topic), level] for topic, level in topics]


def _jsonable(value: Any) -> Any:
    return list(value) if isinstance(value, (tuple, set, frozenset)) else value
