"""What else a mentee could have, one exchange of partners at a time, and what it costs the total.

Two prices are given for each. `costs` is exact for this one exchange. `costs_at_least` holds for
every matching with the new pair, however all others are arranged: it is the pair's reduced cost
under the dual prices that prove the result (Ahuja, Magnanti, Orlin: Network Flows, 1993, chapter
9).

Like `explain`, it never speaks of a forbidden pair: private rules cannot be told from a lack of
shared time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from matching.solver.arrays import I64, Flags, Scores
from matching.solver.problem import Problem
from matching.solver.result import Answer, Result

Kind = Literal["free", "swap", "replace"]
I32 = npt.NDArray[np.int32]

CELLS = 1 << 19
"""Exchanges that are priced at a time."""
NOT_POSSIBLE = 1 << 30
"""The costs of what may not be: above all others, and within int32."""


@dataclass(frozen=True)
class Alternative:
    """Another mentor for a mentee.

    kind "free": the mentor has room. "swap": the mentee's mentor goes to `other` (a mentee row) in
    exchange. "replace": the mentee, who has nobody, takes the place of `other`.

    `costs` is what this exchange takes from the total. `costs_at_least` is what any matching with
    this pair loses at least, in the same number and above the same floor; None where nothing was
    proven. `below_floor`: the exchange makes a pair that scores less than the floor; the total may
    then gain, and the costs be negative.
    """

    kind: Kind
    column: int
    score: int
    other: int | None
    costs: int
    costs_at_least: int | None
    below_floor: bool


@dataclass(frozen=True, eq=False)
class Matching:
    """Pairs that may be exchanged, and what limits the exchanges."""

    pairs: I64  # k × 2: mentee row, mentor column
    scores: I64  # k
    fixed: I64  # pairs that stay as they are (pinned); nobody gets the same mentor twice
    mentee_room: I64  # n: places that no pair takes
    mentor_room: I64  # m
    minimum: int = 0
    floor: int | None = None
    proof: Answer | None = None

    @staticmethod
    def of(problem: Problem, result: Result) -> "Matching":
        """A solved problem. Its pins are forbidden in its scores already, and have their places."""
        answer = result.answer
        mentees = np.bincount(answer.pairs[:, 0], minlength=problem.shape[0])
        mentors = np.bincount(answer.pairs[:, 1], minlength=problem.shape[1])
        return Matching(
            pairs=answer.pairs,
            scores=answer.scores,
            fixed=np.empty((0, 2), np.int64),
            mentee_room=problem.mentee_capacity - mentees,
            mentor_room=problem.mentor_capacity - mentors,
            minimum=max(result.minimum or 0, 0),
            floor=result.floor,
            proof=answer,
        )

    @cached_property
    def some_have_several(self) -> bool:
        """Whether a mentee may have several mentors: they could then get one of them twice."""
        mentees = np.concatenate([self.pairs[:, 0], self.fixed[:, 0]])
        return len(np.unique(mentees)) < len(mentees)

    def weakest(self, rows: I64) -> I64:
        """For each mentee row, which of the pairs is theirs; -1 for who has none.

        Of several the one with the lowest score, and of equal ones the first.
        """
        best_first = np.lexsort((-np.arange(len(self.pairs)), -self.scores))
        own = np.full(len(self.mentee_room), -1)
        own[self.pairs[best_first, 0]] = best_first  # the last one written stays
        return own[rows]


def alternatives(
    problem: Problem, result: Result, rows: Sequence[int], k: int = 5
) -> list[tuple[Alternative, ...]]:
    """The k best other mentors for each of these mentee rows, all different.

    Cheapest for the total first, then by score, column and whose mentor it is. A mentee with
    several mentors is asked about the one with the lowest score. Pinned pairs are never touched.
    """
    matching = Matching.of(problem, result)
    ids = np.array(rows, np.int64)
    return exchanges(problem, matching, ids, matching.weakest(ids), k)


def exchanges(
    problem: Problem, matching: Matching, rows: I64, own: I64, k: int
) -> list[tuple[Alternative, ...]]:
    """The same for any matching; `own` says which pair of each row is to be exchanged (-1: none).

    Works in blocks of rows, so that memory stays bounded.
    """
    step = max(1, CELLS // max(1, problem.shape[1]))
    found: list[tuple[Alternative, ...]] = []
    for start in range(0, len(rows), step):
        block = slice(start, start + step)
        found += _Exchanges(problem, matching, rows[block], own[block]).cheapest(k)
    return found


class _Exchanges:
    """All exchanges of some mentees (rows) with everything on offer (columns), as tables.

    On offer are the mentors with room, then the mentor of each pair.
    """

    def __init__(self, problem: Problem, matching: Matching, ids: I64, own: I64) -> None:
        self.problem, self.matching, self.ids, self.own = problem, matching, ids, own
        self.paired = own >= 0

        free = np.flatnonzero(matching.mentor_room > 0)
        nobody = np.full(len(free), -1)
        self.columns: I64 = np.concatenate([free, matching.pairs[:, 1]])
        self.others: I64 = np.concatenate([nobody, matching.pairs[:, 0]])  # -1: has room
        self.swaps: Flags = self.paired[:, None] & (self.others >= 0)

        self.given = self._new_scores()[:, self.columns]
        self.returned = self._scores_in_return(len(free))
        self.costs = self._costs(len(free))

    def _new_scores(self) -> I32:
        """Scores of the mentees with all mentors, -1 for pairs that may not be made."""
        scores = self.problem.block(self.ids).astype(np.int32)
        scores[scores < self.matching.minimum] = -1

        row_of = np.full(self.problem.shape[0], -1)
        row_of[self.ids] = np.arange(len(self.ids))
        for made in (self.matching.pairs, self.matching.fixed):
            rows = row_of[made[:, 0]]
            here = rows >= 0
            scores[rows[here], made[here, 1]] = -1
        return scores

    def _scores_in_return(self, free: int) -> I32:
        """Scores of those who would get the mentee's mentor in exchange; 0 where nobody does."""
        pairs = self.matching.pairs
        table = np.zeros((len(self.ids), len(self.columns)), np.int32)
        if not self.paired.any():
            return table

        current = pairs[self.own[self.paired], 1]
        scores = _table(self.problem, pairs[:, 0], current).T.astype(np.int32)
        scores[scores < self.matching.minimum] = -1
        if self.matching.some_have_several:
            scores[self._have_already(current)] = -1
        table[self.paired, free:] = scores
        return table

    def _have_already(self, current: I64) -> Flags:
        """Whether the mentee of each pair (columns) has a mentor of `current` (rows) already."""
        m = self.problem.shape[1]
        made = np.concatenate([self.matching.pairs, self.matching.fixed])
        keys: I64 = self.matching.pairs[:, 0] * m + current[:, None]
        return np.isin(keys, made[:, 0] * m + made[:, 1])

    def _costs(self, free: int) -> I32:
        """What the total loses: the scores of the pairs that end less those of the pairs made."""
        scores = self.matching.scores.astype(np.int32)
        ended = np.concatenate([np.zeros(free, np.int32), scores])
        own = np.zeros(len(self.ids), np.int32)
        own[self.paired] = scores[self.own[self.paired]]
        costs: I32 = ended + own[:, None] - self.given - self.returned

        without_place = ~self.paired & (self.matching.mentee_room[self.ids] <= 0)
        impossible = (self.given < 0) | (self.returned < 0)  # a forbidden pair is -1
        costs[impossible | without_place[:, None]] = NOT_POSSIBLE
        return costs

    def cheapest(self, k: int) -> list[tuple[Alternative, ...]]:
        """The k cheapest exchanges of each mentee."""
        found: list[list[Alternative]] = [[] for _ in self.ids]
        rows, offers = self._positions(k)
        for row, option in zip(rows.tolist(), self._told(rows, offers), strict=True):
            found[row].append(option)
        return [tuple(options) for options in found]

    def _positions(self, k: int) -> tuple[I64, I64]:
        """Where in the tables they are (row, position), in order."""
        if not self.costs.shape[1]:
            return np.empty(0, np.int64), np.empty(0, np.int64)

        last = min(k, self.costs.shape[1]) - 1
        bound = np.partition(self.costs, last, axis=1)[:, last]
        near = (self.costs <= bound[:, None]) & (self.costs < NOT_POSSIBLE)
        rows, offers = np.nonzero(near)

        costs, scores = self.costs[rows, offers], self.given[rows, offers]
        order = np.lexsort((self.others[offers], self.columns[offers], -scores, costs, rows))
        rows, offers = rows[order], offers[order]
        rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
        return rows[rank < k], offers[rank < k]

    def _told(self, rows: I64, offers: I64) -> Iterator[Alternative]:
        columns, others = self.columns[offers], self.others[offers]
        scores, returned = self.given[rows, offers], self.returned[rows, offers]
        lowest = np.where(self.swaps[rows, offers], np.minimum(scores, returned), scores)
        floor = self.matching.floor
        below = np.zeros(len(rows), np.bool_) if floor is None else lowest < floor
        kinds = np.where(others < 0, "free", np.where(self.paired[rows], "swap", "replace"))
        least = self._at_least(self.ids[rows], columns, scores)

        parts = (kinds, columns, scores, others, self.costs[rows, offers], below)
        lists = [part.tolist() for part in parts]
        for at, (kind, column, score, other, costs, low) in enumerate(zip(*lists, strict=True)):
            holder = None if other < 0 else other
            at_least = None if least is None else int(least[at])
            yield Alternative(kind, column, score, holder, costs, at_least, low)

    def _at_least(self, i: I64, j: I64, scores: I32) -> I64 | None:
        """The reduced costs u + v + z - score, less what the result may be short of the best."""
        answer = self.matching.proof
        if answer is None:
            return None
        prices = answer.certificate
        least: I64 = prices.u[i] + prices.v[j] + prices.pair_price - scores
        least -= answer.bound - answer.total
        if answer.floor is None:
            return np.maximum(least, 0)
        return np.where(scores < answer.floor, least, np.maximum(least, 0))


def _table(problem: Problem, rows: I64, columns: I64) -> Scores:
    """Scores (rows × columns) where the same row or column may come several times."""
    row, row_at = np.unique(rows, return_inverse=True)
    column, column_at = np.unique(columns, return_inverse=True)
    return problem.block(row, column)[np.ix_(row_at, column_at)]


@dataclass(frozen=True)
class Partners:
    """The best possible pairs (mentee row, mentor column) of each mentee and of each mentor."""

    of_mentees: tuple[tuple[tuple[int, int], ...], ...]
    of_mentors: tuple[tuple[tuple[int, int], ...], ...]


def best_partners(problem: Problem, *, k: int = 3, minimum: int | None = None) -> Partners:
    """The k best allowed pairs of everybody, best first, ties by key; none below `minimum`.

    Everybody in the problem is taken to be free.
    """
    n, m = problem.shape
    scores = problem.block(np.arange(n)) if n and m else np.full((n, m), -1, np.int16)
    least = max(0, minimum or 0)
    of_mentees = [
        tuple((row, column) for column in best)
        for row, best in enumerate(_best_of_each(scores, k, least))
    ]
    of_mentors = [
        tuple((row, column) for row in best)
        for column, best in enumerate(_best_of_each(scores.T, k, least))
    ]
    return Partners(tuple(of_mentees), tuple(of_mentors))


def _best_of_each(scores: Scores, k: int, least: int) -> Iterator[list[int]]:
    """The columns of the k best scores of each row, best first, ties by column."""
    for row in scores:
        best = np.argsort(-row.astype(np.int64), kind="stable")[:k]
        yield [int(column) for column in best if row[column] >= least]
