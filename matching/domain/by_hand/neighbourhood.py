"""A small problem of the people around a few proposals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from django.db.models import Q, QuerySet

from matching.domain.inputs import MatchInput, enrolment_id
from matching.domain.results.alternatives import positions_of
from matching.domain.run_settings import minimum_of
from matching.models import MatchRun, Proposal
from matching.solver import Matching, Person, Problem
from programs.enums import PairRole
from programs.models import Enrolment

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Neighbourhood:
    """A small problem of the people around a few proposals.

    Alternatives may name only its `mentors` and `mentees` (ids of enrolments).
    """

    given: MatchInput
    problem: Problem
    mentors: set[int]
    mentees: set[int]

    @cached_property
    def positions(self) -> dict[int, int]:
        """Rows of mentees and columns of mentors by enrolment."""
        return positions_of(self.problem)

    def position(self, mentee: int, mentor: int) -> tuple[int, int]:
        """Row and column of two enrolments. KeyError for somebody who no longer takes part."""
        return self.positions[mentee], self.positions[mentor]

    def pairs_of(self, run: MatchRun) -> list[Proposal]:
        """The run's present pairs with one of these people."""
        nearby = Q(mentor__in=self.mentors) | Q(mentee__in=self.mentees)
        return list(run.proposals.filter(nearby).order_by("pk"))

    def matching(self, run: MatchRun, pairs: list[Proposal]) -> Matching:
        """These pairs as the solver exchanges them; pinned ones stay."""
        movable, pinned = self._known_pairs(pairs)
        mentee_room, mentor_room = self._rooms(pairs)
        return Matching(
            pairs=self._positions_of(movable),
            scores=np.array([pair.score for pair in movable], np.int64),
            fixed=self._positions_of(pinned),
            mentee_room=mentee_room,
            mentor_room=mentor_room,
            minimum=minimum_of(run) or 0,
            floor=run.statistics.get("floor") if run.floor else None,
        )

    def _known_pairs(self, pairs: list[Proposal]) -> tuple[list[Proposal], list[Proposal]]:
        """The pairs that can be moved and the pinned ones; not those with people outside."""
        known = [pair for pair in pairs if self._knows(pair)]
        movable = [pair for pair in known if not pair.pinned]
        pinned = [pair for pair in known if pair.pinned]
        return movable, pinned

    def _rooms(self, pairs: list[Proposal]) -> tuple[Positions, Positions]:
        """How many places each mentee and each mentor has left beside these pairs."""
        problem = self.problem
        taken = Counter(pk for pair in pairs for pk in pair.pair_ids)
        of_mentees = problem.mentee_capacity - _counts(problem.mentees, taken)
        of_mentors = problem.mentor_capacity - _counts(problem.mentors, taken)
        return of_mentees, of_mentors

    def _knows(self, pair: Proposal) -> bool:
        return pair.mentor_id in self.positions and pair.mentee_id in self.positions

    def _positions_of(self, pairs: list[Proposal]) -> Positions:
        found = [self.position(pair.mentee_id, pair.mentor_id) for pair in pairs]
        return np.array(found, np.int64).reshape(-1, 2)


def _counts(people: tuple[Person, ...], taken: Counter[int]) -> Positions:
    return np.array([taken[enrolment_id(person)] for person in people], np.int64)


def named_people(run: MatchRun, proposals: list[Proposal]) -> tuple[set[int], set[int]]:
    """The mentors and mentees (ids of enrolments) whom alternatives to these proposals may name.

    Mentors: those whom the proposals have, or name in their alternatives. Mentees: likewise, and
    everybody who has one of these mentors.
    """
    mentors = {proposal.mentor_id for proposal in proposals}
    mentees = {proposal.mentee_id for proposal in proposals}
    people = _people_of_alternatives(run, proposals)
    for pk, role in people.values_list("pk", "role"):
        side = mentors if role == PairRole.MENTOR else mentees
        side.add(pk)

    of_mentors = run.proposals.filter(mentor__in=mentors)
    mentees.update(of_mentors.values_list("mentee", flat=True))
    return mentors, mentees


def _people_of_alternatives(run: MatchRun, proposals: list[Proposal]) -> QuerySet[Enrolment]:
    ids: set[str] = set()
    for proposal in proposals:
        ids |= proposal.people_of_alternatives()
    return Enrolment.objects.filter(public_id__in=ids, program=run.program)
