"""Who drives is reminded when no session is ahead: that one alone, twice at most, then it is the
coordinator's.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Absence, Delegation, User
from common.timezones import to_utc, to_wall, zone_names
from meetings.domain import pausing, sessions
from meetings.due import booking as booking_due
from meetings.due.booking import days_after, dues_of, nudge_drivers
from meetings.mail.booking import KIND
from mentoring.needs.queue import needs_of
from notifications.delivery import sender
from notifications.models import OutboxMessage
from notifications.outbox import due as windows
from pairings.models import Pairing
from programs.models import Program
from tests import factories as make
from tests.meetings.session_data import book, make_pair, make_program
from tests.support.types import At

BEGUN = datetime(2027, 2, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def at_nine(day: int) -> datetime:
    """So many days after BEGUN at nine in Berlin."""
    return to_utc(BEGUN.date() + timedelta(days=day), time(9), "Europe/Berlin")


@pytest.fixture
def pair(at: At, db: None) -> Pairing:
    at(BEGUN)
    return make_pair(activated_at=BEGUN)


def nudged() -> list[tuple[int, datetime]]:
    rows = OutboxMessage.objects.filter(kind=KIND).order_by("due_at")
    return [(row.recipient_id, row.due_at) for row in rows]


def states() -> list[str]:
    return list(
        OutboxMessage.objects.filter(kind=KIND).order_by("due_at").values_list("state", flat=True)
    )


@pytest.mark.broad
@pytest.mark.parametrize("driver", ["mentor", "mentee"])
def test_the_driver_is_reminded_twice_and_nobody_else(
    pair: Pairing, at: At, driver: str, mailoutbox: list[Any]
) -> None:
    Program.objects.update(driver=driver)
    for hour in range(0, 45 * 24, 12):
        at(BEGUN + hour * HOUR)
        for _beat in range(2):
            nudge_drivers()
        sender.send_due()
    one = getattr(pair, driver)
    assert nudged() == [(one.pk, at_nine(7)), (one.pk, at_nine(14))]
    assert states() == ["sent", "sent"]
    assert [mail.to for mail in mailoutbox] == [[one.email]] * 2


@pytest.mark.parametrize(
    ("weeks", "days"), [(1, (3, 6)), (2, (3, 7)), (3, (5, 10)), (4, (7, 14)), (26, (7, 14))]
)
def test_when_follows_the_program_s_interval(weeks: int, days: tuple[int, int]) -> None:
    assert days_after(weeks) == days


def test_nobody_is_reminded_while_something_is_ahead_and_booking_takes_it_back(
    pair: Pairing, at: At
) -> None:
    at(at_nine(7) + HOUR)
    assert nudge_drivers() == 1
    session = book(pair, BEGUN.date() + timedelta(days=20))
    assert sender.send_due()["cancelled"] == 1
    assert nudge_drivers() == 0
    at(session.ends_at - HOUR / 2)
    assert nudge_drivers() == 0
    # it is over, and nothing follows: a new gap
    at(at_nine(27) + HOUR)
    assert nudge_drivers() == 1


def test_cancelling_the_session_ahead_begins_a_new_gap(pair: Pairing, at: At) -> None:
    session = book(pair, BEGUN.date() + timedelta(days=40))
    at(BEGUN + 20 * DAY)
    sessions.cancel(actor=pair.mentor, session=session)
    at(at_nine(26))
    assert nudge_drivers() == 0
    at(at_nine(27) + HOUR)
    assert nudge_drivers() == 1
    assert nudged() == [(pair.mentee_id, at_nine(27))]


def test_a_pair_that_goes_on_after_a_pause_gets_time(pair: Pairing, at: At) -> None:
    pausing.pause(actor=pair.mentor, pairing=pair)
    at(BEGUN + 30 * DAY)
    assert nudge_drivers() == 0
    for person in (pair.mentor, pair.mentee):
        pausing.resume(actor=person, pairing=pair)
    assert nudge_drivers() == 0
    at(at_nine(37) + HOUR)
    assert nudge_drivers() == 1


@pytest.mark.parametrize("who", ["mentor", "mentee"])
def test_while_one_of_the_two_is_away_nobody_is_reminded(pair: Pairing, at: At, who: str) -> None:
    first = BEGUN.date() + timedelta(days=5)
    Absence.objects.create(
        person=getattr(pair, who), starts_on=first, ends_on=first + timedelta(days=4)
    )
    for day in range(5, 10):
        at(at_nine(day) + HOUR)
        assert nudge_drivers() == 0
    at(at_nine(10) + HOUR)
    assert nudge_drivers() == 1
    assert nudged() == [(pair.mentee_id, at_nine(10))]


@pytest.mark.parametrize(("who", "becomes"), [("mentor", "cancelled"), ("mentee", "queued")])
def test_an_absence_that_is_entered_afterwards_is_asked_for_when_it_is_sent(
    pair: Pairing, at: At, who: str, becomes: str
) -> None:
    at(at_nine(7) + HOUR)
    assert nudge_drivers() == 1
    today = BEGUN.date() + timedelta(days=7)
    Absence.objects.create(
        person=getattr(pair, who), starts_on=today, ends_on=today + timedelta(days=2)
    )
    sender.send_due()
    assert states() == [becomes], "one's own absence holds it until one is back"


@pytest.mark.parametrize("change", ["held", "near_end", "closing", "left", "paused", "driver"])
def test_a_reminder_that_makes_no_sense_is_neither_made_nor_sent(
    pair: Pairing, at: At, change: str
) -> None:
    at(at_nine(7) + HOUR)
    assert nudge_drivers() == 1
    match change:
        case "held":
            Program.objects.update(planned_sessions=1)
            book(pair, BEGUN.date(), time(8), past=True)
        case "near_end":
            Program.objects.update(ends_on=BEGUN.date() + timedelta(days=12))
        case "closing":
            Program.objects.update(state="closing")
        case "left":
            User.objects.filter(pk=pair.mentor_id).update(is_active=False)
        case "paused":
            Pairing.objects.update(state="paused")
        case "driver":
            Program.objects.update(driver="mentor")
    sender.send_due()
    assert states() == ["cancelled"]
    at(at_nine(14) + HOUR)
    assert nudge_drivers() == (1 if change == "driver" else 0)


def test_who_turned_them_off_gets_none(pair: Pairing, at: At) -> None:
    from notifications.preferences import store as preferences

    preferences.turn_off(actor=pair.mentee, topics=["booking"])
    at(at_nine(7) + HOUR)
    nudge_drivers()
    sender.send_due()
    assert states() == ["cancelled"]


def test_a_program_that_begins_later_leaves_time(at: At, db: None) -> None:
    at(BEGUN)
    make_pair(activated_at=BEGUN, program=make_program(starts_on=date(2027, 4, 1)))
    at(at_nine(30))
    assert nudge_drivers() == 0
    at(to_utc(date(2027, 4, 1) - timedelta(days=7), time(9), "Europe/Berlin") + HOUR)
    assert nudge_drivers() == 1


def test_the_delegate_is_named_to_the_mentee_and_gets_no_mail(pair: Pairing, at: At) -> None:
    kim = make.UserFactory(name="Kim Lee")
    Delegation.objects.create(mentee=pair.mentee, delegate=kim)
    at(at_nine(7) + HOUR)
    nudge_drivers()
    (message,) = OutboxMessage.objects.filter(kind=KIND)
    assert message.recipient == pair.mentee
    assert "Kim Lee" in message.text
    OutboxMessage.objects.all().delete()
    Program.objects.update(driver="mentor")
    nudge_drivers()
    assert "Kim Lee" not in OutboxMessage.objects.get(kind=KIND).text, (
        "a mentor does not learn who handles the calendar"
    )


@pytest.mark.broad
def test_then_the_coordinator_sees_the_pair_and_no_more(pair: Pairing, at: At) -> None:
    def found() -> list[str]:
        return [need.about for need in needs_of(pair.program) if need.kind == "no_date"]

    session = book(pair, BEGUN.date() + timedelta(days=1))
    at(session.ends_at)
    sessions.log(actor=pair.mentor, session=session, outcome="held")
    at(session.ends_at + 21 * DAY - HOUR)
    assert found() == []
    at(session.ends_at + 21 * DAY + HOUR)
    assert found() == [f"{pair.mentor.name} and {pair.mentee.name}"]
    book(pair, BEGUN.date() + timedelta(days=40))
    assert found() == []


def test_pairs_come_in_pages_and_none_is_left_out(at: At, db: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(windows, "PAGE", 2)
    at(BEGUN)
    for _count in range(5):
        make_pair(activated_at=BEGUN)
    at(at_nine(7) + HOUR)
    seen = []
    nudge = booking_due._nudge
    monkeypatch.setattr(
        booking_due, "_nudge", lambda rows, window: seen.append(len(rows)) or nudge(rows, window)
    )
    assert (nudge_drivers(), nudge_drivers()) == (5, 0)
    assert seen == [2, 2, 1] * 2


def test_old_gap_of_a_program_that_begins_late_is_not_forgotten(at: At, db: None) -> None:
    at(BEGUN)
    make_pair(activated_at=BEGUN)
    begins = BEGUN.date() + timedelta(days=90)
    Program.objects.update(starts_on=begins, ends_on=begins + timedelta(days=200))
    nudge_drivers()
    at(at_nine(90 - 14 + 7) + HOUR)
    assert nudge_drivers() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow(at: At, db: None, number: int, django_assert_num_queries: Any) -> None:
    at(BEGUN)
    for _count in range(number):
        make_pair(activated_at=BEGUN)
    nudge_drivers()
    at(at_nine(7) + HOUR)
    with django_assert_num_queries(10):
        assert nudge_drivers() == number
    with django_assert_num_queries(7):
        assert nudge_drivers() == 0


ZONES = st.sampled_from(zone_names())
SPANS = st.lists(
    st.tuples(st.booleans(), st.integers(-10, 40), st.integers(0, 20)).map(
        lambda t: (t[0], t[1], t[1] + t[2])
    ),
    max_size=4,
)


@pytest.mark.broad
@given(
    day=st.dates(date(2024, 1, 2), date(2035, 12, 30)),
    wall=st.times(),
    zones=st.tuples(ZONES, ZONES, ZONES),
    weeks=st.integers(1, 26),
    driver=st.sampled_from(["mentor", "mentee"]),
    spans=SPANS,
)
@settings(max_examples=400, deadline=None)
def test_two_at_most_to_the_driver_in_the_right_local_hour_whatever_the_zones(
    day: date,
    wall: time,
    zones: tuple[str, str, str],
    weeks: int,
    driver: str,
    spans: list[tuple[bool, int, int]],
) -> None:
    mentor, mentee = (
        User(pk=number, public_id=uuid4(), time_zone=zone, is_active=True)
        for number, zone in enumerate(zones[:2], 1)
    )
    program = Program(
        driver=driver,
        interval_weeks=weeks,
        time_zone=zones[2],
        starts_on=day - timedelta(days=30),
        ends_on=day + timedelta(days=150),
    )
    pairing: Any = Pairing(program=program, mentor=mentor, mentee=mentee, public_id=uuid4())
    pairing.open_since = to_utc(day, wall, zones[2])
    away = []
    for is_mentor, first, last in spans:
        person = mentor if is_mentor else mentee
        one = Absence(
            person=person, starts_on=day + timedelta(days=first), ends_on=day + timedelta(days=last)
        )
        away.append((one, person.time_zone))
    dues = dues_of(pairing, away)
    one = mentor if driver == "mentor" else mentee
    assert len(dues) <= 2
    assert len({due.key for due in dues}) == len(dues)
    first_day = to_wall(pairing.open_since, one.time_zone).date()
    for due in dues:
        assert due.driver is one
        assert due.due_at < due.expires_at
        local = to_wall(due.due_at, one.time_zone)
        exists = to_wall(
            to_utc(local.date(), time(9), one.time_zone), one.time_zone
        ).time() == time(9)
        assert local.time() == time(9) or not exists
        assert (local.date() - first_day).days >= days_after(weeks)[due.number - 1]
        for absence, zone in away:
            assert not absence.starts_on <= to_wall(due.due_at, zone).date() <= absence.ends_on
    if len(dues) == 2:
        assert dues[0].expires_at <= dues[1].due_at, "never two at once"
    if not away:
        assert len(dues) == 2


def test_link_leads_to_all_sessions_first_and_to_one_later(pair: Pairing, at: At) -> None:
    at(at_nine(7) + HOUR)
    nudge_drivers()
    (message,) = OutboxMessage.objects.filter(kind=KIND)
    assert booking_due.booking_mail.link(message).endswith(
        f"/pairs/{pair.public_id}/sessions/book-all/"
    )
    message.data["met"] = True
    assert booking_due.booking_mail.link(message).endswith(f"/pairs/{pair.public_id}/sessions/new/")
