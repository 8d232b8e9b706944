"""Quiet hours: in the reader's zone, right over every change of the clock, and never past the point
of a message.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from common.timezones import to_utc, to_wall, zone_names
from notifications.delivery import health, sender
from notifications.enums import Channel, MessageState
from notifications.models import MessagePreferences, OutboxMessage
from notifications.preferences import quiet
from notifications.preferences.quiet import end_of_quiet
from tests.factories import UserFactory
from tests.notifications.conftest import KIND, declare, put
from tests.smtp import DIE_AFTER_TAKING, SmtpSink
from tests.support.types import At

# the days around which clocks change in 2027: Berlin and New York in March and in autumn, Lord Howe
# in April and October
CHANGES = [(3, [13, 14, 27, 28]), (4, [2, 3, 4]), (10, [1, 2, 3, 30, 31]), (11, [6, 7])]
NIGHT = {"quiet": True, "quiet_from": time(20), "quiet_until": time(7), "quiet_weekends": False}


def wish(**changes: Any) -> MessagePreferences:
    return MessagePreferences(**{**NIGHT, **changes})


@pytest.mark.parametrize(
    ("zone", "local", "changes", "end"),
    [
        ("Europe/Berlin", "2027-02-03 12:00", {}, None),
        ("Europe/Berlin", "2027-02-03 19:59", {}, None),
        ("Europe/Berlin", "2027-02-03 20:00", {}, "2027-02-04 07:00"),
        ("Europe/Berlin", "2027-02-03 23:00", {}, "2027-02-04 07:00"),
        ("Europe/Berlin", "2027-02-04 06:59", {}, "2027-02-04 07:00"),
        ("Europe/Berlin", "2027-02-04 07:00", {}, None),
        ("Europe/Berlin", "2027-02-03 23:00", {"quiet": False, "quiet_weekends": True}, None),
        (
            "Europe/Berlin",
            "2027-02-03 12:30",
            {"quiet_from": time(12), "quiet_until": time(14)},
            "2027-02-03 14:00",
        ),
        (
            "Europe/Berlin",
            "2027-02-03 23:30",
            {"quiet_from": time(12), "quiet_until": time(14)},
            None,
        ),
        (
            "Europe/Berlin",
            "2027-02-03 23:30",
            {"quiet_from": time(7), "quiet_until": time(7)},
            None,
        ),
        # a weekend: 5 February 2027 is a Friday
        ("Europe/Berlin", "2027-02-05 21:00", {"quiet_weekends": True}, "2027-02-08 07:00"),
        ("Europe/Berlin", "2027-02-06 12:00", {"quiet_weekends": True}, "2027-02-08 07:00"),
        ("Europe/Berlin", "2027-02-05 19:00", {"quiet_weekends": True}, None),
        (
            "Europe/Berlin",
            "2027-02-07 12:00",
            {"quiet_weekends": True, "quiet_until": time(20)},
            "2027-02-08 00:00",
        ),
        # the night on which clocks go forward, and back
        ("Europe/Berlin", "2027-03-27 23:00", {}, "2027-03-28 07:00"),
        ("Europe/Berlin", "2026-10-24 23:00", {}, "2026-10-25 07:00"),
        ("America/New_York", "2027-03-13 23:00", {}, "2027-03-14 07:00"),
        ("Australia/Lord_Howe", "2027-04-03 23:00", {}, "2027-04-04 07:00"),
        ("Europe/Berlin", "2027-03-27 23:00", {"quiet_until": time(2, 30)}, "2027-03-28 03:30"),
        ("Europe/Berlin", "2026-10-24 23:00", {"quiet_until": time(2, 30)}, "2026-10-25 02:30"),
    ],
)
def test_end_of_the_quiet_time(
    zone: str, local: str, changes: dict[str, Any], end: str | None
) -> None:
    def moment(text: str) -> datetime:
        wall = datetime.fromisoformat(text)
        return to_utc(wall.date(), wall.time(), zone)

    found = end_of_quiet(moment(local), wish(**changes), zone)
    assert found == (None if end is None else moment(end))


TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2035, 12, 31)).map(
    lambda m: m.replace(tzinfo=UTC, microsecond=0)
)


@pytest.mark.broad
@given(
    zone=st.sampled_from(zone_names()),
    moment=MOMENTS,
    start=TIMES,
    until=TIMES,
    weekends=st.booleans(),
    night=st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_after_the_end_it_is_not_quiet_any_more_and_before_it_is(
    zone: str, moment: datetime, start: time, until: time, weekends: bool, night: bool
) -> None:
    asked = wish(
        quiet_from=start if night else time(20),
        quiet_until=until if night else time(7),
        quiet_weekends=weekends,
    )
    end = end_of_quiet(moment, asked, zone)
    if end is None:
        local = to_wall(moment, zone)
        assert not quiet.is_night(local.time(), asked)
        assert not (weekends and local.weekday() >= 5)
        return
    assert moment < end <= moment + timedelta(days=4)
    assert end_of_quiet(end, asked, zone) is None
    # and not a minute more than needed, except that an end which does not exist moves forward by
    # its gap of up to two hours
    just_before = end - timedelta(seconds=1)
    local = to_wall(just_before, zone)
    is_gap = to_wall(end, zone).utcoffset() != to_wall(end - timedelta(hours=3), zone).utcoffset()
    assert is_gap or quiet.is_night(local.time(), asked) or (weekends and local.weekday() >= 5)


@pytest.mark.broad
@given(zone=st.sampled_from(zone_names()), moment=MOMENTS)
@settings(max_examples=200, deadline=None)
def test_with_the_usual_hours_mail_comes_by_day_on_a_weekday(zone: str, moment: datetime) -> None:
    asked = wish(quiet_weekends=True)
    local = to_wall(end_of_quiet(moment, asked, zone) or moment, zone)
    assert time(7) <= local.time() < time(20)
    assert local.weekday() < 5


# in the sender


@pytest.fixture
def berliner(db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Somebody with quiet nights, and a kind that keeps them."""
    declare(KIND, quiet=True)
    person = UserFactory(email="berta@example.com", time_zone="Europe/Berlin")
    wish(person=person).save()
    return person


WEDNESDAY_NIGHT = datetime(2027, 2, 3, 22, tzinfo=UTC)  # 23:00 in Berlin
MORNING = datetime(2027, 2, 4, 6, tzinfo=UTC)  # 07:00


def test_mail_waits_for_the_morning(berliner: Any, smtp_sink: SmtpSink, at: At) -> None:
    at(WEDNESDAY_NIGHT)
    message = put(berliner)
    assert sender.send_due() == {"held": 1}
    message.refresh_from_db()
    assert (message.state, message.try_at, message.held_until) == (
        MessageState.QUEUED,
        MORNING,
        MORNING,
    )
    assert sender.send_due() == {}
    at(MORNING + timedelta(minutes=1))
    assert sender.send_due() == {"sent": 1}


def test_mail_that_would_lose_its_point_goes_in_the_night(
    berliner: Any, smtp_sink: SmtpSink, at: At
) -> None:
    at(WEDNESDAY_NIGHT)
    put(berliner, expires_at=MORNING)
    assert sender.send_due() == {"sent": 1}


def test_what_is_no_longer_due_is_not_held(
    berliner: Any, smtp_sink: SmtpSink, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(WEDNESDAY_NIGHT)
    declare(KIND, still_due=lambda message: False)
    put(berliner)
    assert sender.send_due() == {"cancelled": 1}


@pytest.mark.parametrize(
    "fields",
    [
        {"channel": Channel.INBOX},
        {"address": "old@example.com"},
        {"kind": "tests.linked", "data": {"id": 1}},
    ],
)
def test_what_is_not_held(
    berliner: Any, smtp_sink: SmtpSink, at: At, fields: dict[str, Any]
) -> None:
    """The inbox disturbs nobody; another address is about the way into an account; other kinds do
    not wait.
    """
    at(WEDNESDAY_NIGHT)
    put(berliner, **fields)
    assert sender.send_due() == {"sent": 1}


def test_who_has_chosen_nothing_has_the_installation_s_hours(
    db: None, smtp_sink: SmtpSink, at: At, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(KIND, quiet=True)
    person = UserFactory(time_zone="Europe/Berlin")
    at(WEDNESDAY_NIGHT)
    settings.QUIET_HOURS = True
    put(person, "1")
    assert sender.send_due() == {"held": 1}
    settings.QUIET_HOURS = False
    put(person, "2")
    assert sender.send_due() == {"sent": 1}
    assert OutboxMessage.objects.filter(state=MessageState.QUEUED).count() == 1


def test_what_is_held_does_not_make_delivery_look_ill(
    berliner: Any, smtp_sink: SmtpSink, at: At
) -> None:
    at(WEDNESDAY_NIGHT)
    put(berliner)
    sender.send_due()
    at(MORNING - timedelta(minutes=1))
    assert health.oldest_due_age() is None
    at(MORNING + timedelta(minutes=20))
    age = health.oldest_due_age()
    assert age is not None
    assert timedelta(minutes=20) <= age < timedelta(minutes=21)


@pytest.mark.parametrize(
    ("minutes", "held"), [(-60, False), (0, False), (15, False), (16, True), (600, True)]
)
def test_what_waits_has_time_left_in_the_morning(
    berliner: Any, smtp_sink: SmtpSink, at: At, minutes: int, held: bool
) -> None:
    """A round a minute and a mail server that says "later" once must not make it missed."""
    at(WEDNESDAY_NIGHT)
    put(berliner, expires_at=MORNING + timedelta(minutes=minutes))
    assert sender.send_due() == {"held" if held else "sent": 1}


HARD_ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]


@pytest.mark.broad
@given(
    zone=st.sampled_from(HARD_ZONES),
    # around the changes of the clock as often as on other days
    day=st.sampled_from(
        [datetime(2027, month, day, tzinfo=UTC) for month, days in CHANGES for day in days]
    )
    | MOMENTS,
    minutes=st.integers(0, 48 * 60),
    life=st.integers(1, 4 * 24 * 60),
    weekends=st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_waiting_never_makes_a_message_missed(
    zone: str, day: datetime, minutes: int, life: int, weekends: bool
) -> None:
    """It waits for the end of the quiet time exactly when a quarter of an hour is left then, on the
    clock that counts: UTC.
    """
    moment = day + timedelta(minutes=minutes)
    reader = User(time_zone=zone, message_preferences=wish(quiet_weekends=weekends))
    message = OutboxMessage(
        recipient=reader, kind="meetings.session_log", expires_at=moment + timedelta(minutes=life)
    )
    with patch("common.clock.now", return_value=moment):
        until = quiet.hold(message)
    end = end_of_quiet(moment, wish(quiet_weekends=weekends), zone)
    if until is None:
        assert end is None or end + timedelta(minutes=15) >= message.expires_at
    else:
        assert until == end
        assert moment < until < message.expires_at - timedelta(minutes=15)
        local = to_wall(until, zone)
        assert local.hour >= 7 and not (weekends and local.weekday() >= 5)


# a retry that falls into the night


LATER = {"450": "450 4.2.0 later", "unknown": DIE_AFTER_TAKING}
EVENING = datetime(2027, 2, 3, 18, 59, tzinfo=UTC)  # 19:59 in Berlin


@pytest.mark.broad
@pytest.mark.parametrize("trouble", LATER)
def test_retry_waits_for_the_morning_too(
    berliner: Any, smtp_sink: SmtpSink, at: At, trouble: str
) -> None:
    at(EVENING)
    message = put(berliner, "one")
    smtp_sink.on_data = lambda _address: LATER[trouble]
    sender.send_due()
    smtp_sink.on_data = lambda _address: ""
    before = len(smtp_sink.messages)
    for hours in range(1, 10):
        at(EVENING + timedelta(hours=hours))
        sender.send_due()
    assert len(smtp_sink.messages) == before, "nothing in the night"
    message.refresh_from_db()
    assert (message.state, message.try_at) == (
        "unknown" if trouble == "unknown" else "queued",
        MORNING,
    )
    at(MORNING + timedelta(minutes=1))
    assert sender.send_due() == {"sent": 1}
    assert len({mail.message_id for mail in smtp_sink.messages}) == 1


def test_retry_that_would_lose_its_point_goes_in_the_night(
    berliner: Any, smtp_sink: SmtpSink, at: At
) -> None:
    at(EVENING)
    put(berliner, expires_at=MORNING)
    smtp_sink.on_data = lambda _address: "450 later"
    sender.send_due()
    smtp_sink.on_data = lambda _address: ""
    at(EVENING + timedelta(hours=2))
    assert sender.send_due() == {"sent": 1}
