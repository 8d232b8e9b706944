"""Scores are whole, add up, and the block that the solver sees is the breakdown that people see."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.solver import COMPONENTS, Rules, Weights, build_problem
from tests.matching.solver.instances import crowd, mentee, mentor, some_rules, steady

MORNINGS = tuple((day, 9 * 60, 12 * 60) for day in range(5))
NIGHT = ((6, 23 * 60, 60),)


def parts(left, right, rules=None):
    """The breakdown of one pair."""
    problem = build_problem([left, right], rules or Rules())
    return {
        name: int(points[0])
        for name, points in problem.scorer.components(np.array([0]), np.array([0])).items()
    }


def minutes(left, right, starts, ends):
    """Shared minutes of one pair in the worst week of a program."""
    return build_problem([left, right], Rules(starts=starts, ends=ends)).scorer.minutes(0, 0)


@pytest.mark.broad
@steady(120)
@given(seed=st.integers(0, 2**32))
def test_blocks_and_breakdowns_agree(seed):
    problem = build_problem(crowd(seed, 12, 10), some_rules(seed))
    n, m = problem.shape
    i, j = np.divmod(np.arange(n * m), m)
    assert (problem.scorer.at(i, j).reshape(n, m) == problem.stored).all()
    assert ((problem.stored >= 0).ravel() == ~problem.scorer.broken(i, j).any(0)).all()
    some, others = np.arange(0, n, 2), np.array([1, 4, 7])
    assert (problem.scorer.block(some, others) == problem.stored[some][:, others]).all()
    share = problem.rules.weights.shares()
    for name, points in problem.scorer.components(i, j).items():
        assert points.min() >= 0
        assert points.max() <= share[name]


@pytest.mark.broad
@steady(200)
@given(weights=st.lists(st.integers(0, 1000), min_size=len(COMPONENTS), max_size=len(COMPONENTS)))
def test_shares_make_exactly_a_full_score(weights):
    shares = Weights(*weights).shares()
    assert sum(shares.values()) == (10_000 if any(weights) else 0)
    exact = [10_000 * weight / max(1, sum(weights)) for weight in weights]
    assert all(abs(share - about) < 1 for share, about in zip(shares.values(), exact, strict=True))


def test_negative_weights_are_refused():
    with pytest.raises(ValueError, match="weights"):
        Weights(topics=-1).shares()


def test_a_perfect_pair_has_nearly_the_full_score():
    same = {"working_style": {"pace": 4}, "languages": ("en",), "interests": frozenset("abc")}
    left = mentee(
        "a", topics={"ai": 1}, wishes=frozenset("b"), department="A", location="X", **same
    )
    right = mentor(
        "b", topics={"ai": 5}, wishes=frozenset("a"), department="B", location="Y", **same
    )
    assert 9_990 <= sum(parts(left, right).values()) <= 10_000


def test_topics_count_by_priority_and_level():
    only = Rules(weights=Weights(10, 0, 0, 0, 0, 0, 0))
    wants = mentee("a", topics={"ai": 1, "video": 2})
    assert parts(wants, mentor("b", topics={"ai": 5, "video": 5}), only)["topics"] in range(
        9_990, 10_001
    )
    assert parts(wants, mentor("b", topics={"ai": 3}), only)["topics"] == 3 * (10_000 * 2 // 15)
    assert parts(wants, mentor("b", topics={"video": 3}), only)["topics"] == 3 * (10_000 // 15)
    assert parts(wants, mentor("b", topics={"sewing": 5}), only)["topics"] == 0


def test_priorities_count_by_their_order_alone():
    gaps, tight = (
        mentee("a", topics={"ai": 10, "video": 70}),
        mentee("a", topics={"ai": 1, "video": 2}),
    )
    knows = mentor("b", topics={"ai": 4, "video": 1})
    assert parts(gaps, knows) == parts(tight, knows)


def test_a_slider_not_set_is_half_right():
    only = Rules(weights=Weights(0, 0, 10, 0, 0, 0, 0))
    left = mentee("a", working_style={"pace": 1})
    other = mentor("z", working_style={"pace": 3})
    for value, points in ((1, 10_000), (3, 5_000), (5, 0)):
        assert parts(left, mentor("b", working_style={"pace": value}), only)["style"] == points
    problem = build_problem([left, mentor("b"), other], only)
    assert problem.score(0, 0) == 5_000


def test_distance_is_a_plus_only_where_it_is_known():
    only = Rules(weights=Weights(0, 0, 0, 0, 0, 10, 0))
    left = mentee("a", department="A", location="X")
    assert parts(left, mentor("b", department="B", location="Y"), only)["distance"] == 10_000
    assert parts(left, mentor("b", department="A", location="Y"), only)["distance"] == 5_000
    assert parts(left, mentor("b"), only)["distance"] == 0


def test_each_side_that_wishes_adds_half():
    left, right = mentee("a", wishes=frozenset("b")), mentor("b", wishes=frozenset("a"))
    assert parts(left, right)["wish"] == Weights().shares()["wish"]
    assert parts(left, mentor("b"))["wish"] == Weights().shares()["wish"] // 2


def test_overlap_follows_each_zone_through_daylight_saving():
    """Berlin 9 to 12 and New York 3 to 6 meet all winter and all summer, and one hour less in the
    weeks between.
    """
    berlin = mentee("a", time_zone="Europe/Berlin", availability=MORNINGS)
    york = mentor(
        "b",
        time_zone="America/New_York",
        availability=tuple((day, 3 * 60, 6 * 60) for day in range(5)),
    )
    assert minutes(berlin, york, date(2026, 12, 1), date(2027, 2, 1)) == 900
    assert minutes(berlin, york, date(2026, 6, 1), date(2026, 8, 1)) == 900
    assert minutes(berlin, york, date(2027, 2, 1), date(2027, 6, 1)) == 600  # 14 to 28 March 2027


def test_the_worst_week_of_the_program_decides():
    berlin = mentee("a", time_zone="Europe/Berlin", availability=MORNINGS)
    kolkata = mentor(
        "b",
        time_zone="Asia/Kolkata",
        availability=tuple((day, 12 * 60 + 30, 15 * 60 + 30) for day in range(5)),
    )
    assert minutes(berlin, kolkata, date(2026, 6, 1), date(2026, 8, 1)) == 900
    assert minutes(berlin, kolkata, date(2026, 11, 2), date(2027, 2, 1)) == 600
    assert minutes(berlin, kolkata, date(2026, 9, 1), date(2027, 2, 1)) == 600
    assert minutes(berlin, kolkata, None, None) == 600


def test_lord_howe_shifts_by_half_an_hour():
    sydney = mentee("a", time_zone="Australia/Sydney", availability=MORNINGS)
    howe = mentor("b", time_zone="Australia/Lord_Howe", availability=MORNINGS)
    assert minutes(sydney, howe, date(2026, 6, 1), date(2026, 7, 1)) == 5 * 150
    assert minutes(sydney, howe, date(2026, 12, 1), date(2027, 1, 1)) == 5 * 180


def test_windows_run_over_midnight_and_round_the_week():
    night = mentee("a", availability=NIGHT)
    assert minutes(night, mentor("b", availability=((0, 0, 60),)), None, None) == 60
    assert (
        minutes(
            night,
            mentor("b", time_zone="Asia/Tokyo", availability=((0, 8 * 60, 10 * 60),)),
            None,
            None,
        )
        == 120
    )


def test_only_whole_quarter_hours_count():
    left, right = mentee("a", availability=((0, 545, 599),)), mentor("b", availability=MORNINGS)
    assert minutes(left, right, None, None) == 30


def test_zones_that_move_together_are_one_season():
    people = [mentee("a", time_zone="Europe/Berlin"), mentor("b", time_zone="Europe/Madrid")]
    assert len(build_problem(people).scorer.weeks) == 1


def test_an_unknown_zone_counts_as_utc_and_is_noted():
    problem = build_problem(
        [
            mentee("a", time_zone="Mars/Base", availability=MORNINGS),
            mentor("b", availability=MORNINGS),
        ]
    )
    assert problem.scorer.minutes(0, 0) == 900
    assert ("unknown_time_zone", "a") in [(note.code, note.person.key) for note in problem.notes]


def test_no_weight_on_overlap_still_asks_for_overlap():
    rules = Rules(weights=Weights(overlap=0))
    early, late = (
        mentee("a", availability=((0, 480, 600),)),
        mentor("b", availability=((0, 600, 720),)),
    )
    assert build_problem([early, late], rules).score(0, 0) == -1
    assert (
        build_problem([early, mentor("b", availability=((0, 540, 720),))], rules).score(0, 0) >= 0
    )


@pytest.mark.parametrize("needed", [60, 61, 75, 5000])
def test_the_minutes_asked_for_are_exact(needed):
    free = ((0, 480, 540), (1, 480, 495))
    problem = build_problem(
        [mentee("a", availability=free), mentor("b", availability=free)],
        Rules(min_overlap_minutes=needed),
    )
    assert (problem.score(0, 0) >= 0) == (needed <= 75)
    assert (int(problem.block(np.array([0]))[0, 0]) >= 0) == (needed <= 75)


def test_many_combinations_of_languages_score_alike(monkeypatch):
    people = crowd(21, 20, 20)
    few = build_problem(people)
    monkeypatch.setattr("matching.solver.scoring.features.MOST_LANGUAGE_SETS", 0)
    many = build_problem(people)
    assert few.scorer.languages is None
    assert many.scorer.languages is not None
    assert (few.stored == many.stored).all()
    i, j = np.divmod(np.arange(400), 20)
    assert (few.scorer.broken(i, j) == many.scorer.broken(i, j)).all()
