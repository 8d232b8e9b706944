"""A person's own published calendar: read over real HTTPS, kept as busy times alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.domain import own_calendar
from accounts.domain.calendars import feed
from accounts.models import CalendarFeed, OwnCalendar, User
from common import background, clock
from common.errors import DomainError
from tests.accounts.test_calendar_reading import calendar, event
from tests.factories import UserFactory
from tests.https import HttpsSink, answer
from tests.support.types import At

pytestmark = pytest.mark.django_db
MONDAY = datetime(2027, 2, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CALENDAR = calendar(event("DTSTART:20270202T090000Z", "DTEND:20270202T100000Z"))


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch, at: At) -> list[Any]:
    at(MONDAY)
    calls: list[Any] = []
    monkeypatch.setattr(
        background, "enqueue_on_commit", lambda task, *args: calls.append((task, *args))
    )
    return calls


@pytest.fixture
def sink(https_sink: HttpsSink) -> HttpsSink:
    https_sink.answering = answer(body=CALENDAR)
    return https_sink


@pytest.fixture
def person() -> User:
    return UserFactory(time_zone="Europe/Berlin")


def near(one: datetime, other: datetime) -> bool:
    """Within a minute: the moved clock goes on."""
    return abs(one - other) < MINUTE


def save(person: User, address: str) -> OwnCalendar:
    return own_calendar.save_address(actor=person, address=address)


def test_read_keeps_when_one_is_busy_and_nothing_else(
    person: User, sink: HttpsSink, rung: list[Any]
) -> None:
    save(person, sink.url("/secret/calendar.ics"))
    assert rung == [("accounts.tasks.read_calendar", person.pk)]
    assert own_calendar.read(person.pk)
    kept = OwnCalendar.objects.get()
    assert kept.busy == [[1801558800, 1801562400]]
    assert (kept.next_at - kept.fetched_at, kept.problem) == (own_calendar.EVERY, "")
    start = datetime(2027, 2, 2, tzinfo=UTC)
    busy = own_calendar.busy_between([person], start, start + timedelta(days=1))
    assert busy == [(datetime(2027, 2, 2, 9, tzinfo=UTC), datetime(2027, 2, 2, 10, tzinfo=UTC))]
    assert own_calendar.busy_between([person], MONDAY, MONDAY + timedelta(hours=5)) == []
    assert (sink.requests[0].method, sink.requests[0].path) == ("GET", "/secret/calendar.ics")


def test_neither_address_nor_times_stand_in_the_database_in_clear(
    person: User, sink: HttpsSink
) -> None:
    save(person, sink.url("/secret/calendar.ics"))
    own_calendar.read(person.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM accounts_owncalendar AS c")
        (row,) = cursor.fetchone()
    assert "secret" not in row
    assert "1801558800" not in row
    assert "Dentist" not in row


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/a.ics",
        "https://127.0.0.1/a.ics",
        "https://169.254.169.254/latest",
        "https://[::1]/a.ics",
        "https://user:word@example.com/a.ics",
        "https://example.com:8443/a.ics",
        "file:///etc/passwd",
        "calendar",
    ],
)
def test_addresses_that_may_not_be_asked_are_refused_at_once(person: User, address: str) -> None:
    with pytest.raises(DomainError) as refused:
        save(person, address)
    assert refused.value.code == "address"
    assert not OwnCalendar.objects.exists()


def test_webcal_is_https(person: User) -> None:
    assert save(person, "webcal://example.com/a.ics").address == "https://example.com/a.ics"


def test_a_name_that_leads_inside_is_not_asked(
    person: User, sink: HttpsSink, settings: Any
) -> None:
    save(person, "https://localhost/a.ics")
    settings.OUTGOING_INTERNAL_HOSTS = []
    assert not own_calendar.read(person.pk)
    assert OwnCalendar.objects.get().problem == "forbidden"
    assert sink.connections == 0


@pytest.mark.parametrize(
    ("answering", "problem"),
    [
        (answer(302, Location="https://localhost/else"), "moved"),
        (answer(404), "refused"),
        (answer(401), "refused"),
        (answer(500), "server_error"),
        (answer(429), "server_error"),
        (answer(404, body=b"<html>Not found</html>"), "refused"),
        (answer(body=b"<html>Sign in</html>"), "web_page"),
        (answer(body=b"\xef\xbb\xbf\r\n<!DOCTYPE html><html>Sign in</html>"), "web_page"),
        (answer(body=b"Sign in"), "no_calendar"),
        (answer(body=b"x" * 5_000_000), "too_large"),
    ],
)
def test_a_failed_reading_shows_its_reason_and_keeps_the_times_of_before(
    person: User, sink: HttpsSink, answering: Any, problem: str
) -> None:
    save(person, sink.url("/a.ics"))
    own_calendar.read(person.pk)
    sink.answering = answering
    assert not own_calendar.read(person.pk)
    kept = OwnCalendar.objects.get()
    assert (kept.problem, kept.failures, len(kept.busy)) == (problem, 1, 1)
    assert near(kept.next_at, MONDAY + own_calendar.FIRST_RETRY)
    assert len(sink.requests) == 2  # no redirect was followed
    sink.answering = answer(body=CALENDAR)
    own_calendar.read(person.pk)
    kept.refresh_from_db()
    assert (kept.problem, kept.failures) == ("", 0)


def test_retries_come_less_and_less_often(person: User, sink: HttpsSink) -> None:
    save(person, sink.url("/a.ics"))
    sink.answering = answer(404)
    waits = []
    for _n in range(10):
        own_calendar.read(person.pk)
        waits.append(OwnCalendar.objects.get().next_at - clock.now())
    assert waits[0] < waits[1] < waits[2]
    assert waits[-1] <= own_calendar.LONGEST_RETRY


def test_due_ones_are_rung_once_and_come_again(
    person: User, sink: HttpsSink, rung: list[Any], at: At
) -> None:
    save(person, sink.url("/a.ics"))
    own_calendar.read(person.pk)
    rung.clear()
    assert own_calendar.enqueue_due_calendars() == 0
    at(MONDAY + own_calendar.EVERY + MINUTE)
    assert own_calendar.enqueue_due_calendars() == 1
    assert own_calendar.enqueue_due_calendars() == 0
    at(MONDAY + own_calendar.EVERY + own_calendar.LEASE + 2 * MINUTE)
    assert own_calendar.enqueue_due_calendars() == 1


def test_what_a_leaver_had_entered_is_forgotten(person: User, sink: HttpsSink) -> None:
    save(person, sink.url("/a.ics"))
    feed.renew(actor=person)
    User.objects.update(is_active=False)
    assert not own_calendar.read(person.pk)
    assert own_calendar.enqueue_due_calendars() == 0
    assert not OwnCalendar.objects.exists()
    assert not CalendarFeed.objects.exists()


def test_an_address_that_was_changed_meanwhile_keeps_nothing_of_the_old_one(
    person: User, sink: HttpsSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(person, sink.url("/old.ics"))
    fetch = own_calendar._fetch

    def change_then_fetch(address: str) -> bytes:
        save(person, sink.url("/new.ics"))
        return fetch(address)

    monkeypatch.setattr(own_calendar, "_fetch", change_then_fetch)
    assert not own_calendar.read(person.pk)
    assert OwnCalendar.objects.get().busy is None


def test_removed_is_gone(person: User, sink: HttpsSink) -> None:
    save(person, sink.url("/a.ics"))
    assert own_calendar.remove(actor=person)
    assert not own_calendar.remove(actor=person)
    assert not OwnCalendar.objects.exists()


def test_servers_are_asked_like_a_browser_asks(person: User, sink: HttpsSink) -> None:
    """Outlook's published calendars refuse programs that they do not know."""
    save(person, sink.url("/a.ics"))
    own_calendar.read(person.pk)
    assert sink.requests[0].headers["user-agent"].startswith("Mozilla/5.0 (")


def test_what_the_owner_declined_is_not_kept(person: User, sink: HttpsSink) -> None:
    lines = ["DTSTART:20270202T090000Z", "DTEND:20270202T100000Z"]
    declined = f"ATTENDEE;PARTSTAT=DECLINED:mailto:{person.email}"
    sink.answering = answer(body=calendar(event(*lines, declined)))
    save(person, sink.url("/a.ics"))
    assert own_calendar.read(person.pk)
    assert OwnCalendar.objects.get().busy == []
