"""People who are away are not nudged.

Who is away is known a floor above; here stands whom to ask, and what follows.
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

# the first half of the advisory lock's key: nudges of somebody who is away; the second is the
# person
LOCK_SPACE = 7032

_back: list[Callable[[Any], datetime | None]] = []


def watch(back_at: Callable[[Any], datetime | None]) -> None:
    """`back_at(person)` is when somebody who is away now is back (aware), or None.

    Called once, when the application starts.
    """
    _back[:] = [back_at]


def back_at(message: OutboxMessage) -> datetime | None:
    """When the recipient of a nudge is back; None for other messages and for those who are here."""
    if not kinds.find(message.kind).nudges or message.recipient is None:
        return None
    return next((moment for ask in _back if (moment := ask(message.recipient)) is not None), None)


@contextmanager
def one_at_a_time(message: OutboxMessage) -> Iterator[None]:
    """What is asked and written down in here about a person's nudges is seen by the next sender who
    asks: one transaction.
    """
    assert message.recipient_id is not None
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, message.recipient_id % 2**31]
            )
        yield


def waits_for(message: OutboxMessage, back: datetime) -> bool:
    """Whether the nudge has a point when its recipient is back, and no other one of its kind about
    the same waits already.

    Ask and act on it within `one_at_a_time`: of two senders with two such nudges, the second must
    see what the first did.
    """
    others = OutboxMessage.objects.filter(
        recipient=message.recipient,
        kind=message.kind,
        data=message.data,
        state=MessageState.QUEUED,
        held_until=back,
    )
    return back + quiet.MARGIN < message.expires_at and not others.exclude(pk=message.pk).exists()
