"""The reminder of what a mentee meant to do differently.

It goes to the mentee alone and does not quote the commitment, as assistants read their mail.
"""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from common.http import absolute
from meetings.models import Commitment
from notifications import outbox
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage

KIND = "meetings.commitment_due"


def key_prefix(commitment: Commitment) -> str:
    """How the keys of all messages about a commitment begin."""
    return f"commitment:{commitment.public_id}:"


def key(commitment: Commitment, number: int) -> str:
    """One reminder of a commitment with its present day."""
    return f"{key_prefix(commitment)}{commitment.due_on:%Y%m%d}:{number}"


def draft(
    commitment: Commitment, *, number: int, due_at: datetime, expires_at: datetime
) -> outbox.Draft:
    """The message. Needs the commitment's pairing with its two people and its program."""
    pairing = commitment.pairing
    letter = compose(
        recipient=pairing.mentee,
        template="meetings/commitment_due",
        context={
            "program": pairing.program,
            "person": pairing.mentee,
            "partner": pairing.mentor,
        },
    )
    return {
        "recipient": pairing.mentee,
        "kind": KIND,
        "dedupe_key": key(commitment, number),
        "scope": pairing.program.public_id,
        "data": {"commitment": str(commitment.public_id), "due_on": commitment.due_on.isoformat()},
        "due_at": due_at,
        "expires_at": expires_at,
        **letter.fields(),
    }


def is_open(message: OutboxMessage) -> bool:
    """The commitment is not done, is for the day of the message, and the pair is active."""
    about = Commitment.objects.filter(
        public_id=message.data["commitment"], due_on=message.data["due_on"]
    )
    return about.open().exists()


def link(message: OutboxMessage) -> str:
    """The page on which it is marked as done."""
    return absolute(reverse("meetings:commitment_done", args=[message.data["commitment"]]))
