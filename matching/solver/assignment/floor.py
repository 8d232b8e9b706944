"""The best worst score at a given number of pairs (the bottleneck assignment problem), and the cut
that proves that there is no better.
"""

import numpy as np

from matching.solver.arrays import I64, Flags
from matching.solver.assignment import flows, number, prices
from matching.solver.assignment.state import State
from matching.solver.result import Cut

SCARCE = 3
COLUMN_CELLS = 1 << 19


def best(state: State, size: int) -> tuple[int, Cut]:
    """The highest worst score of any matching of this size, with the cut that proves that none is
    higher.

    Mostly the list has it already. Else the threshold goes up in ever longer steps, until it is
    between one that can be kept and the next that cannot.
    """
    level, proof = _limit_of_one_person(state, size)
    if proof is not None:
        return level, proof

    n, m = state.source.shape
    low, step = _listed_floor(state, size, 0), 1
    high = state.source.top + 1  # nothing scores that much
    proof = Cut(np.ones(n, np.bool_), np.zeros(m, np.bool_))
    while low + 1 < high:
        level = min(low + step, (low + high) // 2)
        got, cut = number.prove(state, level, size)
        if got < size:
            high, proof = level, cut
        else:
            low, step = _listed_floor(state, size, level), 2 * step
    return low, proof


def _limit_of_one_person(state: State, size: int) -> tuple[int, Cut | None]:
    """Whether the floor is the best score of the person whose best is lowest: it mostly is.

    Where everybody of a side is placed, nobody does better than in their own best pair. The cut is
    that one person; None if the floor is lower.
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

    limit, side, person = min(limits)
    _list_for_mentors(state, limit)
    got, _ = _largest(state, state.listed.scores >= limit)
    if got < size:
        return 0, None
    if side == 0:
        return limit, Cut(np.arange(n) == person, np.zeros(m, np.bool_))
    return limit, Cut(np.ones(n, np.bool_), np.arange(m) != person)


def _largest(state: State, which: Flags) -> tuple[int, Cut]:
    """The greatest number of these listed pairs."""
    return flows.largest(state.capacity, state.listed.rows[which], state.listed.columns[which])


def _list_for_mentors(state: State, lowest: int) -> None:
    """List the best pairs of mentors who have hardly any that score `lowest` or more: each mentee
    lists their own.
    """
    n, m = state.source.shape
    mentees, mentors = state.capacity
    listed = np.bincount(state.listed.columns[state.listed.scores >= lowest], minlength=m)
    poor = np.flatnonzero((listed < SCARCE) & (mentors > 0))
    step = max(1, COLUMN_CELLS // max(1, n))
    count = min(n, state.more)
    for start in range(0, len(poor), step):
        columns = poor[start : start + step]
        scores = state.source.block(np.arange(n), columns)
        rows: I64 = np.argpartition(scores, n - count, axis=0)[n - count :]
        best_scores = np.take_along_axis(scores, rows, 0).ravel().astype(np.int64)
        keys = (rows * m + columns).ravel()
        useful = (best_scores >= lowest) & (mentees[keys // m] > 0)
        state.listed.add_new(keys[useful], best_scores[useful])


def _listed_floor(state: State, size: int, low: int) -> int:
    """The highest worst score of `size` listed pairs, known to be `low` or more.

    A search over the different scores, between the positions `least` and `most`. It tries the
    highest first, and the middle each third time.
    """
    scores = state.listed.scores
    values = np.unique(scores[scores >= low])
    least, most, turn = 0, len(values) - 1, 0
    while least < most:
        tried = (least + most + 1) // 2 if turn % 3 == 2 else most
        turn += 1
        fit = scores >= values[tried]
        got, cut = _largest(state, fit)
        state.tell("floor", 1 - 0.9**turn)
        if got == size:
            least = tried
            continue

        # The missing pairs must cross this cut. So the floor is no higher than the last of the
        # best of them.
        rows, columns = state.listed.rows, state.listed.columns
        crossing = ~fit & cut.open_mentees[rows] & ~cut.closed_mentors[columns]
        ascending = np.sort(scores[crossing])
        most = min(tried - 1, int(np.searchsorted(values, ascending[got - size])))
    return int(values[least])
