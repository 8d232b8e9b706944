"""What somebody learns who books a time that is taken: of their own sessions which, of the other's
that they are not free.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Delegation, OwnCalendar, User
from common.errors import DomainError
from meetings.domain import sessions
from meetings.domain.free_times import other_times, series_starts, suggestions
from pairings.models import Pairing
from tests import factories as make
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair, make_program, move
from tests.support.types import At

pytestmark = pytest.mark.django_db
SIDES = ("mentor", "mentee")
OTHER = {"mentor": "mentee", "mentee": "mentor"}


@pytest.fixture(autouse=True)
def monday(at: At) -> None:
    at(MONDAY)


@pytest.fixture
def pairing() -> Pairing:
    return make_pair()


def elsewhere(pairing: Pairing, side: str, day: date = TUESDAY) -> Any:
    """A session of one of them in another program, from ten to a quarter to eleven."""
    person = getattr(pairing, f"{side}_enrolment").person
    return book(make_pair(program=make_program(), **{f"{side}_enrolment__person": person}), day)


def refusal(pairing: Pairing, actor: User, wall: time = time(10, 30), **options: Any) -> str:
    with pytest.raises(DomainError) as refused:
        book(pairing, TUESDAY, wall, actor=actor, **options)
    assert refused.value.code == "wall_time"
    return str(refused.value.messages[0])


def of_series(pairing: Pairing, actor: User) -> str:
    with pytest.raises(DomainError) as refused:
        sessions.schedule_series(
            actor=actor,
            pairing=pairing,
            wall_date=TUESDAY,
            wall_time=time(10, 30),
            time_zone="Europe/Berlin",
            count=3,
            interval_weeks=1,
        )
    return str(refused.value.messages[0])


@pytest.mark.parametrize("side", SIDES)
def test_the_other_is_only_not_free(pairing: Pairing, side: str) -> None:
    elsewhere(pairing, side)
    name = getattr(pairing, side).short_name
    said = refusal(pairing, getattr(pairing, OTHER[side]))
    assert said == f"{name} is not free then. Choose another time."


@pytest.mark.parametrize("side", SIDES)
def test_one_s_own_session_is_named(pairing: Pairing, side: str) -> None:
    elsewhere(pairing, side)
    said = refusal(pairing, getattr(pairing, side))
    assert (
        said
        == "You have another session on Tue 2 February 2027, 10:00–10:45 (Berlin time). Choose "
        "another time."
    )


@pytest.mark.parametrize("side", SIDES)
def test_of_a_series_the_date_that_was_asked_for_is_named_and_not_the_session(
    pairing: Pairing, side: str
) -> None:
    elsewhere(pairing, side, TUESDAY + timedelta(days=7))
    name = getattr(pairing, side).short_name
    said = of_series(pairing, getattr(pairing, OTHER[side]))
    assert (
        said == f"{name} is not free on Tue 9 February 2027, 10:30–11:15 (Berlin time). Choose "
        f"another time."
    )
    assert "10:00–10:45" in of_series(pairing, getattr(pairing, side))


@pytest.mark.parametrize("side", SIDES)
def test_a_session_that_is_moved_there_says_no_more(pairing: Pairing, side: str) -> None:
    elsewhere(pairing, side)
    session = book(pairing, TUESDAY, time(15))
    with pytest.raises(DomainError) as refused:
        move(session, TUESDAY, time(10, 30), actor=getattr(pairing, OTHER[side]))
    assert refused.value.messages == [
        f"{getattr(pairing, side).short_name} is not free then. Choose another time."
    ]


@pytest.mark.parametrize("side", SIDES)
def test_a_delegate_learns_nothing_of_either(pairing: Pairing, side: str) -> None:
    kim = make.UserFactory()
    Delegation.objects.create(mentee=pairing.mentee, delegate=kim)
    elsewhere(pairing, side)
    assert refusal(pairing, kim) == "This time does not suit both. Choose another time."


def test_a_session_of_the_two_is_one_s_own(pairing: Pairing) -> None:
    book(pairing)
    for side in SIDES:
        assert "10:00–10:45" in refusal(pairing, getattr(pairing, side))


# what takes the other's time cannot be told from what is offered, nor from how long it takes to
# find


def take_by_session(pairing: Pairing, side: str) -> None:
    elsewhere(pairing, side)


def take_by_calendar(pairing: Pairing, side: str) -> None:
    times = [
        int(datetime(2027, 2, 2, hour, minute, tzinfo=UTC).timestamp())
        for hour, minute in ((9, 0), (9, 45))
    ]
    OwnCalendar.objects.create(
        person=getattr(pairing, side), address="https://calendar.example.com/a.ics", busy=[times]
    )


def found(pairing: Pairing) -> tuple[list[Any], int]:
    """What is offered for one, for a series and instead of one; and the number of questions to the
    database.
    """
    later = book(pairing, date(2027, 6, 1))
    fresh = Pairing.objects.select_related(
        "program", "mentor", "mentee", "mentor_enrolment", "mentee_enrolment"
    )
    pairing = fresh.get(pk=pairing.pk)
    later.pairing = pairing
    with CaptureQueriesContext(
        connection,
    ) as queries:
        zone = {"zone": "Europe/Berlin"}
        plan = {"minutes": 45, **zone}
        offered = [
            suggestions(pairing=pairing, limit=20, **plan),
            series_starts(pairing=pairing, count=3, interval_weeks=2, limit=20, **plan),
            other_times(session=later, limit=20, **zone),
        ]
    return offered, len(queries)


@pytest.mark.broad
@pytest.mark.parametrize("side", SIDES)
def test_what_is_offered_does_not_tell_a_session_from_an_own_calendar(side: str) -> None:
    windows = {f"{one}_enrolment__availability": [[1, 540, 720]] for one in SIDES}
    results = []
    for take in (take_by_session, take_by_calendar):
        pairing = make_pair(**windows)
        take(pairing, side)
        results.append(found(pairing))
    assert results[0] == results[1]
    assert found(make_pair(**windows))[1] == results[0][1]  # nor whether anything does
