"""A session that is over is logged; its time is no longer changed, except that the pair says it did
not take place.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Delegation, User
from common.errors import DomainError
from common.models import AuditEntry
from meetings.domain import sessions
from meetings.enums import SessionState
from meetings.models import MentoringSession
from notifications.models import OutboxMessage
from tests import factories as make
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair, move
from tests.support.pages import url_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
NEXT_DAY = TUESDAY + timedelta(days=1)
FORM = {
    "wall_date": "2027-02-03",
    "wall_time": "10:00",
    "time_zone": "Europe/Berlin",
    "minutes": "45",
}
ROLES = ("mentor", "mentee", "delegate")


@pytest.fixture
def session(at: At) -> MentoringSession:
    """It has just ended, and nobody has logged it."""
    at(MONDAY)
    booked = book(make_pair())
    at(booked.ends_at)
    return booked


def who(session: MentoringSession, role: str) -> User:
    if role != "delegate":
        return getattr(session.pairing, role)  # type: ignore[no-any-return]
    kim: User = make.UserFactory(name="Kim Lee")
    Delegation.objects.create(mentee=session.pairing.mentee, delegate=kim)
    return kim


def nothing_has_changed(session: MentoringSession) -> bool:
    now = MentoringSession.objects.get()
    return (now.state, now.sequence, now.starts_at) == (
        SessionState.SCHEDULED,
        0,
        session.starts_at,
    )


@pytest.mark.parametrize("role", ROLES)
def test_nobody_cancels_it(session: MentoringSession, role: str) -> None:
    with pytest.raises(DomainError, match="This session is over"):
        sessions.cancel(actor=who(session, role), session=session)
    assert nothing_has_changed(session)
    assert not AuditEntry.objects.filter(verb="session.cancelled").exists()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "change", [{"day": NEXT_DAY}, {"day": TUESDAY, "place": "Elsewhere"}], ids=["time", "place"]
)
def test_nobody_moves_it(session: MentoringSession, role: str, change: dict[str, Any]) -> None:
    with pytest.raises(DomainError, match="This session is over"):
        move(session, actor=who(session, role), **change)
    assert nothing_has_changed(session)


def test_nobody_asks_ahead_of_it(session: MentoringSession) -> None:
    with pytest.raises(DomainError, match="This session is over"):
        sessions.ask_question(actor=session.pairing.mentee, session=session, question="Why?")


@pytest.mark.parametrize("role", ROLES)
def test_what_is_going_on_may_still_be_moved_or_cancelled(
    session: MentoringSession, at: At, role: str
) -> None:
    actor = who(session, role)
    at(session.ends_at - timedelta(minutes=1))
    assert move(session, NEXT_DAY, actor=actor).sequence == 1
    assert sessions.cancel(actor=actor, session=session).state == SessionState.CANCELLED


def test_the_pair_may_say_that_it_did_not_take_place_and_give_it_another_time(
    session: MentoringSession,
) -> None:
    OutboxMessage.objects.all().delete()
    moved = move(session, NEXT_DAY, was_missed=True)
    assert (moved.sequence, moved.wall_date, moved.state) == (1, NEXT_DAY, SessionState.SCHEDULED)
    assert OutboxMessage.objects.filter(kind="meetings.session_moved").count() == 2


def test_a_delegate_was_not_there_and_cannot_say_so(session: MentoringSession) -> None:
    with pytest.raises(DomainError, match="This session is over"):
        move(session, NEXT_DAY, actor=who(session, "delegate"), was_missed=True)
    assert nothing_has_changed(session)


def test_another_place_is_no_other_time(session: MentoringSession) -> None:
    with pytest.raises(DomainError) as refused:
        move(session, TUESDAY, place="Elsewhere", was_missed=True)
    assert refused.value.code == "wall_time"
    assert nothing_has_changed(session)


# the pages


@pytest.mark.parametrize("name", ["session_move", "session_cancel"])
@pytest.mark.parametrize("data", [None, FORM], ids=["looking", "pressing"])
def test_pages_lead_to_the_log_and_say_why(
    session: MentoringSession, as_user: AsUser, name: str, data: Any
) -> None:
    client = as_user(session.pairing.mentee)
    answer = (
        client.get(url_of(f"meetings:{name}", session), follow=True)
        if data is None
        else client.post(url_of(f"meetings:{name}", session), data, follow=True)
    )
    assert answer.redirect_chain[-1][0] == url_of("meetings:session_log", session)
    assert "This session is over: say in the log what happened." in answer.content.decode()
    assert nothing_has_changed(session)


def test_the_page_of_the_session_offers_the_log_and_no_move(
    session: MentoringSession, as_user: AsUser, at: At
) -> None:
    client = as_user(session.pairing.mentor)
    shown = client.get(url_of("meetings:session_detail", session)).content.decode()
    assert url_of("meetings:session_log", session) in shown
    assert url_of("meetings:session_move", session) not in shown
    assert url_of("meetings:session_cancel", session) not in shown
    at(session.ends_at - timedelta(minutes=1))
    assert (
        url_of("meetings:session_move", session)
        in client.get(url_of("meetings:session_detail", session)).content.decode()
    )


def test_moved_in_the_log_leads_to_a_page_that_does_it(
    session: MentoringSession, as_user: AsUser
) -> None:
    client = as_user(session.pairing.mentor)
    answer = client.post(url_of("meetings:session_log", session), {"outcome": "moved"})
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        url_of("meetings:session_again", session),
    )
    shown = client.get(url_of("meetings:session_again", session)).content.decode()
    assert (
        url_of("meetings:session_again", session) in shown
    )  # the proposal's own form leads here as well
    assert client.post(url_of("meetings:session_again", session), FORM).status_code == 303
    assert MentoringSession.objects.get().wall_date == NEXT_DAY


def test_another_time_for_what_is_not_over_is_moving_it(
    session: MentoringSession, as_user: AsUser, at: At
) -> None:
    at(session.ends_at - timedelta(minutes=1))
    client = as_user(session.pairing.mentor)
    assert client.post(url_of("meetings:session_log", session), {"outcome": "moved"}).headers[
        "Location"
    ] == url_of("meetings:session_move", session)
    assert client.get(url_of("meetings:session_again", session)).headers["Location"] == url_of(
        "meetings:session_move", session
    )


@pytest.mark.parametrize("state", ["held", "missed", "cancelled"])
def test_what_is_settled_shows_no_form_for_another_time(
    state: str, session: MentoringSession, as_user: AsUser
) -> None:
    type(session).objects.update(state=state)
    answer = as_user(session.pairing.mentor).get(url_of("meetings:session_move", session))
    assert answer.headers["Location"] == url_of("meetings:session_detail", session)


@pytest.mark.parametrize("name", ["delegate_session_move", "delegate_session_cancel"])
@pytest.mark.parametrize("data", [None, FORM], ids=["looking", "pressing"])
def test_a_delegate_is_led_home_and_told(
    session: MentoringSession, as_user: AsUser, name: str, data: Any
) -> None:
    client = as_user(who(session, "delegate"))
    answer = (
        client.get(url_of(f"meetings:{name}", session), follow=True)
        if data is None
        else client.post(url_of(f"meetings:{name}", session), data, follow=True)
    )
    assert answer.redirect_chain[-1][0] == reverse("meetings:delegate_home")
    shown = answer.content.decode()
    assert "This session is over, so its time stays as it is." in shown
    assert url_of(f"meetings:{name}", session) not in shown
    assert nothing_has_changed(session)
