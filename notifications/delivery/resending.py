"""Sending again, all at once and unseen, what did not arrive and is not listed.

Whose message it was, of what kind, and whether there was any would tell who said no, who cancelled
or who has not answered. So whoever presses learns nothing from it: not a number, not how long it
takes (a worker does it), not from the trail.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q

from common import audit, background, clock
from notifications.delivery import retrying
from notifications.enums import RETRIABLE_STATES, MessageState
from notifications.kinds import policy, registry
from notifications.models import OutboxMessage, OutboxQuerySet, Resending
from notifications.preferences import suppression

log = structlog.get_logger(__name__)

PAGE = 200  # messages a transaction
KEPT_FOR = timedelta(days=60)


@transaction.atomic
def ask(*, actor: Any, scope: UUID | None, key: UUID) -> None:
    """Have it done for a program, or for all of them and what belongs to none (None).

    Under the same key: once.
    """
    press, new = Resending.objects.get_or_create(
        public_id=key, defaults={"scope": scope, "asked_by": actor}
    )
    if not new:
        return
    audit.record("messages.resent", press, actor=actor, scope=scope)

    background.enqueue_on_commit("notifications.tasks.resend")


def asked_since(moment: datetime, *, scope: UUID | None) -> bool:
    """Whether anybody has pressed since then: for this program or for all; for any when there is no
    scope.
    """
    presses = Resending.objects.filter(asked_at__gte=moment)
    return (
        presses if scope is None else presses.filter(Q(scope=scope) | Q(scope__isnull=True))
    ).exists()


def resend_asked() -> int:
    """Do what was asked for; how many messages are on their way again.

    Twice, or twice at once, each is sent once.
    """
    Resending.objects.filter(asked_at__lt=clock.now() - KEPT_FOR).delete()
    presses = Resending.objects.filter(done_at__isnull=True).order_by("asked_at", "pk")
    return sum(_resend(press) for press in list(presses))


def unlisted() -> OutboxQuerySet:
    """What no page lists, but for summaries (what was in them counts by itself) and alarms (they
    have their own all-clear).
    """
    left_out = [policy.DIGEST, *policy.TWICE]
    found: OutboxQuerySet = OutboxMessage.objects.exclude(
        kind__in=[*policy.listed_kinds(), *left_out]
    )
    return found


def _resend(press: Resending) -> int:
    rows = (
        unlisted().filter(state__in=RETRIABLE_STATES, try_at__lte=press.asked_at).exclude(text="")
    )
    if press.scope is not None:
        rows = rows.filter(scope=press.scope)
    number, last = 0, 0
    while page := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:PAGE]):
        number += _resend_page(rows, page)
        last = page[-1]
    Resending.objects.filter(pk=press.pk).update(done_at=clock.now())
    return number


@transaction.atomic
def _resend_page(rows: OutboxQuerySet, page: list[int]) -> int:
    locked = rows.filter(pk__in=page).select_for_update(of=("self",))
    again = [
        retrying.queue(message)
        for message in locked.select_related("recipient__message_preferences").order_by("pk")
        if is_worth_it(message)
    ]
    if again:
        background.enqueue_on_commit("notifications.tasks.send_due")
    return len(again)


def is_worth_it(message: OutboxMessage) -> bool:
    """Whether it may arrive, and say something; one that cannot tell holds up no other."""
    try:
        return (
            retrying.can_retry(message)
            and has_a_point(message)
            and not suppression.why_not(message)
        )
    except Exception:
        log.exception("resending_unclear", message=message.pk, kind=message.kind)
        return False


def has_a_point(message: OutboxMessage) -> bool:
    """Whether it still says something, where nobody looks at it first.

    A kind that cannot tell has its end; of several reminders of the same the newest is enough.
    """
    kind = registry.get(message.kind)
    if kind.still_due is None:
        return message.expires_at > clock.now()
    if not kind.is_nudge:
        return True
    same = OutboxMessage.objects.filter(
        recipient=message.recipient, kind=message.kind, data=message.data, channel=message.channel
    )
    newer = same.filter(Q(due_at__gt=message.due_at) | Q(due_at=message.due_at, pk__gt=message.pk))
    return not newer.exclude(state=MessageState.CANCELLED).exists()
