"""The best total of a given number of pairs, or of any number, proven by dual prices.

Column generation: minimum-cost flow on the list, prices from its residual graph, a sweep that
prices all unlisted pairs; those with a positive reduced profit join the list. It ends when no such
pair is left, or when the gap between the bound and the total is small enough.
"""

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
        used = flows.dearest(state.capacity, state.listed, size, start)
        total = int(state.listed.scores[used].sum())
        now = _prices(state, used, size, start)
        dual = _dual(state, now, size)
        if dual != total:  # strong duality on the list
            raise RuntimeError("the prices do not match the flow")

        keys, scores, highest = _missing(state, now, lowest, len(rounds))
        bound = dual + int(state.capacity[0] @ np.maximum(highest - now.mentees, 0))
        gap = bound - total
        rounds.append((len(state.listed), len(keys), gap))
        if (len(keys) == 0) != (gap == 0):
            raise RuntimeError("the pricing has missed a pair")
        if gap <= state.gap * total:
            break

        if 2 * gap <= last_gap:
            last_gap = gap
            _prune(state, now, gap)
        state.listed.add(keys, scores)
        if len(keys) > CROWDED * max(state.source.shape):
            _list_for_mentors(state, now, lowest)
        start = Potentials(np.maximum(now.mentees, highest), now.mentors, now.source, now.sink)

    return Answer(
        objective=state.objective,
        pairs=np.column_stack([state.listed.rows[used], state.listed.columns[used]]),
        scores=state.listed.scores[used],
        bound=bound,
        floor=None,
        certificate=Certificate(None, None, now.u, now.v, 0 if size is None else now.pair),
        rounds=tuple(rounds),
    )


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
    rank = m - 1 - m // 32
    usual_rise = int(np.partition(rise, rank)[rank])
    rest: I64 = state.rest + usual_rise
    highest = rest.copy()
    swept: list[Found] = []

    def sweep_again(rows: I64, columns: I64 | None) -> None:
        found = sweep.over(rows, columns, lambda _: state.tell("total", 1 - 0.6**turn))
        over, left = _as_sums(found.best, back), _as_sums(found.rest, back)
        some = columns is not None  # of the other columns the bound stays
        highest[rows] = np.maximum(highest[rows], over) if some else over
        rest[rows] = np.maximum(rest[rows], left) if some else left
        swept.append(found)

    stale = rest > now.mentees
    if 2 * int(stale.sum()) > n:
        sweep_again(np.arange(n), None)
    else:
        others = np.flatnonzero(~stale)
        sweep_again(np.flatnonzero(stale), None)
        sweep_again(others, np.flatnonzero(rise > usual_rise))
    state.rest, state.rest_at = rest, now.mentors
    keys, scores = [found.keys for found in swept], [found.scores for found in swept]
    return np.concatenate(keys), np.concatenate(scores), highest


def _as_sums(found: I64, back: int) -> I64:
    """Sums of a sweep as score + potential; a row without any pair stays below everything."""
    return np.where(found < 0, -prices.FAR, found + back)


def _list_for_mentors(state: State, now: Potentials, lowest: int) -> None:
    """List for each mentor, too, the mentees who are missing most.

    Where many pairs are missing, mentees alone would all list the same few mentors.
    """
    n, m = state.source.shape
    high = int(now.mentees.max())
    transposed = Sweep(
        Transposed(state.source),
        Candidates(n),
        high - now.mentors - lowest,
        high - now.mentees,
        state.more,
        lowest,
    )
    found = transposed.over(tick=lambda _: state.tell("total", 0.5))
    mentors, mentees = np.divmod(found.keys, n)
    state.listed.add_new(mentees * m + mentors, found.scores)


def _prune(state: State, now: Potentials, gap: int) -> None:
    """Drop listed pairs that cannot matter, and all but the best few of a row.

    A pair whose reduced cost is higher than the gap is in no optimum. Whatever else is missing
    then, the sweeps find again. Done at most once for each halving of the gap, so that it ends.
    """
    n, _ = state.source.shape
    listed = state.listed
    reduced = listed.scores - now.mentees[listed.rows] + now.mentors[listed.columns]
    least = -gap
    if len(reduced) > KEPT_CANDIDATES * n:
        rank = len(reduced) - KEPT_CANDIDATES * n
        least = max(least, min(0, int(np.partition(reduced, rank)[rank])))

    dropped = reduced < least
    sums = listed.scores[dropped] + now.mentors[listed.columns[dropped]]
    np.maximum.at(state.rest, listed.rows[dropped], sums)
    listed.keep(~dropped)


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
    listed, (mentees, mentors) = state.listed, state.capacity
    prices_of_people = int(mentees @ now.u) + int(mentors @ now.v)
    excess = listed.scores - now.u[listed.rows] - now.v[listed.columns] - now.pair
    return now.pair * (size or 0) + prices_of_people + int(np.maximum(excess, 0).sum())
