"""Maximum flow and minimum cost flow on the listed pairs, by OR-tools, and the cuts and flows they leave."""

import numpy as np

from pairings.matching.candidates import Candidates
from pairings.matching.certificate import I64, Cut, Flags
from pairings.matching.prices import Potentials


def largest(capacity: tuple[I64, I64], rows: I64, columns: I64) -> tuple[int, Cut]:
    """The greatest number of these pairs that fit the capacities (n, m), and the cut that proves it."""
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


def dearest(capacity: tuple[I64, I64], listed: Candidates, size: int | None, start: Potentials) -> Flags:
    """Which of the listed pairs make the highest total: exactly `size` of them, or any number where size is None.

    Costs are taken relative to the potentials `start`, which changes no answer: the better they are, the smaller the
    costs, the sooner it is found.
    """
    from ortools.graph.python import min_cost_flow

    a, b = capacity
    n, m = len(a), len(b)
    rows, columns = listed.rows, listed.columns
    left_out = int(a.sum()) - (size or 0)
    sink, out = n + m, n + m + (size is not None)  # mentees left out flow to `out`; without a size, to the sink
    tails, heads, capacities, costs = (
        [rows],
        [n + columns],
        [np.ones(len(rows), np.int64)],
        [start.mentees[rows] - start.mentors[columns] - listed.scores],
    )
    supply = np.zeros(n + m + 2, np.int64)
    supply[:n] = a
    supply[out] -= left_out
    if left_out:
        tails.append(np.arange(n))
        heads.append(np.full(n, out))
        capacities.append(a)
        costs.append(start.mentees - start.source)
    if size == b.sum():
        supply[n : n + m] = -b
    else:
        supply[sink] -= size or 0
        tails.append(n + np.arange(m))
        heads.append(np.full(m, sink))
        capacities.append(b)
        costs.append(start.mentors - start.sink)
    graph = min_cost_flow.SimpleMinCostFlow()
    arcs = graph.add_arcs_with_capacity_and_unit_cost(
        np.concatenate(tails).astype(np.int32),
        np.concatenate(heads).astype(np.int32),
        np.concatenate(capacities),
        np.concatenate(costs),
    )
    graph.set_nodes_supplies(np.arange(n + m + 2, dtype=np.int32), supply)
    if graph.solve() != graph.OPTIMAL:
        raise RuntimeError("the minimum cost flow was not found")
    return np.asarray(graph.flows(arcs[: len(rows)]) > 0)
