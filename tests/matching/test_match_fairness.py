"""Whether a group is left behind: the statistics against independent ones, no false alarms, and the
page.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from django.urls import reverse
from scipy import stats

from matching.domain.analysis import chance, fairness
from matching.domain.analysis.placed import Placed, people_of
from matching.models import MatchRun, Proposal, Unmatched
from matching.wording import runs as run_words
from tests.matching.matching_data import Pool, add, pool
from tests.support.types import AsUser


def placed(
    number: int, department: str, *, role: str = "mentor", score: int | None = 7000
) -> list[Placed]:
    """So many people of a department with a pair of this score, or without one."""
    return [
        Placed(role, department, "Grade", 1, "Berlin", () if score is None else (score,))
    ] * number


@pytest.mark.parametrize(
    ("people", "left", "inside", "seen"),
    [(200, 12, 11, 3), (30, 10, 8, 0), (9, 9, 4, 4), (50, 1, 5, 1)],
)
def test_chance_of_places_is_the_hypergeometric_one(
    people: int, left: int, inside: int, seen: int
) -> None:
    expected = stats.hypergeom.sf(seen - 1, people, left, inside)
    assert chance.chance_of_so_many([(people, left, inside)], seen) == pytest.approx(
        expected, rel=1e-9
    )


def test_chance_of_places_in_two_roles_counts_every_draw() -> None:
    """By hand: 2 of 4 mentors and 1 of 3 mentees are left over, the group is the first two of
    each.
    """
    draws = [
        sum(at < 2 for at in mentors) + sum(at < 2 for at in mentees)
        for mentors in combinations(range(4), 2)
        for mentees in combinations(range(3), 1)
    ]
    for seen in range(5):
        expected = sum(found >= seen for found in draws) / len(draws)
        assert chance.chance_of_so_many([(4, 2, 2), (3, 1, 2)], seen) == pytest.approx(expected)


def test_chance_of_ranks_is_that_of_the_rank_sum_test() -> None:
    rng = np.random.default_rng(5)
    fits, inside = rng.integers(40, 60, 60).astype(float), np.arange(60) < 14
    fits[inside] -= 4
    theirs = stats.mannwhitneyu(
        fits[inside], fits[~inside], alternative="less", method="asymptotic", use_continuity=False
    )
    assert chance.chance_of_such_ranks([(stats.rankdata(fits), inside)]) == pytest.approx(
        theirs.pvalue
    )
    assert chance.chance_of_such_ranks([(np.ones(4), np.array([True, False, False, True]))]) == 1.0
    assert chance.chance_of_such_ranks([]) == 1.0


def test_holm_stops_at_the_first_that_does_not_hold() -> None:
    assert chance.holm([0.01, 0.04, 0.03, 0.005], level=0.05) == [True, False, False, True]
    assert chance.holm([0.001], level=0.05) == [True]
    assert chance.holm([], level=0.05) == []


def test_group_that_is_left_behind_is_named_with_its_numbers() -> None:
    people = (
        placed(4, "Operations")
        + placed(7, "Operations", score=None)
        + placed(190, "Sales")
        + placed(10, "Sales", score=None)
    )
    answer = fairness.judge(people)
    assert [(group.dimension, group.name, group.behind) for group in answer.behind] == [
        ("department", "Operations", ("places",))
    ]
    words, sentences = run_words.headline(answer)
    assert words == "1 group is left behind."
    assert sentences == [
        "Operations: 7 of 11 people are without a match; elsewhere 5% of those in the same role."
    ]


def test_group_with_weaker_matches_is_named() -> None:
    people = placed(12, "Operations", score=4000) + [
        one for fit in range(100) for one in placed(1, "Sales", score=6000 + fit)
    ]
    answer = fairness.judge(people)
    assert [group.behind for group in answer.behind] == [("fit",)]
    assert run_words.headline(answer)[1] == [
        "Operations: the median fit is 40 of 100; elsewhere it is 60."
    ]
    trifle = placed(12, "Operations", score=5990) + [
        one for fit in range(100) for one in placed(1, "Sales", score=6000 + fit)
    ]
    assert fairness.judge(trifle).behind == ()


@pytest.mark.parametrize("size", [1, 2, 4])
def test_tiny_groups_are_shown_and_not_judged(size: int) -> None:
    answer = fairness.judge(placed(size, "Legal", score=None) + placed(400, "Sales"))
    assert answer.behind == ()
    legal = next(group for group in answer.groups if group.name == "Legal")
    assert (legal.left, legal.judged) == (size, False)
    assert run_words.verdict(legal)[0] == "Too few to tell"


def test_three_of_eleven_among_many_groups_is_told_as_what_it_may_be() -> None:
    """The widest gap is named all the same, with its numbers: whoever wants to look can."""
    people = placed(8, "Operations") + placed(3, "Operations", score=None)
    for number in range(12):
        people += placed(19, f"Group {number}") + placed(1, f"Group {number}", score=None)
    answer = fairness.judge(people)
    assert answer.behind == ()
    words, sentences = run_words.headline(answer)
    assert words == "No group is clearly left behind."
    assert "Operations: 3 of 11 people are without a match; elsewhere 5%" in sentences[0]
    assert "can be chance" in sentences[0]


def test_more_mentees_than_places_leaves_no_department_behind() -> None:
    """Half the mentees must be left over.

    A department that is all mentees has many of them, and that is all.
    """
    people = placed(60, "Sales", role="mentor")
    people += placed(40, "Sales", role="mentee") + placed(40, "Sales", role="mentee", score=None)
    people += placed(20, "Board", role="mentee") + placed(20, "Board", role="mentee", score=None)
    answer = fairness.judge(people)
    assert answer.behind == ()
    board = next(group for group in answer.groups if group.name == "Board")
    assert board.elsewhere == pytest.approx(0.5)
    roles = [group for group in answer.groups if group.dimension == "role"]
    assert [(group.name, group.judged) for group in roles] == [("mentee", False), ("mentor", False)]


@pytest.mark.broad
def test_false_alarms_are_rare() -> None:
    """Places and fits handed out by lot: not more than one page in twenty names a group."""
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(200):
        lost, fits = rng.random(120) < 0.15, rng.integers(3000, 9000, 120)
        people = [
            Placed(
                "mentor" if at < 60 else "mentee",
                f"Department {rng.integers(8)}",
                "Grade",
                1,
                f"Place {rng.integers(4)}",
                () if lost[at] else (int(fits[at]),),
            )
            for at in range(120)
        ]
        alarms += bool(fairness.judge(people).behind)
    assert alarms <= 10


@pytest.mark.parametrize(
    "people", [[], placed(3, "Sales"), placed(3, "Sales", score=None), placed(9, "", score=None)]
)
def test_any_crowd_has_an_answer(people: list[Placed]) -> None:
    answer = fairness.judge(people)
    assert answer.behind == ()
    assert run_words.headline(answer)[0]


def test_everybody_paired_is_said() -> None:
    assert (
        "everybody has a match"
        in run_words.headline(fairness.judge(placed(30, "Sales") + placed(9, "Legal")))[0]
    )


def uneven(rows: int) -> tuple[Pool, MatchRun]:
    """A run with so many pairs, and as many mentees left over."""
    some = pool(rows, 2 * rows)
    return some, some.run()


@pytest.mark.django_db
def test_changes_by_hand_are_in_the_facts() -> None:
    some, run = uneven(2)
    people = people_of(run)
    assert sorted((person.role, bool(person.scores)) for person in people) == [
        *([("mentee", False)] * 2),
        *([("mentee", True)] * 2),
        *([("mentor", True)] * 2),
    ]
    left = Unmatched.objects.filter(run=run).first()
    assert left is not None
    Proposal.objects.filter(run=run).first().delete()  # type: ignore[union-attr]
    Proposal.objects.create(
        run=run, mentor=add(some, "mentor", "Junior Z"), mentee=left.enrolment, score=5000
    )
    assert sum(bool(person.scores) for person in people_of(run)) == 4


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_fairness_page_takes_a_constant_number_of_queries(
    rows: int, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    some, run = uneven(rows)
    client = as_user(some.coordinator)
    with django_assert_max_num_queries(14):
        page = client.get(
            reverse("matching:match_fairness", args=[run.public_id]), {"by": "role"}
        ).content.decode()
    assert f"{2 * rows} of {3 * rows} people have a match" in page
    assert "Mentees" in page


@pytest.mark.broad
@pytest.mark.django_db
def test_fairness_page_searches_and_keeps_to_finished_runs(as_user: AsUser) -> None:
    some, run = uneven(2)
    client = as_user(some.hr)
    url = reverse("matching:match_fairness", args=[run.public_id])
    assert "No group to show" in client.get(url, {"q": "nowhere"}).content.decode()
    part = client.get(
        url, {"by": "location"}, headers={"HX-Request": "true", "HX-Target": "rows"}
    ).content.decode()
    assert "Berlin" in part
    assert "<html" not in part
    assert client.get(url, {"by": "shoe size", "sort": "?", "page": "99"}).status_code == 200
    MatchRun.objects.filter(pk=run.pk).update(state="failed")
    assert client.get(url).status_code == 404


@pytest.mark.django_db
def test_groups_can_be_downloaded(as_user: AsUser) -> None:
    some, run = uneven(2)
    response: Any = as_user(some.hr).get(
        reverse("matching:match_fairness_export", args=[run.public_id])
    )
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0].startswith('\ufeff"By","Group","People","With a match"')
    assert '"Role","Mentees",4,2,' in "\n".join(lines)
