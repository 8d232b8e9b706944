"""What the two of a pair have been told about a session, so that mails tell only what is new.

A change that undoes an unsent message tells nothing: a session that was booked and cancelled, or
moved and moved back, before the first mail was sent.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from meetings.models import MentoringSession
from notifications.enums import MessageState
from notifications.models import OutboxMessage

SCHEDULED = "meetings.session_scheduled"
MOVED = "meetings.session_moved"
DETAILS = "meetings.session_details"
CANCELLED = "meetings.session_cancelled"
INVITATION = "meetings.session_invitation"
WITHDRAWN = "meetings.session_withdrawn"

ARRIVED = (MessageState.SENT, MessageState.DIGESTED)

Facts = dict[str, str]


def facts(session: MentoringSession) -> Facts:
    """When and where a session is, as its messages keep it. The place is a hash, not in words."""
    where = f"{session.place}\n{session.link}"
    return {
        "time": f"{session.starts_at.isoformat()}/{session.ends_at.isoformat()}",
        "where": hashlib.sha256(where.encode()).hexdigest()[:16],
    }


@dataclass(frozen=True)
class Told:
    """What one person knows of a session.

    `nothing`: no mail has told them that it exists. `facts`: what the last mail said; None where
    that is not certain, or the session was not to take place.
    """

    nothing: bool = False
    facts: Facts | None = None

    def news(self, kind: str, session: MentoringSession) -> str:
        """The kind of message that tells the session as it is now; "" if there is nothing to tell.

        `kind` is that of the change just made.
        """
        if kind == CANCELLED:
            return "" if self.nothing else kind
        if self.facts is None:
            return kind
        now = facts(session)
        if self.facts == now:
            return ""
        return DETAILS if self.facts["time"] == now["time"] else MOVED


def told(session: MentoringSession) -> dict[int, Told]:
    """{person: what they know}, once unsent messages are cancelled. One query."""
    kinds = [SCHEDULED, MOVED, DETAILS, CANCELLED, INVITATION, WITHDRAWN]
    messages = OutboxMessage.objects.filter(
        dedupe_key__startswith=f"session:{session.public_id}:", kind__in=kinds
    )
    by_person: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in messages.order_by("pk").values("recipient", "kind", "state", "data"):
        by_person[row["recipient"]].append(row)
    return {person: _told(rows) for person, rows in by_person.items()}


def _told(rows: Sequence[dict[str, Any]]) -> Told:
    """What somebody knows from these messages, the oldest first."""
    not_cancelled = [row for row in rows if row["state"] != MessageState.CANCELLED]
    if not not_cancelled:
        # A series is told by another mail, so its invitations do not count.
        return Told(nothing=any(row["kind"] == SCHEDULED for row in rows))
    last = not_cancelled[-1]
    is_certain = last["state"] in ARRIVED and last["kind"] not in {CANCELLED, WITHDRAWN}
    return Told(facts=last["data"].get("facts") if is_certain else None)
