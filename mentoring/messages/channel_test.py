"""A test in a program's channel at Slack or Teams, on the way that every alert takes, so that it
proves that way.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import audit, clock
from common.http import absolute
from notifications import kinds, outbox
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage, Webhook
from programs.models import Program

KIND = "mentoring.channel_test"
LIFE = timedelta(minutes=15)  # somebody sits there and waits for it
AT_MOST_EVERY = 10  # seconds


@transaction.atomic
def send_test(*, actor: User, program: Program, webhook: Webhook) -> bool:
    """Queue one sentence for this channel alone.

    False when one was queued within the same AT_MOST_EVERY seconds. DomainError for too many tests
    within a day.
    """
    message = outbox.enqueue(**_draft(actor, program, webhook))
    if message is None:
        return False
    audit.record(
        "webhook.tested", webhook, actor=actor, scope=program.public_id, channel=webhook.channel
    )
    return True


def _draft(actor: User, program: Program, webhook: Webhook) -> outbox.Draft:
    """The sentence is the subject of the letter, in the actor's language."""
    letter = compose(
        recipient=actor, template="mentoring/channel_test", context={"program": program}
    )
    now = clock.now()
    interval = int(now.timestamp()) // AT_MOST_EVERY
    return {
        "recipient": None,
        "actor": actor,
        "kind": KIND,
        "channel": webhook.channel,
        "scope": program.public_id,
        "dedupe_key": f"channel-test:{webhook.public_id}:{interval}",
        "data": {"program": str(program.public_id)},
        "expires_at": now + LIFE,
        "subject": letter.subject,
        "text": letter.subject,
    }


def link(message: OutboxMessage) -> str:
    """Where the alerts lead."""
    return absolute(reverse("mentoring:needs_you", args=[message.data["program"]]))


def sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample."""
    return {"program": cast.program}


def register() -> None:
    """Declare this kind; called when the application starts."""
    kinds.register(
        MessageKind(
            key=KIND,
            label=_("A test in Slack or Teams"),
            occasion=_("To one channel at Slack or Teams, when HR presses “Send a test”."),
            why="manager",
            listed=True,
            most_to_one=None,
            most_in_all=20,
            link=link,
            sample=sample,
        )
    )
