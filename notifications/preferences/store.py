"""A person's own choice: which optional messages, and when not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import Any

from django.db import transaction

from notifications import kinds
from notifications.models import MessagePreferences, OutboxMessage
from notifications.preferences import quiet


def of(person: Any) -> MessagePreferences:
    """The person's preferences; the defaults (not stored) for somebody who has none."""
    return MessagePreferences.objects.filter(person=person).first() or quiet.defaults()


@transaction.atomic
def save(
    *,
    actor: Any,
    off: Iterable[str],
    quiet_on: bool,
    quiet_from: time,
    quiet_until: time,
    quiet_weekends: bool,
) -> MessagePreferences:
    """Save the actor's own preferences; keys that are no topics are left out.

    Not audited: it is nobody else's business.
    """
    chosen = set(off)
    row, _new = MessagePreferences.objects.update_or_create(
        person=actor,
        defaults={
            "off": [key for key in kinds.TOPICS if key in chosen],
            "quiet": quiet_on,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "quiet_weekends": quiet_weekends,
        },
    )
    return row


@transaction.atomic
def turn_off(*, actor: Any, topics: Iterable[str]) -> list[str]:
    """Turn these topics off for the actor; which of them were on. Twice changes nothing."""
    MessagePreferences.objects.get_or_create(
        person=actor, defaults={"quiet": quiet.defaults().quiet}
    )
    row = MessagePreferences.objects.select_for_update().get(person=actor)
    before = set(row.off)
    after = before | set(topics)
    row.off = [key for key in kinds.TOPICS if key in after]
    row.save(update_fields=["off"])
    return [key for key in row.off if key not in before]


def is_wanted(message: OutboxMessage) -> bool:
    """Whether the recipient has not turned off this kind of message."""
    topic = kinds.find(message.kind).topic
    if not topic or message.recipient is None:
        return True
    return topic not in quiet.preferences_of(message).off
