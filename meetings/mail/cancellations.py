"""The mail to the coordinators about a pair whose sessions are cancelled again and again.

It names the pair and no reason.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import User
from common.http import absolute
from notifications import outbox
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.domain.staff import people_who_run

CALLED_OFF = "meetings.called_off"


def tell_managers(pairing: Pairing, *, since: datetime | None) -> None:
    """Tell the people who run the program, once since the pair last met."""
    met = f"{since:%Y%m%d%H%M}" if since else "never"
    outbox.enqueue_many(
        _draft(pairing, person, f"pairing:{pairing.public_id}:called-off:{met}:{person.pk}")
        for person in people_who_run(pairing.program)
    )


def _draft(pairing: Pairing, person: User, key: str) -> outbox.Draft:
    context: dict[str, Any] = {"pairing": pairing, "program": pairing.program}
    letter = compose(recipient=person, template="meetings/called_off", context=context)
    return {
        "recipient": person,
        "kind": CALLED_OFF,
        "dedupe_key": key,
        "scope": pairing.program.public_id,
        "data": {"pairing": str(pairing.public_id), "program": str(pairing.program.public_id)},
        **letter.fields(),
    }


def is_active(message: OutboxMessage) -> bool:
    """The pair is active."""
    return Pairing.objects.filter(
        public_id=message.data["pairing"], state=PairingState.ACTIVE
    ).exists()


def write_link(message: OutboxMessage) -> str:
    """A drafted message to the pair; the queue of needs, once the two have met again."""
    return absolute(
        reverse(
            "mentoring:need_write",
            args=[message.data["program"], "called_off", message.data["pairing"]],
        )
    )
