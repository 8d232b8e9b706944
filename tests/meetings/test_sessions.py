"""Booking: the rules, and what the database itself refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from common.errors import DomainError
from common.models import AuditEntry
from meetings.domain import sessions
from meetings.models import MentoringSession, SessionAttendance
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair, make_program, move
from tests.support.types import At

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(at: At) -> None:
    at(MONDAY)


def unsent(kind: str) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(kind=kind, state=MessageState.QUEUED))


def test_schedule_derives_utc_and_takes_the_time_of_both() -> None:
    pairing = make_pair()
    session = book(pairing, link="https://meet.example.com/1", place="Room 4")
    assert (session.number, session.minutes, session.sequence) == (1, 45, 0)
    assert session.starts_at == datetime(2027, 2, 2, 9, 0, tzinfo=UTC)
    assert session.ends_at == datetime(2027, 2, 2, 9, 45, tzinfo=UTC)
    live = SessionAttendance.objects.filter(session=session, live=True)
    assert {row.person_id for row in live} == {pairing.mentor_id, pairing.mentee_id}
    assert {(row.during.lower, row.during.upper) for row in live} == {
        (session.starts_at, session.ends_at)
    }
    assert (
        AuditEntry.objects.filter(verb="session.scheduled", actor_id=pairing.mentee_id).count() == 1
    )


@pytest.mark.parametrize(
    ("zone", "day", "wall", "utc", "reads"),
    [
        (
            "Europe/Berlin",
            date(2027, 10, 31),
            time(2, 30),
            datetime(2027, 10, 31, 0, 30),
            time(2, 30),
        ),  # twice: the first
        (
            "America/New_York",
            date(2027, 11, 7),
            time(1, 30),
            datetime(2027, 11, 7, 5, 30),
            time(1, 30),
        ),
        (
            "Australia/Lord_Howe",
            date(2027, 4, 4),
            time(1, 45),
            datetime(2027, 4, 3, 14, 45),
            time(1, 45),
        ),
    ],
)
def test_schedule_at_a_clock_change(
    zone: str, day: date, wall: time, utc: datetime, reads: time
) -> None:
    session = book(make_pair(), day, wall, zone=zone)
    assert session.starts_at == utc.replace(tzinfo=UTC)
    assert (session.wall_time, session.time_zone) == (reads, zone)
    assert session.ends_at - session.starts_at == timedelta(minutes=45)


@pytest.mark.parametrize(
    ("zone", "day", "wall"),
    [
        ("Europe/Berlin", date(2027, 3, 28), time(2, 30)),
        ("Europe/Berlin", date(2027, 3, 28), time(2)),
        ("America/New_York", date(2027, 3, 14), time(2, 30)),
        ("Australia/Lord_Howe", date(2027, 10, 3), time(2, 15)),
    ],
)
def test_a_time_that_clocks_never_show_is_refused(zone: str, day: date, wall: time) -> None:
    pairing = make_pair()
    session = book(pairing)
    several = {"count": 2, "interval_weeks": 4}
    at_that_time = {"wall_date": day, "wall_time": wall, "time_zone": zone}
    for attempt in (
        lambda: book(pairing, day, wall, zone=zone),
        lambda: move(session, day, wall, time_zone=zone),
        lambda: sessions.schedule_series(
            actor=pairing.mentee, pairing=pairing, **at_that_time, **several
        ),
    ):
        with pytest.raises(DomainError, match="does not exist") as refused:
            attempt()
        assert refused.value.code == "wall_time"


def test_series_keeps_the_wall_time_across_a_clock_change() -> None:
    made = sessions.schedule_series(
        actor=(pairing := make_pair()).mentee,
        pairing=pairing,
        wall_date=date(2027, 3, 16),
        wall_time=time(10),
        time_zone="Europe/Berlin",
        count=3,
        interval_weeks=1,
    )
    assert [session.starts_at.hour for session in made] == [9, 9, 8]
    assert [session.number for session in made] == [1, 2, 3]
    assert len(unsent("meetings.session_series")) == 1
    assert unsent("meetings.session_scheduled") == []


def test_series_books_all_or_none() -> None:
    pairing = make_pair()
    other = make_pair(program=pairing.program, mentee_enrolment=pairing.mentee_enrolment)
    book(other, date(2027, 2, 16), time(10))
    with pytest.raises(DomainError, match="16 February 2027") as refused:
        sessions.schedule_series(
            actor=pairing.mentor,
            pairing=pairing,
            wall_date=TUESDAY,
            wall_time=time(10),
            time_zone="Europe/Berlin",
            count=3,
            interval_weeks=1,
        )
    assert refused.value.code == "wall_time"
    assert not MentoringSession.objects.filter(pairing=pairing).exists()


@pytest.mark.parametrize(
    ("count", "weeks", "code"),
    [(0, 1, "count"), (31, 1, "count"), (20, 4, "count"), (2, 0, "interval_weeks")],
)
def test_series_that_does_not_fit_says_so(count: int, weeks: int, code: str) -> None:
    pairing = make_pair()
    with pytest.raises(DomainError) as refused:
        sessions.schedule_series(
            actor=pairing.mentor,
            pairing=pairing,
            wall_date=TUESDAY,
            wall_time=time(10),
            time_zone="Europe/Berlin",
            count=count,
            interval_weeks=weeks,
        )
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("day", "wall", "code"),
    [
        (date(2026, 12, 31), time(23, 0), "wall_date"),
        (date(2027, 12, 31), time(23, 30), "wall_date"),  # would end in 2028
        (date(2028, 1, 1), time(10, 0), "wall_date"),
        (date(2027, 2, 1), time(9, 59), "wall_time"),  # a minute ago in Berlin
    ],
)
def test_schedule_outside_program_or_past_is_refused(day: date, wall: time, code: str) -> None:
    pairing = make_pair()
    with pytest.raises(DomainError) as refused:
        book(pairing, day, wall)
    assert refused.value.code == code
    assert not MentoringSession.objects.exists()


def test_program_days_are_those_of_its_own_zone() -> None:
    # 1 January in Auckland is still 31 December in the program's zone
    with pytest.raises(DomainError):
        book(
            make_pair(program=make_program(time_zone="Europe/Berlin", starts_on=date(2027, 3, 1))),
            date(2027, 3, 1),
            time(8),
            zone="Pacific/Auckland",
        )
    assert book(make_pair(), date(2027, 12, 31), time(23, 0), zone="Europe/Berlin").number == 1


@pytest.mark.parametrize("minutes", [14, 241])
def test_minutes_have_bounds(minutes: int) -> None:
    with pytest.raises(DomainError) as refused:
        book(make_pair(), minutes=minutes)
    assert refused.value.code == "minutes"


@pytest.mark.parametrize("state", ["offered", "paused", "completed", "ended", "void"])
def test_schedule_for_a_pair_that_is_not_active_is_refused(state: str) -> None:
    pairing = make_pair(state=state)
    with pytest.raises(DomainError):
        book(pairing)


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_schedule_in_a_program_that_is_over_is_refused(state: str) -> None:
    with pytest.raises(DomainError):
        book(make_pair(program=make_program(state=state)))


@pytest.mark.parametrize(
    ("wall", "taken"),
    [
        (time(9, 15), False),
        (time(9, 16), True),
        (time(10, 0), True),
        (time(10, 44), True),
        (time(10, 45), False),
    ],
)
def test_overlap_of_one_person_is_refused_and_says_no_more(wall: time, taken: bool) -> None:
    pairing = make_pair()
    other = make_pair(program=make_program(), mentee_enrolment__person=pairing.mentee)
    book(other)
    if not taken:
        assert book(pairing, wall=wall).number == 1
        return
    with pytest.raises(DomainError) as refused:
        book(pairing, wall=wall, actor=pairing.mentor)
    assert refused.value.code == "wall_time"
    said = refused.value.messages[0]
    assert said == f"{pairing.mentee.short_name} is not free then. Choose another time."
    assert other.mentor.name not in said
    assert other.program.name not in said


def test_overlap_is_told_to_oneself_as_ones_own() -> None:
    pairing = make_pair()
    book(pairing)
    with pytest.raises(DomainError, match=r"^\['You have another session on Tue 2 February 2027"):
        book(pairing, wall=time(10, 30), actor=pairing.mentee)


def test_numbers_go_on() -> None:
    pairing = make_pair()
    first = book(pairing)
    sessions.cancel(actor=pairing.mentor, session=first)
    second = book(pairing, TUESDAY + timedelta(days=1))
    assert (first.number, second.number) == (1, 2)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"ends_at": datetime(2027, 2, 2, 8, 0, tzinfo=UTC)}, "session_ends_after_start"),
        ({"minutes": 10}, "session_minutes_bounds"),
        ({"minutes": 300}, "session_minutes_bounds"),
        ({"link": "http://meet.example.com"}, "session_link_is_https"),
        ({"link": "javascript:alert(1)"}, "session_link_is_https"),
        ({"state": "scheduled", "cancelled_by": "mentor"}, "session_cancelled_by_means_cancelled"),
    ],
)
def test_database_refuses(fields: dict[str, Any], constraint: str) -> None:
    pairing = make_pair()
    session = book(pairing)
    fields = {
        name: pairing.mentor if value == "mentor" else value for name, value in fields.items()
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        MentoringSession.objects.filter(pk=session.pk).update(**fields)


def test_database_refuses_the_same_number_twice() -> None:
    pairing = make_pair()
    first, second = book(pairing), book(pairing, wall=time(12))
    with pytest.raises(IntegrityError, match="session_number"), transaction.atomic():
        MentoringSession.objects.filter(pk=second.pk).update(number=first.number)


def test_database_refuses_two_live_sessions_of_a_person_at_once() -> None:
    pairing = make_pair()
    first, second = book(pairing), book(pairing, wall=time(12))
    taken = SessionAttendance.objects.get(session=first, person=pairing.mentor)
    later = SessionAttendance.objects.filter(session=second, person=pairing.mentor)
    with pytest.raises(IntegrityError, match="attendance_no_overlap"), transaction.atomic():
        later.update(during=taken.during)
    later.update(during=taken.during, live=False)  # what is not live takes no time
