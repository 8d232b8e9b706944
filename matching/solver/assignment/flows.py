"""Maximum flow and minimum-cost flow on the listed pairs, by OR-tools, with their cuts and flows.

Both are bipartite networks: source → mentees → mentors → sink, where the outer arcs have the
capacities of the people and each listed pair is an arc of capacity 1.
"""

from typing import Any

import numpy as np

from matching.solver.arrays import I64, Flags, flags_at
from matching.solver.assignment.candidates import Candidates
from matching.solver.assignment.prices import Potentials
from matching.solver.result import Cut


def largest(capacity: tuple[I64, I64], rows: I64, columns: I64) -> tuple[int, Cut]:
    """The greatest number of these pairs that fit the capacities (n, m), and the minimum cut that
    proves it.
    """
    mentees, mentors = capacity
    n, source = len(mentees), len(mentees) + len(mentors)
    graph = _network_of_pairs(capacity, rows, columns)
    if graph.solve(source, source + 1) != graph.OPTIMAL:
        raise RuntimeError("the maximum flow was not found")

    reached = flags_at(graph.get_source_side_min_cut(), source + 2)
    # closing whoever has no capacity is free, and spares the sweep their pairs
    open_mentees = reached[:n] & (mentees > 0)
    closed_mentors = reached[n:source] | (mentors == 0)
    return int(graph.optimal_flow()), Cut(open_mentees, closed_mentors)


def _network_of_pairs(capacity: tuple[I64, I64], rows: I64, columns: I64) -> Any:
    """The network without costs: mentees, mentors, source and sink are its nodes, in this order."""
    from ortools.graph.python import max_flow

    mentees, mentors = capacity
    n, m = len(mentees), len(mentors)
    source, sink = n + m, n + m + 1
    tail = np.concatenate([np.full(n, source), rows, n + np.arange(m)])
    head = np.concatenate([np.arange(n), n + columns, np.full(m, sink)])
    limits = np.concatenate([mentees, _ones(rows), mentors])
    graph = max_flow.SimpleMaxFlow()
    graph.add_arcs_with_capacity(tail.astype(np.int32), head.astype(np.int32), limits)
    return graph


def _ones(arcs: I64) -> I64:
    return np.ones(len(arcs), np.int64)


def dearest(
    capacity: tuple[I64, I64], listed: Candidates, size: int | None, start: Potentials
) -> Flags:
    """Which of the listed pairs make the highest total: exactly `size` of them, or any number where
    size is None.

    Costs are reduced by the potentials `start`, which changes no answer: the better they are, the
    smaller the costs, the sooner it is found.
    """
    graph = _Network(capacity, listed, size, start).graph
    if graph.solve() != graph.OPTIMAL:
        raise RuntimeError("the minimum-cost flow was not found")
    return np.asarray(graph.flows(np.arange(len(listed), dtype=np.int32)) > 0)


class _Network:
    """The network of the listed pairs with their costs. The pairs are its first arcs.

    Mentees supply their places. Those left out flow to a node of their own, or to the sink where
    the number of pairs is free. Only the graph is kept when it is solved, so that the arrays are
    gone.
    """

    def __init__(
        self, capacity: tuple[I64, I64], listed: Candidates, size: int | None, start: Potentials
    ) -> None:
        from ortools.graph.python import min_cost_flow

        self.graph: Any = min_cost_flow.SimpleMinCostFlow()
        self.mentees, self.mentors = capacity
        self.start, self.size = start, size or 0
        self.n, self.m = len(self.mentees), len(self.mentors)
        self.sink = self.n + self.m
        self.left_out = self.sink if size is None else self.sink + 1
        self.supply = np.zeros(self.sink + 2, np.int64)

        self._add_pairs(listed)
        self._add_mentees()
        self._add_mentors(every_place_is_filled=size == self.mentors.sum())
        nodes = np.arange(self.sink + 2, dtype=np.int32)
        self.graph.set_nodes_supplies(nodes, self.supply)

    def _add_arcs(self, tail: I64, head: I64, limits: I64, costs: I64) -> None:
        self.graph.add_arcs_with_capacity_and_unit_cost(
            tail.astype(np.int32), head.astype(np.int32), limits, costs
        )

    def _add_pairs(self, listed: Candidates) -> None:
        rows, columns = listed.rows, listed.columns
        costs = self.start.mentees[rows] - self.start.mentors[columns] - listed.scores
        self._add_arcs(rows, self.n + columns, _ones(rows), costs)

    def _add_mentees(self) -> None:
        """The supply of the mentees, and the arcs for those of their places that are left out."""
        self.supply[: self.n] = self.mentees
        count = int(self.mentees.sum()) - self.size
        self.supply[self.left_out] -= count
        if count:
            head, costs = np.full(self.n, self.left_out), self.start.mentees - self.start.source
            self._add_arcs(np.arange(self.n), head, self.mentees, costs)

    def _add_mentors(self, *, every_place_is_filled: bool) -> None:
        """Mentors demand their places themselves where all are filled; else the sink does."""
        if every_place_is_filled:
            self.supply[self.n : self.sink] = -self.mentors
            return

        self.supply[self.sink] -= self.size
        nodes, costs = self.n + np.arange(self.m), self.start.mentors - self.start.sink
        self._add_arcs(nodes, np.full(self.m, self.sink), self.mentors, costs)
