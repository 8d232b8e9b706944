"""How many pairs a table of allowed pairs has room for, exactly: maximum flow on a short list that
grows while it must.

Used for questions of the kind "what if": the same table is asked again and again with other
capacities.
"""

from typing import Any

import numpy as np

from matching.solver.arrays import I64, Flags, golden_shift, group_starts, ranges
from matching.solver.assignment import flows
from matching.solver.result import Cut

EACH = 8
"""Pairs of one mentee that join the list at a time."""


class Room:
    """A table of allowed pairs (mentees × mentors, not written to) and the few of them that flows
    have needed so far.
    """

    def __init__(self, allowed: Flags, pairs: I64) -> None:
        """`pairs` (k × 2) are allowed pairs to begin with: the closer to the greatest number, the
        sooner it is found.
        """
        self.unlisted = _without(pairs, allowed)
        self.rows, self.columns = pairs.T

    def most(self, mentees: I64, mentors: I64) -> int:
        """The greatest number of pairs under these capacities: no allowed pair crosses the cut that
        bounds it.
        """
        while True:
            size, cut = flows.largest((mentees, mentors), self.rows, self.columns)
            if size in (int(mentees.sum()), int(mentors.sum())):  # everybody on one side
                return size
            rows, columns = self._crossing(cut)
            if not len(rows):
                return size
            self._list(rows, columns)

    def _crossing(self, cut: Cut) -> tuple[I64, I64]:
        """Some unlisted pairs that cross the cut; none only where there is no such pair."""
        open_mentees = np.flatnonzero(cut.open_mentees)
        crossing = self.unlisted[open_mentees] & ~cut.closed_mentors
        at, columns = _spread(crossing, open_mentees)
        return open_mentees[at], columns

    def _list(self, rows: I64, columns: I64) -> None:
        self.unlisted[rows, columns] = False
        self.rows = np.concatenate([self.rows, rows])
        self.columns = np.concatenate([self.columns, columns])


def _without(pairs: I64, allowed: Flags) -> Flags:
    """The allowed pairs but these."""
    rows, columns = pairs.T
    others = allowed.copy()
    others[rows, columns] = False
    return others


def most_pairs(allowed: Flags, pairs: I64, capacity: tuple[I64, I64]) -> int:
    """The greatest number of allowed pairs, asked once; `pairs` to begin with."""
    mentees, mentors = capacity
    return Room(allowed, pairs).most(mentees, mentors)


def _spread(table: Flags, seeds: I64) -> tuple[I64, I64]:
    """Up to EACH true cells of every row (row, column), spread over the row and starting elsewhere
    in each.
    """
    cells, count = np.flatnonzero(table), table.sum(1)
    first, take = np.cumsum(count) - count, np.minimum(count, EACH)
    row = np.repeat(np.arange(len(take)), take)
    steps = ranges(np.zeros_like(take), take) * count[row] // take[row]
    shift = golden_shift(seeds, count)
    which = first[row] + (shift[row] + steps) % count[row]
    rows, columns = np.divmod(cells[which], table.shape[1])
    return rows, columns


def leading_to(allowed: Flags, pairs: I64, columns: Flags) -> tuple[Flags, Flags]:
    """The mentees and mentors from whom an alternating path leads to one of these mentors.

    Along such a path each mentee takes another allowed mentor, whose mentee moves on in turn. A
    mentee without a pair at its beginning and a mentor with room at its end make one more pair, and
    nobody loses theirs (Berge 1957).
    """
    unused = _without(pairs, allowed)
    partners = _Partners(pairs, len(allowed))
    mentees, mentors = np.zeros(len(allowed), np.bool_), columns.copy()
    front = np.flatnonzero(columns)
    while len(front):  # breadth first, backwards
        others = np.flatnonzero(~mentees)
        reached = others[unused[np.ix_(others, front)].any(1)]
        mentees[reached] = True
        their_mentors = partners.of(reached)
        front = their_mentors[~mentors[their_mentors]]
        mentors[front] = True
    return mentees, mentors


class _Partners:
    """The mentors of each mentee, to look up."""

    def __init__(self, pairs: I64, count: int) -> None:
        by_mentee = np.argsort(pairs[:, 0], kind="stable")
        self.mentors = pairs[by_mentee, 1]
        self.starts = group_starts(pairs[:, 0], count)

    def of(self, mentees: I64) -> I64:
        """All mentors of these mentees, ascending."""
        first, last = self.starts[mentees], self.starts[mentees + 1]
        return np.unique(self.mentors[ranges(first, last)])


def fewest_raised(room: Room, mentees: I64, mentors: I64, raised: Flags, size: int) -> I64:
    """Mentors (columns) of whom one more place each makes `size` pairs: as few as can be, one for
    every pair gained.

    `size` is the greatest number with one more place for each of the `raised`, as `room.most` has
    found it. A minimum-cost flow of that size in which only the further places cost anything.
    """
    extra = np.flatnonzero(raised)
    if not len(extra):
        return extra

    n, m = len(mentees), len(mentors)
    source, sink = n + m, n + m + 1
    network = _Network()
    network.add(np.full(n, source), np.arange(n), mentees)
    network.add(room.rows, n + room.columns, np.ones_like(room.rows))
    network.add(n + np.arange(m), np.full(m, sink), mentors)
    further = network.add(n + extra, np.full_like(extra, sink), np.ones_like(extra), cost=1)
    return extra[network.flows(further, source, sink, size) > 0]


class _Network:
    """A network whose arcs cost the same in each group."""

    def __init__(self) -> None:
        from ortools.graph.python import min_cost_flow

        self.graph: Any = min_cost_flow.SimpleMinCostFlow()

    def add(self, tail: I64, head: I64, limits: I64, cost: int = 0) -> I64:
        """Add arcs; their numbers."""
        arcs = self.graph.add_arcs_with_capacity_and_unit_cost(
            tail.astype(np.int32), head.astype(np.int32), limits, np.full(len(tail), cost)
        )
        return np.asarray(arcs)

    def flows(self, arcs: I64, source: int, sink: int, size: int) -> I64:
        """What flows through these arcs where so much flows as cheaply as can be."""
        ends = np.array([source, sink], np.int32)
        self.graph.set_nodes_supplies(ends, np.array([size, -size]))
        if self.graph.solve() != self.graph.OPTIMAL:
            raise RuntimeError("the flow with the fewest further places was not found")
        return np.asarray(self.graph.flows(arcs))
