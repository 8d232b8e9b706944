"""The two numbers of the health page."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import User
from common import clock
from notifications import tasks
from notifications.delivery import health, sender
from notifications.models import Heartbeat, OutboxMessage
from tests.notifications.conftest import put
from tests.support.types import At


def test_heartbeat_age_is_none_then_small(db: None) -> None:
    assert health.heartbeat_age() is None
    tasks.heartbeat()
    tasks.heartbeat()
    age = health.heartbeat_age()
    assert age is not None and timedelta() <= age < timedelta(seconds=5)
    assert Heartbeat.objects.count() == 1


def test_heartbeat_does_not_age_when_the_clock_is_moved(db: None, at: At) -> None:
    tasks.heartbeat()
    at(clock.now() + timedelta(days=30))
    age = health.heartbeat_age()
    assert age is not None and age < timedelta(seconds=5)


def test_oldest_due_age_looks_at_what_should_have_gone(person: User, at: At) -> None:
    assert health.oldest_due_age() is None
    put(person, "later", due_at=clock.now() + timedelta(hours=10))
    assert health.oldest_due_age() is None
    put(person, "now")
    at(clock.now() + timedelta(hours=1))
    age = health.oldest_due_age()
    assert age is not None and timedelta(minutes=59) < age < timedelta(minutes=61)
    sender.claim()
    assert health.oldest_due_age() is not None, (
        "a message in the hands of a sender is still waiting"
    )
    OutboxMessage.objects.all().delete()
    assert health.oldest_due_age() is None


def test_nobody_has_waited_for_what_was_found_due_only_now(person: User, at: At) -> None:
    # after down time, or when a program asks for a reminder a week ahead of a session that is six
    # days away
    put(person, "due yesterday", due_at=clock.now() - timedelta(days=1))
    for age in (health.oldest_due_age(), health.held_up_age()):
        assert age is not None and age < timedelta(minutes=1)
    at(clock.now() + timedelta(minutes=20))
    for age in (health.oldest_due_age(), health.held_up_age()):
        assert age is not None and age > timedelta(minutes=15), "and now it is late"
