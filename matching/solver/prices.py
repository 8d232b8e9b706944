"""Whole-number prices: what a place with each person is worth to the total.

They prove that a total is the best.

With prices u of the mentees and v of the mentors, 0 or more, and a price z for each of the fixed
number of pairs, no matching totals more than z * pairs + Σ capacity * u + Σ capacity * v + Σ max(0,
score - u - v - z) (weak duality).
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from matching.solver.arrays import I64, THREADS, Flags, Integers, ranges
from matching.solver.candidates import Candidates
from matching.solver.sources import Source

FAR = 1 << 60
SAMPLE = 768
SMALL = 64


@dataclass(frozen=True, eq=False)
class Potentials:
    """Node potentials of the flow: mentees (n), mentors (m), source and sink."""

    mentees: I64
    mentors: I64
    source: int
    sink: int

    @property
    def u(self) -> I64:
        """Prices of the mentees, 0 or more."""
        return np.maximum(self.mentees - self.source, 0)

    @property
    def v(self) -> I64:
        """Prices of the mentors, 0 or more."""
        return np.maximum(self.sink - self.mentors, 0)

    @property
    def pair(self) -> int:
        """The price of a pair as such; 0 where their number is free."""
        return self.source - self.sink


@dataclass(frozen=True, eq=False)
class _Side:
    """One direction of the residual graph: first-side nodes have `capacity`, arcs sorted by their
    row.
    """

    rows: I64
    columns: I64
    scores: I64
    used: Flags
    capacity: I64
    other_capacity: I64
    tied: bool  # source and sink are one node: the number of pairs is free


def _starts(of: I64, count: int) -> I64:
    return np.concatenate([[0], np.cumsum(np.bincount(of, minlength=count))]).astype(np.int64)


def _settle(side: _Side, v: I64, sink: int) -> Potentials:
    """Shortest residual distances from second-side nodes that start at v: label correcting over
    frontiers.
    """
    n, m = len(side.capacity), len(side.other_capacity)
    used = side.used
    placed = np.bincount(side.columns[used], minlength=m)
    slack_rows = np.bincount(side.rows[used], minlength=n) < side.capacity
    slack_columns, used_columns = placed < side.other_capacity, placed > 0
    free_rows, free_columns, free_scores = side.rows[~used], side.columns[~used], side.scores[~used]
    out, back = _starts(free_rows, n), _starts(side.columns[used], m)
    order = np.argsort(side.columns[used], kind="stable")
    back_rows, back_scores = side.rows[used][order], side.scores[used][order]
    u, v, source = np.full(n, FAR), v.copy(), FAR
    front, fresh = np.arange(m), True
    for _ in range(4 * (n + m) + 100):
        low = int(v[front[slack_columns[front]]].min(initial=FAR))
        if low < sink or fresh:  # the sink pulls every used node of the second side down with it
            sink, fresh = min(low, sink), False
            down = np.flatnonzero(used_columns & (v > sink))
            v[down] = sink
            front = np.union1d(front, down)
        arcs = ranges(back[front], back[front + 1])
        i, to = (
            back_rows[arcs],
            np.repeat(v[front], back[front + 1] - back[front]) + back_scores[arcs],
        )
        less = to < u[i]
        grown = i[less]
        np.minimum.at(u, grown, to[less])
        low = min(int(u[grown].min(initial=FAR)), sink if side.tied else FAR)
        if low < source:  # the source pulls every node of the first side that has room down with it
            source = low
            down = np.flatnonzero(slack_rows & (u > source))
            u[down] = source
            grown = np.concatenate([grown, down])
            if side.tied and source < sink:
                sink, fresh = source, True
        grown = np.unique(grown)
        arcs = ranges(out[grown], out[grown + 1])
        j, to = (
            free_columns[arcs],
            np.repeat(u[grown], out[grown + 1] - out[grown]) - free_scores[arcs],
        )
        less = to < v[j]
        np.minimum.at(v, j[less], to[less])
        front = np.unique(j[less])
        if not len(front) and not fresh:
            return Potentials(u, v, source, sink)
    raise RuntimeError("a negative cycle: the flow is not the best")


def potentials(
    listed: Candidates, used: Flags, capacity: tuple[I64, I64], tied: bool, start: Potentials
) -> Potentials:
    """Whole-number potentials midway between two extreme solutions, found from any start.

    Rounding the mean down keeps every whole-number difference constraint.
    """
    a, b = capacity
    order = np.argsort(listed.columns, kind="stable")
    one = _settle(
        _Side(listed.rows, listed.columns, listed.scores, used, a, b, tied),
        start.mentors,
        start.sink,
    )
    turned = _Side(
        listed.columns[order], listed.rows[order], listed.scores[order], used[order], b, a, tied
    )
    two = _settle(turned, -start.mentees, -start.source)
    return Potentials(
        (one.mentees - two.mentors) // 2,
        (one.mentors - two.mentees) // 2,
        (one.source - two.sink) // 2,
        (one.sink - two.source) // 2,
    )


def first_guess(source: Source, each: int, turns: int = 3) -> I64:
    """Mentor prices (m) at which a sample of mentees spreads its `each` best over all mentors.

    Nothing rests on it.
    """
    n, m = source.shape
    if min(n, m) < SMALL:
        return np.zeros(m, np.int64)
    sample = min(n, SAMPLE)
    kind = np.int16 if source.top < 15000 else np.int64
    x: Integers = source.block(np.linspace(0, n - 1, sample).astype(np.int64)).astype(
        kind, copy=False
    )
    if not x.flags.owndata:
        x = x.copy()
    np.putmask(x, x < 0, -source.top - 1)
    want = max(1, round(each * sample / m))
    v: Integers = np.zeros(m, kind)

    def level(z: Integers, w: Integers, rank: int) -> Integers:
        """The rank-th largest of every row of z - w."""
        cuts = range(0, len(z), 64)
        at = z.shape[1] - rank
        return np.concatenate(
            list(pool.map(lambda i: np.partition(z[i : i + 64] - w, at, axis=1)[:, at], cuts))
        )

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(turns):
            w = np.maximum(level(x, v, each), -source.top - 1)
            wide = level(x.T, w, want).astype(np.int64)
            v = np.minimum(wide - wide.min(), source.top + 1).astype(
                kind
            )  # nothing above overflows
    return (int(v.max()) - v).astype(np.int64)
