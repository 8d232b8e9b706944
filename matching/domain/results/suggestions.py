"""What would help people without a partner, as keys and figures that pages word.

Stored in the run's statistics as "help" and, for each person, in the reason why they have no
partner.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from matching.domain.inputs import MatchInput, enrolment_id
from matching.models import Unmatched
from matching.solver import Person, Problem, Result, unmatched
from matching.solver.suggestions.what_would_help import Change, Help, barred, what_would_help
from programs.enums import PairRole

MOST_PLACES = 5
"""A mentor with this many places is not asked to give one more."""
NAMED = 12


@dataclass(frozen=True)
class Helping:
    """What would help: the whole run, and single people by the id of their enrolment.

    `may_give_more` are the public ids of mentors who might give one more place.
    """

    whole: dict[str, Any]
    people: dict[int, dict[str, Any]]
    may_give_more: frozenset[str]

    def add_to_all(self, rows: Iterable[Unmatched]) -> None:
        """Add to the reasons of unmatched people what would help them."""
        for row in rows:
            self._add_to(row)

    def _add_to(self, row: Unmatched) -> None:
        mine = self.people.get(row.enrolment_id)
        if mine is None:
            return
        ask = self._whom_to_ask(row)
        row.reason = {**row.reason, "help": {**mine, "ask": ask}}

    def _whom_to_ask(self, row: Unmatched) -> list[str]:
        """The mentors who have no place left for this person and might give one more."""
        taken_by = row.reason["params"].get("taken_by", [])
        mentors = dict.fromkeys(partner for partner, _rival in taken_by)
        return [mentor for mentor in mentors if mentor in self.may_give_more]


def find(given: MatchInput, problem: Problem, result: Result) -> Helping:
    """Count what would help, and whom."""
    willing = _who_may_give_more(given)
    found = what_would_help(
        problem,
        result,
        may_give_more=lambda person: person.ref in willing,
        has_partner=lambda person: person.ref in given.placed,
    )
    changes = [_stored_change(given, problem, result, change) for change in found.changes]
    return Helping(
        whole={"counted": found.counted, "changes": changes},
        people=_help_for_people(given, problem, result, found),
        may_give_more=frozenset(str(given.rows[pk].public_id) for pk in willing),
    )


def _who_may_give_more(given: MatchInput) -> set[int]:
    """The enrolments of mentors who have few enough places to be asked for one more."""
    mentors = [row for row in given.rows.values() if row.role == PairRole.MENTOR]
    return {row.pk for row in mentors if row.capacity < MOST_PLACES}


def _help_for_people(
    given: MatchInput, problem: Problem, result: Result, found: Help
) -> dict[int, dict[str, Any]]:
    """What would help each person; not those whom only a change of their own would help."""
    alone = unmatched(problem, result)
    people = {}
    for person, is_barred in zip(alone, barred(problem, alone), strict=True):
        if not is_barred:
            people[enrolment_id(person)] = _help_for(given, found, person)
    return people


def _help_for(given: MatchInput, found: Help, person: Person) -> dict[str, Any]:
    changes = found.for_person.get((person.role, person.key), ())
    return {
        "changes": [_stored_rule(change) for change in changes],
        "topic": _first_topic(given, person),
    }


def _stored_rule(change: Change) -> dict[str, Any]:
    """A change of rules."""
    stored: dict[str, Any] = {"key": change.kind}
    if change.to is not None:
        stored["to"] = change.to
    if change.parts:
        stored["parts"] = [_stored_rule(part) for part in change.parts]
    return stored


def _stored_change(
    given: MatchInput, problem: Problem, result: Result, change: Change
) -> dict[str, Any]:
    stored = {**_stored_rule(change), "pairs": change.extra}
    if change.kind == "grade_gap":
        stored["from"] = problem.rules.grade_gap
    if change.kind == "minimum":
        stored["from"] = result.minimum
    if change.kind == "places":
        stored |= _places(given, change)
    if change.kind == "newcomers":
        stored |= _newcomers(given, change)
    return stored


def _places(given: MatchInput, change: Change) -> dict[str, Any]:
    """Who would have to give one more place."""
    named = change.people[:NAMED]
    return {
        "people": len(change.people),
        "named": [given.public_id(person) for person in named],
    }


def _newcomers(given: MatchInput, change: Change) -> dict[str, Any]:
    """Which role new people would have to take, and the topics that they should know or want."""
    topics = []
    for needed in change.topics:
        name = given.topic_names.get(needed.topic, needed.topic)
        topics.append([name, needed.people, needed.wanting, needed.places])
    return {"role": change.role, "topics": topics}


def _first_topic(given: MatchInput, person: Person) -> str:
    """What a mentee wants most (priority 1 first), or a mentor knows best (level 5 first)."""
    if not person.topics:
        return ""
    sign = 1 if person.role == "mentee" else -1
    best = min(person.topics, key=lambda topic: (sign * person.topics[topic], topic))
    return given.topic_names.get(best, "")
