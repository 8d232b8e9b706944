"""A program's messages for those who run it: kind, recipient, state, error. Never a text, never a subject.

Only kinds that policy.py lists: no concern, nothing about one's own access, and nothing from which it could be read who said
no to a match, who cancelled a session or who has not answered a survey.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from accounts.domain.names import words
from common import clock
from notifications import policy, registry, retrying
from notifications.enums import RETRIABLE_STATES, MessageState
from notifications.models import OutboxMessage
from programs.models import Program

TROUBLE = (MessageState.FAILED, MessageState.MISSED, MessageState.UNKNOWN, MessageState.SUPPRESSED)


@dataclass(frozen=True)
class Row:
    """One message of the list."""

    message: OutboxMessage
    label: str
    may_retry: bool


def messages_of(program: Program, chosen: Mapping[str, str]) -> QuerySet[OutboxMessage]:
    """The program's listed messages as the form asks for them, the newest first; their texts stay in the database."""
    rows = OutboxMessage.objects.filter(scope=program.public_id, kind__in=policy.listed_kinds())
    for word in words(chosen.get("q", "")):
        rows = rows.filter(recipient__search_text__contains=word)
    if kind := chosen.get("kind"):
        rows = rows.filter(kind=kind)
    if channel := chosen.get("channel"):
        rows = rows.filter(channel=channel)
    if state := chosen.get("state"):
        rows = rows.filter(state__in=TROUBLE) if state == "trouble" else rows.filter(state=state)
    kept = Case(When(~Q(text=""), then=Value(True)), default=Value(False), output_field=BooleanField())
    return (
        rows.annotate(kept=kept)
        .select_related("recipient")
        .defer("text", "html", "attachments", "subject", "data")
        .order_by("-due_at", "-id")
    )


def rows_of(messages: Any) -> list[Row]:
    """A page of them. Whether one still has a point is asked when somebody sends it again."""
    return [
        Row(
            message=message,
            label=registry.label_of(message.kind),
            may_retry=message.state in RETRIABLE_STATES and message.kept and retrying.is_fresh(message),
        )
        for message in messages
    ]


def troubles(program: Program) -> int:
    """How many listed messages of the last days did not arrive."""
    recent = OutboxMessage.objects.filter(scope=program.public_id, kind__in=policy.listed_kinds(), state__in=TROUBLE)
    return recent.filter(due_at__gt=clock.now() - retrying.RETRY_FOR).count()
