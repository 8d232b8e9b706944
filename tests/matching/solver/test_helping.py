"""What would help the unmatched: every promise is kept when the change is made and everything is
solved again.
"""

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import solver
from matching.solver import Person, Rules, solve
from matching.solver.suggestions import what_would_help as helping
from matching.solver.suggestions.counting import Room
from matching.solver.suggestions.what_would_help import Change, Help, what_would_help
from tests.matching.solver.instances import crowd, mentee, mentor, steady
from tests.matching.solver.test_privacy import WORLDS, said, world

pytestmark = pytest.mark.broad

ALL_WEEK = tuple((day, 0, 1440) for day in range(7))


def helped(people: list[Person], rules: Rules, **how: Any) -> tuple[int, Help]:
    problem = solver.build_problem(people, rules)
    result = solve(problem, **how)
    return len(result), what_would_help(problem, result)


def newcomers_of(change: Change, gap: int) -> list[Person]:
    """The people whom a change asks for: they fit everybody, and know or want one topic each."""
    make, rank = (mentor, -50) if change.role == "mentor" else (mentee, 50 + gap)
    found = []
    for wanted in change.topics:
        topics = {wanted.topic: 1} if wanted.topic else {}
        for _ in range(wanted.people):
            key = f"new{change.role}{len(found)}"
            found.append(make(key, grade_rank=rank, topics=topics, availability=ALL_WEEK))
    return found


def after(people: list[Person], rules: Rules, change: Change, how: dict[str, Any]) -> int:
    """How many pairs there are once a change has been made."""
    how = dict(how)
    changed = list(people)
    if change.kind == "participation":
        how["objective"] = "participation"
    if change.kind == "places":
        more = {person.key for person in change.people}
        changed = [
            dataclasses.replace(p, capacity=p.capacity + 1)
            if p.role == "mentor" and p.key in more
            else p
            for p in people
        ]
        assert len(more) == change.extra, "one place for each pair gained"
    if change.kind == "newcomers":
        changed += newcomers_of(change, rules.grade_gap)
    for part in change.parts or (change,):
        if part.kind == "minimum":
            how["minimum"] = part.to
    return len(solve(solver.build_problem(changed, change.applied(rules)), **how))


def kept(people: list[Person], rules: Rules, **how: Any) -> Help:
    """What would help, after every promise was tried."""
    now, found = helped(people, rules, **how)
    for change in found.changes:
        assert change.extra > 0
        if change.kind == "newcomers" and how.get("minimum"):
            # said of people who fit: with a smallest score, not everybody who shares a topic does
            continue
        assert after(people, rules, change, how) == now + change.extra, change
    return found


def kinds(found: Help) -> dict[str, int]:
    return {change.kind: change.extra for change in found.changes}


@pytest.mark.parametrize("objective", ["participation", "score"])
@given(
    seed=st.integers(0, 10_000),
    gap=st.integers(1, 4),
    department=st.booleans(),
    language=st.booleans(),
    minimum=st.sampled_from([None, 1500, 3000, 4025]),
    sizes=st.tuples(st.integers(1, 12), st.integers(1, 12)),
)
@steady(80)
def test_every_promise_is_kept(objective, seed, gap, department, language, minimum, sizes):
    rules = Rules(
        grade_gap=gap, forbid_same_department=department, require_common_language=language
    )
    kept(crowd(seed, *sizes), rules, objective=objective, floor=False, minimum=minimum)


@given(
    seed=st.integers(0, 10_000),
    gap=st.integers(2, 4),
    sizes=st.tuples(st.integers(2, 9), st.integers(2, 9)),
)
@steady(60)
def test_pins_that_come_back_are_reckoned_with(seed, gap, sizes):
    people = crowd(seed, *sizes)
    mentees, mentors = ([p.key for p in people if p.role == role] for role in ("mentee", "mentor"))
    pins = tuple(zip(mentees[:3], mentors[:3], strict=False))
    kept(people, Rules(grade_gap=gap, forbid_same_department=True, pinned=pins))


@given(seed=st.integers(0, 10_000), gap=st.integers(2, 3))
@steady(60)
def test_a_person_is_helped_by_what_makes_a_pair_for_them_and_takes_none(seed, gap):
    people = crowd(seed, 9, 9)
    rules = Rules(grade_gap=gap, forbid_same_department=True)
    problem = solver.build_problem(people, rules)
    result = solve(problem)
    found = what_would_help(problem, result)
    having = {("mentee", problem.mentees[i].key) for i, _ in result.pairs}
    having |= {("mentor", problem.mentors[j].key) for _, j in result.pairs}
    for change in (
        change
        for change in found.changes
        if change.kind in {"same_department", "language", "grade_gap"}
    ):
        changed = solver.build_problem(people, change.applied(rules))
        for person in solver.unmatched(problem, result):
            if person.capacity < 1 or not person.approved:
                continue
            # everybody who has a pair keeps as many as they have, this person gets one, all others
            # may
            sides = []
            for role, side, index in (
                ("mentee", changed.mentees, 0),
                ("mentor", changed.mentors, 1),
            ):
                count = np.bincount([pair[index] for pair in result.pairs], minlength=len(side))
                mine = np.array([p.key == person.key and p.role == person.role for p in side])
                sides.append(
                    np.where(mine, 1, count)
                    if role == person.role
                    else np.array([max(p.capacity, 0) for p in side])
                )
            fits = Room(changed.stored >= 0, np.empty((0, 2), np.int64)).most(*sides) > len(result)
            assert fits == (change in found.for_person.get((person.role, person.key), ())), (
                person.key,
                change,
            )
    assert not having & set(found.for_person)


def seniors(count: int, *, topics: tuple[str, ...] = (), **more: Any) -> list[Person]:
    return [
        mentee(f"s{n}", topics={topic: at + 1 for at, topic in enumerate(topics)}, **more)
        for n in range(count)
    ]


def juniors(count: int, *, topics: tuple[str, ...] = (), **more: Any) -> list[Person]:
    return [mentor(f"j{n}", topics=dict.fromkeys(topics, 4), **more) for n in range(count)]


def test_two_more_mentors_for_sustainability():
    people = seniors(3, topics=("Sustainability",)) + juniors(1, topics=("Sustainability", "AI"))
    people += [
        mentee("x", topics={"AI": 1}, department="A"),
        mentor("y", topics={"AI": 2}, department="B"),
    ]
    found = kept(people, Rules())
    (change,) = [change for change in found.changes if change.kind == "newcomers"]
    assert (change.role, change.extra) == ("mentor", 2)
    assert [(w.topic, w.people) for w in change.topics] == [("Sustainability", 2)]
    assert (change.topics[0].wanting, change.topics[0].places) == (3, 1)


def test_the_scarce_topic_comes_first_and_the_rest_is_named_too():
    people = [mentee(f"a{n}", topics={"AI": 1}) for n in range(4)] + [
        mentee(f"c{n}", topics={"Cloud": 1}) for n in range(2)
    ]
    people += [mentee("n"), *juniors(2, topics=("AI",))]
    (change,) = [change for change in kept(people, Rules()).changes if change.kind == "newcomers"]
    # who wants nothing takes the place of somebody who is content with a newcomer
    assert [(w.topic, w.people) for w in change.topics] == [("AI", 3), ("Cloud", 2)]


def test_nobody_in_particular_where_nothing_is_wanted():
    (change,) = [
        change
        for change in kept(seniors(3) + juniors(1), Rules()).changes
        if change.kind == "newcomers"
    ]
    assert [(w.topic, w.people) for w in change.topics] == [("", 2)]


def test_left_over_mentors_need_mentees():
    people = seniors(1, topics=("AI",)) + juniors(3, topics=("AI",))
    found = kept(people, Rules())
    assert [(c.kind, c.role, c.extra) for c in found.changes] == [("newcomers", "mentee", 2)]


def test_department_rule_named_with_its_pairs():
    people = seniors(4, department="Sales") + juniors(4, department="Sales")
    found = kept(people, Rules(forbid_same_department=True))
    assert kinds(found) == {"same_department": 4, "newcomers": 4}
    assert [c.kind for c in found.for_person["mentee", "s2"]] == ["same_department"]


def test_largest_gap_that_helps_and_the_one_that_helps_most():
    people = [
        mentee("s0", grade_rank=5),
        mentee("s1", grade_rank=4),
        mentee("s2", grade_rank=3),
        *juniors(3, grade_rank=2),
    ]
    found = kept(people, Rules(grade_gap=4))
    assert [(c.to, c.extra) for c in found.changes if c.kind == "grade_gap"] == [(1, 3), (3, 1)]


def test_two_rules_that_help_together_alone():
    people = [
        mentee("s", department="A", languages=("de",)),
        mentor("j", department="A", languages=("fr",)),
    ]
    found = kept(people, Rules(forbid_same_department=True, grade_gap=3))
    (change,) = [change for change in found.changes if change.kind == "together"]
    assert sorted(part.kind for part in change.parts) == ["language", "same_department"]
    assert found.for_person["mentee", "s"] == (change,)


def test_one_more_place_is_asked_of_as_few_as_can_be():
    people = [mentee(f"a{n}", department="A") for n in range(3)] + [
        mentee(f"b{n}", department="B") for n in range(2)
    ]
    people += [
        mentor("ja", department="B"),
        mentor("jb", department="A"),
        mentor("jc", department="A"),
    ]
    found = kept(people, Rules(forbid_same_department=True))
    (change,) = [change for change in found.changes if change.kind == "places"]
    assert (change.extra, [p.key for p in change.people]) == (1, ["ja"])


def test_who_has_as_many_as_can_be_is_not_asked():
    problem = solver.build_problem(seniors(3) + juniors(2))
    result = solve(problem)
    found = what_would_help(problem, result, may_give_more=lambda person: person.key == "j1")
    assert [[p.key for p in c.people] for c in found.changes if c.kind == "places"] == [["j1"]]
    found = what_would_help(problem, result, may_give_more=lambda _: False)
    assert [c.kind for c in found.changes] == ["newcomers"]


def test_smallest_score_is_lowered_no_further_than_needed():
    people = [
        *seniors(2, topics=("AI", "Cloud")),
        mentor("j0", topics={"AI": 5}),
        mentor("j1", topics={"Cloud": 1}),
    ]
    found = kept(people, Rules(), minimum=7000)
    changes = [change for change in found.changes if change.kind == "minimum"]
    assert [change.extra for change in changes] == [2, 1]
    for change in changes:
        assert change.to is not None
        assert 0 < change.to < 7000
        further = dataclasses.replace(change, to=change.to + 100)
        assert after(people, Rules(), further, {}) < change.extra


def test_best_total_alone_offers_the_other_aim():
    people = [
        mentee("s0", topics={"AI": 1}),
        mentee("s1"),
        mentor("j0", topics={"AI": 5}),
        mentor("j1"),
    ]
    weights = solver.Weights(
        topics=1, overlap=0, style=0, language=0, interests=0, distance=0, wish=0
    )
    found = kept(people, Rules(weights=weights), objective="score")
    assert kinds(found) in ({"participation": 1}, {})


@pytest.mark.parametrize(
    "people", [[], seniors(2), juniors(2)], ids=["nobody", "no mentors", "no mentees"]
)
def test_without_people_there_is_nothing_to_count(people):
    assert kept(people, Rules()).changes == ()


def test_nobody_left_over_needs_no_help():
    assert helped(seniors(2) + juniors(3)[:2], Rules())[1] == Help((), {}, True)


def test_who_has_somebody_from_before_is_not_in_need():
    problem = solver.build_problem(seniors(1) + juniors(1, capacity=2) + [mentee("old")])
    result = solve(problem)
    assert what_would_help(problem, result, has_partner=lambda person: True).changes == ()


def test_a_crowd_too_large_to_count_is_told_so(monkeypatch):
    monkeypatch.setattr(helping, "MOST_CELLS", 5)
    found = helped(seniors(4) + juniors(2), Rules())[1]
    assert found.counted is False
    assert kinds(found) == {"newcomers": 2}


@pytest.mark.parametrize("objective", ["participation", "score"])
@pytest.mark.parametrize("minimum", [None, 3000])
@pytest.mark.parametrize("room", [1, 2, 4])
@pytest.mark.parametrize(
    "rules",
    [
        Rules(grade_gap=9),
        Rules(grade_gap=3, forbid_same_department=True),
        Rules(forbid_same_department=True, pinned=(("s0", "j0"), ("s1", "j1"))),
        Rules(forbid_same_department=True, forbidden=(("s1", "j1"), ("s2", "j1"))),
    ],
)
def test_help_is_the_same_whatever_the_private_reason(rules, room, minimum, objective):
    found = [
        said(helped(world(why, room), rules, objective=objective, minimum=minimum)[1])
        for why in WORLDS
    ]
    for why, other in zip(WORLDS[1:], found[1:], strict=True):
        assert other == found[0], why


def test_no_change_offers_what_is_private():
    text = " ".join(helping.Kind.__args__)  # type: ignore[attr-defined]
    assert not [
        word for word in ("overlap", "time", "avoid", "block", "former", "avail") if word in text
    ]
