"""Moving and cancelling, who acts for whom, and who is told of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from accounts.models import Delegation
from common.errors import DomainError
from common.models import AuditEntry
from meetings.domain import sessions
from meetings.enums import SessionState
from meetings.models import SessionAttendance
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from tests import factories as make
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair, move, send_all
from tests.support.types import At

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(at: At) -> None:
    at(MONDAY)


def unsent(kind: str) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(kind=kind, state=MessageState.QUEUED))


def told(person: Any, kind: str) -> OutboxMessage:
    """The one unsent message of this kind to the person."""
    (message,) = [message for message in unsent(kind) if message.recipient_id == person.pk]
    return message


def test_schedule_tells_both_and_the_actor_s_own_mail_counts_as_read() -> None:
    pairing = make_pair()
    session = book(pairing, actor=pairing.mentor, link="https://meet.example.com/1")
    assert len(unsent("meetings.session_scheduled")) == 2
    mine = told(pairing.mentor, "meetings.session_scheduled")
    assert "You have booked a session" in mine.text
    assert mine.read_at is not None
    message = told(pairing.mentee, "meetings.session_scheduled")
    assert message.read_at is None
    assert f"{pairing.mentor.name} has booked a session" in message.text
    assert message.dedupe_key.startswith(f"session:{session.public_id}:0:")
    assert message.expires_at == session.starts_at
    assert "https://meet.example.com/1" in message.text
    assert "10:00" in message.subject
    assert "Berlin time" in message.subject


def test_mail_reads_in_its_readers_zone() -> None:
    pairing = make_pair()
    type(pairing.mentee).objects.filter(pk=pairing.mentee_id).update(time_zone="America/New_York")
    book(pairing, actor=pairing.mentor)
    message = told(pairing.mentee, "meetings.session_scheduled")
    assert "04:00–04:45 (New York time)" in message.text


def test_delegate_acts_on_behalf_of_the_mentee_and_both_are_told() -> None:
    pairing = make_pair()
    kim = make.UserFactory(name="Kim Lee")
    Delegation.objects.create(mentee=pairing.mentee, delegate=kim)
    session = book(pairing, actor=kim)
    assert session.scheduled_by == kim
    messages = unsent("meetings.session_scheduled")
    assert {message.recipient_id for message in messages} == {pairing.mentor_id, pairing.mentee_id}
    by_whom = {
        message.recipient: next(line for line in message.text.splitlines() if "has booked" in line)
        for message in messages
    }
    assert by_whom[pairing.mentor].startswith(
        f"Kim Lee, on behalf of {pairing.mentee.name}, has booked"
    )
    assert by_whom[pairing.mentee].startswith("Kim Lee, on your behalf, has booked")
    entry = AuditEntry.objects.get(verb="session.scheduled")
    assert (entry.actor_id, entry.detail["on_behalf_of"]) == (kim.pk, pairing.mentee_id)


def test_past_session_can_be_booked_to_be_logged_and_tells_nobody() -> None:
    pairing = make_pair()
    session = book(pairing, date(2027, 1, 20), past=True)
    assert session.state == SessionState.SCHEDULED
    assert not OutboxMessage.objects.exists()
    with pytest.raises(DomainError):
        book(pairing, TUESDAY, past=True)


def test_move_raises_the_sequence_and_takes_back_what_was_unsent() -> None:
    pairing = make_pair()
    session = book(pairing)
    moved = move(session, date(2027, 2, 3))
    assert (moved.sequence, moved.moved_by, moved.number) == (1, pairing.mentor, 1)
    assert moved.starts_at == datetime(2027, 2, 3, 9, 0, tzinfo=UTC)
    assert not unsent("meetings.session_scheduled")
    message = told(pairing.mentee, "meetings.session_moved")
    assert "You have moved your session" in told(pairing.mentor, "meetings.session_moved").text
    assert message.dedupe_key.startswith(f"session:{session.public_id}:1:")
    during = SessionAttendance.objects.filter(session=session, live=True).values_list(
        "during", flat=True
    )
    assert {span.lower for span in during} == {moved.starts_at}
    assert len(during) == 2


def test_move_of_the_place_alone_tells_both_and_calendars_take_it() -> None:
    pairing = make_pair()
    session = book(pairing)
    OutboxMessage.objects.all().delete()
    moved = move(session, TUESDAY, place="Café Anna")
    assert (moved.sequence, moved.place, moved.moved_by) == (1, "Café Anna", None)
    assert "has changed where you meet" in told(pairing.mentee, "meetings.session_details").text
    assert "Café Anna" in told(pairing.mentor, "meetings.session_details").text


def test_move_to_the_same_time_and_place_changes_nothing() -> None:
    session = book(make_pair(), place="Room 4")
    OutboxMessage.objects.all().delete()
    assert move(session, TUESDAY, place="Room 4").sequence == 0
    assert not OutboxMessage.objects.exists()


def test_move_may_overlap_the_sessions_own_old_time_but_no_other() -> None:
    pairing = make_pair()
    first, second = book(pairing), book(pairing, wall=time(12))
    assert move(first, TUESDAY, time(10, 15)).sequence == 1
    with pytest.raises(DomainError) as refused:
        move(second, TUESDAY, time(10, 45))
    assert refused.value.code == "wall_time"
    second.refresh_from_db()
    assert second.sequence == 0


def test_cancel_frees_the_time_and_names_who_and_not_why() -> None:
    pairing = make_pair()
    session = book(pairing)
    send_all()
    session = sessions.cancel(actor=pairing.mentee, session=session)
    assert (session.state, session.cancelled_by) == (SessionState.CANCELLED, pairing.mentee)
    assert not SessionAttendance.objects.filter(live=True).exists()
    assert (
        f"{pairing.mentee.name} has cancelled"
        in told(pairing.mentor, "meetings.session_cancelled").text
    )
    assert "You have cancelled" in told(pairing.mentee, "meetings.session_cancelled").text
    assert not unsent("meetings.session_scheduled")
    assert book(pairing).number == 2  # the same time can be taken again


@pytest.mark.parametrize("deed", ["cancel", "move", "ask"])
def test_a_cancelled_session_cannot_be_changed(deed: str) -> None:
    pairing = make_pair()
    session = sessions.cancel(actor=pairing.mentee, session=book(pairing))
    deeds: dict[str, Callable[[], Any]] = {
        "cancel": lambda: sessions.cancel(actor=pairing.mentor, session=session),
        "move": lambda: move(session, date(2027, 2, 4)),
        "ask": lambda: sessions.ask_question(
            actor=pairing.mentee, session=session, question="Why?"
        ),
    }
    with pytest.raises(DomainError):
        deeds[deed]()


def test_question_is_kept_and_is_in_no_mail() -> None:
    pairing = make_pair()
    session = sessions.ask_question(
        actor=pairing.mentee, session=book(pairing), question="  How do you vet an answer? "
    )
    assert session.question == "How do you vet an answer?"
    move(session, date(2027, 2, 5))
    assert not OutboxMessage.objects.filter(text__contains="vet").exists()
    assert not AuditEntry.objects.filter(detail__icontains="vet").exists()
    with pytest.raises(DomainError):
        sessions.ask_question(actor=pairing.mentee, session=session, question="x" * 2001)
