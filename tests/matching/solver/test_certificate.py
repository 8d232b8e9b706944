"""`verify` believes nothing: whatever is changed in a result or its proofs is noticed."""

import dataclasses

import numpy as np
import pytest

from matching.solver import Rules, build_problem, solve, verify
from tests.matching.solver.instances import crowd, mentee, mentor

PEOPLE = [
    *(
        mentee(f"s{n}", topics={"ai": 1 + n % 3, "video": 2, f"t{n}": 3}, wishes=frozenset({"j1"}))
        for n in range(6)
    ),
    *(mentor(f"j{n}", topics={"ai": n % 6, "video": 5 - n, f"t{n}": 5}) for n in range(5)),
]


def changed(result, **changes):
    """The result with another answer; changes of the certificate by their own names."""
    proof = {
        name: changes.pop(name)
        for name in ("u", "v", "pair_price", "number", "floor_cut")
        if name in changes
    }
    if "floor_cut" in proof:
        proof["floor"] = proof.pop("floor_cut")
    certificate = dataclasses.replace(result.answer.certificate, **proof)
    return dataclasses.replace(
        result, answer=dataclasses.replace(result.answer, certificate=certificate, **changes)
    )


@pytest.fixture(scope="module")
def solved():
    problem = build_problem(PEOPLE)
    return problem, solve(problem)


def test_the_result_itself_is_proven(solved):
    assert verify(*solved) == []
    assert len(solved[1]) == 5


def test_a_pair_too_few_is_noticed(solved):
    problem, result = solved
    fewer = changed(result, pairs=result.answer.pairs[:-1], scores=result.answer.scores[:-1])
    assert "the number of pairs is not proven" in verify(problem, fewer)


def test_a_worse_total_is_noticed(solved):
    problem, result = solved
    pairs = result.answer.pairs.copy()
    pairs[:, 1] = np.roll(pairs[:, 1], 1)
    worse = changed(result, pairs=pairs, scores=problem.scores(pairs[:, 0], pairs[:, 1]))
    assert worse.total < result.total
    assert any("floor" in fault for fault in verify(problem, worse))
    claimed = changed(worse, bound=worse.total)
    assert any("bound" in fault for fault in verify(problem, claimed))


def test_misreported_scores_are_noticed(solved):
    problem, result = solved
    assert "a score is misreported" in verify(
        problem, changed(result, scores=result.answer.scores + 1)
    )


def test_capacity_and_repetition_are_noticed(solved):
    problem, result = solved
    pairs = result.answer.pairs.copy()
    pairs[1, 1] = pairs[0, 1]
    assert "capacity exceeded" in verify(problem, changed(result, pairs=pairs))
    twice = np.repeat(result.answer.pairs[:1], 5, 0)
    assert "pairs out of range or repeated" in verify(problem, changed(result, pairs=twice))
    assert verify(problem, changed(result, pairs=result.answer.pairs + 100)) == [
        "pairs out of range"
    ]


def test_another_floor_is_noticed(solved):
    problem, result = solved
    for floor in (None, result.floor - 1, result.floor + 1):
        assert "the floor is not proven" in verify(problem, changed(result, floor=floor))


def test_weak_proofs_are_noticed(solved):
    problem, result = solved
    proof = result.answer.certificate
    everyone = np.ones_like(proof.number.open_mentees)
    nothing = dataclasses.replace(
        proof.number,
        open_mentees=everyone,
        closed_mentors=np.zeros_like(proof.number.closed_mentors),
    )
    assert "the number of pairs is not proven" in verify(problem, changed(result, number=nothing))
    assert "the number of pairs is not proven" in verify(problem, changed(result, number=None))
    assert "the floor is not proven" in verify(problem, changed(result, floor_cut=None))
    assert any("bound" in fault for fault in verify(problem, changed(result, u=proof.u + 1)))
    assert any(
        "bound" in fault
        for fault in verify(problem, changed(result, pair_price=proof.pair_price + 1))
    )
    assert "a price of the wrong sign" in verify(
        problem, changed(result, v=proof.v - proof.v.max() - 1)
    )


def test_a_broken_rule_is_noticed():
    allowed, forbidden = (
        build_problem(PEOPLE),
        build_problem([dataclasses.replace(p, blocked=frozenset({"j0"})) for p in PEOPLE]),
    )
    faults = verify(forbidden, solve(allowed))
    assert "a pair breaks a rule" in faults
    assert "a forbidden pair" in faults


def test_other_pins_are_noticed():
    pinned = build_problem(PEOPLE, Rules(pinned=(("s0", "j0"),)))
    assert verify(pinned, solve(pinned)) == []
    assert "other pins than the problem's" in verify(build_problem(PEOPLE), solve(pinned))


def test_the_objective_score_needs_no_number():
    problem = build_problem(crowd(4, 40, 30))
    result = solve(problem, "score")
    assert verify(problem, result) == []
    assert any(
        "bound" in fault
        for fault in verify(problem, changed(result, bound=result.answer.bound - 1))
    )
