"""Whole-number dual prices of the assignment problem: what a place with each person is worth.

They prove that a total is the best. With prices u of the mentees and v of the mentors, 0 or more,
and a price z for each of the fixed number of pairs, no matching totals more than

    z * pairs + Σ capacity * u + Σ capacity * v + Σ max(0, score - u - v - z)

(weak duality). The prices are read from node potentials of the minimum-cost flow: shortest
distances in its residual graph (Ahuja, Magnanti, Orlin: Network Flows, 1993, chapter 9).
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from matching.solver.arrays import I64, THREADS, Flags, Integers, group_starts, ranges
from matching.solver.assignment.candidates import Candidates
from matching.solver.assignment.sources import Source

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
class _Arcs:
    """Arcs sorted by the node they start from."""

    starts: I64  # where the arcs of each node start
    heads: I64
    costs: I64

    def shorten(self, nodes: I64, distances: I64, to: I64) -> I64:
        """Relax the arcs of these nodes: which heads come closer (with repeats)."""
        first, last = self.starts[nodes], self.starts[nodes + 1]
        arcs = ranges(first, last)
        heads = self.heads[arcs]
        reached = np.repeat(distances[nodes], last - first) + self.costs[arcs]
        closer = reached < to[heads]
        np.minimum.at(to, heads[closer], reached[closer])
        return heads[closer]


class _Residual:
    """The residual graph of a flow in one direction, between a first and a second side.

    Unused pairs lead from the first side to the second, used ones back. The source reaches
    everybody on the first side who has room; everybody placed on the second side reaches the sink,
    and the sink everybody who has room there.
    """

    def __init__(  # noqa: PLR0917 - arrays of equal standing
        self,
        rows: I64,
        columns: I64,
        scores: I64,
        used: Flags,
        capacity: I64,
        other_capacity: I64,
        tied: bool,
    ) -> None:
        """Pairs sorted by row. `tied`: source and sink are one node; the number is free."""
        n, m = len(capacity), len(other_capacity)
        placed = np.bincount(columns[used], minlength=m)
        self.size, self.tied = (n, m), tied
        self.row_has_room = np.bincount(rows[used], minlength=n) < capacity
        self.column_has_room = placed < other_capacity
        self.column_is_used = placed > 0

        unused = ~used
        self.forth = _Arcs(group_starts(rows[unused], n), columns[unused], -scores[unused])
        order = np.argsort(columns[used], kind="stable")
        self.back = _Arcs(group_starts(columns[used], m), rows[used][order], scores[used][order])

    def distances(self, columns: I64, sink: int) -> Potentials:
        """Shortest distances from second-side nodes that start at these values.

        Label correcting over frontiers (Bellman-Ford): only nodes that have come closer are looked
        at again. Raises RuntimeError for a negative cycle: the flow is then not the best.
        """
        n, m = self.size
        u, v, source = np.full(n, FAR), columns.copy(), FAR
        front, sink_is_new = np.arange(m), True
        for _ in range(4 * (n + m) + 100):
            low = int(v[front[self.column_has_room[front]]].min(initial=FAR))
            if low < sink or sink_is_new:
                sink, sink_is_new = min(low, sink), False
                closer = np.flatnonzero(self.column_is_used & (v > sink))
                v[closer] = sink
                front = np.union1d(front, closer)

            closer_rows = self.back.shorten(front, v, u)
            low = int(u[closer_rows].min(initial=FAR))
            if self.tied:
                low = min(low, sink)
            if low < source:
                source = low
                closer = np.flatnonzero(self.row_has_room & (u > source))
                u[closer] = source
                closer_rows = np.concatenate([closer_rows, closer])
                if self.tied and source < sink:
                    sink, sink_is_new = source, True

            front = np.unique(self.forth.shorten(np.unique(closer_rows), u, v))
            if not len(front) and not sink_is_new:
                return Potentials(u, v, source, sink)
        raise RuntimeError("a negative cycle: the flow is not the best")


def potentials(
    listed: Candidates, used: Flags, capacity: tuple[I64, I64], tied: bool, start: Potentials
) -> Potentials:
    """Whole-number potentials midway between two extreme solutions, found from any start.

    Rounding the mean down keeps every whole-number difference constraint.
    """
    mentees, mentors = capacity
    forth = _Residual(
        listed.rows, listed.columns, listed.scores, used, mentees, mentors, tied
    ).distances(start.mentors, start.sink)

    order = np.argsort(listed.columns, kind="stable")
    back = _Residual(
        listed.columns[order],
        listed.rows[order],
        listed.scores[order],
        used[order],
        mentors,
        mentees,
        tied,
    ).distances(-start.mentees, -start.source)

    return Potentials(
        (forth.mentees - back.mentors) // 2,
        (forth.mentors - back.mentees) // 2,
        (forth.source - back.sink) // 2,
        (forth.sink - back.source) // 2,
    )


def first_guess(source: Source, each: int, turns: int = 3) -> I64:
    """Mentor prices (m) at which a sample of mentees spreads its `each` best over all mentors.

    A few rounds of raising the price of whoever is wanted by too many (an auction). No result
    rests on them: they only decide which pairs are listed first.
    """
    n, m = source.shape
    if min(n, m) < SMALL:
        return np.zeros(m, np.int64)

    kind = np.int16 if source.top < 15000 else np.int64  # nothing below overflows
    scores = _sample(source, kind)
    wanted_by = max(1, round(each * len(scores) / m))
    least = -source.top - 1
    prices: Integers = np.zeros(m, kind)
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(turns):
            bar = np.maximum(_ranked(pool, scores, prices, each), least)
            worth = _ranked(pool, scores.T, bar, wanted_by).astype(np.int64)
            prices = np.minimum(worth - worth.min(), source.top + 1).astype(kind)
    return (int(prices.max()) - prices).astype(np.int64)


def _sample(source: Source, kind: type) -> Integers:
    """The scores of some mentees; forbidden pairs far below all others."""
    n, _ = source.shape
    rows = np.linspace(0, n - 1, min(n, SAMPLE)).astype(np.int64)
    scores: Integers = source.block(rows).astype(kind, copy=False)
    if not scores.flags.owndata:
        scores = scores.copy()
    np.putmask(scores, scores < 0, -source.top - 1)
    return scores


def _ranked(pool: ThreadPoolExecutor, table: Integers, prices: Integers, rank: int) -> Integers:
    """The rank-th largest of every row of table - prices."""
    at = table.shape[1] - rank

    def of_rows(start: int) -> Integers:
        return np.partition(table[start : start + 64] - prices, at, axis=1)[:, at]

    return np.concatenate(list(pool.map(of_rows, range(0, len(table), 64))))
