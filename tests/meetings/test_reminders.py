"""Which reminders exist when: each once, none of an old time, none that has expired."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Absence, User
from meetings.domain import sessions
from meetings.due.sessions import LOG_UNTIL, enqueue_due_reminders
from meetings.mail.reminders import LOG_NUDGE, REMINDER
from meetings.models import MentoringSession
from notifications import kinds
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from pairings.models import Pairing
from programs.models import Program
from tests.meetings.session_data import MONDAY, book, make_pair, make_program, move
from tests.support.types import At

pytestmark = pytest.mark.django_db
FRIDAY = MONDAY.date() + timedelta(days=4)


def pair(**fields: Any) -> Pairing:
    """Whose mentee is not asked for a question: test_question_reminders.py is about that."""
    return make_pair(program=make_program(question_days=0, **fields))


@pytest.fixture
def clock_at(at: At) -> At:
    at(MONDAY)
    return at


@pytest.fixture
def session(clock_at: At) -> MentoringSession:
    """On Friday at 10:00 Berlin time, booked on Monday."""
    return book(pair(), FRIDAY, link="https://meet.example.com/1")


def reminders(kind: str = REMINDER, **fields: Any) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(kind=kind, **fields).order_by("due_at", "recipient"))


def due(message: OutboxMessage) -> bool:
    still_due = kinds.get(message.kind).still_due
    assert still_due is not None
    return still_due(message)


def test_nothing_is_due_before_its_time(session: MentoringSession, clock_at: At) -> None:
    clock_at(session.starts_at - timedelta(hours=24, minutes=1))
    assert enqueue_due_reminders() == 0


def test_each_reminder_comes_once_to_each(session: MentoringSession, clock_at: At) -> None:
    pair = {session.pairing.mentor_id, session.pairing.mentee_id}
    for hours in (24, 1):
        clock_at(session.starts_at - timedelta(hours=hours) + timedelta(seconds=1))
        assert enqueue_due_reminders() == 2
        assert enqueue_due_reminders() == 0
        rows = reminders(due_at=session.starts_at - timedelta(hours=hours))
        assert {row.recipient_id for row in rows} == pair
        assert {row.dedupe_key for row in rows} == {
            f"session:{session.public_id}:0:{hours}h:{person.public_id}"
            for person in (session.pairing.mentor, session.pairing.mentee)
        }
    day_before, hour_before = reminders()[0], reminders()[-1]
    assert hour_before.expires_at == session.starts_at
    assert day_before.expires_at == hour_before.due_at  # then the next one says the same


def test_reminder_says_when_and_where_and_not_what(session: MentoringSession, clock_at: At) -> None:
    sessions.ask_question(
        actor=session.pairing.mentee, session=session, question="Why do you doubt it?"
    )
    clock_at(session.starts_at - timedelta(hours=23))
    enqueue_due_reminders()
    for message in reminders():
        assert "Fri 5 February 2027, 10:00–10:45 (Berlin time)" in message.text
        assert "https://meet.example.com/1" in message.text
        assert "doubt" not in message.text + message.html + message.subject


def test_hours_are_those_of_the_program(clock_at: At) -> None:
    clock_at(MONDAY)
    session = book(pair(reminder_hours=[72, 2]), FRIDAY)
    clock_at(session.starts_at - timedelta(hours=71))
    assert enqueue_due_reminders() == 2
    assert {row.due_at for row in reminders()} == {session.starts_at - timedelta(hours=72)}


def test_no_hours_no_reminders(clock_at: At) -> None:
    session = book(pair(reminder_hours=[]), FRIDAY)
    clock_at(session.starts_at - timedelta(minutes=5))
    assert enqueue_due_reminders() == 0


def test_moved_session_reminds_of_the_new_time_alone(
    session: MentoringSession, clock_at: At
) -> None:
    clock_at(session.starts_at - timedelta(hours=24))
    enqueue_due_reminders()
    moved = move(session, FRIDAY + timedelta(days=3))
    assert {row.state for row in reminders()} == {MessageState.CANCELLED}
    clock_at(session.starts_at - timedelta(minutes=30))
    assert enqueue_due_reminders() == 0
    clock_at(moved.starts_at - timedelta(hours=24))
    assert enqueue_due_reminders() == 2
    (one, other) = reminders(state=MessageState.QUEUED)
    assert one.dedupe_key.startswith(f"session:{session.public_id}:1:24h:")
    assert one.due_at == other.due_at == moved.starts_at - timedelta(hours=24)


def test_reminder_due_before_the_session_was_booked_is_left_out(
    clock_at: At,
) -> None:
    session = book(
        pair(), MONDAY.date() + timedelta(days=1)
    )  # in 24 hours, so a day before was just now
    clock_at(MONDAY + timedelta(minutes=1))
    assert enqueue_due_reminders() == 0
    clock_at(session.starts_at - timedelta(minutes=59))
    assert enqueue_due_reminders() == 2


def test_what_fell_due_during_down_time_is_stored_as_missed(
    session: MentoringSession, clock_at: At
) -> None:
    clock_at(session.starts_at + timedelta(minutes=10))
    assert enqueue_due_reminders() == 4
    assert all(
        message.expires_at <= session.starts_at for message in reminders()
    )  # the sender calls them missed


@pytest.mark.parametrize("change", ["cancelled", "paused", "ended", "logged"])
def test_nothing_reminds_of_what_does_not_take_place(
    session: MentoringSession, clock_at: At, change: str
) -> None:
    clock_at(session.starts_at - timedelta(hours=24))
    enqueue_due_reminders()
    if change == "cancelled":
        sessions.cancel(actor=session.pairing.mentor, session=session)
        assert {row.state for row in reminders()} == {MessageState.CANCELLED}
    elif change == "logged":
        clock_at(session.starts_at)
        sessions.log(actor=session.pairing.mentor, session=session, outcome="held")
    else:
        Pairing.objects.update(state=change)
    assert not any(due(message) for message in reminders())
    clock_at(session.starts_at - timedelta(minutes=30))
    assert enqueue_due_reminders() == 0


def test_leavers_are_not_reminded(session: MentoringSession, clock_at: At) -> None:
    clock_at(session.starts_at - timedelta(hours=24))
    User.objects.filter(pk=session.pairing.mentor_id).update(is_active=False)
    assert enqueue_due_reminders() == 1
    (message,) = reminders()
    assert message.recipient == session.pairing.mentee
    assert due(message)
    User.objects.filter(pk=session.pairing.mentee_id).update(is_active=False)
    assert not due(OutboxMessage.objects.get(pk=message.pk))


def test_absence_pauses_reminders_of_the_one_who_is_away(
    session: MentoringSession, clock_at: At
) -> None:
    thursday = FRIDAY - timedelta(days=1)
    Absence.objects.create(person=session.pairing.mentee, starts_on=thursday, ends_on=thursday)
    clock_at(session.starts_at - timedelta(hours=24))
    assert enqueue_due_reminders() == 2
    assert [row.recipient_id for row in reminders(state=MessageState.CANCELLED)] == [
        session.pairing.mentee_id
    ]
    clock_at(session.starts_at - timedelta(hours=1))
    assert enqueue_due_reminders() == 2
    assert {
        row.recipient_id
        for row in reminders(state=MessageState.QUEUED, expires_at=session.starts_at)
    } == {
        session.pairing.mentor_id,
        session.pairing.mentee_id,
    }


def test_please_log_comes_twice_at_most(session: MentoringSession, clock_at: At) -> None:
    pairing = session.pairing
    OutboxMessage.objects.all().delete()
    Program.objects.update(reminder_hours=[])
    clock_at(session.ends_at + timedelta(minutes=59))
    assert enqueue_due_reminders() == 0
    clock_at(session.ends_at + timedelta(hours=1))
    assert enqueue_due_reminders() == 1
    (first,) = reminders(LOG_NUDGE)
    assert first.recipient == pairing.mentor
    clock_at(session.ends_at + timedelta(days=2))
    assert enqueue_due_reminders() == 2
    clock_at(session.ends_at + LOG_UNTIL - timedelta(minutes=1))
    assert enqueue_due_reminders() == 0
    rows = reminders(LOG_NUDGE)
    assert [row.recipient_id for row in rows].count(pairing.mentor_id) == 2
    assert [row.recipient_id for row in rows].count(pairing.mentee_id) == 1
    assert kinds.get(LOG_NUDGE).nudges == 2
    assert all(due(row) for row in rows)
    sessions.log(actor=pairing.mentee, session=session, outcome="missed")
    assert not any(due(row) for row in rows)
    assert {row.state for row in reminders(LOG_NUDGE)} == {MessageState.CANCELLED}


def test_a_logged_session_asks_for_no_log(session: MentoringSession, clock_at: At) -> None:
    clock_at(session.ends_at)
    sessions.log(actor=session.pairing.mentor, session=session, outcome="held")
    OutboxMessage.objects.all().delete()
    clock_at(session.ends_at + timedelta(days=3))
    enqueue_due_reminders()
    assert not reminders(LOG_NUDGE)


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_does_not_depend_on_sessions(
    clock_at: At, django_assert_num_queries: Any, count: int
) -> None:
    made = [book(pair(), FRIDAY) for _number in range(count)]
    enqueue_due_reminders()
    clock_at(made[0].starts_at - timedelta(hours=24))
    # the mark twice, plans, sessions, known keys, absences, insert, what was new; and the
    # savepoints of two transactions
    with django_assert_num_queries(10):
        assert enqueue_due_reminders() == 2 * count
    with django_assert_num_queries(7):
        assert enqueue_due_reminders() == 0


def test_links_lead_to_the_session_and_its_log(session: MentoringSession, clock_at: At) -> None:
    clock_at(session.ends_at + timedelta(hours=1))
    enqueue_due_reminders()
    for kind, end in ((REMINDER, "/"), (LOG_NUDGE, "/log/")):
        link = kinds.get(kind).link
        assert link is not None
        assert link(reminders(kind)[0]).endswith(f"/sessions/{session.public_id}{end}")
