"""The home page says what waits for a person."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Company
from common import clock
from pairings.domain import agreements
from programs.domain.staff import answer_role
from programs.enums import EnrolmentState, ProgramState
from tests.concerns.concern_data import write_to
from tests.factories import (
    EnrolmentFactory,
    PairingFactory,
    ProgramFactory,
    ProgramStaffFactory,
    UserFactory,
)
from tests.feedback.factories import ParticipationFactory
from tests.support.types import AsUser
from tests.url_matrix.world import scheduled_session

pytestmark = pytest.mark.django_db


def home(client: Client) -> str:
    return client.get(reverse("mentoring:home")).text


def offered(**more: Any) -> Any:
    return PairingFactory(
        state="offered", mentor_accepted_at=None, mentee_accepted_at=None, activated_at=None, **more
    )


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
    [
        (ProgramState.ENROLLING, 3, True),
        (ProgramState.ENROLLING, -1, False),
        (ProgramState.MATCHING, 3, False),
    ],
)
def test_home_enrolment_while_it_is_open(
    as_user: AsUser, state: str, deadline: int, shown: bool
) -> None:
    today = clock.today("Europe/Berlin")
    program = ProgramFactory(
        state=state,
        starts_on=today + timedelta(days=9),
        enrolment_deadline=today + timedelta(days=deadline),
    )
    enrolment = EnrolmentFactory(program=program, state=EnrolmentState.INVITED, step=0)
    assert ("Take part in" in home(as_user(enrolment.person))) is shown


def test_home_survey_until_it_is_answered(as_user: AsUser) -> None:
    participation = ParticipationFactory(round__title="How is it going?")
    assert "How is it going?" in home(as_user(participation.person))
    type(participation).objects.update(responded=True)
    assert "How is it going?" not in home(as_user(participation.person))


def test_home_asks_a_safe_contact_and_shows_that_somebody_has_written(as_user: AsUser) -> None:
    staff = ProgramStaffFactory(role="safe_contact")
    deputy = UserFactory()
    assert "You are asked to be a safe contact" in home(as_user(staff.person))
    answer_role(actor=staff.person, staff=staff, accepts=True)
    assert "asked to be" not in home(as_user(staff.person))
    assert reverse("concerns:thread_list") in home(as_user(staff.person))
    write_to(staff.person, deputy=deputy)
    assert "Somebody has written to you" in home(as_user(staff.person))
    assert "Somebody has written to you" not in home(as_user(deputy))


def test_home_pair_shows_its_next_session_alone(as_user: AsUser) -> None:
    pairing = PairingFactory()
    assert "No session is booked" in home(as_user(pairing.mentor))
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
            PairingFactory(program=enrolment.program, mentee_enrolment=enrolment),
            day_offset=7 + enrolment.pk % 90,
        )
        offered(mentee_enrolment=enrolment, program=enrolment.program)
        ParticipationFactory(person=person)
        ProgramFactory(state="enrolling", open_call=True, enrolment_deadline=soon, starts_on=soon)
    client = as_user(person)
    client.get("/")
    with django_assert_num_queries(11):
        client.get(reverse("mentoring:home"))


def meets(pairing: Any, starts_at: datetime, **fields: Any) -> Any:
    """A session of the pair at that moment."""
    session = scheduled_session(
        pairing, number=pairing.sessions.count() + 1, day_offset=5 + pairing.sessions.count()
    )
    type(session).objects.filter(pk=session.pk).update(
        starts_at=starts_at, ends_at=starts_at + timedelta(minutes=45), **fields
    )
    session.refresh_from_db()
    return session


LINK = "https://meet.example/our-room?pwd=a%20b"


@pytest.mark.parametrize(
    ("minutes", "prominent"),
    [(60 * 24 * 3, False), (61, False), (59, True), (5, True), (0, True), (-44, True)],
)
@pytest.mark.parametrize("side", ["mentor", "mentee"])
def test_home_join_link_of_the_next_session(
    as_user: AsUser, minutes: int, prominent: bool, side: str
) -> None:
    pairing = PairingFactory()
    session = meets(
        pairing,
        clock.now() + timedelta(minutes=minutes, seconds=1 if minutes < 0 else 0),
        link=LINK,
    )
    meets(pairing, clock.now() + timedelta(days=20), link="https://meet.example/later")
    page = home(as_user(getattr(pairing, side)))
    [button] = re.findall(rf'<a [^>]*href="{re.escape(LINK)}"[^>]*>', page)
    assert 'rel="noopener noreferrer"' in button
    assert 'target="_blank"' in button
    assert ("btn-primary" in button) is prominent
    assert ('id="soon"' in page) is prominent
    assert "meet.example/later" not in page
    assert reverse("meetings:session_detail", args=[session.public_id]) in page


def test_home_session_that_is_over_has_no_join_link(as_user: AsUser) -> None:
    pairing = PairingFactory()
    meets(pairing, clock.now() - timedelta(minutes=46), link=LINK)
    assert LINK not in home(as_user(pairing.mentor))


def test_home_session_without_a_link_says_where(as_user: AsUser) -> None:
    pairing = PairingFactory()
    meets(pairing, clock.now() + timedelta(minutes=10), place="Room 4.12")
    page = home(as_user(pairing.mentor))
    assert "Room 4.12" in page
    assert "Join" not in page


@pytest.mark.broad
def test_home_link_of_a_pair_is_for_the_two_alone(as_user: AsUser) -> None:
    pairing = PairingFactory()
    meets(pairing, clock.now() + timedelta(minutes=10), link=LINK)
    for person in (
        UserFactory(),
        UserFactory(is_hr_admin=True),
        PairingFactory(program=pairing.program).mentor,
    ):
        Company.objects.update_or_create(pk=1, defaults={"set_up_at": clock.now()})
        assert LINK not in home(as_user(person))


@pytest.mark.parametrize("side", ["mentor", "mentee"])
def test_home_asks_for_the_log_first_and_for_the_survey_second(as_user: AsUser, side: str) -> None:
    pairing = PairingFactory()
    person = getattr(pairing, side)
    session = meets(pairing, clock.now() - timedelta(hours=2))
    ParticipationFactory(person=person, round__title="How is it going?")
    page = home(as_user(person))
    log = reverse("meetings:session_log", args=[session.public_id])
    assert page.index(log) < page.index("How is it going?")
    assert re.findall(r'btn-primary" href="([^"]*)"', page) == [log]
    type(session).objects.update(state="held")
    assert log not in home(as_user(person))


@pytest.mark.broad
def test_home_asks_for_a_signature_before_the_log_and_again_after_a_change(as_user: AsUser) -> None:
    pairing = PairingFactory()
    mentor, mentee = pairing.mentor, pairing.mentee
    agreements.write_first_version(pairing)
    url = reverse("pairings:agreement", args=[pairing.public_id])
    session = meets(pairing, clock.now() - timedelta(hours=2))
    page = home(as_user(mentor))
    assert re.findall(r'btn-primary" href="([^"]*)"', page) == [url]
    assert page.index(url) < page.index(reverse("meetings:session_log", args=[session.public_id]))
    for person in (mentor, mentee):
        agreements.sign(actor=person, pairing=pairing, number=1)
        assert url not in home(as_user(person))
    agreements.propose_version(
        actor=mentor,
        pairing=pairing,
        base_number=1,
        additions=agreements.Additions(cadence="Fridays"),
        sign_it=True,
    )
    assert url not in home(as_user(mentor)) and url in home(as_user(mentee))
    type(pairing).objects.update(state="paused")
    assert url not in home(as_user(mentee))


@pytest.mark.parametrize("state", ["paused", "ended", "completed"])
def test_home_asks_no_log_of_a_pair_that_does_not_meet(as_user: AsUser, state: str) -> None:
    pairing = PairingFactory()
    session = meets(pairing, clock.now() - timedelta(hours=2))
    type(pairing).objects.update(state=state)
    assert reverse("meetings:session_log", args=[session.public_id]) not in home(
        as_user(pairing.mentor)
    )


@pytest.mark.parametrize(
    ("held", "where"), [(0, "meetings:session_series"), (4, "meetings:session_new"), (6, "")]
)
def test_home_pair_without_a_date_leads_to_booking(as_user: AsUser, held: int, where: str) -> None:
    pairing = PairingFactory(program__planned_sessions=6)
    for number in range(held):
        meets(pairing, clock.now() - timedelta(days=30 - number), state="held")
    shown = home(as_user(pairing.mentee))
    assert "No session is booked" in shown
    assert "booked yet" not in shown
    for name in ("meetings:session_series", "meetings:session_new"):
        assert (reverse(name, args=[pairing.public_id]) in shown) == (name == where)


def test_home_paused_pair_is_not_asked_to_book(as_user: AsUser) -> None:
    pairing = PairingFactory(state="paused")
    shown = home(as_user(pairing.mentee))
    assert "paused" in shown
    assert "No session is booked" not in shown
