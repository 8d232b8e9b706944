"""Prepared queries give the rows that the same queries give when they are made anew."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Count, QuerySet
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from common import clock
from common.prepared import prepared
from pairings.models import Pairing
from tests.factories import PairingFactory, UserFactory
from tests.support.types import At

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def people_of(manager_id: int, *, newest_first: bool) -> QuerySet[User]:
    """Whom somebody manages, hired until a week from now."""
    people = User.objects.filter(manager=manager_id).select_related("manager")
    soon = people.filter(hired_on__lte=clock.now().date() + 7 * DAY)
    return soon.order_by("-pk" if newest_first else "pk")


def offers_of(person_id: int) -> QuerySet[Pairing]:
    """What somebody has been offered and may still answer, with a number."""
    offers = Pairing.objects.filter(mentor=person_id, offer_expires_at__gt=clock.now())
    return offers.annotate(topics=Count("program__topics")).order_by("pk")


def test_ids_and_shapes_are_kept_apart() -> None:
    ask = prepared(people_of)
    one, other = UserFactory.create_batch(2)
    today = clock.now().date()
    first, second = UserFactory.create_batch(2, manager=one, hired_on=today)
    UserFactory(manager=one, hired_on=today + 8 * DAY)
    assert ask(one.pk, newest_first=False) == [first, second]
    assert ask(other.pk, newest_first=False) == []
    assert ask(one.pk, newest_first=True) == [second, first]


def test_rows_are_whole_objects(django_assert_num_queries: Any) -> None:
    ask = prepared(offers_of)
    pairing = PairingFactory(offer_expires_at=clock.now() + DAY)
    ask(0)
    with django_assert_num_queries(1):
        [found] = ask(pairing.mentor_id)
    assert (found, found.topics) == (pairing, pairing.program.topics.count())
    found.save()


def test_moments_and_days_move_with_the_clock(at: At) -> None:
    offers, people = prepared(offers_of), prepared(people_of)
    at(NOW)
    manager = UserFactory()
    PairingFactory(mentor=manager, offer_expires_at=NOW + DAY)
    UserFactory(manager=manager, hired_on=NOW.date() + 9 * DAY)
    for days, numbers in ((0, (1, 0)), (2, (0, 1)), (-30, (1, 0))):
        at(NOW + days * DAY)
        found = len(offers(manager.pk)), len(people(manager.pk, newest_first=False))
        assert found == numbers, f"after {days} days"


def test_days_and_public_ids_are_arguments() -> None:
    @prepared
    def people(public_id: UUID, today: date) -> QuerySet[User]:
        """Whoever was hired on that day."""
        return User.objects.filter(public_id=public_id, hired_on=today)

    day = date(2027, 2, 1)
    one, other = UserFactory(hired_on=day), UserFactory(hired_on=day + DAY)
    assert people(one.public_id, day) == [one]
    assert people(one.public_id, day + DAY) == []
    assert people(other.public_id, day + DAY) == [other]


def test_sql_is_made_once() -> None:
    made = []

    @prepared
    def people(person_id: int) -> QuerySet[User]:
        """Made once."""
        made.append(person_id)
        return User.objects.filter(pk=person_id)

    users = UserFactory.create_batch(3)
    with CaptureQueriesContext(connection) as queries:
        assert [people(user.pk) for user in users] == [[user] for user in users]
    assert len(made) == 1 and len(queries) == 3


@pytest.mark.django_db(transaction=True)
def test_every_thread_asks_on_its_own_connection() -> None:
    ask = prepared(people_of)
    manager = UserFactory()
    person = UserFactory(manager=manager, hired_on=clock.now().date())
    found: list[Any] = []

    def in_a_thread() -> None:
        found.append(ask(manager.pk, newest_first=False))
        connection.close()

    assert ask(manager.pk, newest_first=False) == [person]
    thread = Thread(target=in_a_thread)
    thread.start()
    connection.close()  # the thread has another one
    thread.join()
    assert found == [[person]]
