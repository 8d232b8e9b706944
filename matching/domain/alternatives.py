"""What else could be done with a pair: after a change by hand, and for those who have nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q

from matching.domain import inputs
from matching.domain.inputs import MatchInput
from matching.models import MatchRun, Proposal
from matching.solver import Problem, Result
from matching.solver.everyone import alternatives_all
from matching.solver.whatif import Alternative
from programs.enums import PairRole
from programs.models import Enrolment

MOST = 5


@dataclass(frozen=True)
class Sight:
    """A small problem of the people around a few proposals.

    `mentors` and `mentees` are those whom options may name.
    """

    given: MatchInput
    problem: Problem
    mentors: set[int]
    mentees: set[int]

    @staticmethod
    def needed(run: MatchRun, proposals: list[Proposal]) -> tuple[set[int], set[int]]:
        """Enrolments of the mentors whom these proposals have or name, and of mentees who have
        those, or are named.
        """
        named = {
            option[side]
            for row in proposals
            for option in row.alternatives
            for side in ("mentor", "other")
        }
        people = Enrolment.objects.filter(
            public_id__in=named - {None}, program=run.program
        ).values_list("pk", "role")
        mentors = {pk for pk, role in people if role == PairRole.MENTOR} | {
            row.mentor_id for row in proposals
        }
        mentees = {pk for pk, role in people if role == PairRole.MENTEE} | {
            row.mentee_id for row in proposals
        }
        having = run.proposals.filter(mentor__in=mentors).values_list("mentee", flat=True)
        return mentors, mentees | set(having)

    @cached_property
    def places(self) -> dict[int, int]:
        """Rows of mentees and columns of mentors by enrolment."""
        sides = (self.problem.mentees, self.problem.mentors)
        return {
            person.ref: at
            for side in sides
            for at, person in enumerate(side)
            if isinstance(person.ref, int)
        }

    def at(self, mentee: int, mentor: int) -> tuple[int, int]:
        """Row and column of two enrolments. KeyError for somebody who takes no part any more."""
        return self.places[mentee], self.places[mentor]

    def score(self, mentee: int, mentor: int, least: int) -> int:
        """Of two enrolments, in basis points; -1 where they may not be a pair."""
        if not {mentee, mentor} <= self.places.keys():
            return -1
        found = self.problem.score(*self.at(mentee, mentor))
        return found if found >= least else -1


class Around:
    """The run's pairs around the people of a `Sight`, and what can be done with one of them."""

    def __init__(self, run: MatchRun, sight: Sight) -> None:
        self.sight = sight
        self.least = inputs.minimum_of(run) or 0
        self.floor = run.statistics.get("floor") if run.floor else None
        everybody = sight.mentors | sight.mentees
        self.names = {e.pk: str(e.public_id) for e in Enrolment.objects.filter(pk__in=everybody)}
        self.taken = inputs.places_taken(run.program, among=everybody)
        self.of_mentor: dict[int, list[Proposal]] = defaultdict(list)
        self.of_mentee: dict[int, list[Proposal]] = defaultdict(list)
        for pair in run.proposals.filter(Q(mentor__in=sight.mentors) | Q(mentee__in=sight.mentees)):
            self.of_mentor[pair.mentor_id].append(pair)
            self.of_mentee[pair.mentee_id].append(pair)

    def with_mentor(self, row: Proposal, mentor: int) -> Iterator[dict[str, Any]]:
        """Ways to give the pair's mentee another mentor."""
        score = self.sight.score(row.mentee_id, mentor, self.least)
        if score < 0:
            return
        if (
            len(self.of_mentor[mentor]) + self.taken[mentor]
            < self.sight.given.enrolments[mentor].capacity
        ):
            yield self._option("free", (mentor, None), score, row.score - score, score)
            return
        for pair in self.of_mentor[mentor]:
            back = self.sight.score(pair.mentee_id, row.mentor_id, self.least)
            has_already = any(
                theirs.mentor_id == row.mentor_id for theirs in self.of_mentee[pair.mentee_id]
            )
            if back >= 0 and not pair.pinned and not has_already:
                costs = row.score + pair.score - score - back
                yield self._option("swap", (mentor, pair.mentee_id), score, costs, min(score, back))

    def with_mentee(self, row: Proposal, mentee: int) -> Iterator[dict[str, Any]]:
        """Giving the pair's mentor somebody who has nobody."""
        score = self.sight.score(mentee, row.mentor_id, self.least)
        if score >= 0 and not self.of_mentee[mentee] and not self.taken[mentee]:
            yield self._option("instead", (row.mentor_id, mentee), score, row.score - score, score)

    def _option(
        self, kind: str, pair: tuple[int, int | None], score: int, costs: int, worst: int
    ) -> dict[str, Any]:
        mentor, other = pair
        return {
            "kind": kind,
            "mentor": self.names[mentor],
            "other": None if other is None else self.names[other],
            "score": score,
            "costs": costs,
            "costs_at_least": None,
            "below_floor": self.floor is not None and worst < self.floor,
        }


def options(run: MatchRun, sight: Sight, row: Proposal) -> list[dict[str, Any]]:
    """The alternatives of a pair that was made by hand, cheapest first: among those whom its people
    had before.

    What a pair costs "at least", however the rest were arranged, is a claim of the run's own proof:
    it is not made here.
    """
    around = Around(run, sight)
    mine = {pair.mentor_id for pair in around.of_mentee[row.mentee_id]}
    others = [
        option for mentor in sight.mentors - mine for option in around.with_mentor(row, mentor)
    ]
    in_place = [option for mentee in sight.mentees for option in around.with_mentee(row, mentee)]
    return _cheapest(others) + _cheapest(in_place)


def _cheapest(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(
        found, key=lambda one: (one["costs"], -one["score"], one["mentor"], one["other"] or "")
    )[:MOST]


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

    def is_there(option: dict[str, Any]) -> bool:
        mentor, other = by_id[option["mentor"]], by_id.get(option["other"] or "")
        if option["kind"] == "free":
            return len([pair for pair in pairs if pair[0] == mentor.pk]) + taken[mentor.pk] < int(
                mentor.capacity
            )
        if other is None:
            return False
        if option["kind"] == "swap":
            return (mentor.pk, other.pk) in pairs
        return all(pair[1] != other.pk for pair in pairs)

    return is_there


def instead(problem: Problem, result: Result, kept: Callable[[Alternative, int], None]) -> None:
    """For every mentee who has nobody: whose place they could take.

    `kept(option, row)` hears of each.
    """
    having, _ = result.partners
    alone = [row for row in range(len(problem.mentees)) if row not in having]
    for row, found in zip(alone, alternatives_all(problem, result, alone, MOST), strict=True):
        for option in found:
            if option.kind == "instead":
                kept(option, row)
