"""A program's messages for those who run it: kind, recipient, state, error.

Never a text, never a subject.

Only kinds that policy.py lists: no concern, nothing about one's own access, and nothing from which
it could be read who said no to a match, who cancelled a session or who has not answered a survey
(of those: unlisted.py). Of what its recipient may turn off, and of what waits for those who are
away, only trouble is told: "waiting" or "no longer needed" would tell that they have turned it off,
or are away. What is in a summary has the summary's state: that there is one would tell that
something else, perhaps unlisted, waited for the same person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, Case, CharField, Count, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.search import named
from common import clock
from notifications.delivery import retrying
from notifications.delivery.webhooks import state_words
from notifications.enums import RETRIABLE_STATES, WEBHOOK_CHANNELS, MessageState
from notifications.kinds import policy, registry
from notifications.models import OutboxMessage
from programs.models import Program

TROUBLE = (MessageState.FAILED, MessageState.MISSED, MessageState.UNKNOWN, MessageState.SUPPRESSED)
RECENT = timedelta(days=14)
IN_ORDER = "in_order"  # sent, or waiting, or not wanted: nobody else's business
QUIET = (MessageState.SENT, MessageState.CANCELLED, IN_ORDER)  # of these there is no error to tell
STATES: list[tuple[str, Any]] = [
    *((one.value, one.label) for one in MessageState if one != MessageState.DIGESTED),
    (IN_ORDER, _("In order")),
]


@dataclass(frozen=True)
class Row:
    """One message of the list."""

    message: OutboxMessage
    label: str
    shown: str
    state: str
    said: str
    may_retry: bool


def messages_of(program: Program, chosen: Mapping[str, str]) -> QuerySet[OutboxMessage]:
    """The program's listed messages as the form asks for them, the newest first; their texts stay
    in the database.
    """
    rows = OutboxMessage.objects.filter(scope=program.public_id, kind__in=policy.listed_kinds())
    own_affair = Q(kind__in=[kind for kind in policy.listed_kinds() if policy.of(kind).topic]) & ~Q(
        state__in=TROUBLE
    )
    summed_up = When(
        state=MessageState.DIGESTED, then=Coalesce("digest__state", Value(MessageState.SENT))
    )
    rows = rows.annotate(
        shown=Case(
            When(own_affair, then=Value(IN_ORDER)),
            summed_up,
            default="state",
            output_field=CharField(),
        ),
        said=Coalesce("digest__last_error", "last_error"),
    )
    rows = rows.filter(named(chosen.get("q", ""), "recipient"))
    if kind := chosen.get("kind"):
        rows = rows.filter(kind=kind)
    if channel := chosen.get("channel"):
        rows = rows.filter(channel=channel)
    if state := chosen.get("state"):
        rows = rows.filter(state__in=TROUBLE) if state == "trouble" else rows.filter(shown=state)
    kept = Case(
        When(~Q(text=""), then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    return (
        rows.annotate(kept=kept)
        .select_related("recipient")
        .defer("text", "html", "attachments", "subject", "data")
        .order_by("-due_at", "-id")
    )


def rows_of(messages: Any) -> list[Row]:
    """A page of them. Whether one still has a point is asked when somebody sends it again."""
    labels = dict(STATES)
    return [
        Row(
            message=message,
            label=registry.label_of(message.kind),
            shown=message.shown,
            state=state_words(message)
            if message.channel in WEBHOOK_CHANNELS
            else str(labels[message.shown]),
            said="" if message.shown in QUIET else message.said,
            may_retry=message.state in RETRIABLE_STATES
            and message.kept
            and retrying.is_fresh(message),
        )
        for message in messages
    ]


def troubles_by_program() -> list[tuple[Program, int]]:
    """Every program of which a listed message of the last days did not arrive, with how many; the
    most first.
    """
    recent = OutboxMessage.objects.filter(
        kind__in=policy.listed_kinds(), state__in=TROUBLE, due_at__gt=clock.now() - RECENT
    )
    rows = (
        recent.filter(scope__isnull=False)
        .order_by()
        .values_list("scope")
        .annotate(number=Count("pk"))
    )
    found = dict(rows)
    programs = Program.objects.filter(public_id__in=found)
    return sorted(
        ((one, found[one.public_id]) for one in programs), key=lambda pair: (-pair[1], pair[0].name)
    )
