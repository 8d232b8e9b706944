"""Writing down what became of a claimed message.

Each function commits at once and returns the message's state, or "lost_lease" when somebody else
has claimed the message meanwhile. A message that an earlier attempt may have sent stays `unknown`
unless it is sent now.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from common import clock
from notifications import kinds
from notifications.delivery import claiming
from notifications.enums import Channel, MessageState
from notifications.models import OutboxMessage

log = structlog.get_logger(__name__)

LOST_LEASE = "lost_lease"
NO_BODY: dict[str, Any] = {"text": "", "html": "", "attachments": []}

# How long to wait for a database that does not answer: half a minute in all, well within the lease.
COMMIT_PAUSES = (0.2, 0.5, 1, 2, 4, 8, 15)


def finish(message: OutboxMessage, state: MessageState, error: str = "") -> str:
    """It has come to its end. Its text is wiped."""
    fields: dict[str, Any] = {"state": state, "last_error": error, **NO_BODY}
    if state == MessageState.SENT:
        fields["sent_at"] = clock.now()
    elif message.dialog_at is not None:
        fields |= _maybe_sent_before()

    done = _commit(message, **fields)
    log.info(
        "message_done", message=message.pk, kind=message.kind, state=str(fields["state"]), held=done
    )
    return str(fields["state"]) if done else LOST_LEASE


def suppress(message: OutboxMessage, error: str) -> str:
    """Its address does not work. It keeps its text: the address may be corrected before it
    expires.
    """
    if message.dialog_at is not None:
        return finish(message, MessageState.SUPPRESSED, error)
    fields = {"state": MessageState.SUPPRESSED, "last_error": error, "dialog_at": None}
    return MessageState.SUPPRESSED.value if _commit(message, **fields) else LOST_LEASE


def hold(message: OutboxMessage, until: datetime) -> str:
    """It waits for the end of its recipient's quiet hours, or for their return."""
    state = MessageState.QUEUED if message.dialog_at is None else MessageState.UNKNOWN
    done = _commit(message, state=state, try_at=until, held_until=until)
    return "held" if done else LOST_LEASE


def put_off(message: OutboxMessage, error: str, *, wait: timedelta = timedelta()) -> str:
    """It was certainly not accepted now, and is tried again after the backoff, or after `wait` if
    that is longer.
    """
    first = message.dialog_at is None
    done = _commit(
        message,
        state=MessageState.QUEUED if first else MessageState.UNKNOWN,
        dialog_at=message.dialog_at,
        resend_allowed=True,
        try_at=max(next_try(message.attempts), clock.now() + wait),
        last_error=error,
    )
    return "put_off" if done else LOST_LEASE


def uncertain(message: OutboxMessage, error: str) -> str:
    """Nobody knows whether it was accepted. It is sent once more, unless this was that time, or a
    second copy could not be told from the first.
    """
    again = (
        message.dialog_at is None
        and message.channel == Channel.EMAIL
        and not kinds.find(message.kind).is_followed_by_another
    )
    body = {} if again else NO_BODY
    done = _commit(
        message,
        state=MessageState.UNKNOWN,
        resend_allowed=again,
        try_at=next_try(message.attempts),
        last_error=error,
        **body,
    )
    return str(MessageState.UNKNOWN) if done else LOST_LEASE


def next_try(attempts: int) -> datetime:
    """Twice as long after each attempt, within settings.OUTBOX_BACKOFF."""
    first, longest = settings.OUTBOX_BACKOFF
    doublings: int = min(max(attempts - 1, 0), 10)
    return clock.now() + min(first * (1 << doublings), longest)


def _maybe_sent_before() -> dict[str, Any]:
    return {"state": MessageState.UNKNOWN, "resend_allowed": False, "try_at": clock.now()}


def _commit(message: OutboxMessage, **fields: Any) -> bool:
    """Write the fields and give up the claim; False when the claim was no longer ours.

    Waits for a database that restarts: to forget that a mail was sent would mean to send it twice.
    """
    for pause in COMMIT_PAUSES:
        try:
            return claiming.give_up(message, **fields)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            log.warning("outcome_not_written_yet", message=message.pk)
            connection.close()
            time.sleep(pause)
    return claiming.give_up(message, **fields)
