"""What all mails about a pair have in common.

Assistants read the mail of their seniors. So a message says what to do and links to the page;
nothing that somebody wrote is in it. Each is stored in the transaction of the change that it tells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import User
from common.http import absolute
from notifications import outbox
from notifications.mail.rendering import Letter, compose
from notifications.models import OutboxMessage
from notifications.outbox.store import Draft
from pairings.enums import LIVE_PAIRING_STATES, PairingState
from pairings.models import Pairing


@dataclass(frozen=True)
class When:
    """When a message is due (None: now) and when it expires (None: the outbox decides)."""

    due_at: datetime | None = None
    expires_at: datetime | None = None


NOW = When()


def send(
    *,
    recipient: User,
    kind: str,
    key: str,
    pairing: Pairing,
    context: dict[str, Any] | None = None,
    actor: User | None = None,
) -> None:
    """Store one message about a pair, unless its recipient has left.

    `kind` is also the name of the template; `key` is unique within the pair. `actor` as in
    `outbox.enqueue`: most of these messages must not tell who caused them.
    """
    if not recipient.is_active:
        return
    given = {"program": pairing.program, "pairing": pairing, "person": recipient}
    letter = compose(
        recipient=recipient, template=f"pairings/{kind}", context=given | (context or {})
    )
    message = draft(recipient, kind, key, pairing, letter)
    outbox.enqueue(**message, actor=actor)


def draft(
    recipient: User, kind: str, key: str, pairing: Pairing, letter: Letter, *, when: When = NOW
) -> Draft:
    """The message as the outbox takes it."""
    return Draft(
        recipient=recipient,
        kind=f"pairings.{kind}",
        dedupe_key=f"pairing:{pairing.public_id}:{key}",
        scope=pairing.program.public_id,
        data={"pairing": str(pairing.public_id)},
        due_at=when.due_at,
        expires_at=when.expires_at,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
    )


def pairing_of(message: OutboxMessage) -> Pairing | None:
    """The pairing that a message is about."""
    return Pairing.objects.filter(public_id=message.data.get("pairing")).first()


def is_live(message: OutboxMessage) -> bool:
    """The pair is offered, active or paused."""
    pairing = pairing_of(message)
    return pairing is not None and pairing.state in LIVE_PAIRING_STATES


def is_paused(message: OutboxMessage) -> bool:
    """The pair is paused."""
    pairing = pairing_of(message)
    return pairing is not None and pairing.state == PairingState.PAUSED


def link_to(name: str) -> Callable[[OutboxMessage], str]:
    """The link to a page of the pairing, by its URL name."""

    def link(message: OutboxMessage) -> str:
        return absolute(reverse(name, args=[message.data["pairing"]]))

    return link


def home_link(message: OutboxMessage) -> str:
    """The link to the home page."""
    return absolute(reverse("mentoring:home"))
