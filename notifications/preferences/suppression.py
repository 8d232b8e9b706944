"""To whom nothing is sent: people who have left, and addresses that a mail server has called
unknown.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from common import clock
from notifications.models import OutboxMessage, SuppressedAddress

# Then it is tried again, so that a mailbox that was made too late mends itself.
SUPPRESSED_FOR = timedelta(days=7)


def suppress(address: str, reason: str) -> None:
    """Send nothing to this address for SUPPRESSED_FOR."""
    now = clock.now()
    SuppressedAddress.objects.update_or_create(
        email=address.lower(),
        defaults={"reason": reason[:1000], "since": now, "until": now + SUPPRESSED_FOR},
    )


def since_by_address() -> dict[str, datetime]:
    """All addresses to which nothing is sent at present, each with since when."""
    return dict(
        SuppressedAddress.objects.filter(until__gt=clock.now()).values_list("email", "since")
    )


def release(address: str) -> bool:
    """Send to this address again; whether it had been suppressed."""
    return SuppressedAddress.objects.filter(email=address.lower()).delete()[0] > 0


def reason_for(address: str) -> str:
    """Why nothing is sent to this address, or ""."""
    found = SuppressedAddress.objects.filter(email=address.lower(), until__gt=clock.now()).first()
    return found.reason if found else ""


def why_not(message: OutboxMessage) -> str:
    """Why this message must not be sent, or ""."""
    if message.recipient is None:
        return ""
    if not message.recipient.is_active and not message.address:  # see outbox.cancel_to
        return "The recipient has left."
    if message.channel != "email":
        return ""
    known = message.refused
    reason = reason_for(message.address or message.recipient.email) if known is None else known
    return f"The address was refused before: {reason}" if reason else ""
