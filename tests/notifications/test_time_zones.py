"""Reminders over zones and changes of the clock: exactly one for each key, at the right local hour,
whenever anybody looks.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from common.timezones import to_utc, to_wall, zone_names
from meetings.due import sessions as sessions_due
from meetings.mail.reminders import REMINDER
from meetings.models import MentoringSession
from notifications.delivery import sender
from notifications.models import MessagePreferences, OutboxMessage
from notifications.preferences import quiet
from notifications.preferences.quiet import end_of_quiet
from pairings.models import Pairing
from programs.models import Program
from tests.factories import UserFactory
from tests.meetings.session_data import book, make_pair, make_program
from tests.support.types import At

pytestmark = pytest.mark.broad

ZONES = st.sampled_from(zone_names())
DAYS = st.dates(date(2024, 1, 2), date(2035, 12, 30))
WALLS = st.times().map(lambda t: t.replace(second=0, microsecond=0))
HOURS = st.lists(st.sampled_from([1, 2, 4, 24, 48, 72, 168]), min_size=1, max_size=4, unique=True)


def session_of(
    day: date, wall: time, zone: str, hours: list[int], zones: list[str]
) -> MentoringSession:
    """A session of two people, nothing of it stored."""
    starts = to_utc(day, wall, zone)
    mentor, mentee = (
        User(pk=number, public_id=uuid4(), time_zone=one, is_active=True)
        for number, one in enumerate(zones, 1)
    )
    pairing = Pairing(program=Program(reminder_hours=hours), mentor=mentor, mentee=mentee)
    return MentoringSession(
        pairing=pairing,
        wall_date=day,
        wall_time=wall,
        time_zone=zone,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=45),
        timed_at=starts - timedelta(days=90),
    )


@given(day=DAYS, wall=WALLS, zone=ZONES, hours=HOURS, zones=st.lists(ZONES, min_size=2, max_size=2))
@settings(max_examples=300, deadline=None)
def test_each_key_is_due_once_so_many_hours_before(
    day: date, wall: time, zone: str, hours: list[int], zones: list[str]
) -> None:
    session = session_of(day, wall, zone, hours, zones)
    dues = list(sessions_due._reminders(session))
    assert set(Counter(due.key for due in dues).values()) == {1}
    assert len(dues) == 2 * len(hours)
    for due in dues:
        assert due.due_at == session.starts_at - timedelta(hours=int(due.about.removesuffix("h")))
        assert due.due_at < due.expires_at <= session.starts_at, (
            "it loses its point before or when the session begins"
        )
    for person in {due.recipient.pk for due in dues}:
        own = sorted(
            (due for due in dues if due.recipient.pk == person), key=lambda due: due.due_at
        )
        assert [due.expires_at for due in own] == [
            *(due.due_at for due in own[1:]),
            session.starts_at,
        ], "never two at once"


@given(day=DAYS, wall=WALLS, zone=ZONES)
@settings(max_examples=300, deadline=None)
def test_session_is_at_the_wall_time_that_was_agreed(day: date, wall: time, zone: str) -> None:
    local = to_wall(to_utc(day, wall, zone), zone)
    if (local.date(), local.time()) != (
        day,
        wall,
    ):  # a time that does not exist moves forward by the length of the gap
        gap = local.replace(tzinfo=None) - datetime.combine(day, wall)
        assert timedelta() < gap <= timedelta(hours=24)
        assert to_wall(to_utc(day, wall, zone) - gap, zone).utcoffset() != local.utcoffset()


@given(
    day=DAYS,
    wall=st.times(time(8), time(19)).map(lambda t: t.replace(second=0, microsecond=0)),
    zone=ZONES,
    start=st.integers(18, 23),
    end=st.integers(5, 9),
    weekends=st.booleans(),
    hours=st.sampled_from([[24], [24, 1], [48, 2]]),
)
@settings(max_examples=300, deadline=None)
def test_with_quiet_hours_a_reminder_comes_by_day_or_because_it_could_not_wait(
    day: date, wall: time, zone: str, start: int, end: int, weekends: bool, hours: list[int]
) -> None:
    wish = MessagePreferences(
        quiet=True, quiet_from=time(start), quiet_until=time(end), quiet_weekends=weekends
    )
    for due in sessions_due._reminders(session_of(day, wall, zone, hours, [zone, zone])):
        until = end_of_quiet(due.due_at, wish, zone)
        if until is not None and until < due.expires_at:  # as quiet.hold decides
            local = to_wall(until, zone)
            assert not quiet.is_night(local.time(), wish)
            assert not (weekends and local.weekday() >= 5)
        elif until is not None:
            assert until >= due.expires_at


# the whole way, over the nights on which clocks change

NIGHTS = [
    ("Europe/Berlin", date(2027, 3, 28), time(9)),
    ("Europe/Berlin", date(2026, 10, 25), time(9)),
    ("Europe/Berlin", date(2026, 10, 25), time(2, 30)),
    ("America/New_York", date(2027, 3, 14), time(9)),
    ("America/New_York", date(2027, 11, 7), time(1, 30)),
    ("Australia/Lord_Howe", date(2027, 4, 4), time(9)),
    ("Australia/Lord_Howe", date(2027, 10, 3), time(9)),
]


@pytest.mark.django_db
@pytest.mark.parametrize("quiet_hours", [False, True])
@pytest.mark.parametrize(("zone", "day", "wall"), NIGHTS, ids=str)
def test_each_of_the_two_is_reminded_once_a_key_over_the_change(
    zone: str,
    day: date,
    wall: time,
    quiet_hours: bool,
    at: At,
    mailoutbox: list[Any],
    settings: Any,
) -> None:
    settings.QUIET_HOURS = quiet_hours
    starts = to_utc(day, wall, zone)
    at(starts - timedelta(days=5))
    program = make_program(
        reminder_hours=[24, 2],
        starts_on=day - timedelta(days=30),
        ends_on=day + timedelta(days=30),
        time_zone=zone,
    )
    people = [UserFactory(time_zone=zone), UserFactory(time_zone="Asia/Kolkata")]
    pair = make_pair(program=program, mentor=people[0], mentee=people[1])
    session = book(pair, day=day, wall=wall, zone=zone)
    assert session.starts_at == starts
    for step in range(28):  # two beats every hour, ten minutes past, until the session has begun
        at(starts - timedelta(hours=27 - step) + timedelta(minutes=10))
        for _beat in range(2):
            sessions_due.enqueue_due_reminders()
        sender.send_due()
    rows = list(OutboxMessage.objects.filter(kind=REMINDER).select_related("recipient"))
    assert len(rows) == 4, "two people, two reminders"
    for row in rows:
        assert row.sent_at is not None, row.state
        sent, held = row.sent_at, row.held_until
        assert row.due_at in {starts - timedelta(hours=24), starts - timedelta(hours=2)}
        assert row.due_at <= sent < row.expires_at
        assert sent - (held or row.due_at) <= timedelta(hours=1)
        if held:
            assert quiet_hours
            assert to_wall(sent, row.recipient.time_zone).hour in range(7, 20)
        wall_of_reader = to_wall(starts, row.recipient.time_zone)
        told = [
            mail
            for mail in mailoutbox
            if mail.to == [row.recipient.email] and "Your mentoring session" in mail.subject
        ]
        assert len(told) == 2
        assert all(f"{wall_of_reader:%H:%M}" in mail.subject for mail in told), (
            "the time in its reader's zone"
        )
