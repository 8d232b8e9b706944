"""The best worst score at a given number of pairs (the bottleneck assignment problem), and the cut
that proves that there is no better.
"""

from collections.abc import Iterator

import numpy as np

from matching.solver.arrays import I64, Flags, counted, in_blocks
from matching.solver.assignment import number, prices
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

    low, step = _listed_floor(state, size, 0), 1
    high = state.source.top + 1  # nothing scores that much
    proof = Cut.by_nobody(state.source.shape)
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
    lowest_peaks = [*_lowest_peaks(state, size)]
    if not lowest_peaks:
        return 0, None

    limit, side, person = min(lowest_peaks)
    _list_for_mentors(state, limit)
    got, _ = number.largest_listed(state, state.listed.scores >= limit)
    if got < size:
        return 0, None
    return limit, _cut_at(state, side, person)


def _lowest_peaks(state: State, size: int) -> Iterator[tuple[int, int, int]]:
    """For each side of which everybody is placed: the lowest best score, the side, whose it is."""
    assert state.peaks is not None
    for side, (capacity, peaks) in enumerate(zip(state.capacity, state.peaks, strict=True)):
        if size == capacity.sum():
            person = int(np.argmin(np.where(capacity > 0, peaks, prices.FAR)))
            yield int(peaks[person]), side, person


def _cut_at(state: State, side: int, person: int) -> Cut:
    """The cut at one person: all pairs but theirs are covered."""
    n, m = state.source.shape
    if side == 0:
        return Cut(np.arange(n) == person, np.zeros(m, np.bool_))
    return Cut(np.ones(n, np.bool_), np.arange(m) != person)


def _list_for_mentors(state: State, lowest: int) -> None:
    """List the best pairs of mentors who have hardly any that score `lowest` or more: each mentee
    lists their own.
    """
    n, m = state.source.shape
    poor = _mentors_with_few(state, lowest)
    for columns in in_blocks(poor, n, COLUMN_CELLS):
        keys, scores = _best_mentees(state, columns)
        useful = (scores >= lowest) & (state.capacity[0][keys // m] > 0)
        state.listed.add_new(keys[useful], scores[useful])


def _mentors_with_few(state: State, lowest: int) -> I64:
    fit = state.listed.columns[state.listed.scores >= lowest]
    listed = counted(fit, state.source.shape[1])
    return np.flatnonzero((listed < SCARCE) & (state.capacity[1] > 0))


def _best_mentees(state: State, columns: I64) -> tuple[I64, I64]:
    """Keys and scores of the best few pairs of each of these mentors."""
    n, m = state.source.shape
    count = min(n, state.more)
    scores = state.source.block(np.arange(n), columns)
    rows: I64 = np.argpartition(scores, n - count, axis=0)[n - count :]
    best_scores = np.take_along_axis(scores, rows, 0)
    return (rows * m + columns).ravel(), best_scores.ravel().astype(np.int64)


def _listed_floor(state: State, size: int, low: int) -> int:
    """The highest worst score of `size` listed pairs, known to be `low` or more.

    A search over the different scores, between the positions `least` and `most`.
    """
    scores = state.listed.scores
    values = np.unique(scores[scores >= low])
    least, most, turn = 0, len(values) - 1, 0
    while least < most:
        tried = _next_position(least, most, turn)
        turn += 1
        fit = scores >= values[tried]
        got, cut = number.largest_listed(state, fit)
        state.tell("floor", 1 - 0.9**turn)
        if got == size:
            least = tried
        else:
            limit = _limit_of_cut(state, cut, ~fit, size - got)
            most = min(tried - 1, int(np.searchsorted(values, limit)))
    return int(values[least])


def _next_position(least: int, most: int, turn: int) -> int:
    """Which position to try: the highest, and the middle each third time."""
    if turn % 3 == 2:
        return (least + most + 1) // 2
    return most


def _limit_of_cut(state: State, cut: Cut, unused: Flags, missing: int) -> int:
    """The missing pairs must cross the cut: no floor is higher than the last of the best of
    them.
    """
    rows, columns = state.listed.rows, state.listed.columns
    crossing = unused & cut.open_mentees[rows] & ~cut.closed_mentors[columns]
    ascending = np.sort(state.listed.scores[crossing])
    return int(ascending[-missing])
