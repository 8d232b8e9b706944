"""Senders that are broken on purpose, to see that the faults notice: `scripts/faults.py
--self-check`.

FAULTS_BREAK names one; only the processes of tests/faults read it, and production has nothing of
this.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from common import background, timezones
from notifications.delivery import outcomes, sender
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from notifications.outbox import due, store


def mark_first() -> None:
    """Writes "sent" before the mail goes out: a sender that dies in between loses it."""

    def hand_over(message: OutboxMessage, send: Callable[[], None]) -> str:
        done = outcomes.finish(message, MessageState.SENT)
        send()
        return done

    sender.hand_over = hand_over


def forget_dialog() -> None:
    """Does not write down that a talk with the mail server begins: the reaper takes it for never
    begun.
    """

    def held(one):
        return OutboxMessage.objects.filter(
            pk=one.pk, state=MessageState.LEASED, attempts=one.attempts
        )

    sender.begin_dialog = lambda message: held(message).exists()


def new_id() -> None:
    """Each attempt has a Message-ID of its own, so that a mailbox cannot drop the second copy."""
    OutboxMessage.message_id = property(lambda self: f"<{uuid.uuid4()}@example.com>")  # type: ignore[assignment]


def hasty() -> None:
    """Does not wait for a database that restarts: what was sent is not written down."""
    outcomes.COMMIT_PAUSES = ()  # type: ignore[assignment]


def no_key() -> None:
    """Every search makes the reminders of the one before once more, under another key."""
    real: Callable[..., OutboxMessage] = store._new

    def new(**draft: Any) -> OutboxMessage:
        again = (
            "reminder" in draft["kind"]
            and OutboxMessage.objects.filter(dedupe_key__startswith=draft["dedupe_key"]).exists()
        )
        return real(
            **draft | ({"dedupe_key": f"{draft['dedupe_key']}:{uuid.uuid4()}"} if again else {})
        )

    store._new = new
    due.set = lambda _keys: set()  # type: ignore[attr-defined]  # `missing` takes all for absent


def give_up() -> None:
    """Takes "later" for "no"."""
    outcomes.put_off = lambda message, error, **_wait: outcomes.finish(
        message, MessageState.FAILED, error
    )


def no_resend() -> None:
    """Never sends again what may not have arrived."""
    real = outcomes._commit
    outcomes._commit = lambda message, **fields: real(message, **fields | {"resend_allowed": False})


def second_fold() -> None:
    """Takes the hour after the change of clocks for the one before it."""
    from meetings.domain import times

    def to_utc(day: Any, wall: Any, zone: str) -> datetime:
        return real(day, wall.replace(fold=1), zone)

    real = timezones.to_utc
    timezones.to_utc = times.to_utc = to_utc  # type: ignore[attr-defined]


def bell_only() -> None:
    """Nobody looks for due messages: settings.py takes that out of beat's plan."""


def patient() -> None:
    """Waits for a broker that hangs as long as Celery does."""
    background.IMPATIENT = {}


BREAKS: dict[str, Callable[[], None]] = {
    name.replace("_", "-"): function
    for name, function in list(globals().items())
    if callable(function) and getattr(function, "__module__", "") == __name__
}


def apply() -> None:
    """Break what FAULTS_BREAK says."""
    name = os.environ.get("FAULTS_BREAK")
    if name:
        BREAKS[name]()
