"""The first candidates, and as many pairs as possible: a list that grows until no unlisted pair
could add one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.solver.arrays import I64, NO_NUMBERS, Flags, Integers, in_blocks
from matching.solver.assignment import flows, prices
from matching.solver.assignment.prices import Potentials
from matching.solver.assignment.state import FIRST_CANDIDATES, State
from matching.solver.assignment.sweep import Sweep
from matching.solver.people import FORBIDDEN
from matching.solver.result import Cut

EACH = 2  # pairs that a round adds for each mentee ...
PATIENCE = 2  # ... so many times; if that does not do, mentees take turns
Ranks = npt.NDArray[np.int32]
FASTEST = 6  # the most doublings of what a round adds


def first_list(state: State) -> Potentials:
    """List the best few mentors of every mentee at prices that spread them; those prices start the
    search.
    """
    plus = prices.first_guess(state.source, 2 * FIRST_CANDIDATES)
    found = _first_sweep(state, plus).over(tick=lambda done: state.tell("list", done))
    useful = _both_have_capacity(state, found.keys)
    state.listed.add(found.keys[useful], found.scores[useful])
    state.rest, state.rest_at, state.peaks = found.rest, plus, found.peaks
    return _potentials(state, found.best, plus)


def _first_sweep(state: State, plus: I64) -> Sweep:
    bar = np.full_like(state.capacity[0], -1)
    return Sweep(state.source, state.listed, bar, plus, state.first, rough=True, peaks=state.floor)


def _potentials(state: State, best: I64, plus: I64) -> Potentials:
    """Where the search for prices starts."""
    highest = int(plus.max())
    source = highest if state.objective == "score" else max(int(best.min()), 0)
    return Potentials(np.maximum(best, 0), plus, source, highest)


def _both_have_capacity(state: State, keys: I64) -> Flags:
    mentees, mentors = state.capacity
    rows, columns = np.divmod(keys, state.source.shape[1])
    return np.asarray((mentees[rows] > 0) & (mentors[columns] > 0))


def prove(state: State, lowest: int, stop_at: int | None = None) -> tuple[int, Cut]:
    """Grow the list until its largest matching is the largest of all pairs scoring `lowest` or
    more, and the cut that proves it.

    By max-flow min-cut, only an unlisted pair that crosses the cut can add a pair; when there is
    none, the number is proven. Stops early once `stop_at` pairs are possible: the cut proves
    nothing then.
    """
    turn = 0
    while True:
        size, cut = largest_listed(state, state.listed.scores >= lowest)
        _tell(state, lowest)
        if size == stop_at:
            return size, cut
        if _whole_side_is_placed(state, size):
            return size, _cover_by_placed_side(state, size)

        keys, scores = _crossing(state, cut, lowest, turn)
        if not len(keys):
            return size, cut
        state.listed.add(keys, scores)
        if turn >= PATIENCE and (turn - PATIENCE) % 2:
            _list_the_rare(state, lowest, turn)
        turn += 1


def largest_listed(state: State, which: Flags) -> tuple[int, Cut]:
    """The greatest number of these listed pairs, and its cut."""
    return flows.largest(state.capacity, state.listed.rows[which], state.listed.columns[which])


def _tell(state: State, lowest: int) -> None:
    state.tell("floor" if lowest else "number", 0.5)


def _whole_side_is_placed(state: State, size: int) -> bool:
    mentees, mentors = state.capacity
    return size in (int(mentees.sum()), int(mentors.sum()))


def _cover_by_placed_side(state: State, size: int) -> Cut:
    if size < state.capacity[0].sum():
        return Cut.by_mentors(state.source.shape)
    return Cut.by_mentees(state.source.shape)


def _crossing(state: State, cut: Cut, lowest: int, turn: int) -> tuple[I64, I64]:
    """Some unlisted pairs that cross the cut; none only where there is no such pair."""
    rows, columns = np.flatnonzero(cut.open_mentees), np.flatnonzero(~cut.closed_mentors)
    if turn >= PATIENCE:
        each = 1 << min(turn - PATIENCE, 2 * FASTEST)
        return _Unlisted(state, rows, columns, lowest).taken(each)
    found = _sweep_without_prices(state, lowest).over(rows, columns)
    return found.keys, found.scores


def _sweep_without_prices(state: State, lowest: int) -> Sweep:
    mentees, mentors = state.capacity
    bar, plus = np.full_like(mentees, -1), np.zeros_like(mentors)
    return Sweep(state.source, state.listed, bar, plus, EACH, lowest)


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
        order, rarity = np.arange(len(self.rows)), None
        if rare_first:
            order, rarity = self._rarity()

        places = self.state.capacity[1][self.columns] * each
        keys, scores = [NO_NUMBERS], [NO_NUMBERS]
        for part in in_blocks(order, len(self.columns), self.state.source.cells):
            if not places.any():
                break
            for of_one, their_scores in self._choices(part, places, each, rarity):
                keys.append(of_one)
                scores.append(their_scores)
        return np.concatenate(keys), np.concatenate(scores)

    def _choices(
        self, part: I64, places: I64, each: int, rarity: Ranks | None
    ) -> Iterator[tuple[I64, I64]]:
        """What each mentee of a block takes (keys, scores), in turn; `places` become fewer."""
        left = np.flatnonzero(places)
        ids, columns = self.rows[np.sort(part)], self.columns[left]
        scores = self._block(ids, columns)
        worth = _worth(scores, None if rarity is None else rarity[left])
        limits = self.state.capacity[0][ids] * each
        keys = ids * self.state.source.shape[1]
        for at in _in_turn(scores, part, rare_first=rarity is not None):
            best = _highest_allowed(worth[at], int(limits[at]))
            yield keys[at] + columns[best], scores[at, best].astype(np.int64)

            places[left[best]] -= 1
            worth[:, best[places[left[best]] == 0]] = FORBIDDEN

    def _block(self, ids: I64, columns: I64) -> Integers:
        """Scores, FORBIDDEN for pairs that are listed or score too little."""
        _tell(self.state, self.lowest)
        scores: Integers = np.array(self.state.source.block(ids, columns))
        if not self.listed_too:
            scores[self.state.listed.places(ids, columns)] = FORBIDDEN
        scores[scores < self.lowest] = FORBIDDEN
        return scores

    def _rarity(self) -> tuple[I64, Ranks]:
        """The rows, those with the fewest possible columns first, and the rank of each column, the
        rarest highest.
        """
        of_rows = np.zeros(len(self.rows), np.int64)
        of_columns = np.zeros(len(self.columns), np.int64)
        everybody = np.arange(len(self.rows))
        for part in in_blocks(everybody, len(self.columns), self.state.source.cells):
            possible = self._block(self.rows[part], self.columns) >= 0
            of_rows[part] = possible.sum(1)
            of_columns += possible.sum(0)
        return np.argsort(of_rows, kind="stable"), _ranks(of_columns)


def _ranks(possible: I64) -> Ranks:
    """The rank of each by how many possibilities there are, the fewest highest."""
    ranks = np.empty(len(possible), np.int32)
    ranks[np.argsort(-possible, kind="stable")] = np.arange(len(possible))
    return ranks


def _worth(scores: Integers, rarity: Ranks | None) -> Integers:
    """What is chosen by: the scores, or how rare the mentors are; FORBIDDEN stays forbidden."""
    if rarity is None:
        return scores.copy()
    return np.where(scores < 0, np.int32(FORBIDDEN), rarity)


def _in_turn(scores: Integers, part: I64, *, rare_first: bool) -> list[int]:
    """In which order the rows of a block choose: the rarest first, or those who have a choice."""
    if rare_first:
        return list(np.argsort(np.argsort(part)).tolist())
    return list(np.flatnonzero(scores.max(1) >= 0).tolist())


def _highest_allowed(worth: Integers, count: int) -> I64:
    """Where the `count` highest are that are not forbidden."""
    if count == 1:
        best: I64 = np.array([worth.argmax()])
    else:
        best = np.argpartition(worth, -min(count, len(worth)))[-count:]
    return best[worth[best] >= 0]
