"""The alternatives that a proposal stores, and whether they are still possible.

The solver says which exchanges there are and what they cost (`solver.exchange`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q

from matching.domain.inputs import MatchInput, enrolment_id
from matching.domain.places import places_taken
from matching.enums import AlternativeKind
from matching.models import MatchRun, Proposal
from matching.solver import Alternative, Problem, Result, alternatives
from programs.models import Enrolment

MOST_ALTERNATIVES = 5
StoredAlternative = dict[str, Any]


def add_alternatives(
    given: MatchInput, problem: Problem, result: Result, proposals: list[Proposal]
) -> None:
    """Add to each proposal of a run, unless pinned, what else could be done with it.

    First other mentors for the mentee, then mentees who could take the place.
    """
    open_proposals = [proposal for proposal in proposals if not proposal.pinned]
    _add_other_mentors(given, problem, result, open_proposals)

    other_mentees = _other_mentees(given, problem, result)
    for proposal in open_proposals:
        options = other_mentees[proposal.mentee_id, proposal.mentor_id]
        proposal.alternatives = proposal.alternatives + cheapest(options)


def cheapest(options: list[StoredAlternative]) -> list[StoredAlternative]:
    """The first few of the options: those that cost least, then those that fit best."""
    in_order = sorted(options, key=lambda option: (option["costs"], -option["score"]))
    return in_order[:MOST_ALTERNATIVES]


def _add_other_mentors(
    given: MatchInput, problem: Problem, result: Result, proposals: list[Proposal]
) -> None:
    """For a mentee with several mentors, to replace the weakest one."""
    weakest = _weakest_of_mentees(proposals)
    positions = positions_of(problem)
    rows = [positions[mentee] for mentee in weakest]
    found = alternatives(problem, result, rows, MOST_ALTERNATIVES)
    for proposal, options in zip(weakest.values(), found, strict=True):
        proposal.alternatives = [
            stored_alternative(given, problem, option, option.other) for option in options
        ]


def _weakest_of_mentees(proposals: Iterable[Proposal]) -> dict[int, Proposal]:
    """The weakest proposal of each mentee."""
    weakest: dict[int, Proposal] = {}
    for proposal in proposals:
        known = weakest.get(proposal.mentee_id)
        if known is None or proposal.score < known.score:
            weakest[proposal.mentee_id] = proposal
    return weakest


def _other_mentees(
    given: MatchInput, problem: Problem, result: Result
) -> dict[tuple[int, int], list[StoredAlternative]]:
    """For each pair of enrolments (mentee, mentor): mentees who could take the mentee's place."""
    of_pair: dict[tuple[int, int], list[StoredAlternative]] = defaultdict(list)
    for row, option in _options_of_unmatched(problem, result):
        pair = _pair_to_change(problem, option)
        if pair is not None:
            of_pair[pair].append(stored_alternative(given, problem, option, row))
    return of_pair


def _options_of_unmatched(problem: Problem, result: Result) -> Iterator[tuple[int, Alternative]]:
    """What could be done for each mentee (row) who has no partner."""
    matched, _ = result.partners
    unmatched = [row for row in range(len(problem.mentees)) if row not in matched]
    found = alternatives(problem, result, unmatched, MOST_ALTERNATIVES)
    for row, options in zip(unmatched, found, strict=True):
        for option in options:
            yield row, option


def _pair_to_change(problem: Problem, option: Alternative) -> tuple[int, int] | None:
    """The pair (enrolments of mentee and mentor) whose mentee would be replaced."""
    if option.kind != "replace" or option.other is None:
        return None
    mentee = problem.mentees[option.other]
    mentor = problem.mentors[option.column]
    return enrolment_id(mentee), enrolment_id(mentor)


def stored_alternative(
    given: MatchInput, problem: Problem, option: Alternative, other: int | None
) -> StoredAlternative:
    """An alternative as a proposal stores it.

    `other` is the mentee (row) of the swap or, for "replace", who would take the place.
    """
    return {
        "kind": option.kind,
        "mentor": given.public_id(problem.mentors[option.column]),
        "other": None if other is None else given.public_id(problem.mentees[other]),
        "score": option.score,
        "costs": option.costs,
        "costs_at_least": option.costs_at_least,
        "below_floor": option.below_floor,
    }


def positions_of(problem: Problem) -> dict[int, int]:
    """Rows of mentees and columns of mentors by enrolment."""
    found = {}
    for side in (problem.mentees, problem.mentors):
        for position, person in enumerate(side):
            found[enrolment_id(person)] = position
    return found


class PairsNow:
    """Whether the people of stored alternatives are still where the alternatives have them.

    Two queries. It looks at pairs alone and at no rule, so that what a page offers reveals nothing
    private; rules are checked when the change is made.
    """

    def __init__(self, proposal: Proposal, people: list[Enrolment]) -> None:
        self.people = {str(person.public_id): person for person in people}
        self.pairs = _pairs_with(proposal.run, people)
        self.matched_mentees = {mentee for _mentor, mentee in self.pairs}
        taken = places_taken(proposal.run.program, among=[person.pk for person in people])
        self.places_of_mentors = taken + Counter(mentor for mentor, _mentee in self.pairs)

    def allow(self, option: StoredAlternative) -> bool:
        """Whether this alternative is still possible."""
        mentor = self.people[option["mentor"]]
        if option["kind"] == AlternativeKind.FREE:
            return self.places_of_mentors[mentor.pk] < int(mentor.capacity)

        other = self.people.get(option["other"] or "")
        if option["kind"] == AlternativeKind.SWAP:
            return other is not None and (mentor.pk, other.pk) in self.pairs
        return other is not None and other.pk not in self.matched_mentees


def _pairs_with(run: MatchRun, people: list[Enrolment]) -> set[tuple[int, int]]:
    """The pairs (mentor, mentee) of the run with one of these people."""
    rows = run.proposals.filter(Q(mentor__in=people) | Q(mentee__in=people))
    return set(rows.values_list("mentor", "mentee"))
