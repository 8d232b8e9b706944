"""The best worst score at a given number of pairs, and the cut that proves that there is no
better.
"""

import numpy as np

from matching.solver import flows, number, prices
from matching.solver.result import Cut
from matching.solver.state import State

SCARCE = 3
COLUMN_CELLS = 1 << 19


def best(state: State, size: int) -> tuple[int, Cut]:
    """The highest worst score of any matching of this size, with the cut that proves that none is
    higher.
    """
    low, cut = _peak(state, size)
    if cut is not None:
        return low, cut
    n, m = state.source.shape
    low, step = _listed_floor(state, size, 0), 1
    high, cut = (
        state.source.top + 1,
        Cut(np.ones(n, np.bool_), np.zeros(m, np.bool_)),
    )  # nothing scores that much
    while low + 1 < high:  # mostly the list has it already; else ever longer steps up
        level = min(low + step, (low + high) // 2)
        got, found = number.prove(state, level, size)
        if got < size:
            high, cut = level, found
        else:
            low, step = _listed_floor(state, size, level), 2 * step
    return low, cut


def _peak(state: State, size: int) -> tuple[int, Cut | None]:
    """Where everybody of a side is placed, nobody does better than in their own best pair: is that
    the floor?

    It mostly is. The cut is the one person whose best pair it is; None if the floor is lower.
    """
    assert state.peaks is not None
    n, m = state.source.shape
    limits = []
    for side, (capacity, peak) in enumerate(zip(state.capacity, state.peaks, strict=True)):
        if size == capacity.sum():
            worst = int(np.argmin(np.where(capacity > 0, peak, prices.FAR)))
            limits.append((int(peak[worst]), side, worst))
    if not limits:
        return 0, None
    limit, side, worst = min(limits)
    _list_for_mentors(state, limit)
    fit = state.listed.scores >= limit
    got, _ = flows.largest(state.capacity, state.listed.rows[fit], state.listed.columns[fit])
    if got < size:
        return 0, None
    if side == 0:
        return limit, Cut(np.arange(n) == worst, np.zeros(m, np.bool_))
    return limit, Cut(np.ones(n, np.bool_), np.arange(m) != worst)


def _list_for_mentors(state: State, lowest: int) -> None:
    """List the best pairs of mentors who have hardly any that score `lowest` or more: each mentee
    lists their own.
    """
    n, m = state.source.shape
    listed = np.bincount(state.listed.columns[state.listed.scores >= lowest], minlength=m)
    poor = np.flatnonzero((listed < SCARCE) & (state.capacity[1] > 0))
    step, best = max(1, COLUMN_CELLS // max(1, n)), min(n, state.more)
    for start in range(0, len(poor), step):
        columns = poor[start : start + step]
        scores = state.source.block(np.arange(n), columns)
        rows = np.argpartition(scores, n - best, axis=0)[n - best :]
        keys = (rows * m + columns).ravel()
        got = np.take_along_axis(scores, rows, 0).ravel().astype(np.int64)
        new = (
            (got >= lowest) & (state.capacity[0][keys // m] > 0) & ~np.isin(keys, state.listed.keys)
        )
        state.listed.add(keys[new], got[new])


def _listed_floor(state: State, size: int, low: int) -> int:
    """The highest worst score of `size` listed pairs, known to be `low` or more."""
    values = np.unique(state.listed.scores[state.listed.scores >= low])
    least, most, turn = 0, len(values) - 1, 0
    while least < most:
        middle, turn = ((least + most + 1) // 2 if turn % 3 == 2 else most), turn + 1
        fit = state.listed.scores >= values[middle]
        got, cut = flows.largest(state.capacity, state.listed.rows[fit], state.listed.columns[fit])
        state.tell("floor", 1 - 0.9**turn)
        if got == size:
            least = middle
        else:  # the missing pairs must cross this cut, so the floor is no higher than the last of the best of them
            crossing = (
                ~fit
                & cut.open_mentees[state.listed.rows]
                & ~cut.closed_mentors[state.listed.columns]
            )
            best = np.sort(state.listed.scores[crossing])
            most = min(middle - 1, int(np.searchsorted(values, best[got - size])))
    return int(values[least])
