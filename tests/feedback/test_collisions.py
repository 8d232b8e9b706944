"""Surveys of other programs, and rounds that are open, beside those that are planned."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import formats

from accounts.models import User
from common import clock
from feedback.domain.collisions import Collisions
from feedback.domain.plan import from_today, occurrences
from feedback.models import SurveyPlanItem
from programs.models import Program
from tests.factories import PairingFactory, ProgramFactory, ProgramStaffFactory, UserFactory
from tests.feedback.factories import ParticipationFactory, PlanItemFactory, RoundFactory
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return ProgramFactory(state="running")


@pytest.fixture
def coordinator(program: Program) -> User:
    return ProgramStaffFactory(program=program).person


@pytest.fixture
def item(program: Program) -> SurveyPlanItem:
    """A survey in ten days that asks six people."""
    for _pair in range(3):
        PairingFactory(program=program, state="active")
    return PlanItemFactory(program=program, first_day=40, title="Ours")


def people_of(program: Program) -> list[User]:
    return [person for pair in program.pairings.all() for person in (pair.mentor, pair.mentee)]


def elsewhere(people: list[User], **more: Any) -> SurveyPlanItem:
    """A survey of another program that some of these people are in."""
    other = ProgramFactory(state="running")
    for at in range(0, len(people), 2):
        PairingFactory(program=other, mentor=people[at], mentee=people[at + 1], state="active")
    return PlanItemFactory(program=other, title="Theirs", **{"first_day": 45, **more})


def remarks(item: SurveyPlanItem, viewer: User) -> list[str]:
    [due] = occurrences(item)
    return Collisions(item.program, viewer).remarks(item, due)


def day_of(item: SurveyPlanItem) -> str:
    return formats.date_format(occurrences(item)[0].opens_at, "MONTH_DAY_FORMAT")


def test_survey_of_another_program_is_counted_and_not_named(
    item: SurveyPlanItem, coordinator: User, program: Program
) -> None:
    other = elsewhere(people_of(program))
    assert remarks(item, coordinator) == [
        f"On {day_of(other)} another survey asks 6 of these people."
    ]
    hr = UserFactory(is_hr_admin=True)
    assert remarks(item, hr) == [f"On {day_of(other)} “Theirs” asks 6 of these people."]


def test_fewer_than_five_people_are_a_few(
    item: SurveyPlanItem, coordinator: User, program: Program
) -> None:
    elsewhere(people_of(program)[:2])
    [text] = remarks(item, coordinator)
    assert text.endswith("another survey asks a few of these people.")


@pytest.mark.parametrize("more", [{"first_day": 54}, {"first_day": 26}, {"is_active": False}])
def test_survey_that_is_far_away_or_stopped_is_none(
    item: SurveyPlanItem, coordinator: User, program: Program, more: dict[str, Any]
) -> None:
    elsewhere(people_of(program), **more)
    assert remarks(item, coordinator) == []


def test_survey_of_other_people_is_none(item: SurveyPlanItem, coordinator: User) -> None:
    other = elsewhere([])
    PairingFactory(program=other.program, state="active")
    assert remarks(item, coordinator) == []


@pytest.mark.parametrize(
    ("opened", "closes", "is_near"), [(3, 1, True), (30, 11, True), (5, 1, False)]
)
def test_open_rounds_are_seen(
    item: SurveyPlanItem, program: Program, opened: int, closes: int, is_near: bool
) -> None:
    now = clock.now()
    opened_on = now - timedelta(days=opened)
    mine = RoundFactory(
        program=program, title="Mine", opens_at=opened_on, closes_at=now + timedelta(days=closes)
    )
    ParticipationFactory(round=mine, person=people_of(program)[0])
    assert bool(remarks(item, UserFactory(is_hr_admin=True))) is is_near


def test_opening_today_shows_what_else_is_asked(
    item: SurveyPlanItem, program: Program, coordinator: User, as_user: AsUser
) -> None:
    open_round = RoundFactory(program=ProgramFactory(), title="Secret")
    ParticipationFactory(round=open_round, person=people_of(program)[0])
    page = as_user(coordinator).get(reverse("feedback:plan_item_open", args=[item.public_id]))
    assert "another survey asks a few of these people." in page.text
    assert "Secret" not in page.text
    assert Collisions(program, coordinator).remarks(item, from_today(item, 0))
