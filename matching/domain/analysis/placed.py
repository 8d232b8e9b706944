"""Everybody whom a run had to place, as the run left them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet

from matching.domain.analysis.chance import Flags
from matching.models import MatchRun, Proposal, Unmatched

Dimension = Literal["department", "grade", "location", "role"]
Floats = npt.NDArray[np.float64]
PERSON_COLUMNS = (
    "pk",
    "role",
    "person__department",
    "person__grade__name",
    "person__grade__rank",
    "person__location",
)
"""What is read of an enrolment and its person."""


@dataclass(frozen=True)
class Placed:
    """One person in one role, as a run left them.

    No scores: without a match. `rank` orders the grades.
    """

    role: str
    department: str
    grade: str
    rank: int | None
    location: str
    scores: tuple[int, ...]

    def of(self, dimension: Dimension) -> str:
        """The person's group."""
        return str(getattr(self, dimension))


def people_of(run: MatchRun) -> list[Placed]:
    """Everybody whom a run had to place, in two queries.

    Read from the pairs, so that changes by hand are included.
    """
    facts: dict[int, list[Any]] = {}
    scores: dict[int, list[int]] = defaultdict(list)
    for score, (pk, *person) in _people_of_pairs(run):
        facts[pk] = person
        scores[pk].append(score)
    for pk, *person in _unmatched(run):
        facts.setdefault(pk, person)
    return [_placed(person, scores[pk]) for pk, person in facts.items()]


def _unmatched(run: MatchRun) -> QuerySet[Any]:
    """Everybody whom the run left over, with the values of PERSON_COLUMNS."""
    rows: QuerySet[Any] = Unmatched.objects.filter(run=run).order_by()
    return rows.values_list(*_columns("enrolment"))


def _people_of_pairs(run: MatchRun) -> Iterator[tuple[int, list[Any]]]:
    """The two people of each pair: its score, and the values of PERSON_COLUMNS."""
    size = len(PERSON_COLUMNS)
    rows = Proposal.objects.filter(run=run).order_by()
    columns = ["score", *_columns("mentor"), *_columns("mentee")]
    for score, *people in rows.values_list(*columns):
        yield score, people[:size]
        yield score, people[size:]


def _columns(side: str) -> list[str]:
    return [f"{side}__{name}" for name in PERSON_COLUMNS]


def _placed(facts: list[Any], scores: list[int]) -> Placed:
    role, department, grade, rank, location = facts
    return Placed(role, department, grade or "", rank, location, tuple(scores))


class PeopleAsColumns:
    """The same people as columns of numpy, which makes hundreds of groups fast.

    `paired`, `roles` and `ranks` have one value per person: whether they have a pair, whether they
    have the role, the rank of their mean fit in the role. `scores` has one value per pair.
    """

    def __init__(self, people: Sequence[Placed]) -> None:
        self.people = people
        self.paired = np.array([bool(person.scores) for person in people], np.bool_)
        self.scores = np.array([score for person in people for score in person.scores], np.float64)
        self._person_of_score = self._person_of_each_score()
        self.roles = self._roles()
        self.ranks = {role: self._ranks(flags) for role, flags in self.roles.items()}

    def scores_of(self, members: Flags) -> Floats:
        """The scores of all pairs of these people."""
        return self.scores[members[self._person_of_score]]

    def _person_of_each_score(self) -> npt.NDArray[np.int64]:
        pairs_of_each = np.array([len(person.scores) for person in self.people], np.int64)
        return np.repeat(np.arange(len(self.people)), pairs_of_each)

    def _roles(self) -> dict[str, Flags]:
        """Who has which role."""
        role_of_each = [person.role for person in self.people]
        roles = {}
        for role in sorted(set(role_of_each)):
            roles[role] = np.array([other == role for other in role_of_each], np.bool_)
        return roles

    def _ranks(self, of_role: Flags) -> Floats:
        """The rank of each person's mean fit among those of the role; equals share a rank."""
        indexes = np.flatnonzero(of_role & self.paired)
        scores = [self.people[index].scores for index in indexes.tolist()]
        means = np.array([sum(of_person) / len(of_person) for of_person in scores])

        ranks = np.zeros(len(self.people))
        ranks[indexes] = _shared_ranks(means)
        return ranks


def _shared_ranks(values: Floats) -> Floats:
    """The rank of each value, from 1; equal values get the mean of their ranks."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last_rank = np.cumsum(count)
    shared: Floats = last_rank - (count - 1) / 2
    return shared[place]
