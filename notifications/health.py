"""How delivery fares: for the health page and the metrics."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min
from django.db.models.functions import Coalesce, Greatest, Now

from common import clock
from notifications.enums import Channel, MessageState
from notifications.models import Heartbeat, OutboxMessage


def beat() -> None:
    """Write the sign of life. On the database's clock: moving the application's must not make a live worker look dead."""
    Heartbeat.objects.update_or_create(pk=1, defaults={"beat_at": Now()})


def heartbeat_age() -> timedelta | None:
    """How long ago beat and a worker last did something together; None when never."""
    age = ExpressionWrapper(Now() - F("beat_at"), output_field=DurationField())
    found: timedelta | None = Heartbeat.objects.annotate(age=age).values_list("age", flat=True).first()
    return found


def oldest_due_age(*, besides: Iterable[str] = ()) -> timedelta | None:
    """How long the oldest message that should have gone out has been waiting; None when none waits.

    What is held for somebody's quiet time waits from the end of that on. `besides` are kinds that do not count.
    """
    now = clock.now()
    waiting = OutboxMessage.objects.waiting() | OutboxMessage.objects.filter(state=MessageState.LEASED)
    waiting = waiting.exclude(kind__in=list(besides))
    due = waiting.annotate(wanted_at=Greatest("due_at", Coalesce("held_until", F("due_at")))).filter(wanted_at__lte=now)
    oldest = due.aggregate(oldest=Min("wanted_at"))["oldest"]
    return None if oldest is None else now - oldest


def counts() -> dict[tuple[str, str], int]:
    """How many messages there are by (state, channel), with a zero where there is none."""
    rows = OutboxMessage.objects.order_by().values_list("state", "channel").annotate(number=Count("pk"))
    found = {(state, channel): number for state, channel, number in rows}
    return {(state, channel): found.get((state, channel), 0) for state in MessageState.values for channel in Channel.values}


def late_since() -> datetime | None:
    """When HR admins were told that messages do not go out; None when they were not, or were told the all-clear."""
    found: datetime | None = Heartbeat.objects.values_list("late_since", flat=True).first()
    return found


def lock_late_since() -> datetime | None:
    """The same, and nobody else sets it until the transaction ends."""
    Heartbeat.objects.get_or_create(pk=1, defaults={"beat_at": Now()})
    found: datetime | None = Heartbeat.objects.select_for_update().values_list("late_since", flat=True).get(pk=1)
    return found


def set_late_since(moment: datetime | None) -> None:
    """Write it down, under the lock."""
    Heartbeat.objects.filter(pk=1).update(late_since=moment)
