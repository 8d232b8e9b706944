"""The first candidates, and as many pairs as possible: a list that grows until no unlisted pair
could add one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.solver.arrays import I64, Integers
from matching.solver.assignment import flows, prices
from matching.solver.assignment.prices import Potentials
from matching.solver.assignment.state import FIRST_CANDIDATES, State
from matching.solver.assignment.sweep import Sweep
from matching.solver.people import FORBIDDEN
from matching.solver.result import Cut

EACH = 2  # pairs that a round adds for each mentee ...
PATIENCE = 2  # ... so many times; if that does not do, mentees take turns
FASTEST = 6  # the most doublings of what a round adds


def first_list(state: State) -> Potentials:
    """List the best few mentors of every mentee at prices that spread them; those prices start the
    search.
    """
    n, m = state.source.shape
    mentees, mentors = state.capacity
    plus = prices.first_guess(state.source, 2 * FIRST_CANDIDATES)
    bar = np.full(n, -1, np.int64)
    sweep = Sweep(state.source, state.listed, bar, plus, state.first, rough=True, peaks=state.floor)
    found = sweep.over(tick=lambda done: state.tell("list", done))
    rows, columns = np.divmod(found.keys, m)
    useful = (mentees[rows] > 0) & (mentors[columns] > 0)
    state.listed.add(found.keys[useful], found.scores[useful])
    state.rest, state.rest_at, state.peaks = found.rest, plus, found.peaks

    highest = int(plus.max())
    source = highest if state.objective == "score" else max(int(found.best.min()), 0)
    return Potentials(np.maximum(found.best, 0), plus, source, highest)


def prove(state: State, lowest: int, stop_at: int | None = None) -> tuple[int, Cut]:
    """Grow the list until its largest matching is the largest of all pairs scoring `lowest` or
    more, and the cut that proves it.

    By max-flow min-cut, only an unlisted pair that crosses the cut can add a pair; when there is
    none, the number is proven. Stops early once `stop_at` pairs are possible: the cut proves
    nothing then.
    """
    mentees, mentors = state.capacity
    turn = 0
    while True:
        fit = state.listed.scores >= lowest
        size, cut = flows.largest(state.capacity, state.listed.rows[fit], state.listed.columns[fit])
        state.tell("floor" if lowest else "number", 0.5)
        if size == stop_at:
            return size, cut
        if size in (mentees.sum(), mentors.sum()):
            return size, _everybody(state, size)

        rows, columns = np.flatnonzero(cut.open_mentees), np.flatnonzero(~cut.closed_mentors)
        keys, scores = _crossing(state, rows, columns, lowest, turn)
        if not len(keys):
            return size, cut
        state.listed.add(keys, scores)
        if turn >= PATIENCE and (turn - PATIENCE) % 2:
            _list_the_rare(state, lowest, turn)
        turn += 1


def _everybody(state: State, size: int) -> Cut:
    """The cover where a whole side is placed: that side."""
    n, m = state.source.shape
    mentors_are_placed = bool(size < state.capacity[0].sum())
    return Cut(np.full(n, mentors_are_placed), np.full(m, mentors_are_placed))


def _crossing(state: State, rows: I64, columns: I64, lowest: int, turn: int) -> tuple[I64, I64]:
    """Some unlisted pairs that cross the cut; none only where there is no such pair."""
    if turn >= PATIENCE:
        each = 1 << min(turn - PATIENCE, 2 * FASTEST)
        return _Unlisted(state, rows, columns, lowest).taken(each)
    n, m = state.source.shape
    bar, plus = np.full(n, -1, np.int64), np.zeros(m, np.int64)
    found = Sweep(state.source, state.listed, bar, plus, EACH, lowest).over(rows, columns)
    return found.keys, found.scores


def _list_the_rare(state: State, lowest: int, turn: int) -> None:
    """List pairs of those who have few possibilities, wherever they are."""
    mentees, mentors = (np.flatnonzero(capacity) for capacity in state.capacity)
    everywhere = _Unlisted(state, mentees, mentors, lowest, listed_too=True)
    each = 1 << min((turn - PATIENCE) // 2, FASTEST)
    state.listed.add_new(*everywhere.taken(each, rare_first=True))


@dataclass(frozen=True, eq=False)
class _Unlisted:
    """The unlisted pairs of some mentees and mentors (ascending) that score `lowest` or more."""

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
        mentees, mentors = self.state.capacity
        m = self.state.source.shape[1]
        order, rarity = np.arange(len(self.rows)), None
        if rare_first:
            order, rarity = self._rarity()

        places = mentors[self.columns] * each
        keys, found = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for part in self._parts(order):
            left = np.flatnonzero(places)
            if not len(left):
                break
            ids, columns = self.rows[np.sort(part)], self.columns[left]
            scores = self._block(ids, columns)
            worth = scores.copy()
            if rarity is not None:
                worth = np.where(scores < 0, np.int32(FORBIDDEN), rarity[left])
            for at in _in_turn(scores, part, rare_first=rare_first):
                best = _highest(worth[at], int(mentees[ids[at]]) * each)
                best = best[worth[at, best] >= 0]
                keys.append(ids[at] * m + columns[best])
                found.append(scores[at, best].astype(np.int64))
                places[left[best]] -= 1
                worth[:, best[places[left[best]] == 0]] = FORBIDDEN
        return np.concatenate(keys), np.concatenate(found)

    def _parts(self, order: I64) -> Iterator[I64]:
        """Blocks of positions that fit the cache."""
        step = max(1, self.state.source.cells // max(1, len(self.columns)))
        for start in range(0, len(order), step):
            yield order[start : start + step]

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
        of_rows = np.zeros(len(self.rows), np.int64)
        of_columns = np.zeros(len(self.columns), np.int64)
        for part in self._parts(np.arange(len(self.rows))):
            possible = self._block(self.rows[part], self.columns) >= 0
            of_rows[part] = possible.sum(1)
            of_columns += possible.sum(0)
        rank = np.empty(len(of_columns), np.int32)
        rank[np.argsort(-of_columns, kind="stable")] = np.arange(len(of_columns))
        return np.argsort(of_rows, kind="stable"), rank


def _in_turn(scores: Integers, part: I64, *, rare_first: bool) -> list[int]:
    """In which order the rows of a block choose: the rarest first, or those who have a choice."""
    if rare_first:
        return list(np.argsort(np.argsort(part)).tolist())
    return list(np.flatnonzero(scores.max(1) >= 0).tolist())


def _highest(worth: Integers, count: int) -> I64:
    """Where the `count` highest are."""
    if count == 1:
        return np.array([worth.argmax()])
    return np.argpartition(worth, -min(count, len(worth)))[-count:]
