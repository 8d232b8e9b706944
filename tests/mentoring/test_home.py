"""The home page says what waits for a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Company, User
from common import clock
from programs.enums import EnrolmentState, ProgramState
from tests.factories import EnrolmentFactory, PairingFactory, ProgramFactory, UserFactory
from tests.feedback.factories import ParticipationFactory
from tests.url_matrix.world import scheduled_session

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]


def home(client: Client) -> str:
    return client.get(reverse("mentoring:home")).text


def offered(**more: Any) -> Any:
    return PairingFactory(state="offered", mentor_accepted_at=None, mentee_accepted_at=None, activated_at=None, **more)


def test_home_with_nothing_says_so(as_user: AsUser) -> None:
    assert "Nothing waits for you" in home(as_user(UserFactory()))


def test_home_offer_reaches_the_mentor_first(as_user: AsUser) -> None:
    offer = offered()
    assert offer.mentee.name in home(as_user(offer.mentor))
    assert offer.mentor.name not in home(as_user(offer.mentee))
    type(offer).objects.update(mentor_accepted_at=clock.now())
    assert offer.mentor.name in home(as_user(offer.mentee))
    assert "We have found a match" not in home(as_user(offer.mentor)), "they have answered"


@pytest.mark.parametrize(
    ("state", "deadline", "shown"),
    [(ProgramState.ENROLLING, 3, True), (ProgramState.ENROLLING, -1, False), (ProgramState.MATCHING, 3, False)],
)
def test_home_enrolment_while_it_is_open(as_user: AsUser, state: str, deadline: int, shown: bool) -> None:
    today = clock.today("Europe/Berlin")
    program = ProgramFactory(
        state=state, starts_on=today + timedelta(days=9), enrolment_deadline=today + timedelta(days=deadline)
    )
    enrolment = EnrolmentFactory(program=program, state=EnrolmentState.INVITED, step=0)
    assert ("Take part in" in home(as_user(enrolment.person))) is shown


def test_home_survey_until_it_is_answered(as_user: AsUser) -> None:
    participation = ParticipationFactory(round__title="How is it going?")
    assert "How is it going?" in home(as_user(participation.person))
    type(participation).objects.update(responded=True)
    assert "How is it going?" not in home(as_user(participation.person))


def test_home_pair_shows_its_next_session_alone(as_user: AsUser) -> None:
    pairing = PairingFactory()
    assert "no session booked yet" in home(as_user(pairing.mentor))
    session = scheduled_session(pairing)
    assert session.starts_at.strftime("%Y-%m-%dT%H:%M") in home(as_user(pairing.mentee))


def test_home_of_a_new_installation_leads_to_set_up(as_user: AsUser) -> None:
    client = as_user(UserFactory(is_hr_admin=True))
    assert client.get(reverse("mentoring:home")).headers["Location"] == reverse("mentoring:setup")
    Company.objects.update_or_create(pk=1, defaults={"set_up_at": clock.now()})
    assert "No program yet" in home(client)


@pytest.mark.parametrize("rows", [1, 3])
def test_home_query_count(as_user: AsUser, rows: int, django_assert_num_queries: Any) -> None:
    person = UserFactory(senior=True)
    soon = clock.today("UTC") + timedelta(days=9)
    for _ in range(rows):
        enrolment = EnrolmentFactory(person=person, role="mentee")
        scheduled_session(
            PairingFactory(program=enrolment.program, mentee_enrolment=enrolment), day_offset=7 + enrolment.pk % 90
        )
        offered(mentee_enrolment=enrolment, program=enrolment.program)
        ParticipationFactory(person=person)
        ProgramFactory(state="enrolling", open_call=True, enrolment_deadline=soon, starts_on=soon)
    client = as_user(person)
    client.get("/")
    with django_assert_num_queries(11):
        client.get(reverse("mentoring:home"))
