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
    rows: QuerySet[Any] = OutboxMessage.objects.filter(
        scope=program.public_id, kind__in=kinds.listed_keys()
    )
    rows = _with_shown_state(rows)
    rows = rows.filter(named(chosen.get("q", ""), "recipient"))
    if kind := chosen.get("kind"):
        rows = rows.filter(kind=kind)
    if channel := chosen.get("channel"):
        rows = rows.filter(channel=channel)

    state = chosen.get("state")
    if state == "trouble":
        rows = rows.filter(state__in=TROUBLE)
    elif state:
        rows = rows.filter(shown=state)

    rows = rows.select_related("recipient")
    return rows.defer("text", "html", "attachments", "subject", "data").order_by("-due_at", "-id")


def _with_shown_state(rows: QuerySet[Any]) -> Any:
    """With `shown`, the state that the page tells, and `shown_error`."""
    optional = kinds.keys_where(lambda kind: kind.listed and not kind.always)
    own_affair = When(Q(kind__in=optional) & ~Q(state__in=TROUBLE), then=Value(ON_ITS_WAY))
    in_summary = When(
        state=MessageState.DIGESTED, then=Coalesce("digest__state", Value(MessageState.SENT))
    )
    shown = Case(own_affair, in_summary, default="state", output_field=CharField())
    return rows.annotate(shown=shown, shown_error=Coalesce("digest__last_error", "last_error"))


def rows_of(messages: Any) -> list[Row]:
    """A page of them."""
    return [_row(message) for message in messages]


def _row(message: Any) -> Row:
    if message.channel in WEBHOOK_CHANNELS:
        state = state_words(message)
    else:
        state = str(dict(STATES)[message.shown])
    return Row(
        message=message,
        label=kinds.label_of(message.kind),
        shown=message.shown,
        state=state,
        error="" if message.shown in WITHOUT_ERROR else message.shown_error,
    )


def troubles_by_program() -> list[tuple[Program, int]]:
    """Every program of which a listed message of the last days did not arrive, with how many; the
    most first.
    """
    recent = OutboxMessage.objects.filter(
        kind__in=kinds.listed_keys(),
        state__in=TROUBLE,
        due_at__gt=clock.now() - RECENT,
        scope__isnull=False,
    )
    numbers = dict(recent.order_by().values_list("scope").annotate(number=Count("pk")))
    programs = Program.objects.filter(public_id__in=numbers).order_by("name")
    found = [(program, numbers[program.public_id]) for program in programs]
    return sorted(found, key=lambda pair: -pair[1])


def broken_mailboxes() -> list[tuple[User, datetime]]:
    """Everybody whose address gets no mail at present, with since when, whatever the mail was
    about.
    """
    since = suppression.since_by_address()
    people = User.objects.active().filter(email__in=since).order_by("sort_key", "pk")
    return [(person, since[person.email]) for person in people]
