"""What would help those whom a run leaves over, as it is kept: keys and figures, worded when they
are shown.

Stored in the run's statistics as "help" and, for each person, in the reason of why they have
nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matching.domain.inputs import MatchInput
from matching.models import Unmatched
from matching.solver import Person, Problem, Result, unmatched
from matching.solver.helping import Change, barred, what_would_help

MOST_PLACES = 5
"""Nobody may take on more people at a time."""
NAMED = 12


@dataclass(frozen=True)
class Helping:
    """For the whole run; for single people by the id of their enrolment; and which mentors might
    give one more place.
    """

    whole: dict[str, Any]
    people: dict[int, dict[str, Any]]
    may_give_more: frozenset[str]

    def write_down(self, row: Unmatched) -> None:
        """Add to the reason of an unmatched person what would help them."""
        mine = self.people.get(row.enrolment_id)
        if mine is not None:
            taken = (partner for partner, _rival in row.reason["params"].get("taken_by", []))
            ask = [partner for partner in dict.fromkeys(taken) if partner in self.may_give_more]
            row.reason = {**row.reason, "help": {**mine, "ask": ask}}


def find(given: MatchInput, problem: Problem, result: Result) -> Helping:
    """Count what would help, and note whom."""
    willing = {
        pk for pk, row in given.rows.items() if row.role == "mentor" and row.capacity < MOST_PLACES
    }
    found = what_would_help(
        problem,
        result,
        may_give_more=lambda person: person.ref in willing,
        has_partner=lambda person: person.ref in given.placed,
    )
    whole = {
        "counted": found.counted,
        "changes": [_change(given, problem, result, change) for change in found.changes],
    }
    alone = [person for person in unmatched(problem, result) if isinstance(person.ref, int)]
    people = {
        person.ref: {
            "changes": [
                _rule(change) for change in found.for_person.get((person.role, person.key), ())
            ],
            "topic": _first_topic(given, person),
        }
        for person, out in zip(alone, barred(problem, alone), strict=True)
        if isinstance(person.ref, int) and not out
    }
    return Helping(whole, people, frozenset(given.public_ids[pk] for pk in willing))


def _rule(change: Change) -> dict[str, Any]:
    """A change of rules."""
    kept: dict[str, Any] = {"key": change.kind}
    if change.to is not None:
        kept["to"] = change.to
    if change.parts:
        kept["parts"] = [_rule(part) for part in change.parts]
    return kept


def _change(given: MatchInput, problem: Problem, result: Result, change: Change) -> dict[str, Any]:
    kept = {**_rule(change), "pairs": change.extra}
    if change.kind == "grade_gap":
        kept["from"] = problem.rules.grade_gap
    if change.kind == "minimum":
        kept["from"] = result.minimum
    if change.kind == "places":
        kept["people"] = len(change.people)
        kept["named"] = [given.public_ids[person.ref] for person in change.people[:NAMED]]  # type: ignore[index]
    if change.kind == "newcomers":
        kept["role"] = change.role
        kept["topics"] = [
            [
                given.topic_names.get(topic.topic, topic.topic),
                topic.people,
                topic.wanting,
                topic.places,
            ]
            for topic in change.topics
        ]
    return kept


def _first_topic(given: MatchInput, person: Person) -> str:
    """What a mentee wants most, or a mentor knows best."""
    if not person.topics:
        return ""
    best = min(
        person.topics,
        key=lambda topic: (person.topics[topic] * (1 if person.role == "mentee" else -1), topic),
    )
    return given.topic_names.get(best, "")
