"""What else a mentee could have, one exchange of partners at a time, and what it costs the total.

Two prices are given for each. `costs` is exact for this one exchange. `costs_at_least` holds for
every matching with the new pair, however all others are arranged: it is the pair's reduced cost
under the dual prices that prove the result (Ahuja, Magnanti, Orlin: Network Flows, 1993, chapter
9).

Like `explain`, it never speaks of a forbidden pair: private rules cannot be told from a lack of
shared time.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from matching.solver.arrays import (
    I64,
    NO_PAIRS,
    Flags,
    Scores,
    counted,
    distinct,
    in_blocks,
    positions,
)
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
        mentees = counted(answer.pairs[:, 0], problem.shape[0])
        mentors = counted(answer.pairs[:, 1], problem.shape[1])
        return Matching(
            pairs=answer.pairs,
            scores=answer.scores,
            fixed=NO_PAIRS,
            mentee_room=problem.mentee_capacity - mentees,
            mentor_room=problem.mentor_capacity - mentors,
            minimum=result.lowest,
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
    found: list[tuple[Alternative, ...]] = []
    for block in in_blocks(np.arange(len(rows)), problem.shape[1], CELLS):
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
        self.free = len(free)
        self.columns: I64 = np.concatenate([free, matching.pairs[:, 1]])
        self.others = self._after_free(matching.pairs[:, 0], -1)  # -1: has room
        self.swaps: Flags = self.paired[:, None] & (self.others >= 0)

        self.given = self._new_scores()[:, self.columns]
        self.returned = self._scores_in_return()
        self.costs = self._costs()

    def _after_free(self, of_pairs: I64, of_free: int) -> I64:
        """One number for everything on offer: the same for all mentors with room, then these."""
        return np.concatenate([np.full(self.free, of_free), of_pairs])

    def _new_scores(self) -> I32:
        """Scores of the mentees with all mentors, -1 for pairs that may not be made."""
        scores = self._allowed(self.problem.block(self.ids))
        row_of = positions(self.ids, self.problem.shape[0])
        for mentees, mentors in (self.matching.pairs.T, self.matching.fixed.T):
            rows = row_of[mentees]
            here = rows >= 0
            scores[rows[here], mentors[here]] = -1
        return scores

    def _allowed(self, scores: Scores) -> I32:
        """A copy of scores, -1 below the minimum."""
        table = scores.astype(np.int32)
        table[table < self.matching.minimum] = -1
        return table

    def _scores_in_return(self) -> I32:
        """Scores of those who would get the mentee's mentor in exchange; 0 where nobody does."""
        pairs = self.matching.pairs
        table = np.zeros((len(self.ids), len(self.columns)), np.int32)
        if not self.paired.any():
            return table

        current = pairs[self.own[self.paired], 1]
        scores = self._allowed(_table(self.problem, pairs[:, 0], current).T)
        if self.matching.some_have_several:
            scores[self._have_already(current)] = -1
        table[self.paired, self.free :] = scores
        return table

    def _have_already(self, current: I64) -> Flags:
        """Whether the mentee of each pair (columns) has a mentor of `current` (rows) already."""
        m = self.problem.shape[1]
        mentees, mentors = np.concatenate([self.matching.pairs, self.matching.fixed]).T
        keys: I64 = self.matching.pairs[:, 0] * m + current[:, None]
        return np.isin(keys, mentees * m + mentors)

    def _costs(self) -> I32:
        """What the total loses: the scores of the pairs that end less those of the pairs made."""
        ended = self._after_free(self.matching.scores, 0).astype(np.int32)
        costs: I32 = ended + self._own_scores()[:, None] - self.given - self.returned
        costs[(self.given < 0) | (self.returned < 0)] = NOT_POSSIBLE  # a forbidden pair is -1
        costs[self._without_place()] = NOT_POSSIBLE
        return costs

    def _own_scores(self) -> I32:
        """The score of the pair of each mentee that would end; 0 for who has none."""
        own = np.zeros(len(self.ids), np.int32)
        own[self.paired] = self.matching.scores[self.own[self.paired]]
        return own

    def _without_place(self) -> Flags:
        """Which mentees have neither a pair to exchange nor room for one."""
        return np.asarray(~self.paired & (self.matching.mentee_room[self.ids] <= 0))

    def cheapest(self, k: int) -> list[tuple[Alternative, ...]]:
        """The k cheapest exchanges of each mentee."""
        found: list[list[Alternative]] = [[] for _ in self.ids]
        rows, offers = self._positions(k)
        for row, option in zip(rows.tolist(), self._alternatives(rows, offers), strict=True):
            found[row].append(option)
        return [tuple(options) for options in found]

    def _positions(self, k: int) -> tuple[I64, I64]:
        """Where in the tables they are (row, position), in order."""
        rows, offers = np.nonzero(self._candidates(k))
        costs, scores = self.costs[rows, offers], self.given[rows, offers]
        order = np.lexsort((self.others[offers], self.columns[offers], -scores, costs, rows))
        rows, offers = rows[order], offers[order]
        rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
        return rows[rank < k], offers[rank < k]

    def _candidates(self, k: int) -> Flags:
        """The k cheapest exchanges of each mentee, with all that cost the same."""
        width = self.costs.shape[1]
        if not width:
            return np.zeros_like(self.costs, np.bool_)
        last = min(k, width) - 1
        bound = np.partition(self.costs, last, axis=1)[:, last]
        return np.asarray((self.costs <= bound[:, None]) & (self.costs < NOT_POSSIBLE))

    def _alternatives(self, rows: I64, offers: I64) -> Iterator[Alternative]:
        """The exchanges at these positions of the tables."""
        columns, scores = self.columns[offers], self.given[rows, offers]
        parts = (
            self._kinds(rows, offers),
            columns.tolist(),
            scores.tolist(),
            _or_none(self.others[offers]),
            self.costs[rows, offers].tolist(),
            self._at_least(self.ids[rows], columns, scores),
            self._below_floor(rows, offers),
        )
        yield from itertools.starmap(Alternative, zip(*parts, strict=True))

    def _kinds(self, rows: I64, offers: I64) -> list[Kind]:
        taken = np.where(self.paired[rows], "swap", "replace")
        kinds: list[Kind] = np.where(self.others[offers] < 0, "free", taken).tolist()
        return kinds

    def _below_floor(self, rows: I64, offers: I64) -> list[bool]:
        """Whether a pair that the exchange makes scores less than the floor."""
        floor = self.matching.floor
        if floor is None:
            return [False] * len(rows)
        given, returned = self.given[rows, offers], self.returned[rows, offers]
        is_swap = self.swaps[rows, offers]
        below: list[bool] = ((given < floor) | (is_swap & (returned < floor))).tolist()
        return below

    def _at_least(self, i: I64, j: I64, scores: I32) -> Sequence[int | None]:
        """The reduced costs u + v + z - score, less what the result may be short of the best."""
        answer = self.matching.proof
        if answer is None:
            return [None] * len(i)
        least = _reduced_costs(answer, i, j, scores) - (answer.bound - answer.total)
        keeps_floor = np.full(len(i), True) if answer.floor is None else scores >= answer.floor
        costs: list[int] = np.where(keeps_floor, np.maximum(least, 0), least).tolist()
        return costs


def _reduced_costs(answer: Answer, i: I64, j: I64, scores: I32) -> I64:
    prices = answer.certificate
    return np.asarray(prices.u[i] + prices.v[j] + prices.pair_price - scores)


def _or_none(numbers: I64) -> list[int | None]:
    """The numbers, None for those below 0."""
    return [None if number < 0 else number for number in numbers.tolist()]


def _table(problem: Problem, rows: I64, columns: I64) -> Scores:
    """Scores (rows × columns) where the same row or column may come several times."""
    rows, row_at = distinct(rows)
    columns, column_at = distinct(columns)
    return problem.block(rows, columns)[np.ix_(row_at, column_at)]
