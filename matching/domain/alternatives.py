"""What else could be done with a pair, as its proposal keeps it: from a run, and after a change by
hand.

Which exchanges there are and what they cost is the solver's to say (`solver.exchange`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import Q

from matching.domain import inputs
from matching.domain.inputs import MatchInput
from matching.models import MatchRun, Proposal
from matching.solver import Alternative, Matching, Person, Problem, Result, alternatives, exchanges
from programs.enums import PairRole
from programs.models import Enrolment

MOST = 5
EVERY = 1_000_000
"""All exchanges of a small problem."""


def add_alternatives(
    given: MatchInput, problem: Problem, result: Result, proposals: list[Proposal]
) -> None:
    """Tell each proposal of a run what else there is for its mentee, and who could take the place.

    Of a mentee with several mentors, the weakest pair alone has alternatives.
    """
    positions = positions_of(problem)
    by_pair: dict[tuple[int, int], Proposal] = {}
    weakest: dict[int, Proposal] = {}
    for proposal in proposals:
        if proposal.pinned:
            continue
        row, column = positions[proposal.mentee_id], positions[proposal.mentor_id]
        by_pair[row, column] = proposal
        if row not in weakest or proposal.score < weakest[row].score:
            weakest[row] = proposal

    rows = list(weakest)
    for row, options in zip(rows, alternatives(problem, result, rows, MOST), strict=True):
        weakest[row].alternatives = [
            kept(given, problem, option, option.other) for option in options
        ]

    for pair, others in _replacements(given, problem, result).items():
        cheapest = sorted(others, key=lambda option: (option["costs"], -option["score"]))
        by_pair[pair].alternatives += cheapest[:MOST]


def _replacements(
    given: MatchInput, problem: Problem, result: Result
) -> dict[tuple[int, int], list[dict[str, Any]]]:
    """By pair (row, column): the mentees who have nobody and could take its mentee's place."""
    having, _ = result.partners
    alone = [row for row in range(len(problem.mentees)) if row not in having]
    found: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for row, options in zip(alone, alternatives(problem, result, alone, MOST), strict=True):
        for option in options:
            if option.kind == "instead" and option.other is not None:
                found[option.other, option.column].append(kept(given, problem, option, row))
    return found


def kept(
    given: MatchInput, problem: Problem, option: Alternative, other: int | None
) -> dict[str, Any]:
    """An alternative as a proposal keeps it.

    `other` is the mentee with whom it is exchanged, or ("instead") who would take the place.
    """
    return {
        "kind": option.kind,
        "mentor": given.public_ids[pk_of(problem.mentors[option.column])],
        "other": None if other is None else given.public_ids[pk_of(problem.mentees[other])],
        "score": option.score,
        "costs": option.costs,
        "costs_at_least": option.costs_at_least,
        "below_floor": option.below_floor,
    }


def positions_of(problem: Problem) -> dict[int, int]:
    """Rows of mentees and columns of mentors by enrolment."""
    sides = (problem.mentees, problem.mentors)
    return {pk_of(person): at for side in sides for at, person in enumerate(side)}


def pk_of(person: Person) -> int:
    """The enrolment behind a person of the problem."""
    assert isinstance(person.ref, int)
    return person.ref


@dataclass(frozen=True)
class Neighbourhood:
    """A small problem of the people around a few proposals.

    `mentors` and `mentees` are those whom alternatives may name.
    """

    given: MatchInput
    problem: Problem
    mentors: set[int]
    mentees: set[int]

    @staticmethod
    def needed(run: MatchRun, proposals: list[Proposal]) -> tuple[set[int], set[int]]:
        """Whom it takes, as enrolments: mentors and mentees.

        The mentors are those whom these proposals have or name; the mentees those whom they have
        or name, and everybody who has one of the mentors.
        """
        named = set()
        for proposal in proposals:
            for option in proposal.alternatives:
                named |= {option["mentor"], option["other"]}
        people = Enrolment.objects.filter(public_id__in=named - {None}, program=run.program)

        mentors = {proposal.mentor_id for proposal in proposals}
        mentees = {proposal.mentee_id for proposal in proposals}
        for pk, role in people.values_list("pk", "role"):
            (mentors if role == PairRole.MENTOR else mentees).add(pk)
        having = run.proposals.filter(mentor__in=mentors).values_list("mentee", flat=True)
        return mentors, mentees | set(having)

    @cached_property
    def positions(self) -> dict[int, int]:
        """Rows of mentees and columns of mentors by enrolment."""
        return positions_of(self.problem)

    def at(self, mentee: int, mentor: int) -> tuple[int, int]:
        """Row and column of two enrolments. KeyError for somebody who no longer takes part."""
        return self.positions[mentee], self.positions[mentor]

    def pairs_of(self, run: MatchRun) -> list[Proposal]:
        """The run's pairs as they are now that have one of these people."""
        near = Q(mentor__in=self.mentors) | Q(mentee__in=self.mentees)
        return list(run.proposals.filter(near).order_by("pk"))

    def matching(self, run: MatchRun, pairs: list[Proposal]) -> Matching:
        """These pairs as the solver exchanges them; pinned ones stay."""
        taken = Counter(pk for pair in pairs for pk in (pair.mentor_id, pair.mentee_id))
        known = [
            pair for pair in pairs if {pair.mentor_id, pair.mentee_id} <= self.positions.keys()
        ]
        free = [pair for pair in known if not pair.pinned]
        pinned = [pair for pair in known if pair.pinned]
        mentees = [taken[pk_of(person)] for person in self.problem.mentees]
        mentors = [taken[pk_of(person)] for person in self.problem.mentors]
        return Matching(
            pairs=self._positions_of(free),
            scores=np.array([pair.score for pair in free], np.int64),
            fixed=self._positions_of(pinned),
            mentee_room=self.problem.mentee_capacity - np.array(mentees, np.int64),
            mentor_room=self.problem.mentor_capacity - np.array(mentors, np.int64),
            minimum=inputs.minimum_of(run) or 0,
            floor=run.statistics.get("floor") if run.floor else None,
        )

    def _positions_of(self, pairs: list[Proposal]) -> Any:
        found = [self.at(pair.mentee_id, pair.mentor_id) for pair in pairs]
        return np.array(found, np.int64).reshape(-1, 2)


def options(run: MatchRun, nearby: Neighbourhood, row: Proposal) -> list[dict[str, Any]]:
    """The alternatives of a pair that was made by hand, cheapest first: among those whom its people
    had before.

    What any matching with a pair loses at least is a claim of the run's own proof; it is not made
    here.
    """
    pairs = nearby.pairs_of(run)
    matching = nearby.matching(run, pairs)
    pair = nearby.at(row.mentee_id, row.mentor_id)
    having = {one.mentee_id for one in pairs} | nearby.given.placed
    return [
        *_other_mentors(nearby, matching, pair)[:MOST],
        *_other_mentees(nearby, matching, pair, having)[:MOST],
    ]


def _other_mentors(
    nearby: Neighbourhood, matching: Matching, pair: tuple[int, int]
) -> list[dict[str, Any]]:
    """Ways to give the pair's mentee another mentor."""
    given, problem = nearby.given, nearby.problem
    own = np.flatnonzero((matching.pairs == pair).all(1))
    rows = np.full(len(own), pair[0])
    found = [
        option
        for choices in exchanges(problem, matching, rows, own, EVERY)
        for option in choices
        if problem.mentors[option.column].ref in nearby.mentors
    ]
    return [kept(given, problem, option, option.other) for option in found]


def _other_mentees(
    nearby: Neighbourhood, matching: Matching, pair: tuple[int, int], having: set[int]
) -> list[dict[str, Any]]:
    """Ways to give the pair's mentor a mentee who has nobody, cheapest first."""
    given, problem = nearby.given, nearby.problem
    alone = [
        row
        for row, person in enumerate(problem.mentees)
        if person.ref in nearby.mentees and person.ref not in having
    ]
    rows, nobody = np.array(alone, np.int64), np.full(len(alone), -1)
    found = [
        kept(given, problem, option, row)
        for row, choices in zip(
            alone, exchanges(problem, matching, rows, nobody, EVERY), strict=True
        )
        for option in choices
        if (option.other, option.column) == pair
    ]
    return sorted(found, key=lambda option: (option["costs"], -option["score"]))


def still_there(proposal: Proposal, people: list[Enrolment]) -> Callable[[dict[str, Any]], bool]:
    """Whether the people of an option of this proposal are where the option has them, after what
    was changed by hand.

    Two queries. It looks at pairs alone and at no rule, so that what a page offers tells nothing of
    anybody; rules are looked at when the change is made.
    """
    by_id = {str(person.public_id): person for person in people}
    taken = inputs.places_taken(proposal.run.program, among=[person.pk for person in people])
    rows = Proposal.objects.filter(Q(mentor__in=people) | Q(mentee__in=people), run=proposal.run_id)
    pairs = set(rows.values_list("mentor", "mentee"))
    used = taken + Counter(mentor for mentor, _ in pairs)

    def is_there(option: dict[str, Any]) -> bool:
        mentor, other = by_id[option["mentor"]], by_id.get(option["other"] or "")
        if option["kind"] == "free":
            return used[mentor.pk] < int(mentor.capacity)
        if other is None:
            return False
        if option["kind"] == "swap":
            return (mentor.pk, other.pk) in pairs
        return all(mentee != other.pk for _, mentee in pairs)

    return is_there
