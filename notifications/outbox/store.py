"""Putting messages into the outbox and taking unsent ones back.

Both happen in the caller's transaction.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Required, TypedDict, Unpack
from uuid import UUID

from django.db.models import Q, QuerySet

from common import background, clock
from common.text import one_line
from notifications import kinds
from notifications.enums import FINAL_STATES, Channel, MessageState
from notifications.mail.blocks import LINK
from notifications.models import OutboxMessage
from notifications.outbox import bulk, limits

# When a message expires that names no end of its own.
DEFAULT_LIFE = timedelta(days=14)
SUBJECT_LENGTH = 250
MANY = 200  # from so many messages on, COPY is faster than what it costs to prepare


@dataclass(frozen=True)
class Attachment:
    """An attached file; `alternative` makes it another form of the body too (invitations)."""

    name: str
    content: bytes
    mimetype: str
    alternative: bool = False

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        content = base64.b64encode(self.content).decode("ascii")
        return {
            "name": self.name,
            "content": content,
            "mimetype": self.mimetype,
            "alternative": self.alternative,
        }

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Attachment:
        """From JSON."""
        return cls(
            stored["name"],
            base64.b64decode(stored["content"]),
            stored["mimetype"],
            stored["alternative"],
        )


class Draft(TypedDict, total=False):
    """The arguments of `enqueue`; the first five are needed."""

    recipient: Required[Any]
    kind: Required[str]
    subject: Required[str]
    text: Required[str]
    dedupe_key: Required[str]
    html: str
    channel: str
    scope: UUID | None
    data: Mapping[str, Any] | None
    attachments: Iterable[Attachment]
    due_at: datetime | None
    expires_at: datetime | None
    address: str
    state: MessageState
    actor: Any


def enqueue(**draft: Unpack[Draft]) -> OutboxMessage | None:
    """Store one message in the caller's transaction; None when `dedupe_key` has been used on this
    channel before.

    It is due now unless `due_at` (aware) says later, and expires DEFAULT_LIFE after that unless
    `expires_at` (aware) says otherwise. `scope` is the public id of a program. `address` sends it
    elsewhere than to the recipient's present address. `state` is MISSED for what expired in down
    time, CANCELLED for what is recorded and not sent. `actor` is the person whose action causes
    it; leave it out where nobody may know who that was. Raises UnknownKindError for a kind that
    nobody registered, ValueError for a [[link]] that the kind cannot make, DomainError when the
    actor has caused too many of the kind (limits.py).
    """
    new = _store([_new(**draft)])
    _enqueue_delivery(new)
    return OutboxMessage.objects.get(pk=new[0][0]) if new else None


def enqueue_many(drafts: Iterable[Draft]) -> int:
    """Store many messages as `enqueue` does one; how many were new.

    Few queries, however many they are.
    """
    new = _store([_new(**draft) for draft in drafts])
    _enqueue_delivery(new)
    return len(new)


def _store(messages: list[OutboxMessage]) -> list[tuple[int, datetime]]:
    """Store what does not exist yet; (id, due) of the new rows. DomainError as `enqueue`."""
    counted = limits.counted(messages)
    limits.lock(counted)
    new = _insert(messages)
    if new and counted:
        limits.check(counted)
    return new


def _insert(messages: list[OutboxMessage]) -> list[tuple[int, datetime]]:
    if len(messages) >= MANY:
        return bulk.insert(messages)
    OutboxMessage.objects.bulk_create(messages, ignore_conflicts=True)
    stored = OutboxMessage.objects.filter(public_id__in=[message.public_id for message in messages])
    return list(stored.values_list("pk", "due_at"))


def _new(
    *,
    recipient: Any,
    kind: str,
    subject: str,
    text: str,
    html: str = "",
    dedupe_key: str,
    channel: str = Channel.EMAIL,
    scope: UUID | None = None,
    data: Mapping[str, Any] | None = None,
    attachments: Iterable[Attachment] = (),
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    address: str = "",
    state: MessageState = MessageState.QUEUED,
    actor: Any = None,
) -> OutboxMessage:
    """A message that is not stored yet."""
    if kinds.get(kind).link is None and LINK in text + html:
        raise ValueError(f"The text has {LINK}, but {kind} was registered without a link.")
    due_at = due_at or clock.now()
    if state in FINAL_STATES:
        text, html, attachments = "", "", ()
    return OutboxMessage(
        recipient=recipient,
        actor=actor,
        address=address,
        channel=channel,
        kind=kind,
        scope=scope,
        dedupe_key=dedupe_key,
        data=dict(data or {}),
        subject=one_line(subject)[:SUBJECT_LENGTH],
        text=text,
        html=html,
        attachments=[attachment.stored() for attachment in attachments],
        due_at=due_at,
        try_at=due_at if state == MessageState.QUEUED else clock.now(),
        state=state,
        expires_at=expires_at or due_at + DEFAULT_LIFE,
    )


def _enqueue_delivery(stored: list[tuple[int, datetime]]) -> None:
    """Enqueue the delivery of those (id, due) that are due, once the transaction is committed."""
    due = [pk for pk, moment in stored if moment <= clock.now()]
    if len(due) == 1:
        background.enqueue_on_commit("notifications.tasks.deliver", due[0])
    elif due:
        background.enqueue_on_commit("notifications.tasks.send_due")


def cancel(*, key_prefix: str, reason: str = "") -> int:
    """End all unsent messages whose key starts with `key_prefix`, in the caller's transaction; how
    many they were.

    A message whose SMTP dialog has begun can no longer be cancelled. One of unknown fate is not
    sent again.
    """
    if not key_prefix:
        raise ValueError("An empty prefix would cancel everything.")
    return _end(OutboxMessage.objects.filter(dedupe_key__startswith=key_prefix), reason)


def cancel_to(*, people: Iterable[int], reason: str = "") -> int:
    """End all unsent messages to people with these ids, in the caller's transaction; how many.

    A message to an address of its own stays: it tells that the way into an account has changed, and
    must not be stopped by deactivating the person in the same minute.
    """
    return _end(OutboxMessage.objects.filter(recipient__in=list(people), address=""), reason)


def _end(messages: QuerySet[OutboxMessage], reason: str) -> int:
    """Cancel what has not been sent of these."""
    messages.filter(state=MessageState.UNKNOWN).update(
        resend_allowed=False, text="", html="", attachments=[]
    )
    unsent = (
        Q(state=MessageState.QUEUED)
        | Q(state=MessageState.LEASED, dialog_at__isnull=True)
        | Q(state=MessageState.SUPPRESSED, expires_at__gt=clock.now())
    )
    return messages.filter(unsent).update(
        state=MessageState.CANCELLED,
        lease_until=None,
        text="",
        html="",
        attachments=[],
        last_error=reason,
    )
