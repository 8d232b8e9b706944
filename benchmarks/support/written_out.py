"""How many times as long ordinary query sets take as the SQL that is written out for messages."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

TURNS = 4


def written_out(number: int) -> dict[str, float]:
    """How many times as long the ordinary query sets take."""
    from notifications.delivery import claiming
    from notifications.models import OutboxMessage
    from notifications.outbox import bulk

    def store_with_query_set(messages: list[Any]) -> None:
        OutboxMessage.objects.bulk_create(messages, ignore_conflicts=True)

    storing, claims = Counter[str](), Counter[str]()
    for turn in range(TURNS):
        storing["copy"] += seconds_of(bulk.insert, copies(number, f"copy {turn}"))
        storing["query set"] += seconds_of(store_with_query_set, copies(number, f"set {turn}"))
        claims["statement"] += seconds_of(claim_all, claiming.claim, number // 4)
        claims["query set"] += seconds_of(claim_all, claim_with_query_set, number // 4)
    return {
        "copy": storing["query set"] / storing["copy"],
        "claim": claims["query set"] / claims["statement"],
    }


def seconds_of(work: Callable[..., Any], *given: Any) -> float:
    """How long it takes."""
    started = time.perf_counter()
    work(*given)
    return time.perf_counter() - started


def copies(number: int, key: str) -> list[Any]:
    """Copies of a message, not stored, due now."""
    from common import clock
    from notifications.models import OutboxMessage

    fields = OutboxMessage.objects.exclude(text="").values().first()
    assert fields is not None
    for name in ("id", "public_id", "dedupe_key", "try_at"):
        del fields[name]
    now = clock.now()
    return [OutboxMessage(**fields, dedupe_key=f"{key} {at}", try_at=now) for at in range(number)]


def claim_all(claim: Callable[[], Any], number: int) -> None:
    """Claim so many messages, and record their ends."""
    from notifications.delivery import claiming

    for _message in range(number):
        message = claim()
        claiming.give_up(message, state="cancelled", text="", html="", attachments=[])


def claim_with_query_set() -> Any:
    """What claiming.claim does, with the ordinary query sets."""
    from django.conf import settings
    from django.db import transaction
    from django.db.models import F
    from django.db.models.functions import Now

    from common import clock
    from notifications.models import OutboxMessage
    from notifications.preferences import suppression

    with transaction.atomic():
        waiting = OutboxMessage.objects.claimable(clock.now()).order_by("try_at", "id")
        waiting = waiting.select_related("recipient__message_preferences")
        message = waiting.select_for_update(of=("self",), skip_locked=True)[0]
        OutboxMessage.objects.filter(pk=message.pk).update(
            state="leased", lease_until=Now() + settings.OUTBOX_LEASE, attempts=F("attempts") + 1
        )
        message.attempts += 1
    message.refused = suppression.reason_for(message.recipient.email)
    return message
