"""Every why and why not has an answer that is true."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import solver
from matching.solver import Rules, described, solve
from tests.matching.solver.instances import crowd, mentee, mentor, some_rules, steady
from tests.matching.solver.one_by_one import why_unmatched

pytestmark = pytest.mark.broad


@steady(100)
@given(seed=st.integers(0, 2**32))
def test_contributions_add_up_to_the_score(seed):
    problem = solver.build_problem(crowd(seed), some_rules(seed))
    result = solve(problem)
    scores = {(i, j): score for i, j, score, _ in result.scored_pairs}
    for i in range(problem.shape[0]):
        for j in range(problem.shape[1]):
            found = solver.explain(problem, i, j)
            if found.allowed:
                assert sum(part.points for part in found.contributions) == found.score
                assert found.score == scores.get(
                    (i, j), problem.stored[i, j] if not found.pinned else found.score
                )
                assert all(0 <= part.points <= part.most for part in found.contributions)
            else:
                assert found.score is None
                assert found.reasons
                assert found.contributions == ()
                assert solver.top_reasons(problem, i, j) == solver.warnings(problem, i, j) == ()


def test_all_pairs_at_once_are_explained_alike():
    problem = solver.build_problem(
        crowd(7, 30, 30), Rules(pinned=(("p001", "p002"), ("p005", "p030")))
    )
    result = solve(problem)
    found = [pair.points for pair in described(problem, result)]
    assert len(found) == len(result) > 5
    for (i, j, score, _), parts in zip(result.scored_pairs, found, strict=True):
        assert sum(parts.values()) == score
        assert parts == {
            part.component: part.points for part in solver.explain(problem, i, j).contributions
        }


def test_the_strongest_reasons_come_first_with_what_is_behind_them():
    left = mentee(
        "a",
        topics={"ai": 2, "video": 1},
        interests=frozenset({"chess"}),
        languages=("fr", "de"),
        working_style={"pace": 2},
        department="A",
        wishes=frozenset("b"),
    )
    right = mentor(
        "b",
        topics={"ai": 5, "video": 4, "sewing": 5},
        interests=frozenset({"chess"}),
        languages=("de",),
        working_style={"pace": 2},
        department="B",
    )
    problem = solver.build_problem([left, right])
    found = solver.top_reasons(problem, 0, 0, 9)
    params = {strength.component: strength.params for strength in found}
    assert [strength.points for strength in found] == sorted(
        (strength.points for strength in found), reverse=True
    )
    assert found[0].component == "topics"
    assert params == {
        "topics": {"topics": (("video", 4), ("ai", 5))},
        "overlap": {"minutes": 2400},
        "style": {"sliders": ("pace",)},
        "language": {"languages": ("de",)},
        "interests": {"interests": ("chess",)},
        "distance": {"other_department": True, "other_location": False},
        "wish": {"by_mentee": True, "by_mentor": False},
    }
    assert solver.top_reasons(problem, 0, 0, 2) == found[:2]


def test_warnings_name_what_deserves_a_look():
    people = [
        mentee("a", department="A", time_zone="No/Zone"),
        mentor("b", department="A", availability=((0, 540, 630),)),
    ]
    assert set(solver.warnings(solver.build_problem(people), 0, 0)) == {
        "no_shared_topic",
        "same_department",
        "little_overlap",
        "assumed_availability",
        "assumed_time_zone",
        "assumed_language",
    }


def why(people, key, rules=None, **more):
    """why_unmatched of the person of this key."""
    problem = solver.build_problem(people, rules)
    result = solve(problem, **more)
    person = next(person for person in solver.unmatched(problem, result) if person.key == key)
    return why_unmatched(problem, result, person)


def test_nobody_on_the_other_side():
    assert why([mentee("a")], "a").kind == "nobody_there"


def test_rules_that_took_everybody_are_counted():
    people = [
        mentee("a", blocked=frozenset("w"), department="A", ancestors=frozenset("x")),
        mentor("w", department="A"),
        mentor("x", department="A"),
        mentor("y", department="A"),
        mentor("z", department="B", grade_rank=12),
    ]
    found = why(people, "a", Rules(forbid_same_department=True))
    assert (found.kind, found.others, found.eligible) == ("rules", 4, 0)
    assert [(str(rule.reason), rule.people, rule.alone) for rule in found.obstacles] == [
        ("same_department", 3, 1),
        ("reporting_line", 1, 0),
        ("grade_gap", 1, 1),
        ("not_available", 1, 0),
    ]


def test_a_minimum_is_a_rule_of_its_own():
    found = why([mentee("a"), mentor("b")], "a", minimum=9_999)
    assert (found.kind, [str(rule.reason) for rule in found.obstacles]) == (
        "rules",
        ["below_minimum"],
    )


def test_who_took_the_eligible_partners():
    people = [
        mentee("a"),
        mentee("b", topics={"ai": 1}),
        mentee("c", topics={"ai": 1}),
        mentor("x", topics={"ai": 5}),
        mentor("y", topics={"ai": 1}),
    ]
    found = why(people, "a")
    assert (found.kind, found.eligible, found.obstacles) == ("outcompeted", 2, ())
    assert [partner.key for partner, _ in found.taken_by] == ["x", "y"]
    assert {rival.key for _, rival in found.taken_by} == {"b", "c"}
    assert (found.rivals, found.wanted, found.places) == (3, 3, 2)


def test_the_group_that_competes_is_not_everybody():
    """Three want the one who speaks their language; a fourth has a mentor of another language and
    is no rival.
    """
    people = [
        *(mentee(key, languages=("fr",)) for key in "abc"),
        mentee("d", languages=("de",)),
        mentor("x", languages=("fr",)),
        mentor("y", languages=("de",)),
        mentor("z", languages=("de",)),
    ]
    problem = solver.build_problem(people)
    result = solve(problem)
    left = [person.key for person in solver.unmatched(problem, result)]
    first = why_unmatched(problem, result, problem.mentees[problem.row(left[0])])
    assert (first.kind, first.rivals, first.wanted, first.places) == ("outcompeted", 3, 3, 1)
    mentor_left = why_unmatched(problem, result, problem.mentors[problem.column(left[-1])])
    assert (mentor_left.kind, mentor_left.rivals, mentor_left.wanted, mentor_left.places) == (
        "outcompeted",
        2,
        2,
        1,
    )


def test_objective_score_may_gain_nothing():
    rules = Rules(weights=solver.Weights(1, 0, 0, 0, 0, 0, 0))
    problem = solver.build_problem([mentee("a"), mentor("b")], rules)
    result = solve(problem, "score")
    if not len(result):
        assert why_unmatched(problem, result, problem.mentees[0]).kind == "no_gain"
    assert len(solve(problem)) == 1


@steady(60)
@given(seed=st.integers(0, 2**32))
def test_everybody_without_a_pair_learns_why(seed):
    problem = solver.build_problem(crowd(seed), some_rules(seed))
    result = solve(problem)
    paired = {("mentee", i) for i, _ in result.pairs} | {("mentor", j) for _, j in result.pairs}
    left = solver.unmatched(problem, result)
    assert len(left) == sum(problem.shape) - len(paired)
    for person in left:
        found = why_unmatched(problem, result, person)
        at = problem.position(person)
        allowed = problem.stored[at] >= 0 if person.role == "mentee" else problem.stored[:, at] >= 0
        assert found.eligible == int(np.sum(allowed))
        assert (found.kind == "rules") == (found.eligible == 0 and found.others > 0)
        if found.kind == "outcompeted":
            assert found.taken_by
            assert found.wanted > found.places


def test_a_stranger_is_no_person_of_the_problem():
    problem = solver.build_problem([mentee("a"), mentor("b")])
    with pytest.raises(KeyError):
        why_unmatched(problem, solve(problem), mentee("z"))
