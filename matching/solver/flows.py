"""Maximum flow and minimum cost flow on the listed pairs, by OR-tools, and the cuts and flows they
leave.
"""

from typing import Any

import numpy as np

from matching.solver.arrays import I64, Flags
from matching.solver.candidates import Candidates
from matching.solver.prices import Potentials
from matching.solver.result import Cut


def largest(capacity: tuple[I64, I64], rows: I64, columns: I64) -> tuple[int, Cut]:
    """The greatest number of these pairs that fit the capacities (n, m), and the cut that proves
    it.
    """
    from ortools.graph.python import max_flow

    a, b = capacity
    n, m = len(a), len(b)
    graph = max_flow.SimpleMaxFlow()
    tail = np.concatenate([np.full(n, n + m), rows, n + np.arange(m)]).astype(np.int32)
    head = np.concatenate([np.arange(n), n + columns, np.full(m, n + m + 1)]).astype(np.int32)
    graph.add_arcs_with_capacity(tail, head, np.concatenate([a, np.ones(len(rows), np.int64), b]))
    if graph.solve(n + m, n + m + 1) != graph.OPTIMAL:
        raise RuntimeError("the maximum flow was not found")
    reached = np.zeros(n + m + 2, np.bool_)
    reached[graph.get_source_side_min_cut()] = True
    # closing whoever has no capacity is free, and spares the sweep their pairs
    return int(graph.optimal_flow()), Cut(reached[:n] & (a > 0), reached[n : n + m] | (b == 0))


def dearest(
    capacity: tuple[I64, I64], listed: Candidates, size: int | None, start: Potentials
) -> Flags:
    """Which of the listed pairs make the highest total: exactly `size` of them, or any number where
    size is None.

    Costs are taken relative to the potentials `start`, which changes no answer: the better they
    are, the smaller the costs, the sooner it is found.
    """
    graph = _network(capacity, listed, size, start)
    if graph.solve() != graph.OPTIMAL:
        raise RuntimeError("the minimum cost flow was not found")
    return np.asarray(graph.flows(np.arange(len(listed), dtype=np.int32)) > 0)


def _network(
    capacity: tuple[I64, I64], listed: Candidates, size: int | None, start: Potentials
) -> Any:
    """The network of the listed pairs, which are its first arcs; of its own, so that its columns
    are gone when it is solved.
    """
    from ortools.graph.python import min_cost_flow

    a, b = capacity
    n, m = len(a), len(b)
    graph = min_cost_flow.SimpleMinCostFlow()
    add = graph.add_arcs_with_capacity_and_unit_cost
    rows, columns = listed.rows, listed.columns
    costs = start.mentees[rows] - start.mentors[columns] - listed.scores
    add(rows.astype(np.int32), (n + columns).astype(np.int32), np.ones(len(rows), np.int64), costs)
    left_out = int(a.sum()) - (size or 0)
    sink, out = (
        n + m,
        n + m + (size is not None),
    )  # mentees left out flow to `out`; without a size, to the sink
    supply = np.zeros(n + m + 2, np.int64)
    supply[:n] = a
    supply[out] -= left_out
    if left_out:
        add(
            np.arange(n, dtype=np.int32), np.full(n, out, np.int32), a, start.mentees - start.source
        )
    if size == b.sum():
        supply[n : n + m] = -b
    else:
        supply[sink] -= size or 0
        add(
            np.arange(n, n + m, dtype=np.int32),
            np.full(m, sink, np.int32),
            b,
            start.mentors - start.sink,
        )
    graph.set_nodes_supplies(np.arange(n + m + 2, dtype=np.int32), supply)
    return graph
