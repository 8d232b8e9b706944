"""The messages of a program, for those who run it: kind, recipient, state, error. Never their text.

Only kinds that are declared as listed: nothing from which it could be read who said no to a match,
who cancelled a session or who has not answered a survey.

What the recipient may turn off shows only when it did not arrive, and is "on its way" otherwise: a
state such as "no longer needed" would tell that they have turned it off, or are away. A message in
a summary has the summary's state: that there is a summary would tell that something else, perhaps
not listed, waited for the same person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.search import named
from common import clock
from notifications import kinds
from notifications.delivery.webhooks import state_words
from notifications.enums import WEBHOOK_CHANNELS, MessageState
from notifications.models import OutboxMessage
from notifications.preferences import suppression
from programs.models import Program

TROUBLE = (MessageState.FAILED, MessageState.MISSED, MessageState.UNKNOWN, MessageState.SUPPRESSED)
RECENT = timedelta(days=14)
ON_ITS_WAY = "on_its_way"  # sent, waiting, or not wanted: nobody else's business
WITHOUT_ERROR = (MessageState.SENT, MessageState.CANCELLED, ON_ITS_WAY)
STATES: list[tuple[str, Any]] = [
    *((one.value, one.label) for one in MessageState if one != MessageState.DIGESTED),
    (ON_ITS_WAY, _("Sent or on its way")),
]


@dataclass(frozen=True)
class Row:
    """One message of the list."""

    message: OutboxMessage
    label: str
    shown: str
    state: str
    error: str


def messages_of(program: Program, chosen: Mapping[str, str]) -> QuerySet[Any]:
    """The program's listed messages as the form asks for them, the newest first.

    Their texts stay in the database.
    """
    listed = OutboxMessage.objects.filter(scope=program.public_id, kind__in=kinds.listed_keys())
    found = _as_chosen(_with_shown_state(listed), chosen).select_related("recipient")
    without_texts = found.defer("text", "html", "attachments", "subject", "data")
    return without_texts.order_by("-due_at", "-id")


def _as_chosen(rows: QuerySet[Any], chosen: Mapping[str, str]) -> QuerySet[Any]:
    """The rows that the filter form asks for; `rows` come from `_with_shown_state`."""
    rows = rows.filter(named(chosen.get("q", ""), "recipient"))
    if kind := chosen.get("kind"):
        rows = rows.filter(kind=kind)
    if channel := chosen.get("channel"):
        rows = rows.filter(channel=channel)

    state = chosen.get("state")
    if state == "trouble":
        return rows.filter(state__in=TROUBLE)
    return rows.filter(shown=state) if state else rows


def _with_shown_state(rows: QuerySet[Any]) -> Any:
    """With `shown`, the state that the page tells, and `shown_error`."""
    shown_error = Coalesce("digest__last_error", "last_error")
    return rows.annotate(shown=_shown_state(), shown_error=shown_error)


def _shown_state() -> Case:
    """The row's own state, with two exceptions: see the top of this file."""
    optional = kinds.keys_where(lambda kind: kind.listed and not kind.always)
    own_affair = When(Q(kind__in=optional) & ~Q(state__in=TROUBLE), then=Value(ON_ITS_WAY))
    of_summary = Coalesce("digest__state", Value(MessageState.SENT))
    in_summary = When(state=MessageState.DIGESTED, then=of_summary)
    return Case(own_affair, in_summary, default="state", output_field=CharField())


def rows_of(messages: Any) -> list[Row]:
    """A page of them."""
    return [_row(message) for message in messages]


def _row(message: Any) -> Row:
    has_error = message.shown not in WITHOUT_ERROR
    return Row(
        message=message,
        label=kinds.label_of(message.kind),
        shown=message.shown,
        state=_state_in_words(message),
        error=message.shown_error if has_error else "",
    )


def _state_in_words(message: Any) -> str:
    if message.channel in WEBHOOK_CHANNELS:
        return state_words(message)
    return str(dict(STATES)[message.shown])


def troubles_by_program() -> list[tuple[Program, int]]:
    """Every program with listed messages that did not arrive lately; those with most first.

    With the number of these messages.
    """
    numbers = _recent_troubles()
    programs = Program.objects.filter(public_id__in=numbers).order_by("name")
    found = [(program, numbers[program.public_id]) for program in programs]
    return sorted(found, key=lambda pair: -pair[1])


def _recent_troubles() -> dict[UUID, int]:
    """{program's public id: how many listed messages of the last days did not arrive}."""
    recent = OutboxMessage.objects.filter(
        kind__in=kinds.listed_keys(),
        state__in=TROUBLE,
        due_at__gt=clock.now() - RECENT,
        scope__isnull=False,
    )
    by_program = recent.order_by().values_list("scope")
    return dict(by_program.annotate(number=Count("pk")))


def broken_mailboxes() -> list[tuple[User, datetime]]:
    """Everybody whose address gets no mail at present, with since when.

    Whatever the mail was about.
    """
    since = suppression.since_by_address()
    people = User.objects.active().filter(email__in=since).order_by("sort_key", "pk")
    return [(person, since[person.email]) for person in people]
