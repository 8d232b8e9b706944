"""What the solver returns: pairs, what is claimed for them, and the certificates of the claims."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.solver.arrays import I64, Flags
from matching.solver.people import Objective


@dataclass(frozen=True, eq=False)
class Cut:
    """A cover of allowed pairs (König 1931).

    Each has its mentee outside `open_mentees` or its mentor inside `closed_mentors`. So no matching
    has more pairs than the capacities of those two groups, plus one for each pair not covered.
    """

    open_mentees: Flags  # n
    closed_mentors: Flags  # m

    @staticmethod
    def by_mentees(shape: tuple[int, int]) -> "Cut":
        """All mentees cover all pairs."""
        n, m = shape
        return Cut(np.zeros(n, np.bool_), np.zeros(m, np.bool_))

    @staticmethod
    def by_mentors(shape: tuple[int, int]) -> "Cut":
        """All mentors cover all pairs."""
        n, m = shape
        return Cut(np.ones(n, np.bool_), np.ones(m, np.bool_))

    @staticmethod
    def by_nobody(shape: tuple[int, int]) -> "Cut":
        """No pair is covered: right where there is none."""
        n, m = shape
        return Cut(np.ones(n, np.bool_), np.zeros(m, np.bool_))


@dataclass(frozen=True, eq=False)
class Certificate:
    """Proofs of a result. `number` and `floor` are None where the objective makes no such claim."""

    number: Cut | None
    floor: Cut | None  # covers the pairs that score above the floor
    u: I64  # dual prices of the mentees (n), 0 or more
    v: I64  # dual prices of the mentors (m), 0 or more
    pair_price: int  # the price of one of the fixed number of pairs; 0 where their number is free


@dataclass(frozen=True, eq=False)
class Answer:
    """A matching of a matrix of scores, and what it claims.

    `pairs` are k × 2: mentee row and mentor column, ascending. `floor` is the highest worst score
    that this number of pairs can have; None where it was not asked for, or nobody is paired.
    `rounds` tells of the pricing: candidates, pairs that were missing, bound - total.
    """

    objective: Objective
    pairs: I64
    scores: I64  # k
    bound: int  # no matching of this number and floor totals more
    floor: int | None
    certificate: Certificate
    rounds: tuple[tuple[int, int, int], ...]

    @property
    def total(self) -> int:
        """The sum of the scores."""
        return int(self.scores.sum())

    @property
    def gap(self) -> float:
        """How far the total may be from the best, as a fraction of it."""
        return (self.bound - self.total) / max(self.total, 1)

    def __len__(self) -> int:
        return len(self.pairs)


@dataclass(frozen=True, eq=False)
class Result:
    """A solved problem.

    The pinned pairs stand beside the answer: its number, floor and total are without them.
    """

    answer: Answer
    with_floor: bool
    minimum: int | None
    pinned: tuple[tuple[int, int], ...]
    pinned_scores: tuple[int, ...]

    @property
    def lowest(self) -> int:
        """The score from which on pairs were made."""
        return max(self.minimum or 0, 0)

    @property
    def objective(self) -> Objective:
        """Which of the two objectives was used."""
        return self.answer.objective

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """All pairs (mentee row, mentor column), pinned ones included, ascending."""
        solved = [(int(i), int(j)) for i, j in self.answer.pairs]
        return sorted([*solved, *self.pinned])

    @cached_property
    def partners(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """The mentors of each mentee row that has any, and the mentees of each mentor column."""
        of_mentees: dict[int, list[int]] = {}
        of_mentors: dict[int, list[int]] = {}
        for i, j in self.pairs:
            of_mentees.setdefault(i, []).append(j)
            of_mentors.setdefault(j, []).append(i)
        return of_mentees, of_mentors

    @property
    def scored_pairs(self) -> list[tuple[int, int, int, bool]]:
        """All pairs (mentee row, mentor column, score, pinned), ascending."""
        answer = self.answer
        found = []
        for (i, j), score in zip(answer.pairs.tolist(), answer.scores.tolist(), strict=True):
            found.append((i, j, score, False))
        for (i, j), score in zip(self.pinned, self.pinned_scores, strict=True):
            found.append((i, j, score, True))
        return sorted(found)

    @property
    def total(self) -> int:
        """The sum of all scores, pinned pairs included."""
        return self.answer.total + sum(self.pinned_scores)

    @property
    def floor(self) -> int | None:
        """The worst score among the pairs that were not pinned, where a floor was asked for."""
        return self.answer.floor

    @property
    def gap(self) -> float:
        """How far the total may be from the best, as a fraction of it: 0 for a proven optimum."""
        return self.answer.gap

    def __len__(self) -> int:
        return len(self.answer) + len(self.pinned)
