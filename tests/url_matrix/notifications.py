"""Who may open the addresses of notifications."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from common import clock, tokens
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from notifications.preferences import unsubscribing
from tests.url_matrix.core import SIGNED_IN, row

KEY = "url-matrix"


def sent_to_the_mentor(world: Any) -> None:
    """A message that has gone out."""
    now = clock.now()
    OutboxMessage.objects.create(
        recipient=world.people["mentor"],
        kind="tests.matrix",
        dedupe_key=KEY,
        subject="Hello",
        expires_at=now,
        state=MessageState.SENT,
        sent_at=now,
    )


def message_url(world: Any) -> str:
    """The address of that message."""
    return reverse(
        "notifications:open_message", args=[OutboxMessage.objects.get(dedupe_key=KEY).public_id]
    )


def stop_url(world: Any) -> str:
    """The link under a reminder to the mentor."""
    token = tokens.make(
        unsubscribing.PURPOSE, {"person": str(world.people["mentor"].public_id), "topics": ["logs"]}
    )
    return reverse("notifications:unsubscribe", args=[token])


ROWS = [
    row(
        "notifications:preferences",
        url=lambda w: reverse("notifications:preferences"),
        allowed=SIGNED_IN,
    ),
    row("notifications:unsubscribe", url=stop_url, allowed=SIGNED_IN, public=True),
    row("notifications:inbox", url=lambda w: reverse("notifications:inbox"), allowed=SIGNED_IN),
    row(
        "notifications:unread",
        url=lambda w: reverse("notifications:unread"),
        allowed=SIGNED_IN,
        public=True,
    ),
    row(
        "notifications:mark_read",
        url=lambda w: reverse("notifications:mark_read"),
        allowed=SIGNED_IN,
        method="post",
    ),
    row(
        "notifications:open_message",
        url=message_url,
        allowed={"mentor"},
        others=404,
        setup=sent_to_the_mentor,
    ),
]
