"""Maximum flow and minimum-cost flow on the listed pairs, by OR-tools, with their cuts and flows.

Both are bipartite networks: source → mentees → mentors → sink, where the outer arcs have the
capacities of the people and each listed pair is an arc of capacity 1.
"""

from typing import Any

import numpy as np

from matching.solver.arrays import I64, Flags
from matching.solver.assignment.candidates import Candidates
from matching.solver.assignment.prices import Potentials
from matching.solver.result import Cut


def largest(capacity: tuple[I64, I64], rows: I64, columns: I64) -> tuple[int, Cut]:
    """The greatest number of these pairs that fit the capacities (n, m), and the minimum cut that
    proves it.
    """
    from ortools.graph.python import max_flow

    mentees, mentors = capacity
    n, m = len(mentees), len(mentors)
    source, sink = n + m, n + m + 1
    tail = np.concatenate([np.full(n, source), rows, n + np.arange(m)])
    head = np.concatenate([np.arange(n), n + columns, np.full(m, sink)])
    limits = np.concatenate([mentees, np.ones(len(rows), np.int64), mentors])

    graph = max_flow.SimpleMaxFlow()
    graph.add_arcs_with_capacity(tail.astype(np.int32), head.astype(np.int32), limits)
    if graph.solve(source, sink) != graph.OPTIMAL:
        raise RuntimeError("the maximum flow was not found")
    reached = np.zeros(n + m + 2, np.bool_)
    reached[graph.get_source_side_min_cut()] = True
    # closing whoever has no capacity is free, and spares the sweep their pairs
    open_mentees, closed_mentors = reached[:n] & (mentees > 0), reached[n:source] | (mentors == 0)
    return int(graph.optimal_flow()), Cut(open_mentees, closed_mentors)


def dearest(
    capacity: tuple[I64, I64], listed: Candidates, size: int | None, start: Potentials
) -> Flags:
    """Which of the listed pairs make the highest total: exactly `size` of them, or any number where
    size is None.

    Costs are reduced by the potentials `start`, which changes no answer: the better they are, the
    smaller the costs, the sooner it is found.
    """
    graph = _network(capacity, listed, size, start)
    if graph.solve() != graph.OPTIMAL:
        raise RuntimeError("the minimum-cost flow was not found")
    return np.asarray(graph.flows(np.arange(len(listed), dtype=np.int32)) > 0)


def _network(
    capacity: tuple[I64, I64], listed: Candidates, size: int | None, start: Potentials
) -> Any:
    """The network of the listed pairs, which are its first arcs.

    Mentees supply their places. Those left out flow to a node of their own, or to the sink where
    the number of pairs is free. Built apart, so that its arrays are gone when it is solved.
    """
    from ortools.graph.python import min_cost_flow

    mentees, mentors = capacity
    n, m = len(mentees), len(mentors)
    sink = n + m
    out = sink if size is None else sink + 1
    graph = min_cost_flow.SimpleMinCostFlow()

    def add(tail: I64, head: I64, limits: I64, costs: I64) -> None:
        graph.add_arcs_with_capacity_and_unit_cost(
            tail.astype(np.int32), head.astype(np.int32), limits, costs
        )

    rows, columns = listed.rows, listed.columns
    costs = start.mentees[rows] - start.mentors[columns] - listed.scores
    add(rows, n + columns, np.ones(len(rows), np.int64), costs)

    supply = np.zeros(n + m + 2, np.int64)
    supply[:n] = mentees
    left_out = int(mentees.sum()) - (size or 0)
    supply[out] -= left_out
    if left_out:
        add(np.arange(n), np.full(n, out), mentees, start.mentees - start.source)

    if size == mentors.sum():  # every place is filled: the mentors demand it themselves
        supply[n:sink] = -mentors
    else:
        supply[sink] -= size or 0
        add(n + np.arange(m), np.full(m, sink), mentors, start.mentors - start.sink)
    graph.set_nodes_supplies(np.arange(n + m + 2, dtype=np.int32), supply)
    return graph
