"""How delivery fares: for the health page and the metrics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Min, Q
from django.db.models.functions import Coalesce, Greatest, Now

from common import clock
from notifications.enums import Channel, MessageState
from notifications.models import Heartbeat, OutboxMessage, OutboxQuerySet

# Claimed before, and the outcome is recorded. What is held for the morning has no error and was not
# tried.
TRIED = ~Q(last_error="") | Q(state=MessageState.UNKNOWN)


def beat() -> None:
    """Record the sign of life, on the database's clock.

    Moving the application's clock must not make a live worker look dead.
    """
    Heartbeat.objects.update_or_create(pk=1, defaults={"beat_at": Now()})


def heartbeat_age() -> timedelta | None:
    """How long ago beat and a worker last did something together; None when never."""
    age = ExpressionWrapper(Now() - F("beat_at"), output_field=DurationField())
    found: timedelta | None = (
        Heartbeat.objects.annotate(age=age).values_list("age", flat=True).first()
    )
    return found


def oldest_due_age() -> timedelta | None:
    """How long the oldest message that should have gone out has been waiting; None when none waits.

    What is held for somebody's quiet time waits from the end of that on.
    """
    return _age(_oldest(_due()))


def held_up_age(*, besides: Iterable[str] = ()) -> timedelta | None:
    """The same without what nobody here can mend: what HR admins should be told of.

    A mail that was tried and put off does not count once any other mail has gone out since it was
    due: then it is that one mailbox that says "later". A message to Slack or Teams that was tried
    does not count at all. What nobody has tried counts always. `besides` are kinds that neither
    count nor prove that mails go out.
    """
    left_out = list(besides)
    due = _due().exclude(kind__in=left_out)
    fresh = _oldest(due.filter(~TRIED))
    tried_mails = due.filter(TRIED, channel=Channel.EMAIL)
    last = _last_mail_sent_at(left_out)
    if last is not None:
        tried_mails = tried_mails.filter(wanted_at__gte=last)
    moments = [moment for moment in (fresh, _oldest(tried_mails)) if moment is not None]
    return _age(min(moments, default=None))


def _last_mail_sent_at(left_out: list[str]) -> datetime | None:
    sent = OutboxMessage.objects.filter(channel=Channel.EMAIL, state=MessageState.SENT)
    last: datetime | None = sent.exclude(kind__in=left_out).aggregate(last=Max("sent_at"))["last"]
    return last


def _due() -> OutboxQuerySet:
    """What should have gone out and has not, with `wanted_at`: since when.

    Nobody waits for what is not yet written.
    """
    waiting = OutboxMessage.objects.waiting() | OutboxMessage.objects.filter(
        state=MessageState.LEASED
    )
    wanted = waiting.annotate(
        wanted_at=Greatest("due_at", "created_at", Coalesce("held_until", F("due_at")))
    )
    found: OutboxQuerySet = wanted.filter(wanted_at__lte=clock.now())
    return found


def _oldest(messages: OutboxQuerySet) -> datetime | None:
    """Since when the oldest of these is wanted."""
    found: datetime | None = messages.aggregate(oldest=Min("wanted_at"))["oldest"]
    return found


def _age(moment: datetime | None) -> timedelta | None:
    return None if moment is None else clock.now() - moment


def counts() -> dict[tuple[str, str], int]:
    """How many messages there are by (state, channel), with a zero where there is none."""
    rows = (
        OutboxMessage.objects.order_by()
        .values_list("state", "channel")
        .annotate(number=Count("pk"))
    )
    found = {(state, channel): number for state, channel, number in rows}
    return {
        (state, channel): found.get((state, channel), 0)
        for state in MessageState.values
        for channel in Channel.values
    }


@dataclass(frozen=True)
class Alarm:
    """What HR admins have been told: trouble since, the last time that they were told so, well
    since (not told yet).
    """

    late_since: datetime | None = None
    told_at: datetime | None = None
    well_since: datetime | None = None


def alarm() -> Alarm:
    """As it was last recorded."""
    found = Heartbeat.objects.values_list("late_since", "late_told_at", "well_since").first()
    return Alarm(*found) if found else Alarm()


def lock_alarm() -> Alarm:
    """The same, and nobody else writes it until the transaction ends."""
    Heartbeat.objects.get_or_create(pk=1, defaults={"beat_at": Now()})
    Heartbeat.objects.select_for_update().get(pk=1)
    return alarm()


def set_alarm(now: Alarm) -> None:
    """Record it, under the lock."""
    Heartbeat.objects.filter(pk=1).update(
        late_since=now.late_since, late_told_at=now.told_at, well_since=now.well_since
    )
