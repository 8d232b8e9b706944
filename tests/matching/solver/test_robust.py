"""Odd inputs have an answer or a plain refusal, and no structure of scores makes the solver lose a
pair or its speed.
"""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from matching.solver import (
    Objective,
    Rules,
    Weights,
    build_problem,
    check,
    solve,
    solve_scores,
    unmatched,
    verify,
)
from matching.solver.assignment import flows
from matching.solver.assignment.solve import Task
from matching.solver.assignment.sources import Matrix
from tests.matching.solver.instances import crowd, mentee, mentor, some_rules, steady
from tests.matching.solver.one_by_one import why_unmatched

pytestmark = pytest.mark.broad

PROBLEMS: list[tuple[Objective, bool]] = [
    ("participation", False),
    ("participation", True),
    ("score", False),
]


def programmed(scores, a, b, objective, floor):
    """(pairs, worst, total) of the best matching by linear programming: whole numbers, since the
    graph is bipartite.
    """

    def best(lowest, bonus):
        i, j = np.nonzero(scores >= lowest)
        if not len(i):
            return 0, 0
        at, ones = np.arange(len(i)), np.ones(len(i))
        places = csr_array(
            (np.r_[ones, ones], (np.r_[i, len(a) + j], np.r_[at, at])), (len(a) + len(b), len(i))
        )
        found = linprog(
            -(scores[i, j] + bonus), A_ub=places, b_ub=np.r_[a, b], bounds=(0, 1), method="highs-ds"
        )
        used = found.x > 0.5
        return int(used.sum()), int(scores[i, j][used].sum())

    bonus = (
        (int(min(a.sum(), b.sum())) + 1) * (int(scores.max(initial=0)) + 1)
        if objective == "participation"
        else 0
    )
    size, total = best(0, bonus)
    if not floor or not size:
        return size if objective == "participation" else 0, 0, total
    levels = np.unique(scores[scores >= 0]).tolist()
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if best(levels[middle], bonus)[0] == size else (low, middle - 1)
    return size, levels[low], best(levels[low], bonus)[1]


def structured(seed):
    """Scores and capacities of any structure: noise, types, one taste, products, triangles, blocks,
    few allowed.
    """
    draw = np.random.default_rng(seed)
    n, m = draw.integers(1, 40, 2)
    taste, types = draw.integers(0, 5000, m), draw.integers(0, 9, (6, 6))
    scores = [
        draw.integers(0, 6, (n, m)),
        draw.integers(0, 9000, (n, m)),
        np.tile(taste, (n, 1)),
        taste + draw.integers(0, 4, (n, m)),
        types[draw.integers(0, 6, n)][:, draw.integers(0, 6, m)],
        np.outer(np.arange(1, n + 1), np.arange(1, m + 1)),
        np.full((n, m), draw.integers(0, 2)),
    ][seed % 7].astype(np.int64)
    scores[draw.random((n, m)) < draw.choice([0, 0, 0.5, 0.95, 1])] = -1
    if draw.random() < 0.2:
        scores[np.tril_indices(n, -1, m)] = -1
    if draw.random() < 0.2:
        scores[np.arange(n)[:, None] * 4 // n != np.arange(m) * 4 // m] = -1
    most = draw.choice([1, 1, 2, 5, 60], 2)
    least = draw.choice([0, 1], 2)
    a, b = (
        draw.integers(min(low, high), high + 1, count)
        for low, high, count in zip(least, most, (n, m), strict=True)
    )
    return scores, a, b


@pytest.mark.parametrize(("objective", "floor"), PROBLEMS)
@steady(120)
@given(seed=st.integers(0, 2**32))
def test_any_structure_and_capacities_agree_with_linear_programming(objective, floor, seed):
    scores, a, b = structured(seed)
    answer = Task(
        Matrix(scores), (a, b), objective, floor, first=(2, 5, 32)[seed % 3], more=(1, 16)[seed % 2]
    ).run()
    found = len(answer) * (objective == "participation"), answer.floor or 0, answer.total
    assert found == programmed(scores, a, b, objective, floor)
    assert check(Matrix(scores), (a, b), answer, floor=floor) == []
    pairs = solve_scores(scores, b, a, objective, floor)
    assert sum(int(scores[pair]) for pair in pairs) == answer.total
    assert objective == "score" or len(pairs) == len(answer)


@pytest.mark.parametrize(("objective", "floor"), PROBLEMS)
@steady(60)
@given(seed=st.integers(0, 2**32))
def test_people_with_any_capacities_agree_with_linear_programming(objective, floor, seed):
    people = [
        dataclasses.replace(person, capacity=person.capacity * (1 + seed % 2))
        for person in crowd(seed, 9, 11)
    ]
    problem = build_problem(people, some_rules(seed))
    minimum = (None, 0, 2500, 10_001)[seed % 4]
    result = solve(problem, objective, floor, minimum)
    assert verify(problem, result) == []
    scores = np.where(problem.stored < (minimum or 0), -1, problem.stored).astype(np.int64)
    best = programmed(scores, problem.mentee_capacity, problem.mentor_capacity, objective, floor)
    assert (
        len(result.answer) * (objective == "participation"),
        result.floor or 0,
        result.answer.total,
    ) == best
    for person in unmatched(problem, result):
        assert why_unmatched(problem, result, person).kind in {
            "nobody_there",
            "rules",
            "outcompeted",
            "no_gain",
        }


def _shuffled(scores):
    draw = np.random.default_rng(3)
    return scores[draw.permutation(len(scores))][:, draw.permutation(scores.shape[1])]


def _upper(n):
    return np.where(np.tri(n, dtype=bool).T, np.random.default_rng(4).integers(0, 9000, (n, n)), -1)


CROWDED = {
    "everybody wants the same": lambda n: np.tile(np.random.default_rng(1).permutation(n), (n, 1)),
    "nearly the same": lambda n: (
        np.arange(n) * 20 + np.random.default_rng(1).integers(0, 9, (n, n))
    ),
    "everybody is wanted by the same": lambda n: np.tile(
        np.random.default_rng(1).permutation(n)[:, None], (1, n)
    ),
    "all equal": lambda n: np.full((n, n), 7),
    "products": lambda n: np.outer(np.arange(n), np.arange(n)) // 9,
    "a single perfect matching": _upper,
    "the same, shuffled": lambda n: _shuffled(_upper(n)),
    "the same, turned": lambda n: _upper(n)[::-1, ::-1],
    "more mentees than mentors": lambda n: np.tile(
        np.random.default_rng(1).permutation(n // 4), (n, 1)
    ),
    "more mentors than mentees": lambda n: np.tile(
        np.random.default_rng(1).permutation(4 * n), (n, 1)
    ),
}


@pytest.mark.parametrize("scores", CROWDED.values(), ids=CROWDED)
@pytest.mark.parametrize(("objective", "floor"), PROBLEMS)
def test_crowded_scores_take_few_rounds(monkeypatch, scores, objective, floor):
    array = scores(300).astype(np.int16)
    ones = np.ones(array.shape[0], np.int64), np.ones(array.shape[1], np.int64)
    flown = []
    largest = flows.largest
    monkeypatch.setattr(flows, "largest", lambda *given: flown.append(1) or largest(*given))
    answer = Task(Matrix(array), ones, objective, floor).run()
    assert check(Matrix(array), ones, answer, floor=floor) == []
    assert objective == "score" or len(answer) == min(array.shape)
    assert len(flown) < (100 if floor else 25)
    assert len(answer.rounds) < 25


@pytest.mark.parametrize("capacity", [(3, 1), (1, 3), (7, 7), (400, 400)])
@pytest.mark.parametrize(("objective", "floor"), PROBLEMS)
def test_capacities_of_many_are_used_up(capacity, objective, floor):
    array = np.random.default_rng(2).integers(0, 9000, (120, 90)).astype(np.int16)
    sides = np.full(120, capacity[0]), np.full(90, capacity[1])
    answer = Task(Matrix(array), sides, objective, floor).run()
    assert check(Matrix(array), sides, answer, floor=floor) == []
    most = min(120 * min(capacity[0], 90), 90 * min(capacity[1], 120))
    assert len(answer) == most or objective == "score"


ODD = {
    "bytes": (np.array([[1, 255], [3, 4]], np.uint8), [(0, 1), (1, 0)]),
    "small with forbidden": (np.array([[-1, 5], [5, -1]], np.int8), [(0, 1), (1, 0)]),
    "unsigned large": (np.array([[1, 2**40]], np.uint64), [(0, 1)]),
    "at the end of its type": (np.array([[32767, 32766], [32766, 0]], np.int16), [(0, 1), (1, 0)]),
    "other byte order": (np.array([[1, 2], [3, 9]], ">i4"), [(0, 0), (1, 1)]),
    "a view": (np.arange(24).reshape(4, 6)[::2, ::-5], [(0, 0), (1, 1)]),
    "columns first": (np.asfortranarray([[1, 2], [3, 9]]), [(0, 0), (1, 1)]),
    "no rows": (np.empty((0, 3)), []),
    "no columns": (np.empty((3, 0), bool), []),
    "a list without columns": ([[], []], []),
    "nobody allowed": (np.full((3, 4), -1), []),
}


@pytest.mark.parametrize(("scores", "pairs"), ODD.values(), ids=ODD)
def test_odd_arrays_are_solved(scores, pairs):
    assert solve_scores(scores) == pairs
    assert len(solve_scores(scores, floor=True)) == len(pairs)
    solve_scores(scores, objective="score")


def test_an_array_is_never_written_to():
    scores = np.random.default_rng(6).integers(-1, 9, (90, 80))
    scores.flags.writeable = False
    before = scores.copy()
    for objective, floor in PROBLEMS:
        solve_scores(scores, objective=objective, floor=floor)
    assert (scores == before).all()


@pytest.mark.parametrize(
    "scores",
    [
        [[1, 2], [3]],
        [[True, False]],
        [[1.0]],
        [[float("nan")]],
        [["1"]],
        [[None]],
        None,
        5,
        [[1j]],
        [[2**70]],
        [[1, -2]],
    ],
    ids=repr,
)
def test_anything_but_whole_numbers_is_refused(scores):
    with pytest.raises(ValueError, match="scores"):
        solve_scores(scores)


@pytest.mark.parametrize(
    "capacity", [[1, 1, 1], [[1, 1]], [], True, None, "2", [1.0, 2.0], [[1], [1, 2]]], ids=repr
)
def test_capacities_that_fit_nobody_are_refused(capacity):
    with pytest.raises(ValueError, match="capacities"):
        solve_scores([[1, 1]], mentor_capacity=capacity)


@pytest.mark.parametrize("most", [10**18, 2**63, np.iinfo(np.uint64).max])
def test_capacities_without_end_pair_everybody(most):
    assert len(solve_scores(np.ones((3, 4), int), mentor_capacity=most, mentee_capacity=most)) == 12
    problem = build_problem(
        [mentee("a", capacity=10**30), mentor("b"), mentor("c", capacity=10**30)]
    )
    assert len(solve(problem)) == 2


@pytest.mark.parametrize("top", [10_001, 2**31, 2**45])
@pytest.mark.parametrize(("objective", "floor"), PROBLEMS)
def test_large_scores_are_as_exact_as_small_ones(top, objective, floor):
    small = np.random.default_rng(7).integers(0, 9, (30, 20))
    wide = np.where(small > 0, small + (top - 9), -1)
    a, b = np.ones(30, np.int64), np.full(20, 2)
    answer = Task(Matrix(wide), (a, b), objective, floor).run()
    assert check(Matrix(wide), (a, b), answer, floor=floor) == []
    assert answer.gap == 0


@pytest.mark.parametrize("weights", [Weights(0, 0, 0, 0, 0, 0, 0), Weights(topics=10**30)])
def test_weights_of_any_size_are_scores(weights):
    problem = build_problem(
        [mentee("a", topics={"ai": 1}), mentor("b", topics={"ai": 5})], Rules(weights=weights)
    )
    result = solve(problem)
    assert len(result) == 1
    assert verify(problem, result) == []
