"""Alternatives cost what they say, and so do the best partners of those who are free."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import solver
from matching.solver import Rules, Weights, alternatives, best_partners, solve
from tests.matching.solver.instances import crowd, mentee, mentor, some_rules, steady

pytestmark = pytest.mark.broad

TOPICS = Rules(weights=Weights(1, 0, 0, 0, 0, 0, 0))


def of_one(problem, result, i, k=5):
    """The alternatives of one mentee row."""
    (found,) = alternatives(problem, result, [i], k)
    return found


def forced(problem, i, j):
    """The best answer in which this pair is made: its total, or None where that makes fewer pairs
    or a worse floor.
    """
    keys = problem.mentees[i].key, problem.mentors[j].key
    rules = dataclasses.replace(problem.rules, pinned=(*problem.rules.pinned, keys))
    again = solver.build_problem([*problem.mentees, *problem.mentors], rules)
    assert again.pinned_scores
    return solve(again)


@steady(40)
@given(seed=st.integers(0, 2**32))
def test_no_arrangement_is_cheaper_than_costs_at_least(seed):
    problem = solver.build_problem(crowd(seed))
    result = solve(problem)
    for i in range(problem.shape[0]):
        for option in of_one(problem, result, i, 20):
            assert problem.stored[i, option.column] == option.score >= 0
            assert option.below_floor or option.costs >= option.costs_at_least
            best = forced(problem, i, option.column)
            if len(best) == len(result) and (best.floor is None or best.floor >= result.floor):
                assert result.total - best.total >= option.costs_at_least


@steady(60)
@given(seed=st.integers(0, 2**32))
def test_alternatives_can_be_carried_out_at_their_price(seed):
    problem = solver.build_problem(crowd(seed), some_rules(seed))
    result = solve(problem)
    for i in range(problem.shape[0]):
        own = [
            (score, j) for row, j, score, pinned in result.scored_pairs if row == i and not pinned
        ]
        for option in of_one(problem, result, i, 20):
            pairs = {tuple(pair) for pair in result.answer.pairs.tolist()}
            size = len(pairs)
            if own:
                current = min(own)[1]
                pairs.remove((i, current))
            if option.other is not None:
                pairs.remove((option.other, option.column))
            if option.kind == "swap":
                pairs.add((option.other, current))
            pairs.add((i, option.column))
            rows, columns = np.array(sorted(pairs)).T
            scores = problem.stored[rows, columns]
            assert len(pairs) == size
            assert (scores >= 0).all()
            assert (np.bincount(rows, minlength=problem.shape[0]) <= problem.mentee_capacity).all()
            assert (
                np.bincount(columns, minlength=problem.shape[1]) <= problem.mentor_capacity
            ).all()
            assert option.costs == result.answer.total - int(scores.sum())


def test_alternatives_are_free_mentors_and_swaps():
    people = [
        mentee("a", topics={"ai": 1}),
        mentee("b", topics={"video": 1}),
        mentor("x", topics={"ai": 5, "video": 2}),
        mentor("y", topics={"ai": 1, "video": 4}),
        mentor("z", topics={"ai": 4}),
    ]
    problem = solver.build_problem(people, TOPICS)
    result = solve(problem)
    assert result.pairs == [(0, 0), (1, 1)]
    found = of_one(problem, result, 0)
    assert [(option.kind, option.column, option.other, option.costs) for option in found] == [
        ("free", 2, None, 2000),
        ("swap", 1, 1, 12_000),
    ]


def test_somebody_without_a_pair_could_take_a_place():
    people = [
        mentee("a", topics={"ai": 1}),
        mentee("b", topics={"video": 1}),
        mentor("x", topics={"ai": 5, "video": 1}),
    ]
    problem = solver.build_problem(people, TOPICS)
    (option,) = of_one(problem, solve(problem), 1)
    assert (option.kind, option.other, option.costs) == ("replace", 0, 8_000)


def test_no_alternative_for_whom_there_is_none():
    problem = solver.build_problem([mentee("a"), mentee("b", capacity=0), mentor("x")])
    assert of_one(problem, solve(problem), 0) == ()
    assert of_one(problem, solve(problem), 1) == ()


@steady(60)
@given(seed=st.integers(0, 2**32), k=st.integers(1, 4))
def test_the_best_of_each_row_and_column(seed, k):
    problem = solver.build_problem(crowd(seed), some_rules(seed))
    found = best_partners(problem, k=k)
    n, m = problem.shape
    for i in range(n):
        wanted = sorted(
            (-int(problem.stored[i, j]), j) for j in range(m) if problem.stored[i, j] >= 0
        )
        assert list(found.of_mentees[i]) == [(i, j) for _, j in wanted[:k]]
    for j in range(m):
        wanted = sorted(
            (-int(problem.stored[i, j]), i) for i in range(n) if problem.stored[i, j] >= 0
        )
        assert list(found.of_mentors[j]) == [(i, j) for _, i in wanted[:k]]


@steady(20)
@given(seed=st.integers(0, 2**32), least=st.integers(0, 10_000))
def test_nobody_below_the_smallest_score(seed, least):
    problem = solver.build_problem(crowd(seed))
    found = best_partners(problem, minimum=least)
    for pairs in (*found.of_mentees, *found.of_mentors):
        assert all(problem.stored[i, j] >= least for i, j in pairs)


def test_no_partners_where_nobody_is():
    assert best_partners(solver.build_problem([])).of_mentees == ()
