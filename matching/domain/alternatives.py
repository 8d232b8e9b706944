"""The alternatives that a proposal stores, and whether they are still possible.

The solver says which exchanges there are and what they cost (`solver.exchange`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from django.db.models import Q

from matching.domain.inputs import MatchInput, enrolment_id
from matching.domain.places import places_taken
from matching.enums import AlternativeKind
from matching.models import Proposal
from matching.solver import Alternative, Problem, Result, alternatives
from programs.models import Enrolment

MOST_ALTERNATIVES = 5


def add_alternatives(
    given: MatchInput, problem: Problem, result: Result, proposals: list[Proposal]
) -> None:
    """Add to each proposal of a run, unless pinned, what else could be done with it.

    First other mentors for the mentee, then mentees who could take the place.
    """
    _add_other_mentors(given, problem, result, proposals)

    other_mentees = _other_mentees(given, problem, result)
    for proposal in proposals:
        if not proposal.pinned:
            options = other_mentees[proposal.mentee_id, proposal.mentor_id]
            options.sort(key=lambda option: (option["costs"], -option["score"]))
            proposal.alternatives = proposal.alternatives + options[:MOST_ALTERNATIVES]


def _add_other_mentors(
    given: MatchInput, problem: Problem, result: Result, proposals: list[Proposal]
) -> None:
    """For a mentee with several mentors, to replace the weakest one."""
    weakest: dict[int, Proposal] = {}
    for proposal in proposals:
        known = weakest.get(proposal.mentee_id)
        if not proposal.pinned and (known is None or proposal.score < known.score):
            weakest[proposal.mentee_id] = proposal

    positions = positions_of(problem)
    rows = [positions[mentee] for mentee in weakest]
    found = alternatives(problem, result, rows, MOST_ALTERNATIVES)
    for proposal, options in zip(weakest.values(), found, strict=True):
        proposal.alternatives = [
            stored_alternative(given, problem, option, option.other) for option in options
        ]


def _other_mentees(
    given: MatchInput, problem: Problem, result: Result
) -> dict[tuple[int, int], list[dict[str, Any]]]:
    """For each pair of enrolments (mentee, mentor): mentees who could take the mentee's place."""
    matched, _ = result.partners
    unmatched = [row for row in range(len(problem.mentees)) if row not in matched]
    found = alternatives(problem, result, unmatched, MOST_ALTERNATIVES)

    of_pair: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for row, options in zip(unmatched, found, strict=True):
        for option in options:
            if option.kind == "replace" and option.other is not None:
                mentee = enrolment_id(problem.mentees[option.other])
                mentor = enrolment_id(problem.mentors[option.column])
                stored = stored_alternative(given, problem, option, row)
                of_pair[mentee, mentor].append(stored)
    return of_pair


def stored_alternative(
    given: MatchInput, problem: Problem, option: Alternative, other: int | None
) -> dict[str, Any]:
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


def still_possible(proposal: Proposal, people: list[Enrolment]) -> Callable[[dict[str, Any]], bool]:
    """A test whether the people of an alternative are still where the alternative has them.

    Two queries. It looks at pairs alone and at no rule, so that what a page offers reveals nothing
    private; rules are checked when the change is made.
    """
    by_public_id = {str(person.public_id): person for person in people}
    taken = places_taken(proposal.run.program, among=[person.pk for person in people])
    rows = Proposal.objects.filter(Q(mentor__in=people) | Q(mentee__in=people), run=proposal.run_id)
    pairs = set(rows.values_list("mentor", "mentee"))
    pairs_of_mentor = Counter(mentor for mentor, _ in pairs)
    matched_mentees = {mentee for _, mentee in pairs}

    def is_possible(option: dict[str, Any]) -> bool:
        mentor = by_public_id[option["mentor"]]
        other = by_public_id.get(option["other"] or "")
        if option["kind"] == AlternativeKind.FREE:
            return pairs_of_mentor[mentor.pk] + taken[mentor.pk] < int(mentor.capacity)
        if other is None:
            return False
        if option["kind"] == AlternativeKind.SWAP:
            return (mentor.pk, other.pk) in pairs
        return other.pk not in matched_mentees

    return is_possible
