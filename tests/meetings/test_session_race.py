"""What two people, or two beats, do at once over two real connections."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, OperationalError, transaction
from psycopg.errors import DeadlockDetected, ExclusionViolation
from psycopg.types.range import TimestamptzRange

from common.errors import DomainError
from meetings.domain import sessions
from meetings.due.sessions import enqueue_due_reminders
from meetings.models import (
    MentoringSession,
    SessionAttendance,
    SessionLogRevision,
    SessionStatement,
)
from notifications.models import OutboxMessage
from pairings.models import Pairing
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair
from tests.support.threads import at_once
from tests.support.types import At

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pairs(at: At) -> tuple[Pairing, Pairing]:
    """Two pairs with the same mentee."""
    at(MONDAY)
    first = make_pair()
    return first, make_pair(program=first.program, mentee_enrolment=first.mentee_enrolment)


def test_the_same_person_is_booked_once(pairs: tuple[Pairing, Pairing]) -> None:
    results = at_once(
        *(lambda pairing=pairing: book(pairing, actor=pairing.mentor) for pairing in pairs)
    )
    booked = [result for result in results if isinstance(result, MentoringSession)]
    refused = [result for result in results if isinstance(result, DomainError)]
    assert (len(booked), len(refused)) == (1, 1), results
    assert refused[0].code == "wall_time"
    assert SessionAttendance.objects.filter(live=True).count() == 2


def test_numbers_of_a_pair_are_given_once(pairs: tuple[Pairing, Pairing]) -> None:
    results = at_once(*(lambda hour=hour: book(pairs[0], wall=time(hour)) for hour in (10, 11, 12)))
    assert sorted(
        session.number for session in results if isinstance(session, MentoringSession)
    ) == [1, 2, 3], results


def test_the_constraint_holds_without_the_domain(pairs: tuple[Pairing, Pairing]) -> None:
    first, second = book(pairs[0]), book(pairs[1], wall=time(12))
    SessionAttendance.objects.all().delete()
    during = TimestamptzRange(first.starts_at, first.ends_at)

    def take(session: MentoringSession) -> SessionAttendance:
        with transaction.atomic():
            return SessionAttendance.objects.create(
                session=session, person_id=pairs[0].mentee_id, during=during
            )

    results = at_once(lambda: take(first), lambda: take(second))
    # two that insert at the same moment wait for each other: Postgres refuses one of them as a
    # deadlock then
    refused = [
        result for result in results if isinstance(result, IntegrityError | OperationalError)
    ]
    assert len(refused) == 1, results
    assert isinstance(refused[0].__cause__, ExclusionViolation | DeadlockDetected)
    assert SessionAttendance.objects.filter(live=True).count() == 1


def test_two_logs_at_once_are_both_kept(pairs: tuple[Pairing, Pairing], at: At) -> None:
    session = book(pairs[0])
    at(session.ends_at)
    people = (pairs[0].mentor, pairs[0].mentee)
    results = at_once(
        *(
            lambda person=person: sessions.log(
                actor=person, session=session, outcome="held", takeaway=f"By {person.pk}"
            )
            for person in people
        )
    )
    assert all(isinstance(result, MentoringSession) for result in results), results
    session.refresh_from_db()
    texts = {session.takeaway, SessionLogRevision.objects.get().content["takeaway"]}
    assert texts == {f"By {person.pk}" for person in people}
    assert SessionStatement.objects.count() == 2


def test_two_beats_at_once_remind_once(pairs: tuple[Pairing, Pairing], at: At) -> None:
    session = book(pairs[0], TUESDAY + timedelta(days=3))
    at(session.starts_at - timedelta(hours=24))
    results = at_once(enqueue_due_reminders, enqueue_due_reminders)
    assert sorted(results) == [0, 3]  # type: ignore[type-var]
    assert OutboxMessage.objects.filter(kind="meetings.session_reminder").count() == 2
    assert OutboxMessage.objects.filter(kind="meetings.session_question").count() == 1
