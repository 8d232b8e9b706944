"""Why a message is not sent: the gates that a claimed message passes, in this order.

Each gate returns None to let the message pass. Otherwise it has written down what becomes of the
message, and returns its state.
"""

from __future__ import annotations

from collections.abc import Callable

from common import clock
from notifications import kinds
from notifications.delivery import digest, outcomes, webhooks
from notifications.enums import WEBHOOK_CHANNELS, MessageState
from notifications.models import OutboxMessage
from notifications.preferences import absence, quiet, store, suppression

NO_LONGER_NEEDED = "It was no longer needed when its time came."


def first_stop(message: OutboxMessage) -> str | None:
    """The state that the first closed gate has given the message; None when all are open."""
    for gate in GATES:
        state = gate(message)
        if state is not None:
            return state
    return None


def expired(message: OutboxMessage) -> str | None:
    """It is never sent late."""
    if message.expires_at > clock.now():
        return None
    return outcomes.finish(message, MessageState.MISSED)


def recipient_left(message: OutboxMessage) -> str | None:
    """A message to an address of its own is sent all the same; see outbox.cancel_to."""
    if message.recipient is None or message.recipient.is_active or message.address:
        return None
    return outcomes.finish(message, MessageState.CANCELLED, "The recipient has left.")


def channel_disconnected(message: OutboxMessage) -> str | None:
    """Nobody wants it at Slack or Teams any more."""
    if message.channel not in WEBHOOK_CHANNELS or webhooks.webhook_of(message) is not None:
        return None
    return outcomes.finish(message, MessageState.CANCELLED, "Nobody wants it there any more.")


def address_refused(message: OutboxMessage) -> str | None:
    """A mail server has called the mailbox unknown. It is queued again when the address works."""
    reason = suppression.reason_not_to_send(message)
    if not reason:
        return None
    return outcomes.suppress(message, f"The address was refused before: {reason}")


def turned_off(message: OutboxMessage) -> str | None:
    """Its recipient does not want this kind."""
    if store.is_wanted(message):
        return None
    return outcomes.finish(message, MessageState.CANCELLED, NO_LONGER_NEEDED)


def no_longer_due(message: OutboxMessage) -> str | None:
    """Its kind says that it makes no sense any more."""
    still_due = kinds.get(message.kind).still_due
    if still_due is None or still_due(message):
        return None
    return outcomes.finish(message, MessageState.CANCELLED, NO_LONGER_NEEDED)


def empty_summary(message: OutboxMessage) -> str | None:
    """None of the messages in a summary makes sense any more."""
    if message.kind != kinds.DIGEST or digest.refresh(message):
        return None
    return outcomes.finish(message, MessageState.CANCELLED, NO_LONGER_NEEDED)


def recipient_away(message: OutboxMessage) -> str | None:
    """Reminders wait for their reader's return: one of each kind about one thing."""
    back = None if message.dialog_at else absence.back_at(message)
    if back is None:
        return None
    with absence.one_at_a_time(message):
        if absence.waits_for(message, back):
            return outcomes.hold(message, back)
        error = "Its recipient is away until it has expired."
        return outcomes.finish(message, MessageState.CANCELLED, error)


def quiet_hours(message: OutboxMessage) -> str | None:
    """It waits for the morning, unless it would expire."""
    until = quiet.hold(message)
    return None if until is None else outcomes.hold(message, until)


def put_into_summary(message: OutboxMessage) -> str | None:
    """Several late messages to one person become one mail. What was perhaps sent before is sent by
    itself.
    """
    return digest.take(message) if digest.is_late(message) else None


Gate = Callable[[OutboxMessage], str | None]

GATES: tuple[Gate, ...] = (
    expired,
    recipient_left,
    channel_disconnected,
    address_refused,
    turned_off,
    no_longer_due,
    empty_summary,
    recipient_away,
    quiet_hours,
    put_into_summary,
)
