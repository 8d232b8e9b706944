"""The answers for everybody at once are the answers one by one."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import solver
from matching.solver import Rules, solve
from matching.solver.partners import exchange
from matching.solver.scoring import features
from tests.matching.solver import one_by_one
from tests.matching.solver.instances import crowd, mentee, mentor, steady

pytestmark = pytest.mark.broad

RULES = st.builds(
    Rules,
    grade_gap=st.integers(1, 3),
    forbid_same_department=st.booleans(),
    require_common_language=st.booleans(),
    pinned=st.sampled_from([(), (("p001", "p002"), ("p003", "p000"))]),
    forbidden=st.sampled_from([(), (("p002", "p001"),)]),
)


@pytest.mark.parametrize("objective", ["participation", "score"])
@given(
    seed=st.integers(0, 10_000),
    rules=RULES,
    minimum=st.sampled_from([None, 2500]),
    sizes=st.sampled_from([(0, 3), (3, 0), (1, 1), (4, 9), (9, 4), (12, 12)]),
)
@steady(60)
def test_at_once_as_one_by_one(objective, seed, rules, minimum, sizes):
    problem = solver.build_problem(crowd(seed, *sizes), rules)
    result = solve(problem, objective, minimum=minimum)
    told = solver.described(problem, result, 4)
    for (i, j, score, pinned), one in zip(result.scored_pairs, told, strict=True):
        if pinned and not solver.explain(problem, i, j).allowed:
            continue
        assert sum(one.points.values()) == score
        assert one.points == {
            c.component: c.points for c in solver.explain(problem, i, j).contributions
        }
        assert one.strengths == solver.top_reasons(problem, i, j, 4)
        assert one.warnings == solver.warnings(problem, i, j)
    people = (*problem.mentors, *problem.mentees)
    assert solver.why_all(problem, result, people) == [
        one_by_one.why_unmatched(problem, result, p) for p in people
    ]
    for k in (1, 5, 50):
        rows = range(len(problem.mentees))
        assert solver.alternatives(problem, result, rows, k) == [
            one_by_one.alternatives(problem, result, row, k) for row in rows
        ]


@given(seed=st.integers(0, 10_000), minimum=st.sampled_from([None, 2500]), cells=st.integers(1, 40))
@steady(60)
def test_alternatives_in_blocks_where_each_mentee_has_one_mentor(seed, minimum, cells):
    people = [
        dataclasses.replace(p, capacity=1) if p.role == "mentee" else p for p in crowd(seed, 11, 9)
    ]
    problem = solver.build_problem(people, Rules(forbidden=(("p002", "p001"),)))
    result = solve(problem, minimum=minimum)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exchange, "CELLS", cells)
        assert solver.alternatives(problem, result, range(11)) == [
            one_by_one.alternatives(problem, result, row) for row in range(11)
        ]


def test_many_sets_of_languages_are_told_alike(monkeypatch):
    monkeypatch.setattr(features, "MOST_LANGUAGE_SETS", 0)
    people = [
        mentee("s0", languages=("de",)),
        mentee("s1"),
        mentor("j0", languages=("fr",)),
        mentor("j1", languages=("de",)),
    ]
    problem = solver.build_problem(people)
    result = solve(problem)
    for person in (*problem.mentees, *problem.mentors):
        assert solver.why_all(problem, result, [person]) == [
            one_by_one.why_unmatched(problem, result, person)
        ]


def test_a_problem_without_stored_scores(monkeypatch):
    monkeypatch.setattr(solver.problem, "STORED_CELLS", 0)
    people = [dataclasses.replace(p, capacity=1) for p in crowd(5, 9, 6)]
    problem = solver.build_problem(people)
    result = solve(problem)
    assert solver.alternatives(problem, result, range(9)) == [
        one_by_one.alternatives(problem, result, row) for row in range(9)
    ]
    people = (*problem.mentees, *problem.mentors)
    assert solver.why_all(problem, result, people) == [
        one_by_one.why_unmatched(problem, result, p) for p in people
    ]
