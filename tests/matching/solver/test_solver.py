"""The solver against brute force and dense assignment, and by name what it must not get wrong."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from matching.solver import Cancelled, Rules, build_problem, check, solve, solve_scores, verify
from matching.solver.assignment.solve import Task
from matching.solver.assignment.sources import Matrix
from tests.matching.solver.instances import (
    array,
    best_of_all,
    crowd,
    mentee,
    mentor,
    some_rules,
    steady,
)

pytestmark = pytest.mark.broad

PROBLEMS = [("participation", False), ("participation", True), ("score", False)]


@pytest.mark.slow
@pytest.mark.parametrize(("objective", "floor"), PROBLEMS)
@steady(1000)
@given(seed=st.integers(0, 2**32))
def test_solver_agrees_with_brute_force(objective, floor, seed):
    scores, a, b = array(seed)
    answer = Task(Matrix(scores), (a, b), objective, floor, first=1 + seed % 3, more=2).run()
    found = len(answer) * (objective == "participation"), answer.floor or 0, answer.total
    assert found == best_of_all(scores, a, b, objective, floor)
    assert answer.gap == 0
    assert check(Matrix(scores), (a, b), answer, floor=floor) == []


@pytest.mark.parametrize(("objective", "floor"), PROBLEMS)
@steady(150)
@given(seed=st.integers(0, 2**32))
def test_a_gap_is_kept_and_shown(objective, floor, seed):
    scores, a, b = array(seed)
    answer = Task(Matrix(scores), (a, b), objective, floor, gap=0.1, first=1, more=1).run()
    assert answer.gap <= 0.1
    assert check(Matrix(scores), (a, b), answer, floor=floor) == []


@steady(150)
@given(seed=st.integers(0, 2**32))
def test_solve_scores_is_a_best_matching(seed):
    scores, a, b = array(seed)
    pairs = solve_scores(scores, mentor_capacity=b, mentee_capacity=a)
    assert len(set(pairs)) == len(pairs)
    got = (len(pairs), 0, sum(int(scores[pair]) for pair in pairs))
    assert got == best_of_all(scores, a, b, "participation", False)


@pytest.mark.parametrize(("objective", "floor"), PROBLEMS)
def test_hundreds_of_people_agree_with_dense_assignment(objective, floor):
    draw = np.random.default_rng(5)
    scores = draw.integers(0, 4000, (500, 420)).astype(np.int16)
    scores[draw.random(scores.shape) < 0.7] = -1
    scores[:80, 40:] = -1  # eighty compete for forty
    ones = np.ones(500, np.int64), np.ones(420, np.int64)
    answer = Task(Matrix(scores), ones, objective, floor, first=6, more=4).run()
    lowest = answer.floor or 0
    bonus = 0 if objective == "score" else 10_000_000
    i, j = linear_sum_assignment(
        np.where(scores >= lowest, scores.astype(np.int64) + bonus, 0), maximize=True
    )
    kept = scores[i, j][scores[i, j] >= lowest].astype(np.int64)
    assert answer.total == kept.sum()
    assert objective == "score" or len(answer) == len(kept) == 420
    assert check(Matrix(scores), ones, answer, floor=floor) == []
    assert len(answer.rounds) < 12


@pytest.mark.parametrize("floor", [False, True])
def test_sixteen_hundred_people_are_solved_with_proof_and_few_rounds(floor):
    """Large enough for prices from a sample, for pruned lists and for sweeps of some rows and
    columns alone.
    """
    draw = np.random.default_rng(8)
    n, m = 1700, 1600
    scores = (
        draw.integers(0, 40, (n, 30)) @ draw.integers(0, 8, (30, m)) + draw.integers(0, 300, m)
    ).astype(np.int16)
    scores[draw.random((n, m)) < 0.2] = -1
    capacity = np.ones(n, np.int64), np.ones(m, np.int64)
    answer = Task(Matrix(scores), capacity, "participation", floor).run()
    assert check(Matrix(scores), capacity, answer, floor=floor) == []
    assert len(answer) == m
    assert answer.gap == 0
    assert 1 < len(answer.rounds) < 12


@steady(60)
@given(seed=st.integers(0, 2**32))
def test_any_order_of_people_gives_the_same_pairs(seed):
    people, rules = crowd(seed), some_rules(seed)
    mixed = people.copy()
    random.Random(seed).shuffle(mixed)
    first, second = build_problem(people, rules), build_problem(mixed, rules)
    keys = [
        [
            (problem.mentees[i].key, problem.mentors[j].key, *rest)
            for i, j, *rest in solve(problem).scored_pairs
        ]
        for problem in (first, second)
    ]
    assert keys[0] == keys[1]
    assert first.refused_pins == second.refused_pins


@pytest.mark.parametrize(("objective", "floor"), PROBLEMS)
@steady(100)
@given(seed=st.integers(0, 2**32))
def test_people_are_solved_with_proof(objective, floor, seed):
    problem = build_problem(crowd(seed), some_rules(seed))
    result = solve(problem, objective, floor, minimum=(None, 0, 2500)[seed % 3])
    assert verify(problem, result) == []
    scores = np.where(problem.stored < (result.minimum or 0), -1, problem.stored).astype(np.int64)
    best = best_of_all(
        scores, problem.mentee_capacity, np.minimum(problem.mentor_capacity, 1), objective, floor
    )
    if (problem.mentor_capacity <= 1).all():
        assert (
            len(result.answer) * (objective == "participation"),
            result.floor or 0,
            result.answer.total,
        ) == best


def test_a_score_of_zero_is_a_pair():
    assert sorted(solve_scores([[0, -1], [-1, 0]])) == [(0, 0), (1, 1)]
    assert sorted(solve_scores([[9, 0], [9, -1]])) == [(0, 1), (1, 0)]


def test_more_pairs_come_before_any_score():
    scores = [[1, -1], [9999, 0]]
    assert solve_scores(scores) == [(0, 0), (1, 1)]
    assert solve_scores(scores, objective="score") == [(1, 0)]


def test_the_floor_lifts_the_worst_pair_before_the_total():
    scores = [[10_000, 50], [50, 20]]
    assert solve_scores(scores) == [(0, 0), (1, 1)]
    assert solve_scores(scores, floor=True) == [(0, 1), (1, 0)]


def test_nobody_meets_the_same_person_twice():
    assert solve_scores([[100]], mentor_capacity=3, mentee_capacity=3) == [(0, 0)]
    assert solve_scores([[9, 1]], mentor_capacity=2, mentee_capacity=2) == [(0, 0), (0, 1)]


def test_large_scores_are_exact():
    big = 2**45
    assert solve_scores([[big + 1, big], [big, big]]) == [(0, 0), (1, 1)]
    with pytest.raises(ValueError, match="too large"):
        solve_scores([[2**52]])
    with pytest.raises(ValueError, match="too large"):
        solve_scores(np.array([[2**63]], np.uint64))


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_an_empty_side_has_no_pairs(shape):
    assert solve_scores(np.empty(shape, np.int16)) == []
    assert solve_scores(np.empty(shape, np.int16), floor=True) == []
    assert solve_scores([]) == []


@pytest.mark.parametrize("scores", [[[-2]], [[0.5]], [1, 2], [[[1]]]])
def test_scores_that_are_none_are_refused(scores):
    with pytest.raises(ValueError, match="scores"):
        solve_scores(scores)


@pytest.mark.parametrize("capacity", [-1, 0.5, [1, -1]])
def test_capacities_that_are_none_are_refused(capacity):
    with pytest.raises(ValueError, match="capacities"):
        solve_scores([[1, 1]], mentor_capacity=capacity)


def test_a_floor_needs_participation():
    with pytest.raises(ValueError, match="floor"):
        solve_scores([[1]], objective="score", floor=True)
    with pytest.raises(ValueError, match="floor"):
        solve(build_problem([]), "score", floor=True)
    with pytest.raises(ValueError, match="objective"):
        solve_scores([[1]], objective="happiness")  # type: ignore[arg-type]


EDGES = {
    "nobody": [],
    "no mentors": [mentee("a"), mentee("b")],
    "no mentees": [mentor("a")],
    "one person as both": [mentee("a"), mentor("a")],
    "no capacity": [mentee("a", capacity=0), mentor("b", capacity=-3)],
    "not approved": [mentee("a", approved=False), mentor("b")],
    "everybody in one grade": [mentee("a", grade_rank=3), mentor("b", grade_rank=3)],
    "no grades": [mentee("a", grade_rank=None), mentor("b", grade_rank=None)],
    "never awake together": [
        mentee("a", availability=((0, 480, 600),)),
        mentor("b", availability=((6, 480, 600),)),
    ],
    "nonsense availability": [
        mentee("a", availability=((9, -5, 99999),)),
        mentor("b", availability=((0, 700, 700),)),
    ],
    "broken zones": [mentee("a", time_zone=""), mentor("b", time_zone="../etc/passwd")],
}


@pytest.mark.parametrize("people", EDGES.values(), ids=EDGES)
@pytest.mark.parametrize(("objective", "floor"), PROBLEMS)
def test_every_edge_has_an_answer(people, objective, floor):
    problem = build_problem(people)
    result = solve(problem, objective, floor)
    assert verify(problem, result) == []
    assert len(result) == (1 if people is EDGES["broken zones"] else 0)


def test_all_equal_people_are_all_paired():
    problem = build_problem(
        [mentee(f"s{n}") for n in range(40)] + [mentor(f"j{n}") for n in range(50)]
    )
    result = solve(problem)
    assert len(result) == 40
    assert verify(problem, result) == []


def test_two_of_the_same_key_are_refused():
    with pytest.raises(ValueError, match="key"):
        build_problem([mentor("a"), mentor("a")])
    with pytest.raises(ValueError, match="key"):
        build_problem([mentor("")])


def test_progress_never_falls_and_ends_at_one():
    heard: list[tuple[str, float]] = []
    solve(build_problem(crowd(3)), progress=lambda stage, done: heard.append((stage, done)))
    assert {"list", "number", "total"} <= {stage for stage, _ in heard}
    assert [done for _, done in heard] == sorted(done for _, done in heard)
    assert heard[-1] == ("total", 1.0)


@pytest.mark.parametrize("after", range(4))
def test_a_run_can_be_cancelled(after):
    asked = iter(range(100))
    with pytest.raises(Cancelled):
        solve(build_problem([mentee("a"), mentor("b")]), cancelled=lambda: next(asked) >= after)


def test_scores_that_are_not_stored_give_the_same_result(monkeypatch):
    people = crowd(11, 30, 25)
    stored = build_problem(people, Rules(forbid_same_department=True))
    monkeypatch.setattr("matching.solver.problem.STORED_CELLS", 0)
    lazy = build_problem(people, Rules(forbid_same_department=True))
    assert lazy.stored is None
    assert solve(lazy).pairs == solve(stored).pairs
    assert verify(lazy, solve(lazy)) == []
