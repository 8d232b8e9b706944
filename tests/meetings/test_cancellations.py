"""What a second cancellation on the mentee's side does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import Delegation, User
from meetings.domain import cancellations, pausing, sessions
from notifications.models import OutboxMessage
from pairings.models import Pairing
from tests import factories as make
from tests.meetings.session_data import MONDAY, book, make_pair
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


@pytest.fixture
def pairing(at: At) -> Pairing:
    at(MONDAY)
    return make_pair()


@pytest.fixture
def coordinator(pairing: Pairing) -> User:
    person: User = make.ProgramStaffFactory(program=pairing.program).person
    return person


def call_off(pairing: Pairing, actor: User, day: int) -> None:
    sessions.cancel(actor=actor, session=book(pairing, date(2027, 2, day)))


def told() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(kind="meetings.called_off"))


def test_the_second_one_on_the_mentee_s_side_reaches_the_coordinator_once(
    pairing: Pairing, coordinator: User
) -> None:
    call_off(pairing, pairing.mentee, 2)
    assert not told()
    call_off(pairing, pairing.mentee, 3)
    (message,) = told()
    assert message.recipient == coordinator
    assert pairing.mentee.name in message.text
    call_off(pairing, pairing.mentee, 4)
    assert len(told()) == 1
    assert list(cancellations.waiting_for_a_word(Pairing.objects.all())) == [pairing]


@pytest.mark.broad
def test_a_delegate_counts_for_the_mentee_and_the_mentor_does_not(
    pairing: Pairing, coordinator: User
) -> None:
    kim = make.UserFactory()
    Delegation.objects.create(mentee=pairing.mentee, delegate=kim)
    call_off(pairing, pairing.mentor, 2)
    call_off(pairing, pairing.mentor, 3)
    call_off(pairing, kim, 4)
    assert cancellations.called_off(pairing) == 1
    assert not told()
    assert cancellations.next_reaches_coordinator(pairing)
    call_off(pairing, kim, 5)
    assert len(told()) == 1


@pytest.mark.broad
def test_meeting_begins_the_count_anew(pairing: Pairing, coordinator: User, at: At) -> None:
    call_off(pairing, pairing.mentee, 2)
    held = book(pairing, date(2027, 2, 3))
    at(held.ends_at)
    sessions.log(actor=pairing.mentor, session=held, outcome="held")
    assert cancellations.called_off(pairing) == 0
    call_off(pairing, pairing.mentee, 9)
    assert not told()
    call_off(pairing, pairing.mentee, 10)
    assert len(told()) == 1


def test_a_cancellation_that_is_logged_counts_too(
    pairing: Pairing, coordinator: User, at: At
) -> None:
    call_off(pairing, pairing.mentee, 2)
    session = book(pairing, date(2027, 2, 3))
    at(session.ends_at)
    sessions.log(
        actor=pairing.mentor, session=session, outcome="cancelled", cancelled_by=pairing.mentee
    )
    assert len(told()) == 1


def test_what_goes_with_the_end_of_a_pair_counts_for_nobody(
    pairing: Pairing, coordinator: User
) -> None:
    for day in (2, 3, 4):
        book(pairing, date(2027, 2, day))
    pausing.end(actor=pairing.mentee, pairing=pairing)
    assert cancellations.called_off(pairing) == 0
    assert not told()


def test_without_a_coordinator_hr_is_told(pairing: Pairing) -> None:
    hr = make.UserFactory(is_hr_admin=True)
    for day in (2, 3):
        call_off(pairing, pairing.mentee, day)
    assert [message.recipient for message in told()] == [hr]


@pytest.mark.broad
def test_the_delegate_reads_it_before_too(pairing: Pairing, as_user: AsUser) -> None:
    kim = make.UserFactory()
    Delegation.objects.create(mentee=pairing.mentee, delegate=kim)
    call_off(pairing, kim, 2)
    session = book(pairing, date(2027, 2, 3))
    answer = as_user(kim).get(reverse("meetings:delegate_session_cancel", args=[session.public_id]))
    assert "second session cancelled" in answer.content.decode()


@pytest.mark.broad
def test_a_better_time_is_one_click_away(pairing: Pairing, as_user: AsUser) -> None:
    session = book(pairing, date(2027, 2, 3))
    client = as_user(pairing.mentee)
    for name in ("session_cancel", "session_move"):
        page = client.get(reverse(f"meetings:{name}", args=[session.public_id]))
        proposed = page.context["proposed"]
        assert session.starts_at < proposed < session.starts_at + timedelta(days=2)
    data = {
        "wall_date": f"{proposed:%Y-%m-%d}",
        "wall_time": f"{proposed:%H:%M}",
        "time_zone": pairing.mentee.time_zone,
        "minutes": session.minutes,
        "place": "",
        "link": "",
    }
    assert (
        client.post(reverse("meetings:session_move", args=[session.public_id]), data).status_code
        == 303
    )
    session.refresh_from_db()
    assert session.starts_at == proposed


@pytest.mark.broad
@pytest.mark.parametrize(
    ("need", "found"), [("called_off", 1), ("first_session", 2), ("signatures", 2), ("", 2)]
)
def test_the_list_of_pairs_shows_them(
    pairing: Pairing, coordinator: User, as_user: AsUser, need: str, found: int
) -> None:
    make_pair(program=pairing.program)
    for day in (2, 3):
        call_off(pairing, pairing.mentee, day)
    page = as_user(coordinator).get(
        reverse("meetings:pairing_list", args=[pairing.program.public_id]), {"need": need}
    )
    assert page.context["page"].paginator.count == found
