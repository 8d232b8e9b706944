"""What a result claims, the certificates it carries, and a check of them that uses no code of the
solver.

The number of pairs is proven by a cover of the allowed pairs, the floor by a cover of the pairs
that score more than it, the total by integer prices (König 1931 and weak linear programming
duality). Each is a sum over the whole matrix that anyone can recompute; nothing about how the
solver works needs to be believed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from matching.solver.people import Objective
from matching.solver.problem import Problem

I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.signedinteger[Any]]
BLOCK_CELLS = 1 << 18


class Source(Protocol):
    """Where scores come from: a stored matrix, or one that is computed block by block."""

    @property
    def shape(self) -> tuple[int, int]:
        """(mentees, mentors)."""

    @property
    def top(self) -> int:
        """No score is higher. Below 0: no pair is allowed."""

    @property
    def cells(self) -> int:
        """How many scores are best asked for at once."""

    def block(self, rows: I64, columns: I64 | None = None) -> Integers:
        """Scores (rows × columns), negative where forbidden. May be a view: never written to."""


@dataclass(frozen=True, eq=False)
class Cut:
    """A cover of allowed pairs: each has its mentee outside `open_mentees` or its mentor inside
    `closed_mentors`.

    So no matching has more pairs than the capacities of those two groups, plus one for each pair
    that is not covered.
    """

    open_mentees: Flags  # n
    closed_mentors: Flags  # m


@dataclass(frozen=True, eq=False)
class Certificate:
    """Proofs of a result. `number` and `floor` are None where the objective makes no such claim."""

    number: Cut | None
    floor: Cut | None  # covers the pairs that score above the floor
    u: I64  # prices of the mentees (n), 0 or more
    v: I64  # prices of the mentors (m), 0 or more
    pair_price: int  # the price of one of the fixed number of pairs; 0 where their number is free


@dataclass(frozen=True, eq=False)
class Answer:
    """A matching of a matrix of scores: pairs (k × 2: mentee row, mentor column, ascending) and
    what it claims.
    """

    objective: Objective
    pairs: I64
    scores: I64  # k
    bound: int  # no matching of this number and floor totals more
    floor: (
        int | None
    )  # the best worst score at this number; None where it was not asked for, or nobody is paired
    certificate: Certificate
    rounds: tuple[
        tuple[int, int, int], ...
    ]  # of the pricing: (candidates, pairs that were missing, bound - total)

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
    def objective(self) -> Objective:
        """Which of the two objectives was used."""
        return self.answer.objective

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """All pairs (mentee row, mentor column), pinned ones included, ascending."""
        return sorted([*((int(i), int(j)) for i, j in self.answer.pairs), *self.pinned])

    @cached_property
    def partners(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """The mentor columns of each mentee row that has any, and the mentee rows of each mentor
        column.
        """
        found: tuple[dict[int, list[int]], dict[int, list[int]]] = ({}, {})
        for i, j in self.pairs:
            found[0].setdefault(i, []).append(j)
            found[1].setdefault(j, []).append(i)
        return found

    @property
    def scored_pairs(self) -> list[tuple[int, int, int, bool]]:
        """All pairs (mentee row, mentor column, score, pinned), ascending."""
        solved = zip(self.answer.pairs.tolist(), self.answer.scores.tolist(), strict=True)
        kept = zip(self.pinned, self.pinned_scores, strict=True)
        return sorted(
            [
                *((i, j, score, False) for (i, j), score in solved),
                *((i, j, score, True) for (i, j), score in kept),
            ]
        )

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


def verify(problem: Problem, result: Result) -> list[str]:
    """What is wrong with a result: empty when rules, capacities, number, floor and total are all
    proven.
    """
    bad = []
    if result.pinned != problem.pinned or result.pinned_scores != problem.pinned_scores:
        bad.append("other pins than the problem's")
    i, j = result.answer.pairs[:, 0], result.answer.pairs[:, 1]
    n, m = problem.shape
    if len(i) and (min(i.min(), j.min()) < 0 or i.max() >= n or j.max() >= m):
        return ["pairs out of range"]
    if problem.scorer.broken(i, j).any():
        bad.append("a pair breaks a rule")
    if (
        sum(problem.scorer.components(i, j).values(), np.zeros(len(i), np.int64))
        != result.answer.scores
    ).any():
        bad.append("a score is not the sum of its parts")
    capacity = problem.mentee_capacity, problem.mentor_capacity
    return bad + check(
        problem,
        capacity,
        result.answer,
        floor=result.with_floor,
        minimum=max(result.minimum or 0, 0),
    )


def check(
    source: Source,
    capacity: tuple[I64, I64],
    answer: Answer,
    *,
    floor: bool = False,
    minimum: int = 0,
) -> list[str]:
    """What is wrong with an answer to a matrix of scores: empty when everything it claims is
    proven.
    """
    n, m = source.shape
    i, j = answer.pairs.T
    capacity = a, b = (
        np.minimum(capacity[0], m),
        np.minimum(capacity[1], n),
    )  # nobody meets more than everybody, once each
    if len(i) and (
        min(i.min(), j.min()) < 0
        or i.max() >= n
        or j.max() >= m
        or len(np.unique(i * m + j)) < len(i)
    ):
        return ["pairs out of range or repeated"]
    bad = []
    if (np.bincount(i, minlength=n) > a).any() or (np.bincount(j, minlength=m) > b).any():
        bad.append("capacity exceeded")
    lowest = max(minimum, answer.floor or 0)
    proof, sized = answer.certificate, answer.objective == "participation"
    dual, uncovered, scores = _walk(source, capacity, answer, minimum, lowest)
    if (scores < minimum).any():
        bad.append("a forbidden pair")
    if (scores != answer.scores).any():
        bad.append("a score is misreported")
    if min(proof.u.min(initial=0), proof.v.min(initial=0)) < 0 or (proof.pair_price and not sized):
        bad.append("a price of the wrong sign")
    if not answer.total <= dual <= answer.bound:
        bad.append(f"the bound {answer.bound} is not shown: the prices make {dual}")
    if sized and uncovered.get("number") != len(i):
        bad.append("the number of pairs is not proven")
    shown = (
        answer.floor is not None
        and (scores >= lowest).all()
        and uncovered.get("floor", len(i)) < len(i)
    )
    if floor and len(i) and not shown:
        bad.append("the floor is not proven")
    return bad


def _walk(
    source: Source, capacity: tuple[I64, I64], answer: Answer, minimum: int, lowest: int
) -> tuple[int, dict[str, int], I64]:
    """Over the whole matrix: what the prices add up to, what each cut leaves possible, and the
    scores of the pairs.
    """
    _, m = source.shape
    (a, b), (i, j), proof = capacity, answer.pairs.T, answer.certificate
    dual = (
        proof.pair_price * len(i) * (answer.objective == "participation")
        + int(a @ proof.u)
        + int(b @ proof.v)
    )
    claims = (("number", proof.number, minimum), ("floor", proof.floor, lowest + 1))
    cuts = [(name, cut, level) for name, cut, level in claims if cut is not None]
    possible = {
        name: int(a[~cut.open_mentees].sum() + b[cut.closed_mentors].sum()) for name, cut, _ in cuts
    }
    scores, order = np.empty(len(i), np.int64), np.argsort(i, kind="stable")
    for start, x in _blocks(source):
        stop = start + len(x)
        mine = order[slice(*np.searchsorted(i[order], (start, stop)))]
        scores[mine] = x[i[mine] - start, j[mine]]
        over = (
            x - (proof.u[start:stop, None] + proof.pair_price) - proof.v
        )  # int64, whatever the scores are
        over[(x < lowest) | (over < 0)] = 0
        hit = np.flatnonzero(
            over.any(1)
        )  # a mentee can gain the few largest excesses, as many as there is capacity
        gains = np.sort(over[hit], axis=1)[:, ::-1]
        dual += int(gains[np.arange(m) < a[start:stop][hit, None]].sum())
        for name, cut, level in cuts:
            left = x[cut.open_mentees[start:stop]][:, ~cut.closed_mentors]
            possible[name] += int((left >= level).sum())
    return dual, possible, scores


def _blocks(source: Source) -> Iterator[tuple[int, Integers]]:
    """The whole matrix in blocks of consecutive rows, each with its first row: asked for in large
    ones, looked at in small.
    """
    n, m = source.shape
    large, small = max(1, source.cells // max(1, m)), max(1, BLOCK_CELLS // max(1, m))
    for first in range(0, n, large):
        x = np.asarray(source.block(np.arange(first, min(n, first + large))))
        for at in range(0, len(x), small):
            yield first + at, x[at : at + small]
