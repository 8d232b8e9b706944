"""Alternatives cost what they say, a rematch breaks no more than it may, and two runs compare."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import solver
from matching.solver import Rules, Weights, solve
from tests.matching.solver.instances import crowd, mentee, mentor, some_rules, steady

TOPICS = Rules(weights=Weights(1, 0, 0, 0, 0, 0, 0))


def forced(problem, i, j):
    """The best answer in which this pair is made: its total, or None where that makes fewer pairs
    or a worse floor.
    """
    keys = problem.mentees[i].key, problem.mentors[j].key
    rules = dataclasses.replace(problem.rules, pinned=(*problem.rules.pinned, keys))
    again = solver.compile([*problem.mentees, *problem.mentors], rules)
    assert again.pinned_scores
    return solve(again)


@steady(40)
@given(seed=st.integers(0, 2**32))
def test_no_arrangement_is_cheaper_than_costs_at_least(seed):
    problem = solver.compile(crowd(seed))
    result = solve(problem)
    for i in range(problem.shape[0]):
        for option in solver.alternatives(problem, result, i, 20):
            assert problem.stored[i, option.column] == option.score >= 0
            assert option.below_floor or option.costs >= option.costs_at_least
            best = forced(problem, i, option.column)
            if len(best) == len(result) and (best.floor is None or best.floor >= result.floor):
                assert result.total - best.total >= option.costs_at_least


@steady(60)
@given(seed=st.integers(0, 2**32))
def test_alternatives_can_be_carried_out_at_their_price(seed):
    problem = solver.compile(crowd(seed), some_rules(seed))
    result = solve(problem)
    for i in range(problem.shape[0]):
        own = [
            (score, j) for row, j, score, pinned in result.scored_pairs if row == i and not pinned
        ]
        for option in solver.alternatives(problem, result, i, 20):
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
    problem = solver.compile(people, TOPICS)
    result = solve(problem)
    assert result.pairs == [(0, 0), (1, 1)]
    found = solver.alternatives(problem, result, 0)
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
    problem = solver.compile(people, TOPICS)
    (option,) = solver.alternatives(problem, solve(problem), 1)
    assert (option.kind, option.other, option.costs) == ("instead", 0, 8_000)


def test_no_alternative_for_whom_there_is_none():
    problem = solver.compile([mentee("a"), mentee("b", capacity=0), mentor("x")])
    assert solver.alternatives(problem, solve(problem), 0) == ()
    assert solver.alternatives(problem, solve(problem), 1) == ()


def test_a_rematch_takes_from_the_free_pool_alone():
    people = [
        mentee("a", topics={"ai": 1}),
        mentee("b", topics={"video": 1}),
        mentor("x", topics={"ai": 5}),
        mentor("y", topics={"video": 5, "ai": 4}),
        mentor("z", topics={"ai": 2}),
    ]
    problem = solver.compile(people, TOPICS)
    result = solve(problem)
    found = solver.rematch(problem, result, 0, 0)
    assert [move.made for move in found.for_mentee] == [((0, 2),)]
    assert found.for_mentee[0].ended == ()
    assert found.for_mentor == ()


def test_a_rematch_may_move_others_if_it_is_told_so():
    """x leaves; y, who has b, is the only other one for a; b could go to z."""
    people = [
        mentee("a", topics={"ai": 1}, languages=("fr",)),
        mentee("b", topics={"ai": 1}, languages=("fr", "de")),
        mentor("x", topics={"ai": 5}, languages=("fr",)),
        mentor("y", topics={"ai": 4}, languages=("fr",)),
        mentor("z", topics={"ai": 1}, languages=("de",)),
    ]
    problem = solver.compile(people, TOPICS)
    result = solve(problem)
    i = next(i for i, j in result.pairs if j == 0)
    assert i == 0 or (1, 0) in result.pairs
    a_has = next(j for row, j in result.pairs if row == 0)
    assert solver.rematch(problem, result, 0, a_has).for_mentee == ()
    (move, *_) = solver.rematch(problem, result, 0, a_has, 1).for_mentee
    b_has = 1 - a_has
    assert move.made == ((0, b_has), (1, 2))
    assert move.ended == ((1, b_has),)


@pytest.mark.parametrize("max_moves", [0, 1, 2])
@steady(40)
@given(seed=st.integers(0, 2**32))
def test_a_rematch_can_be_carried_out(seed, max_moves):
    problem = solver.compile(crowd(seed), some_rules(seed))
    result = solve(problem)
    pinned = set(problem.pinned)
    for i, j in result.pairs:
        found = solver.rematch(problem, result, i, j, max_moves)
        for move in (*found.for_mentee, *found.for_mentor):
            pairs = {(row, column) for row, column in result.pairs if (row, column) != (i, j)}
            assert len(move.ended) == len(move.made) - 1 <= max_moves
            assert set(move.ended) <= pairs - pinned
            assert not set(move.made) & (pairs | {(i, j)})
            after = pairs - set(move.ended) | set(move.made)
            rows, columns = np.array(sorted(after - pinned), np.int64).reshape(-1, 2).T
            assert len(after) == len(pairs) + 1
            assert (problem.stored[rows, columns] >= 0).all()
            free = [
                side + ((i, j) in pinned) * (np.arange(len(side)) == at)
                for side, at in ((problem.mentee_capacity, i), (problem.mentor_capacity, j))
            ]
            assert (np.bincount(rows, minlength=len(free[0])) <= free[0]).all()
            assert (np.bincount(columns, minlength=len(free[1])) <= free[1]).all()
            gained = problem.scores(rows, columns).sum() - sum(
                score
                for row, column, score, fixed in result.scored_pairs
                if (row, column) in pairs and not fixed
            )
            assert move.gain == gained


def test_only_a_pair_can_end():
    problem = solver.compile([mentee("a"), mentor("x"), mentor("y")])
    result = solve(problem)
    i, j = result.pairs[0]
    with pytest.raises(ValueError, match="pair"):
        solver.rematch(problem, result, i, 1 - j)


def test_two_runs_side_by_side():
    people = [
        mentee("a", topics={"ai": 1}, department="A", location="X"),
        mentee("b", topics={"ai": 1}, department="B", grade_rank=8),
        mentor("x", topics={"ai": 5}, department="C"),
        mentor("y", topics={"ai": 1}, department="C"),
    ]
    first = solver.compile(people, TOPICS)
    second = solver.compile(people, dataclasses.replace(TOPICS, forbidden=(("b", "y"), ("b", "x"))))
    runs = (first, solve(first)), (second, solve(second))
    found = solver.compare(*runs)
    assert len(found.kept) + len(found.only_first) == 2
    assert (found.first.pairs, found.second.pairs) == (2, 1)
    assert (found.first.total, found.first.worst, found.first.median) == (12_000, 2_000, 6_000)
    assert found.same_weights
    departments = {group.group: group for group in found.groups["department"][1]}
    assert (departments["B"].people, departments["B"].paired, departments["B"].median) == (
        1,
        0,
        None,
    )
    assert [group.group for group in found.groups["grade"][0]] == ["1", "8", "9"]
    assert [group.group for group in found.groups["location"][0]] == ["", "X"]
    assert not solver.compare(runs[0], runs[0]).only_first


def test_runs_without_pairs_compare():
    problem = solver.compile([mentee("a")])
    run = problem, solve(problem)
    found = solver.compare(run, run)
    assert (found.first.pairs, found.first.worst, found.first.median) == (0, None, None)
