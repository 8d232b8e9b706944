"""Addresses that a mail server has called unknown, and the messages that wait for them to work.

Nothing is sent to such an address for SUPPRESSED_FOR. A message to it becomes `suppressed` and
keeps its text. It is queued again when the address works before the message has expired: because
somebody has released it, because the person has another address by now, or because SUPPRESSED_FOR
is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import Lower

from common import clock
from notifications import kinds
from notifications.enums import Channel, MessageState
from notifications.models import OutboxMessage, SuppressedAddress

# Then it is tried again, so that a mailbox that was made too late works without anybody's doing.
SUPPRESSED_FOR = timedelta(days=7)


def suppress(address: str, reason: str) -> None:
    """Send nothing to this address for SUPPRESSED_FOR."""
    now = clock.now()
    SuppressedAddress.objects.update_or_create(
        email=address.lower(),
        defaults={"reason": reason[:1000], "since": now, "until": now + SUPPRESSED_FOR},
    )


def release(address: str) -> bool:
    """Send to this address again; whether it had been suppressed."""
    return SuppressedAddress.objects.filter(email=address.lower()).delete()[0] > 0


def since_by_address() -> dict[str, datetime]:
    """All addresses to which nothing is sent at present, each with since when."""
    return dict(_suppressed_now().values_list("email", "since"))


def reason_for(address: str) -> str:
    """Why nothing is sent to this address, or ""."""
    found = _suppressed_now().filter(email=address.lower()).first()
    return found.reason if found else ""


def reason_not_to_send(message: OutboxMessage) -> str:
    """Why the mail server would not take this message, or ""."""
    if message.recipient is None or message.channel != Channel.EMAIL:
        return ""
    if message.refused is not None:  # the claim has looked
        return message.refused
    return reason_for(message.address or message.recipient.email)


def queue_released() -> int:
    """Queue the messages whose address works again and that have not expired; how many they were.

    In two processes at once each is queued once: the second UPDATE waits for the first, then finds
    the state changed.
    """
    now = clock.now()
    waiting = OutboxMessage.objects.filter(
        ~Q(text="") | Q(kind=kinds.DIGEST),  # a summary gets its text at sending
        state=MessageState.SUPPRESSED,
        expires_at__gt=now,
    )
    sendable = _without_replaced_reminders(_to_working_addresses(waiting))
    keys = list(sendable.values_list("pk", flat=True))
    if not keys:
        return 0
    return waiting.filter(pk__in=keys).update(
        state=MessageState.QUEUED, try_at=now, held_until=now, last_error=""
    )


def wipe_expired() -> int:
    """Wipe the texts of messages that have expired while their address did not work."""
    expired = OutboxMessage.objects.filter(
        state=MessageState.SUPPRESSED, expires_at__lte=clock.now()
    )
    return expired.exclude(text="").update(text="", html="", attachments=[])


def _suppressed_now() -> QuerySet[SuppressedAddress]:
    return SuppressedAddress.objects.filter(until__gt=clock.now())


def _to_working_addresses(messages: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
    """Those that may be sent, by the address to which they would go now."""
    address = Case(When(address="", then="recipient__email"), default="address")
    addressed = messages.annotate(goes_to=Lower(address))
    return addressed.exclude(goes_to__in=_suppressed_now().values("email"))


def _without_replaced_reminders(messages: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
    """Without the reminders after which another one about the same has come due."""
    later = OutboxMessage.objects.filter(
        recipient=OuterRef("recipient"),
        kind=OuterRef("kind"),
        data=OuterRef("data"),
        channel=OuterRef("channel"),
        due_at__gt=OuterRef("due_at"),
        due_at__lte=clock.now(),
    ).exclude(state=MessageState.CANCELLED)
    reminders = kinds.keys_where(lambda kind: kind.nudges > 0)
    return messages.exclude(Q(kind__in=reminders) & Exists(later))
