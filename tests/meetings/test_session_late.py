"""Running late: said once, told at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from common.errors import DomainError
from meetings.domain import late, sessions
from meetings.models import MentoringSession, SessionAttendance
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.meetings.session_data import MONDAY, book, make_pair, move
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(at: At) -> MentoringSession:
    at(MONDAY)
    booked = book(make_pair(), link="https://meet.example.com/1")
    at(booked.starts_at - timedelta(minutes=5))
    return booked


def late_mails() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(kind="meetings.session_late"))


def test_the_partner_is_told_once(session: MentoringSession) -> None:
    pairing = session.pairing
    for _twice in range(2):
        late.say_late(actor=pairing.mentee, session=session, minutes=10)
    (message,) = late_mails()
    assert message.recipient == pairing.mentor
    assert message.subject == f"{pairing.mentee.short_name} is 10 minutes late"
    assert message.expires_at == session.ends_at
    with pytest.raises(DomainError):
        late.say_late(actor=pairing.mentee, session=session, minutes=15)
    late.say_late(actor=pairing.mentor, session=session, minutes=5)
    assert len(late_mails()) == 2


@pytest.mark.parametrize(("before", "works"), [(61, False), (59, True), (-44, True), (-46, False)])
def test_only_around_the_session(
    session: MentoringSession, at: At, before: int, works: bool
) -> None:
    at(session.starts_at - timedelta(minutes=before))
    if works:
        late.say_late(actor=session.pairing.mentor, session=session, minutes=5)
        return
    with pytest.raises(DomainError):
        late.say_late(actor=session.pairing.mentor, session=session, minutes=5)


@pytest.mark.parametrize("minutes", [0, -5, 7, 60])
def test_other_minutes_are_refused(session: MentoringSession, minutes: int) -> None:
    with pytest.raises(DomainError):
        late.say_late(actor=session.pairing.mentor, session=session, minutes=minutes)


def test_nobody_else_and_not_for_a_cancelled_session(session: MentoringSession) -> None:
    with pytest.raises(DomainError):
        late.say_late(actor=UserFactory(), session=session, minutes=5)
    sessions.cancel(actor=session.pairing.mentor, session=session)
    with pytest.raises(DomainError):
        late.say_late(actor=session.pairing.mentor, session=session, minutes=5)


def test_a_new_time_begins_anew(session: MentoringSession) -> None:
    late.say_late(actor=session.pairing.mentor, session=session, minutes=5)
    move(session, date(2027, 2, 3))
    assert not SessionAttendance.objects.filter(minutes_late__isnull=False).exists()


@pytest.mark.broad
def test_buttons_on_the_page_and_what_both_read(
    session: MentoringSession, as_user: AsUser, at: At
) -> None:
    page, post = (
        reverse(f"meetings:{name}", args=[session.public_id])
        for name in ("session_detail", "session_late")
    )
    client = as_user(session.pairing.mentee)
    assert client.get(page).content.decode().count('name="minutes"') == 3
    assert client.post(post, {"minutes": "15"}).status_code == 303
    shown = client.get(page).content.decode()
    assert "knows that you come about 15 minutes late" in shown
    assert 'name="minutes"' not in shown
    shown = as_user(session.pairing.mentor).get(page).content.decode()
    assert f"{session.pairing.mentee.short_name} comes about 15 minutes late" in shown
    assert client.post(post, {"minutes": "x"}).status_code == 303
    at(session.starts_at - timedelta(hours=3))
    assert 'name="minutes"' not in client.get(page).content.decode()
