"""What would help those without a partner, on the page of a run: true when it is done, and silent
about private rules.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from matching.models import MatchRun
from matching.wording import suggestions as suggestion_words
from programs.enums import Objective
from tests import factories as make
from tests.matching.matching_data import Pool, add, pool
from tests.support.types import AsUser


def page_of(run: MatchRun, client: Client) -> str:
    return client.get(
        reverse("matching:match_run_unmatched", args=[run.public_id])
    ).content.decode()


def changes(run: MatchRun) -> dict[str, dict[str, Any]]:
    return {change["key"]: change for change in run.statistics["help"]["changes"]}


def told(some: Pool, run: MatchRun) -> list[str]:
    names = {str(e.public_id): e.person.name for e in some.mentors + some.mentees}
    return [
        f"{line.text}: {line.makes}"
        for line in suggestion_words.suggestions(run.statistics["help"], names)
    ]


@pytest.mark.django_db
def test_two_more_mentors_for_a_topic_or_places_with_those_there_are(as_user: AsUser) -> None:
    some = pool(1, 3)
    run = some.run()
    assert told(some, run) == [
        "One more place with one {mentor}: Junior A: 1 more pair",
        "2 more {mentors} for AI tools: 2 more pairs",
    ]
    page = page_of(run, as_user(some.coordinator))
    assert "2 more mentors for AI tools" in page
    assert "AI tools: wanted by 3; places with mentors who know it: 1" in page
    assert reverse("programs:invite", args=[some.program.public_id]) in page
    assert page.count("Would help: one more place with Junior A.") == 2
    add(some, "mentor", "Junior X")
    add(some, "mentor", "Junior Y")
    again = some.run()
    assert again.statistics["pairs"] == run.statistics["pairs"] + 2
    assert again.statistics["help"] == {"counted": True, "changes": []}


@pytest.mark.django_db
def test_a_further_place_is_worth_what_is_said() -> None:
    some = pool(2, 4)
    run = some.run()
    asked = changes(run)["places"]
    assert (asked["pairs"], asked["people"]) == (2, 2)
    for mentor in some.mentors:
        mentor.capacity = 2
        mentor.save()
    assert some.run().statistics["pairs"] == run.statistics["pairs"] + 2


@pytest.mark.django_db
def test_who_has_five_is_not_asked_for_more() -> None:
    some = pool(1, 7)
    some.mentors[0].capacity = 5
    some.mentors[0].save()
    run = some.run()
    assert run.statistics["pairs"] == 5
    assert "places" not in changes(run)
    assert all(row.reason["help"]["ask"] == [] for row in run.unmatched.all())


@pytest.mark.django_db
def test_rule_of_departments_with_its_pairs_and_the_way_to_it(as_user: AsUser) -> None:
    some = pool(2, 2, forbid_same_department=True)
    User.objects.filter(pk__in=[e.person_id for e in some.mentors + some.mentees]).update(
        department="Sales"
    )
    run = some.run()
    assert told(some, run)[0] == "Allow two people of the same department: 2 more pairs"
    page = page_of(run, as_user(some.hr))
    assert reverse("programs:program_wizard", args=[some.program.public_id, "rules"]) in page
    assert page.count("Would help: allowing the same department.") == 4
    some.program.forbid_same_department = False
    some.program.save()
    assert some.run().statistics["pairs"] == 2


@pytest.mark.django_db
def test_grade_gap_is_lowered_as_far_as_it_helps() -> None:
    low, high = make.GradeFactory(rank=31), make.GradeFactory(rank=33)
    some = pool(0, 0, grade_gap=4)
    some.mentors.append(add(some, "mentor", "Junior A", grade=low))
    some.mentees.append(add(some, "mentee", "Senior A", grade=high))
    run = some.run()
    assert told(some, run)[0] == "Lower the grades between the two from 4 to 2: 1 more pair"
    some.program.grade_gap = 2
    some.program.save()
    assert some.run().statistics["pairs"] == 1


@pytest.mark.django_db
def test_best_total_names_the_smallest_fit_and_the_other_aim(as_user: AsUser) -> None:
    some = pool(2, 2, objective=Objective.SCORE, floor=False, minimum_score=9900)
    run = some.run()
    assert run.statistics["pairs"] == 0
    assert "Do without a smallest fit: 2 more pairs" in told(some, run)
    assert reverse("matching:match_run_list", args=[some.program.public_id]) in page_of(
        run, as_user(some.coordinator)
    )


@pytest.mark.django_db
def test_nothing_to_change_is_said(as_user: AsUser) -> None:
    some = pool(1, 1)
    User.objects.filter(pk__in=[e.person_id for e in some.mentors]).update(grade=None)
    page = page_of(some.run(), as_user(some.coordinator))
    assert "1 more mentor for AI tools" in page
    assert page.count("Would help:") == 1, "nothing but a grade helps somebody without one"


@pytest.mark.django_db
def test_many_people_are_not_counted_through_and_that_is_said(
    as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matching.solver.suggestions.what_would_help.MOST_CELLS", 1)
    some = pool(1, 3)
    page = page_of(some.run(), as_user(some.coordinator))
    assert "was not counted" in page
    assert "2 more mentors: <strong>2 more pairs" in page


@pytest.mark.django_db
def test_everybody_placed_needs_no_help(as_user: AsUser) -> None:
    some = pool(2, 2)
    assert "What would help" not in page_of(some.run(), as_user(some.coordinator))


@pytest.mark.django_db
def test_run_from_before_this_was_counted_still_shows(as_user: AsUser) -> None:
    some = pool(1, 2)
    run = some.run()
    run.statistics.pop("help")
    run.save()
    for row in run.unmatched.all():
        row.reason.pop("help")
        row.save()
    assert "What would help" not in page_of(run, as_user(some.coordinator))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"key": "language", "pairs": 1}, "Do without a language in common: 1 more pair"),
        (
            {"key": "minimum", "from": 6050, "to": 4500, "pairs": 2},
            "Lower the smallest fit from 60.5 to 45: 2 more pairs",
        ),
        ({"key": "participation", "pairs": 3}, "Aim for as many pairs as possible: 3 more pairs"),
        (
            {
                "key": "together",
                "pairs": 2,
                "parts": [{"key": "same_department"}, {"key": "grade_gap", "to": 1}],
            },
            "All of this together: allowing the same department and a grade gap of 1: 2 more pairs",
        ),
        (
            {"key": "places", "pairs": 3, "people": 3, "named": ["a", "gone"]},
            "One more place with each of 3 {mentors}: Ada and 2 more: 3 more pairs",
        ),
        (
            {
                "key": "newcomers",
                "pairs": 3,
                "role": "mentee",
                "topics": [["AI", 2, 4, 2], ["", 1, 0, 0]],
            },
            "3 more {mentees}: 2 for AI and 1 for anything: 3 more pairs",
        ),
        (
            {"key": "newcomers", "pairs": 1, "role": "mentee", "topics": [["AI", 1, 2, 1]]},
            "1 more {mentee} for AI: 1 more pair",
        ),
    ],
)
def test_words(change: dict[str, Any], words: str) -> None:
    (line,) = suggestion_words.suggestions({"changes": [change]}, {"a": "Ada"})
    assert f"{line.text}: {line.makes}" == words
