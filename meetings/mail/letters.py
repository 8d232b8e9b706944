"""What all mails about a session have in common: their keys, links and contents.

Assistants read the mail of their seniors. So a mail names a time, a place, a link and a person,
never a question, a takeaway or a note.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import User
from common.http import absolute
from meetings.enums import SessionState
from meetings.mail.told import facts
from meetings.models import MentoringSession
from meetings.models.session import SessionQuerySet
from notifications import outbox
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage
from pairings.enums import PairingState


def key_prefix(session: MentoringSession, sequence: int | None = None) -> str:
    """How the keys of all messages about a session begin.

    They are of the session as it is now, or as it was after `sequence` changes.
    """
    if sequence is None:
        sequence = session.sequence
    return f"session:{session.public_id}:{sequence}:"


def session_link(message: OutboxMessage) -> str:
    """The page of the session."""
    return absolute(reverse("meetings:session_detail", args=[message.data["session"]]))


def scheduled(message: OutboxMessage) -> SessionQuerySet:
    """The session of the message, if it still takes place at the time that the message names.

    None if the pair is not active, or the reader has left. A session that a planned closing will
    take out of the calendars is in them until then: its mails end with it, or not at all.
    """
    found: SessionQuerySet = MentoringSession.objects.filter(
        public_id=message.data["session"],
        sequence=message.data["sequence"],
        state=SessionState.SCHEDULED,
        pairing__state=PairingState.ACTIVE,
    )
    return found if message.recipient.is_active else found.none()


def draft(
    session: MentoringSession,
    recipient: User,
    *,
    kind: str,
    about: str,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    key: str = "",
    actor: User | None = None,
    attachments: Sequence[outbox.Attachment] = (),
    **context: Any,
) -> outbox.Draft:
    """One message about a session. Needs the pairing with its two people and its program.

    Its key is `key` (or `key_prefix` and `about`) with the recipient. The template gets `context`.
    """
    pairing = session.pairing
    letter = compose(
        recipient=recipient,
        template=f"meetings/{kind.removeprefix('meetings.')}",
        context={
            "session": session,
            "partner": pairing.partner_of(recipient),
            "mentee": pairing.mentee,
            "actor": actor,
            **context,
        },
    )
    key = key or key_prefix(session) + about
    return {
        "recipient": recipient,
        "actor": actor,
        "kind": kind,
        "dedupe_key": f"{key}:{recipient.public_id}",
        "scope": pairing.program.public_id,
        "data": {
            "session": str(session.public_id),
            "sequence": session.sequence,
            "facts": facts(session),
        },
        "due_at": due_at,
        "expires_at": expires_at,
        "attachments": attachments,
        **letter.fields(),
    }
