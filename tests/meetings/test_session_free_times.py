"""Times that suit both: weekly windows of two zones, less what is taken."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from accounts.models import Absence, Delegation, OwnCalendar, User
from common.errors import DomainError
from meetings.domain import sessions
from meetings.domain.free_times import other_times, series_starts, suggestions
from pairings.models import Pairing
from tests import factories as make
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair, make_program, move
from tests.support.types import At

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(at: At) -> None:
    at(MONDAY)


def pair_of(
    mentor: Any,
    mentee: Any,
    zones: tuple[str, str] = ("Europe/Berlin", "Europe/Berlin"),
    **fields: Any,
) -> Pairing:
    """A pair with these weekly windows."""
    pairing = make_pair(
        mentor_enrolment__availability=mentor, mentee_enrolment__availability=mentee, **fields
    )
    for person, zone in zip((pairing.mentor, pairing.mentee), zones, strict=True):
        person.time_zone = zone
        User.objects.filter(pk=person.pk).update(time_zone=zone)
    return pairing


def offered(pairing: Pairing, zone: str = "Europe/Berlin", **options: Any) -> list[datetime]:
    return suggestions(pairing=pairing, zone=zone, minutes=45, **options)


def test_windows_meet_in_two_zones() -> None:
    # Tuesday 9 to 11 in New York is 15 to 17 in Berlin
    pairing = pair_of(
        [[1, 15 * 60, 18 * 60]], [[1, 9 * 60, 11 * 60]], ("Europe/Berlin", "America/New_York")
    )
    assert offered(pairing)[0] == datetime(2027, 2, 2, 14, 0, tzinfo=UTC)
    assert all(start.weekday() == 1 and start.hour == 14 for start in offered(pairing))


def test_wall_times_follow_a_clock_change() -> None:
    pairing = pair_of(
        [[0, 600, 660]], [[0, 600, 660]], program=make_program(starts_on=date(2027, 3, 16))
    )
    assert [start.hour for start in offered(pairing)] == [
        9,
        8,
        8,
    ]  # 10:00 in Berlin, before and after 28 March; the 29th is Easter Monday


def test_a_day_offers_two_times_that_lie_apart() -> None:
    pairing = pair_of([[1, 540, 1020]], [[1, 540, 1020]])
    first, second = offered(pairing)[:2]
    assert (first.date(), second.date()) == (TUESDAY, TUESDAY)
    assert second - first >= timedelta(hours=2)


def test_a_window_that_is_too_short_offers_nothing() -> None:
    assert offered(pair_of([[1, 540, 580]], [[1, 540, 1020]])) == []


def test_an_absence_counts_where_its_person_is_whoever_reads() -> None:
    # Monday in Los Angeles is Tuesday, the first day that is looked at, in Auckland
    windows = [[0, 8 * 60, 18 * 60]]
    pairing = pair_of(windows, windows, ("America/Los_Angeles", "America/Los_Angeles"))
    assert offered(pairing, "Pacific/Auckland")[0] == datetime(2027, 2, 1, 16, tzinfo=UTC)
    Absence.objects.create(
        person=pairing.mentor, starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 1)
    )
    assert offered(pairing, "Pacific/Auckland")[0] == datetime(2027, 2, 8, 16, tzinfo=UTC)


def test_a_time_that_clocks_show_again_is_not_offered() -> None:
    # Sunday 8:00 in Jerusalem is the second 1:00 in New York on 7 November; booked as a wall time
    # it would be the first
    windows = [[6, 8 * 60, 9 * 60]]
    program = make_program(starts_on=date(2027, 11, 2))
    pairing = pair_of(windows, windows, ("Asia/Jerusalem", "Asia/Jerusalem"), program=program)
    assert offered(pairing)[0] == datetime(2027, 11, 7, 6, tzinfo=UTC)
    assert offered(pairing, "America/New_York")[0] == datetime(2027, 11, 14, 6, tzinfo=UTC)


def test_what_is_offered_lies_inside_the_program_where_the_program_is() -> None:
    # Tuesday morning in Auckland is still the Monday before the program in Los Angeles
    windows = [[1, 9 * 60, 10 * 60]]
    program = make_program(starts_on=date(2027, 3, 2), time_zone="America/Los_Angeles")
    pairing = pair_of(windows, windows, ("Pacific/Auckland", "Pacific/Auckland"), program=program)
    assert offered(pairing, "Pacific/Auckland")[0] == datetime(2027, 3, 8, 20, tzinfo=UTC)


def test_starts_are_at_half_hours_of_the_readers_zone() -> None:
    pairing = pair_of([[1, 545, 700]], [[1, 540, 1020]])
    assert [(start.hour, start.minute) for start in offered(pairing, limit=1)] == [(8, 30)]
    assert {start.minute for start in offered(pairing, zone="Asia/Kathmandu")} <= {15, 45}


def test_what_is_taken_is_left_out() -> None:
    pairing = pair_of([[1, 600, 660]], [[1, 600, 660]])
    other = make_pair(mentee_enrolment__person=pairing.mentee)
    book(other, TUESDAY, time(10))
    Absence.objects.create(
        person=pairing.mentor, starts_on=date(2027, 2, 8), ends_on=date(2027, 2, 9)
    )
    assert offered(pairing)[0] == datetime(2027, 2, 16, 9, 0, tzinfo=UTC)


def test_who_has_not_said_anything_has_office_hours() -> None:
    starts = offered(pair_of([], []))
    assert starts[0] == datetime(2027, 2, 2, 8, 0, tzinfo=UTC)
    assert all(start.weekday() < 5 for start in starts)


def test_the_next_one_is_an_interval_after_the_last() -> None:
    pairing = pair_of([], [])
    book(pairing)
    assert offered(pairing)[0].date() == date(
        2027, 3, 1
    )  # four weeks less two days, and the weekend


@pytest.mark.parametrize(("ends_on", "found"), [(date(2027, 2, 2), 1), (date(2027, 2, 1), 0)])
def test_nothing_lies_outside_the_program(ends_on: date, found: int) -> None:
    pairing = pair_of([[1, 600, 660]], [[1, 600, 660]], program=make_program(ends_on=ends_on))
    assert len(offered(pairing)) == found


# --- own calendars, absences, and other times for a session ---------------------------------------


def busy(person: Any, *spans: tuple[datetime, datetime]) -> None:
    """What was read of somebody's own calendar."""
    times = [[int(start.timestamp()), int(end.timestamp())] for start, end in spans]
    OwnCalendar.objects.create(
        person=person, address="https://calendar.example.com/a.ics", busy=times
    )


def test_busy_times_of_either_s_own_calendar_are_not_offered() -> None:
    pairing = pair_of([[1, 540, 720]], [[1, 540, 720]])
    busy(pairing.mentor, (datetime(2027, 2, 2, 8, tzinfo=UTC), datetime(2027, 2, 2, 9, tzinfo=UTC)))
    busy(
        pairing.mentee, (datetime(2027, 2, 2, 9, tzinfo=UTC), datetime(2027, 2, 2, 10, tzinfo=UTC))
    )
    assert offered(pairing)[0] == datetime(2027, 2, 2, 10, tzinfo=UTC)


def test_a_calendar_that_has_not_been_read_yet_takes_no_time() -> None:
    pairing = pair_of([[1, 540, 720]], [[1, 540, 720]])
    OwnCalendar.objects.create(person=pairing.mentor, address="https://calendar.example.com/a.ics")
    assert offered(pairing)[0] == datetime(2027, 2, 2, 8, tzinfo=UTC)


def test_other_times_lie_near_the_present_one_and_come_after_it() -> None:
    pairing = make_pair()
    session = book(pairing, date(2027, 3, 10), time(11))
    book(pairing, date(2027, 3, 10), time(13))
    found = other_times(session=session, zone="Europe/Berlin")
    assert found[0] == datetime(2027, 3, 10, 11, tzinfo=UTC)  # right between the two of that day
    assert all(start > session.starts_at for start in found)


def test_other_times_come_before_when_nothing_is_free_after() -> None:
    pairing = make_pair(program=make_program(ends_on=date(2027, 3, 10)))
    session = book(pairing, date(2027, 3, 10), time(16))
    found = other_times(session=session, zone="Europe/Berlin")
    assert found[0] == datetime(2027, 3, 10, 10, tzinfo=UTC)


def test_other_times_of_a_session_that_is_over_lie_ahead(at: At) -> None:
    session = book(make_pair(), date(2027, 2, 9))
    at(datetime(2027, 2, 20, 9, tzinfo=UTC))
    assert other_times(session=session, zone="Europe/Berlin")[0] == datetime(
        2027, 2, 22, 8, tzinfo=UTC
    )


def test_a_time_in_an_absence_is_refused_and_says_until_when() -> None:
    pairing = make_pair()
    Absence.objects.create(
        person=pairing.mentor, starts_on=date(2027, 2, 8), ends_on=date(2027, 2, 12)
    )
    for actor, words in (
        (pairing.mentee, f"{pairing.mentor.short_name} is away until"),
        (pairing.mentor, "you are away until"),
    ):
        with pytest.raises(DomainError, match=f"{words} 12 February 2027") as refused:
            book(pairing, date(2027, 2, 9), actor=actor)
        assert refused.value.code == "wall_date"
    session = book(pairing, date(2027, 2, 15))
    with pytest.raises(DomainError):
        move(session, date(2027, 2, 12))
    assert (
        book(pairing, date(2027, 2, 12), zone="Pacific/Honolulu", wall=time(16)).number == 2
    )  # the 13th in Berlin


def test_a_series_steps_over_an_absence() -> None:
    pairing = make_pair()
    Absence.objects.create(
        person=pairing.mentee, starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 14)
    )
    made = sessions.schedule_series(
        actor=pairing.mentor,
        pairing=pairing,
        wall_date=TUESDAY,
        wall_time=time(10),
        time_zone="Europe/Berlin",
        count=3,
        interval_weeks=4,
    )
    assert [session.wall_date for session in made] == [
        TUESDAY,
        date(2027, 3, 16),
        date(2027, 3, 30),
    ]


def test_a_series_that_finds_no_week_says_why() -> None:
    pairing = make_pair()
    Absence.objects.create(
        person=pairing.mentee, starts_on=date(2027, 2, 8), ends_on=date(2027, 2, 26)
    )
    with pytest.raises(DomainError, match="is away until 26 February 2027"):
        sessions.schedule_series(
            actor=pairing.mentor,
            pairing=pairing,
            wall_date=TUESDAY,
            wall_time=time(10),
            time_zone="Europe/Berlin",
            count=3,
            interval_weeks=2,
        )


def test_a_delegate_is_not_told_who_is_away() -> None:
    pairing, kim = make_pair(), make.UserFactory()
    Delegation.objects.create(mentee=pairing.mentee, delegate=kim)
    Absence.objects.create(
        person=pairing.mentor, starts_on=date(2027, 2, 8), ends_on=date(2027, 2, 12)
    )
    with pytest.raises(DomainError, match="does not suit both"):
        book(pairing, date(2027, 2, 9), actor=kim)


def test_a_series_is_offered_where_it_suits_every_time() -> None:
    pairing = pair_of([[1, 540, 720]], [[1, 540, 720]])
    second = datetime(2027, 2, 16, 8, tzinfo=UTC)  # at nine in Berlin on the second date
    busy(pairing.mentee, (second, second + timedelta(hours=1)))
    plan = {
        "pairing": pairing,
        "zone": "Europe/Berlin",
        "minutes": 45,
        "count": 3,
        "interval_weeks": 2,
    }
    found = series_starts(**plan, limit=40)
    assert found[0] == datetime(2027, 2, 2, 10, tzinfo=UTC)
    assert found[-1] == datetime(
        2027, 2, 2, 8, tzinfo=UTC
    )  # two of three is better than none, and comes last
    assert [start.hour for start in series_starts(**(plan | {"count": 1}))][:2] == [8, 10]


def test_a_series_keeps_its_wall_time_across_a_clock_change() -> None:
    pairing = pair_of(
        [[1, 540, 600]], [[1, 540, 600]], program=make_program(starts_on=date(2027, 3, 23))
    )
    after = datetime(2027, 4, 6, 7, tzinfo=UTC)  # nine in Berlin, in summer
    busy(pairing.mentee, (after, after + timedelta(hours=1)))
    plan = {
        "pairing": pairing,
        "zone": "Europe/Berlin",
        "minutes": 45,
        "count": 2,
        "interval_weeks": 2,
    }
    assert series_starts(**plan)[0] == datetime(2027, 3, 30, 7, tzinfo=UTC)


ALL_DAYS = [[day, 600, 720] for day in range(7)]


@pytest.mark.parametrize("side", ["mentor", "mentee"])
def test_a_public_holiday_of_either_is_not_offered(side: str, at: At) -> None:
    at(datetime(2027, 12, 20, 9, tzinfo=UTC))
    pairing = pair_of(ALL_DAYS, ALL_DAYS, ("UTC", "UTC"))
    pairing.mentor.location = pairing.mentee.location = ""
    assert date(2027, 12, 25) in {start.date() for start in offered(pairing, "UTC", limit=40)}
    person = getattr(pairing, side)
    person.time_zone = "Europe/Berlin"
    days = {start.date() for start in offered(pairing, "UTC", limit=40)}
    assert days.isdisjoint({date(2027, 12, 25), date(2027, 12, 26)})
    assert date(2027, 12, 24) in days
    person.location = "Austin, TX"
    days = {start.date() for start in offered(pairing, "UTC", limit=40)}
    assert days.isdisjoint({date(2027, 12, 25)})


def test_a_session_is_not_moved_to_a_public_holiday_by_proposal() -> None:
    pairing = pair_of(ALL_DAYS, ALL_DAYS)
    session = book(pairing, date(2027, 10, 1))
    days = {start.date() for start in other_times(session=session, zone="Europe/Berlin", limit=90)}
    assert date(2027, 10, 2) in days
    assert date(2027, 10, 3) not in days


def test_a_date_of_a_series_on_a_public_holiday_is_a_week_later() -> None:
    pairing = pair_of(ALL_DAYS, ALL_DAYS)
    booked = sessions.schedule_series(
        actor=pairing.mentee,
        pairing=pairing,
        wall_date=date(2027, 3, 1),
        wall_time=time(10),
        time_zone="Europe/Berlin",
        count=3,
        interval_weeks=4,
    )
    assert [session.wall_date for session in booked] == [
        date(2027, 3, 1),
        date(2027, 4, 5),  # 29 March is Easter Monday
        date(2027, 4, 26),
    ]


def test_a_session_can_be_booked_by_hand_on_a_public_holiday() -> None:
    pairing = pair_of(ALL_DAYS, ALL_DAYS)
    assert book(pairing, date(2027, 3, 29)).wall_date == date(2027, 3, 29)
