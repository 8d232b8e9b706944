"""A delegate: the times of the mentees who named them, and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Delegation, User
from meetings.domain import sessions
from meetings.enums import SessionState
from meetings.models import MentoringSession
from notifications.models import OutboxMessage
from pairings.models import Pairing
from tests import factories as make
from tests.goals.factories import make_goal
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair, send_all
from tests.support.pages import url_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
HOME = "/calendar-for-others/"
FORM = {
    "wall_date": "2027-02-02",
    "wall_time": "10:00",
    "time_zone": "Europe/Berlin",
    "minutes": "45",
}


@pytest.fixture
def pairing(at: At) -> Pairing:
    at(MONDAY)
    return make_pair()


@pytest.fixture
def kim(pairing: Pairing) -> User:
    person: User = make.UserFactory(name="Kim Lee")
    Delegation.objects.create(mentee=pairing.mentee, delegate=person)
    return person


@pytest.mark.broad
def test_delegate_sees_times_and_nothing_that_was_said(
    pairing: Pairing, kim: User, as_user: AsUser, at: At
) -> None:
    past = book(pairing)
    at(past.ends_at)
    sessions.log(actor=pairing.mentor, session=past, outcome="held", takeaway="The takeaway")
    ahead = book(
        pairing, TUESDAY + timedelta(days=7), link="https://meet.example.com/1", place="Room 4"
    )
    sessions.ask_question(actor=pairing.mentee, session=ahead, question="The question")
    make_goal(pairing, statement="reach the goal")
    client = as_user(kim)
    for url in (
        HOME,
        url_of("meetings:delegate_session_move", ahead),
        url_of("meetings:delegate_session_cancel", ahead),
        url_of("meetings:delegate_session_new", pairing),
    ):
        shown = client.get(url).content.decode()
        assert pairing.mentor.name in shown
        for hidden in (
            "The takeaway",
            "The question",
            "reach the goal",
            pairing.mentor.email,
            pairing.program.name,
        ):
            assert hidden not in shown, (url, hidden)
    shown = client.get(HOME).content.decode()
    assert "Room 4" in shown
    assert "https://meet.example.com/1" in shown


@pytest.mark.parametrize(
    "name",
    [
        "session_detail",
        "session_move",
        "session_cancel",
        "session_question",
        "session_log",
        "note_edit",
    ],
)
def test_delegate_is_404_on_the_pairs_own_pages(
    pairing: Pairing, kim: User, as_user: AsUser, name: str
) -> None:
    assert as_user(kim).get(url_of(f"meetings:{name}", book(pairing))).status_code == 404


@pytest.mark.broad
def test_delegate_books_moves_and_cancels_on_behalf(
    pairing: Pairing, kim: User, as_user: AsUser
) -> None:
    client = as_user(kim)
    assert (
        client.post(url_of("meetings:delegate_session_new", pairing), FORM).headers["Location"]
        == HOME
    )
    session = MentoringSession.objects.get()
    assert session.scheduled_by == kim
    move = FORM | {"wall_date": "2027-02-03"}
    assert (
        client.post(url_of("meetings:delegate_session_move", session), move).headers["Location"]
        == HOME
    )
    session.refresh_from_db()
    assert (session.sequence, session.moved_by) == (1, kim)
    for reader, words in (
        (pairing.mentee, "on behalf of you"),
        (pairing.mentor, f"on behalf of {pairing.mentee.name}"),
    ):
        assert (
            f"Kim Lee, {words}"
            in as_user(reader).get(url_of("meetings:session_detail", session)).content.decode()
        )
    send_all()
    assert (
        as_user(kim).post(url_of("meetings:delegate_session_cancel", session)).headers["Location"]
        == HOME
    )
    session.refresh_from_db()
    assert (session.state, session.cancelled_by) == (SessionState.CANCELLED, kim)
    told = OutboxMessage.objects.filter(kind="meetings.session_cancelled")
    assert {message.recipient_id for message in told} == {pairing.mentor_id, pairing.mentee_id}


def test_delegate_problem_is_shown_at_its_field(
    pairing: Pairing, kim: User, as_user: AsUser
) -> None:
    answer = as_user(kim).post(
        url_of("meetings:delegate_session_new", pairing), FORM | {"wall_date": "2029-01-01"}
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["wall_date"]


def test_delegate_of_a_pair_that_has_ended_sees_nothing_of_it(
    pairing: Pairing, kim: User, as_user: AsUser
) -> None:
    session = book(pairing)
    Pairing.objects.update(state="ended")
    client = as_user(kim)
    assert pairing.mentor.name not in client.get(HOME).content.decode()
    assert client.get(url_of("meetings:delegate_session_move", session)).status_code == 404
    assert client.get(url_of("meetings:delegate_session_new", pairing)).status_code == 404


def test_delegate_of_a_paused_pair_books_nothing(
    pairing: Pairing, kim: User, as_user: AsUser
) -> None:
    Pairing.objects.update(state="paused")
    assert as_user(kim).get(url_of("meetings:delegate_session_new", pairing)).status_code == 403


def test_former_delegate_is_404(pairing: Pairing, kim: User, as_user: AsUser) -> None:
    Delegation.objects.all().delete()
    assert (
        as_user(kim).get(url_of("meetings:delegate_session_move", book(pairing))).status_code == 404
    )


def test_delegate_of_the_mentor_does_not_exist(pairing: Pairing, as_user: AsUser) -> None:
    """Only mentees have one: naming somebody as a mentor opens nothing."""
    other = make.UserFactory()
    Delegation.objects.create(mentee=pairing.mentor, delegate=other)
    assert as_user(other).get(url_of("meetings:delegate_session_new", pairing)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_delegate_home_query_count(
    pairing: Pairing, kim: User, as_user: AsUser, django_assert_num_queries: Any, count: int
) -> None:
    book(pairing)
    for number in range(1, count):
        other = make_pair()
        Delegation.objects.create(mentee=other.mentee, delegate=kim)
        book(other, TUESDAY + timedelta(days=number))
    client = as_user(kim)
    with django_assert_num_queries(6):
        assert client.get(HOME).status_code == 200


@pytest.mark.broad
def test_delegate_sees_the_mentees_time_too_where_it_differs(
    pairing: Pairing, kim: User, as_user: AsUser
) -> None:
    User.objects.filter(pk=kim.pk).update(time_zone="America/New_York")
    kim.refresh_from_db()
    session = book(pairing)
    there = f"10:00 for {pairing.mentee.name}"
    client = as_user(kim)
    for url in (
        "/",
        HOME,
        url_of("meetings:delegate_session_move", session),
        url_of("meetings:delegate_session_cancel", session),
    ):
        page = client.get(url).text
        assert "04:00 (New York time)" in page, url
        assert there in page, url
    slots = client.get(url_of("meetings:delegate_session_new", pairing)).text
    assert f"The second time of each is by the clock of {pairing.mentee.name}." in slots
    assert re.search(r', \d\d:\d\d <span class="hint">\d\d:\d\d</span></a>', slots)
    User.objects.filter(pk=kim.pk).update(time_zone="Europe/Paris")
    assert there not in client.get(HOME).text, "both clocks show the same"
