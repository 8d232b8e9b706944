"""Reminders wait while their reader is away.

Who is away is known by an app above this one; it registers a function with `watch`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from notifications import kinds
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from notifications.preferences import quiet

# The first half of the advisory lock's key: reminders to somebody who is away. The second is the
# person.
LOCK_SPACE = 7032

_back: list[Callable[[Any], datetime | None]] = []


def watch(back_at: Callable[[Any], datetime | None]) -> None:
    """`back_at(person)` is when somebody who is away now is back (aware), or None.

    Called once, when the application starts.
    """
    _back[:] = [back_at]


def back_at(message: OutboxMessage) -> datetime | None:
    """When the recipient of a reminder is back; None for other messages, or if they are here."""
    if not kinds.find(message.kind).nudges or message.recipient is None:
        return None
    for ask in _back:
        moment = ask(message.recipient)
        if moment is not None:
            return moment
    return None


@contextmanager
def one_at_a_time(message: OutboxMessage) -> Iterator[None]:
    """One sender at a time decides about a person's reminders, in one transaction."""
    assert message.recipient_id is not None
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, message.recipient_id % 2**31]
            )
        yield


def waits_for(message: OutboxMessage, back: datetime) -> bool:
    """Whether the reminder will not have expired when its recipient is back, and no other one of
    its kind about the same waits already.

    Ask and act on it within `one_at_a_time`: of two senders with two such reminders, the second
    must see what the first did.
    """
    if back + quiet.MARGIN >= message.expires_at:
        return False
    others = OutboxMessage.objects.filter(
        recipient=message.recipient,
        kind=message.kind,
        data=message.data,
        state=MessageState.QUEUED,
        held_until=back,
    )
    return not others.exclude(pk=message.pk).exists()
