"""Two workers, two beats and two presses at once, on connections of their own."""

from __future__ import annotations

import time
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from common import clock
from common.models import AuditEntry
from meetings.due.sessions import enqueue_due_reminders
from notifications.delivery import resending
from notifications.models import OutboxMessage, Resending, Watermark
from notifications.outbox import due
from tests.factories import UserFactory
from tests.meetings.session_data import MONDAY, book, make_pair
from tests.notifications.conftest import KIND
from tests.notifications.test_concurrency import in_threads
from tests.support.types import At

pytestmark = pytest.mark.django_db(transaction=True)


def lost(number: int) -> OutboxMessage:
    now = clock.now()
    return OutboxMessage.objects.create(
        recipient=UserFactory(),
        kind=KIND,
        dedupe_key=f"lost {number}",
        subject="S",
        text="T",
        state="failed",
        try_at=now - timedelta(hours=1),
        expires_at=now + timedelta(days=1),
    )


def test_two_workers_queue_each_once(monkeypatch: Any) -> None:
    monkeypatch.setattr(resending, "PAGE", 3)
    rows = [lost(number) for number in range(10)]
    resending.ask(actor=UserFactory(), scope=None, key=uuid4())
    counts = in_threads(*[resending.resend_asked] * 2)
    assert sum(counts) == len(rows)
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"queued"}
    assert not Resending.objects.filter(done_at__isnull=True).exists()


def test_what_somebody_else_has_sent_meanwhile_is_not_sent_again() -> None:
    row = lost(1)
    resending.ask(actor=UserFactory(), scope=None, key=uuid4())
    worker = Thread(target=lambda: (resending.resend_asked(), connection.close()))
    with transaction.atomic():
        OutboxMessage.objects.filter(pk=row.pk).update(state="sent", sent_at=clock.now(), text="")
        worker.start()
        while worker.is_alive() and not somebody_waits_for_a_lock():
            time.sleep(0.02)
        assert worker.is_alive()
    worker.join()
    row.refresh_from_db()
    assert (row.state, row.text) == ("sent", "")


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        found: int = cursor.fetchone()[0]
    return found > 0


def test_one_press_that_arrives_twice_counts_once() -> None:
    actor, key = UserFactory(), uuid4()
    in_threads(*[lambda: resending.ask(actor=actor, scope=None, key=key)] * 2)
    assert (
        Resending.objects.count(),
        AuditEntry.objects.filter(verb="messages.resent").count(),
    ) == (1, 1)


def test_two_beats_after_down_time_write_each_once(at: At) -> None:
    at(MONDAY)
    pairing = make_pair()
    for day in range(3, 9):
        book(pairing, (MONDAY + timedelta(days=day)).date())
    enqueue_due_reminders()
    OutboxMessage.objects.all().delete()
    at(MONDAY + timedelta(days=20))
    counts = in_threads(*[enqueue_due_reminders] * 2)
    assert (
        sum(counts)
        == OutboxMessage.objects.count()
        == len(set(OutboxMessage.objects.values_list("dedupe_key", flat=True)))
    )
    assert set(
        OutboxMessage.objects.filter(kind="meetings.session_reminder").values_list(
            "state", flat=True
        )
    ) == {"missed"}
    assert enqueue_due_reminders() == 0


def test_mark_is_where_the_later_of_two_runs_left_it(at: At) -> None:
    search = due.Search("tests.race")
    moments = [MONDAY + timedelta(minutes=number) for number in range(6)]
    in_threads(*[lambda moment=moment: search.has_looked_until(moment) for moment in moments])  # type: ignore[misc]
    search.has_looked_until(moments[0])  # an older run that ends last
    assert Watermark.objects.get(pk="tests.race").seen_until == moments[-1]
    due._searches.pop("tests.race")
