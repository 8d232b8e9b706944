"""The best total of a given number of pairs, or of any number, proven by dual prices.

Column generation: minimum-cost flow on the list, prices from its residual graph, a sweep that
prices all unlisted pairs; those with a positive reduced profit join the list. It ends when no such
pair is left, or when the gap between the bound and the total is small enough.
"""

from dataclasses import dataclass

import numpy as np

from matching.solver.arrays import I64, Flags
from matching.solver.assignment import flows, prices
from matching.solver.assignment.candidates import Candidates
from matching.solver.assignment.prices import Potentials
from matching.solver.assignment.sources import Transposed
from matching.solver.assignment.state import State
from matching.solver.assignment.sweep import Found, Sweep
from matching.solver.result import Answer, Certificate

KEPT_CANDIDATES = 8
CROWDED = 4
"""Missing pairs per person from which on mentors list, too.

Lists by mentee alone would then take many rounds.
"""


def best(state: State, size: int | None, lowest: int, start: Potentials) -> Answer:
    """The best total of `size` pairs (any number: None) scoring `lowest` or more, proven by
    prices.
    """
    rounds: list[tuple[int, int, int]] = []
    last_gap = prices.FAR
    while True:
        state.tell("total", 1 - 0.6 ** len(rounds))
        listed = _best_of_listed(state, size, start)
        missing = _Pricing(state, listed.prices, lowest, len(rounds)).missing()
        gap = _gap(state, listed.prices, missing)
        rounds.append((len(state.listed), len(missing.keys), gap))
        if gap <= state.gap * listed.total:
            return _answer(state, size, listed, gap, rounds)

        if 2 * gap <= last_gap:
            last_gap = gap
            _prune(state, listed.prices, gap)
        _list(state, missing, listed.prices, lowest)
        start = listed.prices.raised(missing.highest)


def _list(state: State, missing: "_Missing", now: Potentials, lowest: int) -> None:
    """List the missing pairs; where there are many, further ones for mentors."""
    state.listed.add(missing.keys, missing.scores)
    if len(missing.keys) > CROWDED * max(state.source.shape):
        _list_for_mentors(state, now, lowest)


@dataclass(frozen=True, eq=False)
class _Listed:
    """The best matching of the listed pairs: which they are, their total, prices that prove it."""

    used: Flags
    total: int
    prices: Potentials


def _best_of_listed(state: State, size: int | None, start: Potentials) -> _Listed:
    used = flows.dearest(state.capacity, state.listed, size, start)
    total = int(state.listed.scores[used].sum())
    found = _prices(state, used, size, start)
    if _dual(state, found, size) != total:  # strong duality on the list
        raise RuntimeError("the prices do not match the flow")
    return _Listed(used, total, found)


@dataclass(frozen=True, eq=False)
class _Missing:
    """Unlisted pairs that prices do not cover, and for each row the highest score + potential."""

    keys: I64
    scores: I64
    highest: I64


def _gap(state: State, now: Potentials, missing: _Missing) -> int:
    """By how much the best total of all pairs may be higher than that of the listed ones."""
    gap = int(state.capacity[0] @ np.maximum(missing.highest - now.mentees, 0))
    if (len(missing.keys) == 0) != (gap == 0):
        raise RuntimeError("the pricing has missed a pair")
    return gap


def _answer(
    state: State,
    size: int | None,
    listed: _Listed,
    gap: int,
    rounds: list[tuple[int, int, int]],
) -> Answer:
    now, used = listed.prices, listed.used
    pair_price = 0 if size is None else now.pair
    return Answer(
        objective=state.objective,
        pairs=np.column_stack([state.listed.rows[used], state.listed.columns[used]]),
        scores=state.listed.scores[used],
        bound=listed.total + gap,
        floor=None,
        certificate=Certificate(None, None, now.u, now.v, pair_price),
        rounds=tuple(rounds),
    )


class _Pricing:
    """The search of one round for unlisted pairs that the prices do not cover.

    A row is swept only where the prices have risen by more than its best unlisted pair was short of
    them; of the other rows only the few columns that have risen most. So late rounds cost little.
    """

    def __init__(self, state: State, now: Potentials, lowest: int, turn: int) -> None:
        self.state, self.now, self.turn = state, now, turn
        shift = int(now.mentors.min())
        self.back = shift + lowest
        bar, plus = now.mentees - self.back, now.mentors - shift
        self.sweep = Sweep(state.source, state.listed, bar, plus, state.more, lowest)

        self.rise: I64 = now.mentors - state.rest_at
        self.usual_rise = _usual(self.rise)
        self.rest: I64 = state.rest + self.usual_rise
        self.highest = self.rest.copy()

    def missing(self) -> _Missing:
        """Sweep what must be swept; the state remembers what is left of each row."""
        found = self._swept()
        self.state.rest, self.state.rest_at = self.rest, self.now.mentors
        keys = np.concatenate([part.keys for part in found])
        scores = np.concatenate([part.scores for part in found])
        return _Missing(keys, scores, self.highest)

    def _swept(self) -> list[Found]:
        stale = self.rest > self.now.mentees
        if 2 * int(stale.sum()) > len(stale):
            return [self._sweep_rows(np.arange(len(stale)))]

        others, risen = np.flatnonzero(~stale), np.flatnonzero(self.rise > self.usual_rise)
        return [self._sweep_rows(np.flatnonzero(stale)), self._sweep_part(others, risen)]

    def _sweep_rows(self, rows: I64) -> Found:
        found = self.sweep.over(rows, tick=self._tick)
        self.highest[rows] = _as_sums(found.best, self.back)
        self.rest[rows] = _as_sums(found.rest, self.back)
        return found

    def _sweep_part(self, rows: I64, columns: I64) -> Found:
        """Sweep some columns of these rows; of the other columns the bound stays."""
        found = self.sweep.over(rows, columns, self._tick)
        highest, rest = _as_sums(found.best, self.back), _as_sums(found.rest, self.back)
        self.highest[rows] = np.maximum(self.highest[rows], highest)
        self.rest[rows] = np.maximum(self.rest[rows], rest)
        return found

    def _tick(self, _done: float) -> None:
        self.state.tell("total", 1 - 0.6**self.turn)


def _usual(rise: I64) -> int:
    """By how much all but the 32nd part of the prices have risen at most."""
    rank = len(rise) - 1 - len(rise) // 32
    return int(np.partition(rise, rank)[rank])


def _as_sums(found: I64, back: int) -> I64:
    """Sums of a sweep as score + potential; a row without any pair stays below everything."""
    return np.where(found < 0, -prices.FAR, found + back)


def _list_for_mentors(state: State, now: Potentials, lowest: int) -> None:
    """List for each mentor, too, the mentees who are missing most.

    Where many pairs are missing, mentees alone would all list the same few mentors.
    """
    n, m = state.source.shape
    high = int(now.mentees.max())
    bar, plus = high - now.mentors - lowest, high - now.mentees
    source, nothing_listed = Transposed(state.source), Candidates(n)
    transposed = Sweep(source, nothing_listed, bar, plus, state.more, lowest)
    found = transposed.over(tick=lambda _: state.tell("total", 0.5))
    mentors, mentees = np.divmod(found.keys, n)
    state.listed.add_new(mentees * m + mentors, found.scores)


def _prune(state: State, now: Potentials, gap: int) -> None:
    """Drop listed pairs that cannot matter, and all but the best few of a row.

    A pair whose reduced cost is higher than the gap is in no optimum. Whatever else is missing
    then, the sweeps find again. Done at most once for each halving of the gap, so that it ends.
    """
    listed = state.listed
    sums = listed.scores + now.mentors[listed.columns]
    reduced = sums - now.mentees[listed.rows]
    least = max(-gap, _least_kept(reduced, KEPT_CANDIDATES * state.source.shape[0]))
    dropped = reduced < least
    np.maximum.at(state.rest, listed.rows[dropped], sums[dropped])
    listed.keep(~dropped)


def _least_kept(reduced: I64, count: int) -> int:
    """The lowest reduced profit of the `count` best pairs; never above 0."""
    if len(reduced) <= count:
        return -prices.FAR
    rank = len(reduced) - count
    return min(0, int(np.partition(reduced, rank)[rank]))


def _prices(state: State, used: Flags, size: int | None, start: Potentials) -> Potentials:
    """The potentials of the flow, at which nobody wants a pair with somebody without capacity."""
    now = prices.potentials(state.listed, used, state.capacity, size is None, start)
    mentee_capacity, mentor_capacity = state.capacity
    top = max(state.source.top, 0)
    mentees = np.where(mentee_capacity == 0, now.mentors.max() + top, now.mentees)
    mentors = np.where(mentor_capacity == 0, mentees.min() - top, now.mentors)
    return Potentials(mentees, mentors, now.source, now.sink)


def _dual(state: State, now: Potentials, size: int | None) -> int:
    """What the prices say no matching of listed pairs can exceed."""
    mentees, mentors = state.capacity
    people = int(mentees @ now.u) + int(mentors @ now.v)
    return people + now.pair * (size or 0) + _excess(state.listed, now)


def _excess(listed: Candidates, now: Potentials) -> int:
    """By how much the scores of listed pairs exceed their prices."""
    prices_of_pairs = now.u[listed.rows] + now.v[listed.columns] + now.pair
    return int(np.maximum(listed.scores - prices_of_pairs, 0).sum())
