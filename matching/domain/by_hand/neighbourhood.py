"""A small problem of the people around a few proposals, and the alternatives among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Q

from matching.domain.inputs import MatchInput, enrolment_id
from matching.domain.results.alternatives import MOST_ALTERNATIVES, positions_of, stored_alternative
from matching.domain.run_settings import minimum_of
from matching.models import MatchRun, Proposal
from matching.solver import Alternative, Matching, Person, Problem, exchanges
from programs.enums import PairRole
from programs.models import Enrolment

Positions = npt.NDArray[np.int64]
EVERY = 1_000_000
"""All exchanges of a small problem."""


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
        taken = Counter(pk for pair in pairs for pk in (pair.mentor_id, pair.mentee_id))
        known = [pair for pair in pairs if self._knows(pair)]
        movable = [pair for pair in known if not pair.pinned]
        pinned = [pair for pair in known if pair.pinned]
        return Matching(
            pairs=self._positions_of(movable),
            scores=np.array([pair.score for pair in movable], np.int64),
            fixed=self._positions_of(pinned),
            mentee_room=self.problem.mentee_capacity - _counts(self.problem.mentees, taken),
            mentor_room=self.problem.mentor_capacity - _counts(self.problem.mentors, taken),
            minimum=minimum_of(run) or 0,
            floor=run.statistics.get("floor") if run.floor else None,
        )

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
    named = set()
    for proposal in proposals:
        for option in proposal.alternatives:
            named.update({option["mentor"], option["other"]})
    people = Enrolment.objects.filter(public_id__in=named - {None}, program=run.program)

    mentors = {proposal.mentor_id for proposal in proposals}
    mentees = {proposal.mentee_id for proposal in proposals}
    for pk, role in people.values_list("pk", "role"):
        if role == PairRole.MENTOR:
            mentors.add(pk)
        else:
            mentees.add(pk)

    of_mentors = run.proposals.filter(mentor__in=mentors)
    mentees.update(of_mentors.values_list("mentee", flat=True))
    return mentors, mentees


def options(run: MatchRun, around: Neighbourhood, row: Proposal) -> list[dict[str, Any]]:
    """The alternatives to a pair that was made by hand, among its neighbours, cheapest first.

    They do not say what a pair costs "at least", however the rest were arranged: that is a claim of
    the run's own proof.
    """
    pairs = around.pairs_of(run)
    matching = around.matching(run, pairs)
    pair = around.position(row.mentee_id, row.mentor_id)
    matched = {one.mentee_id for one in pairs} | around.given.placed

    other_mentors = [
        stored_alternative(around.given, around.problem, option, option.other)
        for option in _other_mentors(around, matching, pair)
    ]
    other_mentees = [
        stored_alternative(around.given, around.problem, option, mentee)
        for option, mentee in _other_mentees(around, matching, pair, matched)
    ]
    other_mentees.sort(key=lambda option: (option["costs"], -option["score"]))
    return other_mentors[:MOST_ALTERNATIVES] + other_mentees[:MOST_ALTERNATIVES]


def _other_mentors(
    around: Neighbourhood, matching: Matching, pair: tuple[int, int]
) -> Iterator[Alternative]:
    """Ways to give the pair's mentee another mentor, cheapest first."""
    own = np.flatnonzero((matching.pairs == pair).all(1))
    rows = np.full(len(own), pair[0])
    for choices in exchanges(around.problem, matching, rows, own, EVERY):
        for option in choices:
            if around.problem.mentors[option.column].ref in around.mentors:
                yield option


def _other_mentees(
    around: Neighbourhood, matching: Matching, pair: tuple[int, int], matched: set[int]
) -> Iterator[tuple[Alternative, int]]:
    """Ways to give the pair's mentor a mentee without a partner: with the row of that mentee."""
    unmatched = []
    for row, person in enumerate(around.problem.mentees):
        if person.ref in around.mentees and person.ref not in matched:
            unmatched.append(row)

    rows = np.array(unmatched, np.int64)
    without_pair = np.full(len(unmatched), -1)
    found = exchanges(around.problem, matching, rows, without_pair, EVERY)
    for row, choices in zip(unmatched, found, strict=True):
        for option in choices:
            if (option.other, option.column) == pair:
                yield option, row
