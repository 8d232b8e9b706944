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

from matching.solver.arrays import I64, THREADS, Flags, Integers, counted, group_starts, ranges
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

    def raised(self, mentees: I64) -> "Potentials":
        """The same with these potentials of the mentees where they are higher."""
        higher = np.maximum(self.mentees, mentees)
        return Potentials(higher, self.mentors, self.source, self.sink)


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
        placed = counted(columns[used], m)
        self.size, self.tied = (n, m), tied
        self.row_has_room = counted(rows[used], n) < capacity
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
        search = _Search(self, np.full(n, FAR), columns.copy(), FAR, sink)
        front = np.arange(m)
        for _ in range(4 * (n + m) + 100):
            front = search.through_the_sink(front)
            rows = search.through_the_source(self.back.shorten(front, search.v, search.u))
            front = np.unique(self.forth.shorten(np.unique(rows), search.u, search.v))
            if not len(front) and not search.sink_is_closer:
                return Potentials(search.u, search.v, search.source, search.sink)
        raise RuntimeError("a negative cycle: the flow is not the best")


@dataclass(eq=False)
class _Search:
    """A search for shortest distances in a residual graph: the distances so far.

    `u` and `v` are those of the first and the second side.
    """

    graph: _Residual
    u: I64
    v: I64
    source: int
    sink: int
    sink_is_closer: bool = True

    def through_the_sink(self, front: I64) -> I64:
        """Relax the arcs to the sink and from it: the front with the nodes that come closer."""
        at_sink = front[self.graph.column_has_room[front]]
        low = int(self.v[at_sink].min(initial=FAR))
        if low >= self.sink and not self.sink_is_closer:
            return front

        self.sink, self.sink_is_closer = min(low, self.sink), False
        return np.union1d(front, _lower(self.v, self.sink, self.graph.column_is_used))

    def through_the_source(self, rows: I64) -> I64:
        """Relax the arcs to the source and from it: these rows with those that come closer."""
        low = int(self.u[rows].min(initial=FAR))
        if self.graph.tied:
            low = min(low, self.sink)
        if low >= self.source:
            return rows

        self.source = low
        if self.graph.tied and self.source < self.sink:
            self.sink, self.sink_is_closer = self.source, True
        return np.concatenate([rows, _lower(self.u, self.source, self.graph.row_has_room)])


def _lower(distances: I64, level: int, which: Flags) -> I64:
    """Lower these distances to a level: which of them were higher."""
    closer = np.flatnonzero(which & (distances > level))
    distances[closer] = level
    return closer


def potentials(
    listed: Candidates, used: Flags, capacity: tuple[I64, I64], tied: bool, start: Potentials
) -> Potentials:
    """Whole-number potentials midway between two extreme solutions, found from any start.

    Rounding the mean down keeps every whole-number difference constraint.
    """
    mentees, mentors = capacity
    graph = _Residual(listed.rows, listed.columns, listed.scores, used, mentees, mentors, tied)
    forth = graph.distances(start.mentors, start.sink)

    order = np.argsort(listed.columns, kind="stable")
    rows, columns = listed.rows[order], listed.columns[order]
    scores, used = listed.scores[order], used[order]
    graph = _Residual(columns, rows, scores, used, mentors, mentees, tied)
    back = graph.distances(-start.mentees, -start.source)
    return _midway(forth, back)


def _midway(forth: Potentials, back: Potentials) -> Potentials:
    """The mean of the distances in both directions, rounded down."""
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

    scores = _sample(source)
    prices: Integers = np.zeros(m, scores.dtype)
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(turns):
            worth = _worth_of_mentors(pool, scores, prices, each, -source.top - 1)
            raised = np.minimum(worth - worth.min(), source.top + 1)
            prices = raised.astype(scores.dtype)
    return (int(prices.max()) - prices).astype(np.int64)


def _worth_of_mentors(
    pool: ThreadPoolExecutor, scores: Integers, prices: Integers, each: int, least: int
) -> I64:
    """At which price each mentor is among the `each` best of as many mentees as of all others."""
    wanted_by = max(1, round(each * len(scores) / len(prices)))
    bar = np.maximum(_ranked(pool, scores, prices, each), least)
    return _ranked(pool, scores.T, bar, wanted_by).astype(np.int64)


def _sample(source: Source) -> Integers:
    """The scores of some mentees, in a type in which their prices do not overflow; forbidden pairs
    far below all others.
    """
    n, _ = source.shape
    kind: type = np.int16 if source.top < 15000 else np.int64
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
