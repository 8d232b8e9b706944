"""The best total of a given number of pairs, or of any number, proven by prices against every pair
of the matrix.
"""

import numpy as np

from matching.solver import flows, prices
from matching.solver.arrays import I64
from matching.solver.candidates import Candidates
from matching.solver.prices import Potentials
from matching.solver.result import Answer, Certificate
from matching.solver.sources import Transposed
from matching.solver.state import State
from matching.solver.sweep import Sweep

KEPT_CANDIDATES = 8
CROWDED = (
    4  # so many pairs are missing for each person that lists by mentee alone would take many rounds
)


def _raised(sums: I64, back: int) -> I64:
    """Sums of a sweep as score + potential; a row without any pair stays below everything."""
    return np.where(sums < 0, -prices.FAR, sums + back)


def best(state: State, size: int | None, lowest: int, start: Potentials) -> Answer:
    """The best total of `size` pairs (any number: None) scoring `lowest` or more, proven by
    prices.
    """
    rounds: list[tuple[int, int, int]] = []
    last = prices.FAR
    while True:
        state.tell("total", 1 - 0.6 ** len(rounds))
        used = flows.dearest(state.capacity, state.listed, size, start)
        total = int(state.listed.scores[used].sum())
        now = _priced_out(
            state, prices.potentials(state.listed, used, state.capacity, size is None, start)
        )
        dual = _dual(state, now, size)
        if dual != total:
            raise RuntimeError("the prices do not match the flow")
        keys, scores, best = _missing(state, now, lowest, len(rounds))
        bound = dual + int(state.capacity[0] @ np.maximum(best - now.mentees, 0))
        rounds.append((len(state.listed), len(keys), bound - total))
        if (len(keys) == 0) != (bound == total):
            raise RuntimeError("the pricing has missed a pair")
        if bound - total <= state.gap * total:
            pairs = np.column_stack([state.listed.rows[used], state.listed.columns[used]])
            proof = Certificate(None, None, now.u, now.v, now.pair if size is not None else 0)
            return Answer(
                state.objective, pairs, state.listed.scores[used], bound, None, proof, tuple(rounds)
            )
        if 2 * (bound - total) <= last:
            last = bound - total
            _prune(state, now, last)
        state.listed.add(keys, scores)
        if len(keys) > CROWDED * max(state.source.shape):
            _list_for_mentors(state, now, lowest)
        start = Potentials(np.maximum(now.mentees, best), now.mentors, now.source, now.sink)


def _missing(state: State, now: Potentials, lowest: int, turn: int) -> tuple[I64, I64, I64]:
    """Unlisted pairs that these prices do not cover: keys, scores, and for each row the highest
    score + potential.

    A row is swept only where the prices have risen by more than its best unlisted pair was short of
    them; of the other rows only the few columns that have risen most. So late rounds cost little.
    """
    n, m = state.source.shape
    shift = int(now.mentors.min())
    back = shift + lowest
    sweep = Sweep(
        state.source, state.listed, now.mentees - back, now.mentors - shift, state.more, lowest
    )
    rise = now.mentors - state.rest_at
    usual = int(np.partition(rise, m - 1 - m // 32)[m - 1 - m // 32])
    rest: I64 = state.rest + usual
    stale = rest > now.mentees
    everybody = 2 * int(stale.sum()) > n
    rows = np.arange(n) if everybody else np.flatnonzero(stale)
    found = sweep.over(rows, tick=lambda _: state.tell("total", 1 - 0.6**turn))
    best = rest.copy()
    best[rows], rest[rows] = _raised(found.best, back), _raised(found.rest, back)
    keys, scores = [found.keys], [found.scores]
    if not everybody:
        rows, columns = np.flatnonzero(~stale), np.flatnonzero(rise > usual)
        found = sweep.over(rows, columns)
        best[rows] = np.maximum(best[rows], _raised(found.best, back))
        rest[rows] = np.maximum(rest[rows], _raised(found.rest, back))
        keys.append(found.keys)
        scores.append(found.scores)
    state.rest, state.rest_at = rest, now.mentors
    return np.concatenate(keys), np.concatenate(scores), best


def _list_for_mentors(state: State, now: Potentials, lowest: int) -> None:
    """List for each mentor, too, the mentees who are missing most: where many are, mentees alone
    all list the same few.
    """
    n, m = state.source.shape
    high = int(now.mentees.max())
    turned = Sweep(
        Transposed(state.source),
        Candidates(n),
        high - now.mentors - lowest,
        high - now.mentees,
        state.more,
        lowest,
    )
    found = turned.over(tick=lambda _: state.tell("total", 0.5))
    keys = found.keys % n * m + found.keys // n
    new = ~np.isin(keys, state.listed.keys)
    state.listed.add(keys[new], found.scores[new])


def _prune(state: State, now: Potentials, gap: int) -> None:
    """Drop listed pairs that are dearer than the gap, which are in no optimum, and all but the best
    few of a row.

    Whatever is missing then, the sweeps find again. At most once for each halving of the gap, so
    that it ends.
    """
    n, _ = state.source.shape
    reduced = (
        state.listed.scores - now.mentees[state.listed.rows] + now.mentors[state.listed.columns]
    )
    least = -gap
    if len(reduced) > KEPT_CANDIDATES * n:
        at = len(reduced) - KEPT_CANDIDATES * n
        least = max(least, min(0, int(np.partition(reduced, at)[at])))
    gone = reduced < least
    sums = state.listed.scores[gone] + now.mentors[state.listed.columns[gone]]
    np.maximum.at(state.rest, state.listed.rows[gone], sums)
    state.listed.keep(~gone)


def _priced_out(state: State, now: Potentials) -> Potentials:
    """Prices at which nobody wants a pair with somebody who has no capacity."""
    a, b = state.capacity
    top = max(state.source.top, 0)
    mentees = np.where(a == 0, now.mentors.max() + top, now.mentees)
    mentors = np.where(b == 0, mentees.min() - top, now.mentors)
    return Potentials(mentees, mentors, now.source, now.sink)


def _dual(state: State, now: Potentials, size: int | None) -> int:
    """What the prices say no matching of listed pairs can exceed."""
    a, b = state.capacity
    excess = state.listed.scores - now.u[state.listed.rows] - now.v[state.listed.columns] - now.pair
    total = now.pair * (size or 0) + int(a @ now.u) + int(b @ now.v)
    return total + int(np.maximum(excess, 0).sum())
