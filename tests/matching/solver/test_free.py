"""Partners for everybody who is free: the same as what a rematch says without a move, and never a
forbidden pair.
"""

import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching import solver
from matching.solver.free import partners
from tests.matching.solver.instances import crowd, some_rules, steady


@steady(60)
@given(seed=st.integers(0, 2**32), k=st.integers(1, 4))
def test_the_best_of_each_row_and_column(seed, k):
    problem = solver.compile(crowd(seed), some_rules(seed))
    found = partners(problem, k=k)
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


@steady(60)
@given(seed=st.integers(0, 2**32))
def test_agrees_with_rematch_without_moves(seed):
    problem = solver.compile(crowd(seed))
    result = solver.solve(problem)
    for i, j in result.pairs[:3]:
        rest = [(int(a), int(b)) for a, b in result.answer.pairs if (a, b) != (i, j)]
        taken = np.bincount([a for a, _ in rest], minlength=problem.shape[0])
        full = np.bincount([b for _, b in rest], minlength=problem.shape[1])
        # what is left once that pair has ended: everybody with room, the two barred from each other
        free = [
            dataclasses.replace(person, capacity=int(left))
            for side, limits, used in (
                (problem.mentees, problem.mentee_capacity, taken),
                (problem.mentors, problem.mentor_capacity, full),
            )
            for person, left in zip(side, limits - used, strict=True)
            if left > 0
        ]
        keys = problem.mentees[i].key, problem.mentors[j].key
        pool = solver.compile(
            free, dataclasses.replace(problem.rules, forbidden=(*problem.rules.forbidden, keys))
        )
        found = partners(pool)
        moves = solver.rematch(problem, result, i, j, max_moves=0)
        mine = [pool.mentors[b].key for _, b in found.of_mentees[pool.row(keys[0])]]
        theirs = [pool.mentees[a].key for a, _ in found.of_mentors[pool.column(keys[1])]]
        held = (
            {problem.mentors[b].key for a, b in rest if a == i},
            {problem.mentees[a].key for a, b in rest if b == j},
        )
        if held == (set(), set()):  # who still has somebody else may not get the same again
            assert mine == [problem.mentors[move.made[0][1]].key for move in moves.for_mentee]
            assert theirs == [problem.mentees[move.made[0][0]].key for move in moves.for_mentor]


@steady(20)
@given(seed=st.integers(0, 2**32), least=st.integers(0, 10_000))
def test_nobody_below_the_smallest_score(seed, least):
    problem = solver.compile(crowd(seed))
    found = partners(problem, minimum=least)
    for pairs in (*found.of_mentees, *found.of_mentors):
        assert all(problem.stored[i, j] >= least for i, j in pairs)


def test_nobody_there():
    assert partners(solver.compile([])).of_mentees == ()
