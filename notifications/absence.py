"""People who are away are not nudged. Who is away is known a floor above; here stands whom to ask, and what follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from notifications import policy
from notifications.enums import MessageState
from notifications.models import OutboxMessage

_back: list[Callable[[Any], datetime | None]] = []


def watch(back_at: Callable[[Any], datetime | None]) -> None:
    """`back_at(person)` is when somebody who is away now is back (aware), or None. Called once, when the application starts."""
    _back[:] = [back_at]


def back_at(message: OutboxMessage) -> datetime | None:
    """When the recipient of a nudge is back; None for other messages and for those who are here."""
    if not policy.of(message.kind).nudges or message.recipient is None:
        return None
    return next((moment for ask in _back if (moment := ask(message.recipient)) is not None), None)


def waits_for(message: OutboxMessage, back: datetime) -> bool:
    """Whether the nudge has a point when its recipient is back, and no other one of its kind about the same waits already."""
    others = OutboxMessage.objects.filter(
        recipient=message.recipient, kind=message.kind, data=message.data, state=MessageState.QUEUED, held_until=back
    )
    return back < message.expires_at and not others.exclude(pk=message.pk).exists()
