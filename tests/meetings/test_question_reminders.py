"""The mentee is asked for a question some days before a session: once, in the morning where they
are, and only if need be.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Absence, User
from common import clock
from common.timezones import to_utc, to_wall, zone_names
from meetings.domain import sessions
from meetings.due import sessions as sessions_due
from meetings.mail.reminders import QUESTION
from meetings.models import MentoringSession
from notifications import kinds
from notifications.delivery import sender
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from pairings.models import Pairing
from programs.models import Program
from tests.meetings.session_data import MONDAY, book, make_pair, make_program, move
from tests.notifications.test_time_zones import DAYS, NIGHTS, WALLS, ZONES, session_of
from tests.support.types import At

FRIDAY = MONDAY.date() + timedelta(days=11)
TUESDAY_BEFORE = datetime(2027, 2, 9, 8, 0, tzinfo=UTC)  # at nine in Berlin, three days ahead


@pytest.fixture
def clock_at(at: At) -> At:
    at(MONDAY)
    return at


@pytest.fixture
def session(db: None, clock_at: At) -> MentoringSession:
    """On Friday in a week at 10:00 Berlin time, booked on Monday; nothing else reminds of it."""
    return book(
        make_pair(program=make_program(reminder_hours=[])),
        FRIDAY,
        link="https://meet.example.com/1",
    )


def asked(**fields: Any) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(kind=QUESTION, **fields).order_by("due_at", "pk"))


def end(state: str) -> None:
    """What has been asked has gone out, or has been taken back."""
    OutboxMessage.objects.filter(kind=QUESTION).update(
        state=state, text="", html="", sent_at=clock.now() if state == MessageState.SENT else None
    )


def due(message: OutboxMessage) -> bool:
    still_due = kinds.get(message.kind).still_due
    assert still_due is not None
    return still_due(message)


def test_the_mentee_alone_is_asked_once_three_days_before(
    session: MentoringSession, clock_at: At
) -> None:
    clock_at(TUESDAY_BEFORE - timedelta(seconds=1))
    assert sessions_due.enqueue_due_reminders() == 0
    clock_at(TUESDAY_BEFORE)
    assert [sessions_due.enqueue_due_reminders() for _beat in range(2)] == [1, 0]
    clock_at(session.starts_at - timedelta(minutes=1))
    assert sessions_due.enqueue_due_reminders() == 0
    (message,) = asked()
    mentee = session.pairing.mentee
    assert message.recipient == mentee
    assert message.dedupe_key == f"session:{session.public_id}:0:question:{mentee.public_id}"
    assert (message.due_at, message.expires_at) == (TUESDAY_BEFORE, session.starts_at)
    assert due(message)


def test_it_says_what_and_when_and_has_one_link_to_where_it_is_written(
    session: MentoringSession, clock_at: At
) -> None:
    clock_at(TUESDAY_BEFORE)
    sessions_due.enqueue_due_reminders()
    (message,) = asked()
    name = session.pairing.mentor.short_name
    assert (
        message.subject
        == f"What will you ask {name}? Fri 12 February 2027, 10:00–10:45 (Berlin time)"
    )
    assert message.text.count("[[link]]") == 1
    assert "https://meet.example.com" not in message.text  # one link, and it is not this one
    link = kinds.get(QUESTION).link
    assert link is not None
    assert link(message).endswith(f"/sessions/{session.public_id}/question/")


@pytest.mark.parametrize(("days", "day"), [(1, 11), (2, 10), (7, 5)])
def test_days_are_those_of_the_program(clock_at: At, db: None, days: int, day: int) -> None:
    book(make_pair(program=make_program(reminder_hours=[], question_days=days)), FRIDAY)
    moment = datetime(2027, 2, day, 8, 0, tzinfo=UTC)
    clock_at(moment - timedelta(minutes=1))
    assert sessions_due.enqueue_due_reminders() == 0
    clock_at(moment)
    assert sessions_due.enqueue_due_reminders() == 1


def test_a_program_may_ask_for_none(clock_at: At, db: None) -> None:
    session = book(make_pair(program=make_program(reminder_hours=[], question_days=0)), FRIDAY)
    clock_at(session.starts_at - timedelta(minutes=1))
    assert sessions_due.enqueue_due_reminders() == 0


def test_who_has_written_a_question_is_not_asked(session: MentoringSession, clock_at: At) -> None:
    sessions.ask_question(
        actor=session.pairing.mentee, session=session, question="Why do you doubt it?"
    )
    clock_at(TUESDAY_BEFORE)
    assert sessions_due.enqueue_due_reminders() == 0


def test_a_question_written_meanwhile_takes_the_message_back(
    session: MentoringSession, clock_at: At
) -> None:
    clock_at(TUESDAY_BEFORE)
    sessions_due.enqueue_due_reminders()
    MentoringSession.objects.update(question="Why?")
    assert not due(asked()[0])
    MentoringSession.objects.update(question="")
    sessions.ask_question(actor=session.pairing.mentee, session=session, question="Why?")
    assert asked()[0].state == MessageState.CANCELLED
    sessions.ask_question(actor=session.pairing.mentee, session=session, question="")
    assert sessions_due.enqueue_due_reminders() == 0  # who has taken it back knows of it


@pytest.mark.parametrize("change", ["cancelled", "paused", "ended", "moved", "off"])
def test_nothing_asks_about_what_does_not_take_place_then(
    session: MentoringSession, clock_at: At, change: str
) -> None:
    clock_at(TUESDAY_BEFORE)
    sessions_due.enqueue_due_reminders()
    if change == "cancelled":
        sessions.cancel(actor=session.pairing.mentor, session=session)
    elif change == "moved":
        move(session, FRIDAY + timedelta(days=14))
    elif change == "off":
        Program.objects.update(question_days=0)
    else:
        Pairing.objects.update(state=change)
    (message,) = asked()
    assert not due(message)
    assert (message.state == MessageState.CANCELLED) == (change in {"cancelled", "moved"})
    assert sessions_due.enqueue_due_reminders() == 0


def test_a_moved_session_is_asked_about_again_in_its_own_time(
    session: MentoringSession, clock_at: At
) -> None:
    clock_at(TUESDAY_BEFORE)
    sessions_due.enqueue_due_reminders()
    end(MessageState.SENT)
    moved = move(session, FRIDAY + timedelta(days=14))
    clock_at(TUESDAY_BEFORE + timedelta(days=14))
    assert sessions_due.enqueue_due_reminders() == 1
    last = asked()[-1]
    assert last.dedupe_key.startswith(f"session:{session.public_id}:1:question:")
    assert last.expires_at == moved.starts_at


def test_what_is_booked_later_is_asked_about_on_the_next_morning(
    session: MentoringSession, clock_at: At
) -> None:
    OutboxMessage.objects.all().delete()
    sessions.cancel(actor=session.pairing.mentee, session=session)
    clock_at(datetime(2027, 2, 10, 12, 0, tzinfo=UTC))  # on Wednesday at noon
    late = book(session.pairing, FRIDAY, time(14))
    assert sessions_due.enqueue_due_reminders() == 0
    clock_at(datetime(2027, 2, 11, 8, 0, tzinfo=UTC))
    assert sessions_due.enqueue_due_reminders() == 1
    assert asked()[0].due_at == datetime(2027, 2, 11, 8, 0, tzinfo=UTC)
    clock_at(datetime(2027, 2, 11, 12, 0, tzinfo=UTC))
    book(session.pairing, FRIDAY, time(16))  # for tomorrow: the booking is fresh enough in mind
    clock_at(late.starts_at)
    assert sessions_due.enqueue_due_reminders() == 0


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.CANCELLED])
def test_another_room_asks_again_only_if_nobody_was_asked(
    session: MentoringSession, clock_at: At, state: str
) -> None:
    clock_at(TUESDAY_BEFORE)
    sessions_due.enqueue_due_reminders()
    end(state)
    move(session, FRIDAY, link="https://meet.example.com/2")
    clock_at(TUESDAY_BEFORE + timedelta(days=1))
    assert sessions_due.enqueue_due_reminders() == (0 if state == MessageState.SENT else 1)


def test_leavers_are_not_asked(session: MentoringSession, clock_at: At) -> None:
    User.objects.filter(pk=session.pairing.mentee_id).update(is_active=False)
    clock_at(TUESDAY_BEFORE)
    assert sessions_due.enqueue_due_reminders() == 0


def test_who_is_away_is_asked_on_return(
    session: MentoringSession, clock_at: At, mailoutbox: list[Any]
) -> None:
    mentee = session.pairing.mentee
    Absence.objects.create(person=mentee, starts_on=date(2027, 2, 8), ends_on=date(2027, 2, 9))
    OutboxMessage.objects.exclude(kind=QUESTION).delete()
    clock_at(TUESDAY_BEFORE)
    assert sessions_due.enqueue_due_reminders() == 1
    assert sender.send_due() == {"held": 1}
    clock_at(TUESDAY_BEFORE + timedelta(days=1))
    assert sender.send_due() == {"sent": 1}
    assert [mail.to for mail in mailoutbox] == [[mentee.email]]


def test_what_fell_due_during_down_time_is_stored_as_missed(
    session: MentoringSession, clock_at: At
) -> None:
    clock_at(session.starts_at + timedelta(minutes=10))
    assert sessions_due.enqueue_due_reminders() == 1
    sender.send_due()
    assert asked()[0].state == MessageState.MISSED


def test_it_may_be_turned_off_by_itself_and_shows_to_no_coordinator() -> None:
    row = kinds.get(QUESTION)
    assert (row.quiet, row.digest, row.topic, row.nudges, row.listed) == (
        True,
        True,
        "questions",
        1,
        False,
    )


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_query_count_does_not_depend_on_sessions(
    clock_at: At, django_assert_num_queries: Any, count: int
) -> None:
    for _number in range(count):
        book(make_pair(), FRIDAY)
    sessions_due.enqueue_due_reminders()
    clock_at(TUESDAY_BEFORE)
    with django_assert_num_queries(9):
        assert sessions_due.enqueue_due_reminders() == count
    with django_assert_num_queries(7):
        assert sessions_due.enqueue_due_reminders() == 0


# zones and changes of the clock


@pytest.mark.broad
@given(
    day=DAYS,
    wall=WALLS,
    zone=ZONES,
    mine=st.sampled_from(zone_names()),
    days=st.integers(1, 14),
    lead=st.integers(0, 400),
)
@settings(max_examples=400, deadline=None)
def test_it_is_due_once_at_nine_where_the_mentee_is(
    day: date, wall: time, zone: str, mine: str, days: int, lead: int
) -> None:
    session = session_of(day, wall, zone, [24], ["UTC", mine])
    session.pairing.program.question_days = days
    session.timed_at = session.starts_at - timedelta(hours=lead)
    found = list(sessions_due._question(session))
    ours = to_wall(session.starts_at, mine).date()
    if not found:  # booked after the last morning before the day of the session
        assert to_utc(ours - timedelta(days=1), time(9), mine) <= session.timed_at
        return
    (one,) = found
    assert one.recipient is session.pairing.mentee
    assert session.timed_at < one.due_at < one.expires_at == session.starts_at
    local = to_wall(one.due_at, mine)
    before = (ours - local.date()).days
    assert 1 <= before <= days
    if before < days:  # the morning before that was earlier than the booking
        assert to_utc(local.date() - timedelta(days=1), time(9), mine) <= session.timed_at
    if local.time() != time(
        9
    ):  # nine does not exist on that day: it moves on by the length of the gap
        assert local.utcoffset() != to_wall(one.due_at - timedelta(days=1), mine).utcoffset()


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "day", "wall"), NIGHTS, ids=str)
def test_it_comes_once_by_day_over_the_change(
    zone: str, day: date, wall: time, at: At, mailoutbox: list[Any], settings: Any
) -> None:
    settings.QUIET_HOURS = True
    starts = to_utc(day, wall, zone)
    at(starts - timedelta(days=9))
    dates = {"starts_on": day - timedelta(days=30), "ends_on": day + timedelta(days=30)}
    pair = make_pair(program=make_program(reminder_hours=[], time_zone=zone, **dates))
    User.objects.filter(pk=pair.mentee_id).update(time_zone=zone)
    pair.refresh_from_db()
    book(pair, day=day, wall=wall, zone=zone)
    OutboxMessage.objects.all().delete()
    for hours in range(4 * 24, -1, -2):
        at(starts - timedelta(hours=hours) + timedelta(minutes=10))
        for _beat in range(2):
            sessions_due.enqueue_due_reminders()
        sender.send_due()
    (row,) = asked()
    assert row.sent_at is not None
    assert to_wall(row.due_at, zone).time() == time(9)
    assert (day - to_wall(row.due_at, zone).date()).days == 3
    local = to_wall(row.sent_at, zone)
    assert local.weekday() < 5
    assert 7 <= local.hour <= 11
    assert len([mail for mail in mailoutbox if "What will you ask" in mail.subject]) == 1
