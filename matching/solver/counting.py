"""How many pairs a table of allowed pairs has room for, exactly: maximum flow on a short list that
grows while it must.

Used for questions of the kind "what if": the same table is asked again and again with other
capacities.
"""

import numpy as np

from matching.solver import flows
from matching.solver.arrays import GOLDEN, I64, Flags, ranges

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
        self.unlisted = allowed.copy()
        self.rows, self.columns = pairs[:, 0], pairs[:, 1]
        self.unlisted[self.rows, self.columns] = False

    def most(self, mentees: I64, mentors: I64) -> int:
        """The greatest number of pairs under these capacities: no allowed pair crosses the cut that
        bounds it.
        """
        while True:
            size, cut = flows.largest((mentees, mentors), self.rows, self.columns)
            if size in (int(mentees.sum()), int(mentors.sum())):  # everybody on one side
                return size
            ajar = np.flatnonzero(cut.open_mentees)
            at, columns = _spread(self.unlisted[ajar] & ~cut.closed_mentors, ajar)
            if not len(at):
                return size
            self.unlisted[ajar[at], columns] = False
            self.rows, self.columns = (
                np.concatenate([self.rows, ajar[at]]),
                np.concatenate([self.columns, columns]),
            )


def _spread(table: Flags, seeds: I64) -> tuple[I64, I64]:
    """Up to EACH true cells of every row (row, column), spread over the row and starting elsewhere
    in each.
    """
    true, count = np.flatnonzero(table), table.sum(1)
    start, take = np.cumsum(count) - count, np.minimum(count, EACH)
    shift = (seeds * GOLDEN % 1 * count).astype(np.int64)
    turn = ranges(np.zeros(len(take), np.int64), take)
    of = np.repeat(np.arange(len(take)), take)
    at = start[of] + (shift[of] + turn * count[of] // take[of]) % count[of]
    rows, columns = np.divmod(true[at], table.shape[1])
    return rows, columns


def leading_to(allowed: Flags, pairs: I64, columns: Flags) -> tuple[Flags, Flags]:
    """The mentees and mentors from whom a chain of changes leads to one of these mentors.

    Along a chain each mentee takes another allowed mentor, whose mentee moves on in turn. A mentee
    without a pair at its beginning and a mentor with room at its end make one more pair, and nobody
    loses theirs.
    """
    n = len(allowed)
    unused = allowed.copy()
    unused[pairs[:, 0], pairs[:, 1]] = False
    partners = pairs[np.argsort(pairs[:, 0], kind="stable"), 1]
    first = np.concatenate([[0], np.cumsum(np.bincount(pairs[:, 0], minlength=n))])
    reached, seen = np.zeros(n, np.bool_), columns.copy()
    front = np.flatnonzero(columns)
    while len(front):
        far = np.flatnonzero(~reached)
        rows = far[unused[np.ix_(far, front)].any(1)]
        reached[rows] = True
        following = np.unique(partners[ranges(first[rows], first[rows + 1])])
        front = following[~seen[following]]
        seen[front] = True
    return reached, seen


def fewest_raised(room: Room, mentees: I64, mentors: I64, raised: Flags, size: int) -> I64:
    """Mentors (columns) of whom one more place each makes `size` pairs: as few as can be, one for
    every pair gained.

    `size` is the greatest number with one more place for each of the `raised`, as `room.most` has
    found it.
    """
    from ortools.graph.python import min_cost_flow

    n, m = len(mentees), len(mentors)
    source, sink = n + m, n + m + 1
    extra = np.flatnonzero(raised)
    graph = min_cost_flow.SimpleMinCostFlow()
    count = [n, len(room.rows), m, len(extra)]
    arcs = graph.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([np.full(n, source), room.rows, n + np.arange(m), n + extra]).astype(
            np.int32
        ),
        np.concatenate([np.arange(n), n + room.columns, np.full(m + len(extra), sink)]).astype(
            np.int32
        ),
        np.concatenate(
            [mentees, np.ones(count[1], np.int64), mentors, np.ones(count[3], np.int64)]
        ),
        np.repeat(np.array([0, 0, 0, 1]), count),
    )
    graph.set_nodes_supplies(np.array([source, sink], np.int32), np.array([size, -size]))
    if graph.solve() != graph.OPTIMAL:
        raise RuntimeError("the flow with the fewest further places was not found")
    return extra[np.asarray(graph.flows(arcs[-len(extra) :])) > 0] if len(extra) else extra
