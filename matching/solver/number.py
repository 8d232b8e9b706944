"""The first candidates, and as many pairs as possible: a list that grows until no unlisted pair
could add one.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.solver import flows, prices
from matching.solver.arrays import I64, Integers
from matching.solver.people import FORBIDDEN
from matching.solver.prices import Potentials
from matching.solver.result import Cut
from matching.solver.state import FIRST_CANDIDATES, State
from matching.solver.sweep import Sweep

EACH = 2  # pairs that a round adds for each mentee ...
PATIENCE = 2  # ... so many times; if that does not do, mentees take turns
FASTEST = 6  # the most doublings of what a round adds


def first_list(state: State) -> Potentials:
    """List the best few mentors of every mentee at prices that spread them; those prices start the
    search.
    """
    n, m = state.source.shape
    a, b = state.capacity
    plus = prices.first_guess(state.source, 2 * FIRST_CANDIDATES)
    bar = np.full(n, -1, np.int64)
    sweep = Sweep(state.source, state.listed, bar, plus, state.first, rough=True, peaks=state.floor)
    found = sweep.over(tick=lambda done: state.tell("list", done))
    useful = (a[found.keys // m] > 0) & (b[found.keys % m] > 0)
    state.listed.add(found.keys[useful], found.scores[useful])
    state.rest, state.rest_at, state.peaks = found.rest, plus, found.peaks
    worst = int(plus.max()) if state.objective == "score" else max(int(found.best.min()), 0)
    return Potentials(np.maximum(found.best, 0), plus, worst, int(plus.max()))


def prove(state: State, lowest: int, stop_at: int | None = None) -> tuple[int, Cut]:
    """Grow the list until its largest matching is the largest of all pairs scoring `lowest` or
    more.

    Stops early once `stop_at` pairs are possible: the cut proves nothing then.
    """
    a, b = state.capacity
    n, m = state.source.shape
    turn = 0
    while True:
        fit = state.listed.scores >= lowest
        size, cut = flows.largest(state.capacity, state.listed.rows[fit], state.listed.columns[fit])
        state.tell("floor" if lowest else "number", 0.5)
        if size == stop_at:
            return size, cut
        if size in (a.sum(), b.sum()):  # everybody on one side: that side is the cover
            short = bool(size < a.sum())
            return size, Cut(np.full(n, short), np.full(m, short))
        rows, columns = np.flatnonzero(cut.open_mentees), np.flatnonzero(~cut.closed_mentors)
        if turn < PATIENCE:
            bar, plus = np.full(n, -1, np.int64), np.zeros(m, np.int64)
            more = Sweep(state.source, state.listed, bar, plus, EACH, lowest).over(rows, columns)
            keys, scores = more.keys, more.scores
        else:
            keys, scores = Crossing(state, rows, columns, lowest).taken(
                1 << min(turn - PATIENCE, 2 * FASTEST)
            )
        if not len(keys):
            return size, cut
        state.listed.add(keys, scores)
        if turn >= PATIENCE and (turn - PATIENCE) % 2:
            everywhere = Crossing(
                state, np.flatnonzero(a), np.flatnonzero(b), lowest, listed_too=True
            )
            keys, scores = everywhere.taken(
                1 << min((turn - PATIENCE) // 2, FASTEST), rare_first=True
            )
            new = ~np.isin(keys, state.listed.keys)
            state.listed.add(keys[new], scores[new])
        turn += 1


@dataclass(frozen=True, eq=False)
class Crossing:
    """The unlisted pairs of some mentees and mentors (ascending) that score `lowest` or more: each
    could add a pair.
    """

    state: State
    rows: I64
    columns: I64
    lowest: int
    listed_too: bool = False

    def taken(self, each: int, *, rare_first: bool = False) -> tuple[I64, I64]:
        """Keys and scores of some of them: each mentee takes the best mentors who are left to take.

        Nobody is taken more than `each` times for each of their places, so that few rounds reach
        all mentors even where all mentees want the same ones. With `rare_first`, mentees with the
        fewest possibilities go first, and take the mentors with the fewest. Nothing is taken only
        where there is no such pair.
        """
        a, b = self.state.capacity
        m = self.state.source.shape[1]
        order, rare = self._rarity() if rare_first else (np.arange(len(self.rows)), None)
        places = b[self.columns] * each
        keys, found = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for part in self._parts(order):
            left = np.flatnonzero(places)
            if not len(left):
                break
            some, ids = self.columns[left], self.rows[np.sort(part)]
            scores = self._block(ids, some)
            worth = (
                scores.copy()
                if rare is None
                else np.where(scores < 0, np.int32(FORBIDDEN), rare[left])
            )
            for at in (
                np.argsort(np.argsort(part)).tolist()
                if rare is not None
                else np.flatnonzero(worth.max(1) >= 0).tolist()
            ):
                best = _highest(worth[at], int(a[ids[at]]) * each)
                best = best[worth[at, best] >= 0]
                keys.append(ids[at] * m + some[best])
                found.append(scores[at, best].astype(np.int64))
                places[left[best]] -= 1
                worth[:, best[places[left[best]] == 0]] = FORBIDDEN
        return np.concatenate(keys), np.concatenate(found)

    def _parts(self, order: I64) -> list[I64]:
        step = max(1, self.state.source.cells // max(1, len(self.columns)))
        return [order[start : start + step] for start in range(0, len(order), step)]

    def _block(self, ids: I64, columns: I64) -> Integers:
        """Scores, FORBIDDEN for pairs that are listed or score too little."""
        self.state.tell("floor" if self.lowest else "number", 0.5)
        scores: Integers = np.array(self.state.source.block(ids, columns))
        if not self.listed_too:
            scores[self.state.listed.places(ids, columns)] = FORBIDDEN
        scores[scores < self.lowest] = FORBIDDEN
        return scores

    def _rarity(self) -> tuple[I64, npt.NDArray[np.int32]]:
        """The rows in order of how many columns are possible for them; the rank of the columns, the
        rarest highest.
        """
        rows, columns = np.zeros(len(self.rows), np.int64), np.zeros(len(self.columns), np.int64)
        for part in self._parts(np.arange(len(self.rows))):
            possible = self._block(self.rows[part], self.columns) >= 0
            rows[part] = possible.sum(1)
            columns += possible.sum(0)
        rank = np.empty(len(columns), np.int32)
        rank[np.argsort(-columns, kind="stable")] = np.arange(len(columns))
        return np.argsort(rows, kind="stable"), rank


def _highest(worth: Integers, count: int) -> I64:
    """Where the `count` highest are."""
    if count == 1:
        return np.array([worth.argmax()])
    return np.argpartition(worth, -min(count, len(worth)))[-count:]
