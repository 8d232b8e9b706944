"""The inbox: what was sent to a person, on a page. It has the same rows as the mails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from common import clock
from notifications import kinds
from notifications.models import SHOWN_IN_INBOX, OutboxMessage, OutboxQuerySet, hidden_in_inbox

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Entry:
    """One row of the page."""

    message: OutboxMessage
    label: str
    has_link: bool


def messages_of(user: Any, *, search: str = "", unread: bool = False) -> OutboxQuerySet:
    """A person's own messages, the newest first; `at` is when it was sent, or was due when it could
    not be.
    """
    rows: OutboxQuerySet = (
        OutboxMessage.objects.visible_to(user)
        .annotate(at=Coalesce("sent_at", "due_at"))
        .order_by("-at", "-id")
    )
    if search:
        rows = rows.filter(subject__icontains=search)
    return rows.unread() if unread else rows


def unread_count(user: Any) -> int:
    """How many of them have not been opened: the number on the bell."""
    return OutboxMessage.objects.visible_to(user).unread().count()


def unread_of(person: OuterRef) -> Coalesce:
    """The same number inside another query: `unread_of(OuterRef("pk"))` in one over people."""
    shown = OutboxMessage.objects.filter(
        recipient=person, state__in=SHOWN_IN_INBOX, read_at__isnull=True
    )
    shown = shown.exclude(hidden_in_inbox()).order_by()
    return Coalesce(
        Subquery(shown.values("recipient").annotate(number=Count("pk")).values("number")), 0
    )


def entry(message: OutboxMessage) -> Entry:
    """The row of a message; one of a kind that no longer exists still shows its subject."""
    try:
        kind = kinds.get(message.kind)
    except kinds.UnknownKindError:
        return Entry(message, "", has_link=False)
    return Entry(message, str(kind.label), has_link=kind.link is not None)


def open_message(message: OutboxMessage) -> str:
    """Mark it as read; the address that it leads to, made now, or "" when what it was about is
    gone.
    """
    if message.read_at is None:
        OutboxMessage.objects.filter(pk=message.pk, read_at__isnull=True).update(
            read_at=clock.now()
        )
    try:
        kind = kinds.get(message.kind)
        return kind.link(message) if kind.link else ""
    except Exception:  # what an old message is about may no longer exist
        log.exception("inbox_link_failed", message=message.pk, kind=message.kind)
        return ""


def mark_all_read(user: Any) -> int:
    """Nothing is unread any more; how many were."""
    return OutboxMessage.objects.visible_to(user).unread().update(read_at=clock.now())
