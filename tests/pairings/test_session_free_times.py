"""Times that suit both: weekly windows of two zones, less what is taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from accounts.models import Absence, User
from pairings.domain.free_times import suggestions
from pairings.models import Pairing
from tests.pairings.session_data import MONDAY, TUESDAY, book, make_pair, make_program

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(at: Callable[[datetime], None]) -> None:
    at(MONDAY)


def pair_of(mentor: Any, mentee: Any, zones: tuple[str, str] = ("Europe/Berlin", "Europe/Berlin"), **fields: Any) -> Pairing:
    """A pair with these weekly windows."""
    pairing = make_pair(mentor_enrolment__availability=mentor, mentee_enrolment__availability=mentee, **fields)
    for person, zone in zip((pairing.mentor, pairing.mentee), zones, strict=True):
        person.time_zone = zone
        User.objects.filter(pk=person.pk).update(time_zone=zone)
    return pairing


def offered(pairing: Pairing, zone: str = "Europe/Berlin", **options: Any) -> list[datetime]:
    return suggestions(pairing=pairing, zone=zone, minutes=45, **options)


def test_windows_meet_in_two_zones() -> None:
    # Tuesday 9 to 11 in New York is 15 to 17 in Berlin
    pairing = pair_of([[1, 15 * 60, 18 * 60]], [[1, 9 * 60, 11 * 60]], ("Europe/Berlin", "America/New_York"))
    assert offered(pairing)[0] == datetime(2027, 2, 2, 14, 0, tzinfo=UTC)
    assert all(start.weekday() == 1 and start.hour == 14 for start in offered(pairing))


def test_wall_times_follow_a_clock_change() -> None:
    pairing = pair_of([[0, 600, 660]], [[0, 600, 660]], program=make_program(starts_on=date(2027, 3, 16)))
    assert [start.hour for start in offered(pairing)] == [9, 8, 8, 8]  # 10:00 in Berlin, before and after 28 March


def test_a_day_offers_two_times_that_lie_apart() -> None:
    pairing = pair_of([[1, 540, 1020]], [[1, 540, 1020]])
    first, second = offered(pairing)[:2]
    assert (first.date(), second.date()) == (TUESDAY, TUESDAY)
    assert second - first >= timedelta(hours=2)


def test_a_window_that_is_too_short_offers_nothing() -> None:
    assert offered(pair_of([[1, 540, 580]], [[1, 540, 1020]])) == []


def test_starts_are_at_half_hours_of_the_readers_zone() -> None:
    pairing = pair_of([[1, 545, 700]], [[1, 540, 1020]])
    assert [(start.hour, start.minute) for start in offered(pairing, limit=1)] == [(8, 30)]
    assert {start.minute for start in offered(pairing, zone="Asia/Kathmandu")} <= {15, 45}


def test_what_is_taken_is_left_out() -> None:
    pairing = pair_of([[1, 600, 660]], [[1, 600, 660]])
    other = make_pair(mentee_enrolment__person=pairing.mentee)
    book(other, TUESDAY, time(10))
    Absence.objects.create(person=pairing.mentor, starts_on=date(2027, 2, 8), ends_on=date(2027, 2, 9))
    assert offered(pairing)[0] == datetime(2027, 2, 16, 9, 0, tzinfo=UTC)


def test_who_has_not_said_anything_has_office_hours() -> None:
    starts = offered(pair_of([], []))
    assert starts[0] == datetime(2027, 2, 2, 8, 0, tzinfo=UTC)
    assert all(start.weekday() < 5 for start in starts)


def test_the_next_one_is_an_interval_after_the_last() -> None:
    pairing = pair_of([], [])
    book(pairing)
    assert offered(pairing)[0].date() == date(2027, 3, 1)  # four weeks less two days, and the weekend


@pytest.mark.parametrize(("ends_on", "found"), [(date(2027, 2, 2), 1), (date(2027, 2, 1), 0)])
def test_nothing_lies_outside_the_program(ends_on: date, found: int) -> None:
    pairing = pair_of([[1, 600, 660]], [[1, 600, 660]], program=make_program(ends_on=ends_on))
    assert len(offered(pairing)) == found
