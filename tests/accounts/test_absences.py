"""When people are away."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.domain import absences
from accounts.models import Absence, User
from common.errors import DomainError
from common.models import AuditEntry
from tests.factories import UserFactory
from tests.support.types import At

pytestmark = pytest.mark.django_db
MONDAY = datetime(2027, 2, 1, 9, tzinfo=UTC)


@pytest.fixture
def person(at: At) -> User:
    at(MONDAY)
    return UserFactory(time_zone="Europe/Berlin")


def away(person: User, first: int, last: int) -> Absence:
    """On these days of February."""
    return absences.add(actor=person, starts_on=date(2027, 2, first), ends_on=date(2027, 2, last))


def test_entered_and_removed_and_no_day_is_in_the_trail(person: User) -> None:
    absence = away(person, 8, 12)
    assert AuditEntry.objects.get(verb="absence.entered").detail == {}
    absences.remove(actor=person, absence=absence)
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2027, 2, 9), date(2027, 2, 8), "ends_on"),
        (date(2027, 1, 1), date(2027, 1, 31), "ends_on"),
        (date(2027, 2, 8), date(2028, 2, 9), "ends_on"),
    ],
)
def test_days_that_make_no_sense_are_refused(
    person: User, first: date, last: date, code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        absences.add(actor=person, starts_on=first, ends_on=last)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("first", "last", "free"),
    [(1, 7, True), (13, 14, True), (1, 8, False), (12, 20, False), (9, 10, False)],
)
def test_overlap_is_refused_and_says_with_what(
    person: User, first: int, last: int, free: bool
) -> None:
    away(person, 8, 12)
    if free:
        away(person, first, last)
        return
    with pytest.raises(DomainError, match="8 February 2027 to 12 February 2027"):
        away(person, first, last)


def test_the_database_itself_refuses_an_overlap(person: User) -> None:
    away(person, 8, 12)
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(
            person=person, starts_on=date(2027, 2, 12), ends_on=date(2027, 2, 13)
        )
    Absence.objects.create(
        person=UserFactory(), starts_on=date(2027, 2, 12), ends_on=date(2027, 2, 13)
    )


def test_nobody_removes_another_s(person: User) -> None:
    with pytest.raises(DomainError):
        absences.remove(actor=UserFactory(), absence=away(person, 8, 12))


def test_old_ones_are_forgotten(person: User, at: At) -> None:
    away(person, 1, 2)
    at(MONDAY + timedelta(days=40))
    absences.add(actor=person, starts_on=date(2027, 5, 1), ends_on=date(2027, 5, 2))
    assert Absence.objects.count() == 1


def test_away_until_follows_days_at_once_and_the_person_s_own_zone(person: User, at: At) -> None:
    away(person, 8, 12)
    away(person, 13, 14)
    away(person, 16, 17)
    assert absences.away_until(person) is None
    at(datetime(2027, 2, 7, 23, 30, tzinfo=UTC))  # it is the 8th in Berlin
    assert absences.away_until(person) == date(2027, 2, 14)
    at(datetime(2027, 2, 15, 9, tzinfo=UTC))
    assert absences.away_until(person) is None
    assert absences.away_until(person, datetime(2027, 2, 16, 9, tzinfo=UTC)) == date(2027, 2, 17)


def test_away_among_many_takes_one_query(person: User, django_assert_num_queries: Any) -> None:
    people = [person, *UserFactory.create_batch(3)]
    for one in people:
        away(one, 1, 5)
    with django_assert_num_queries(1):
        assert absences.away_among(people) == {one.pk: date(2027, 2, 5) for one in people}


@pytest.mark.parametrize("most_named", [1, 500])
def test_people_away_are_away_where_they_are(
    person: User,
    at: At,
    monkeypatch: pytest.MonkeyPatch,
    most_named: int,
    django_assert_num_queries: Any,
) -> None:
    monkeypatch.setattr(absences, "MOST_NAMED", most_named)
    in_new_york = UserFactory(time_zone="America/New_York")
    somebody_else = UserFactory(time_zone="Europe/Berlin")
    for one in (person, in_new_york, somebody_else):
        away(one, 8, 8)
    asked_about = {person.pk, in_new_york.pk}

    at(datetime(2027, 2, 8, 0, 30, tzinfo=UTC))  # still the 7th in New York
    with django_assert_num_queries(1):
        assert absences.people_away(asked_about) == {person.pk}
    at(datetime(2027, 2, 8, 23, 30, tzinfo=UTC))  # the 9th in Berlin
    assert absences.people_away(asked_about) == {in_new_york.pk}
    assert absences.people_away(set()) == set()


def test_period_of_an_absence_is_whole_days_in_the_person_s_zone(person: User) -> None:
    absence = away(person, 8, 9)
    start, end = absence.period(person.time_zone)
    assert (start, end) == (
        datetime(2027, 2, 7, 23, tzinfo=UTC),
        datetime(2027, 2, 9, 23, tzinfo=UTC),
    )
    assert absence.covers(start, person.time_zone)
    assert not absence.covers(end, person.time_zone)


def test_between_finds_what_touches_the_time_in_any_zone(person: User) -> None:
    inside, _after = away(person, 8, 9), away(person, 20, 21)
    start, end = datetime(2027, 2, 10, tzinfo=UTC), datetime(2027, 2, 11, tzinfo=UTC)
    assert absences.between([person], start, end) == [inside]
