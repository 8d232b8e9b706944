"""How delivery fares: for the health page and the metrics."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import DurationField, ExpressionWrapper, F, Min
from django.db.models.functions import Coalesce, Greatest, Now

from common import clock
from notifications.enums import MessageState
from notifications.models import Heartbeat, OutboxMessage


def beat() -> None:
    """Write the sign of life. On the database's clock: moving the application's must not make a live worker look dead."""
    Heartbeat.objects.update_or_create(pk=1, defaults={"beat_at": Now()})


def heartbeat_age() -> timedelta | None:
    """How long ago beat and a worker last did something together; None when never."""
    age = ExpressionWrapper(Now() - F("beat_at"), output_field=DurationField())
    found: timedelta | None = Heartbeat.objects.annotate(age=age).values_list("age", flat=True).first()
    return found


def oldest_due_age() -> timedelta | None:
    """How long the oldest message that should have gone out has been waiting; None when none waits.

    What is held for somebody's quiet time waits from the end of that on.
    """
    now = clock.now()
    waiting = OutboxMessage.objects.waiting() | OutboxMessage.objects.filter(state=MessageState.LEASED)
    due = waiting.annotate(wanted_at=Greatest("due_at", Coalesce("held_until", F("due_at")))).filter(wanted_at__lte=now)
    oldest = due.aggregate(oldest=Min("wanted_at"))["oldest"]
    return None if oldest is None else now - oldest
