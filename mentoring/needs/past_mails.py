"""The personal mails that coordinators wrote about entries of *Needs you today*: when and by whom,
never what.

They are read from the outbox, which keeps a message's row when its text is wiped. So nothing is
stored a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from accounts.models import User
from common import clock
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from programs.models import Program

KIND = "mentoring.personal_mail"
SNOOZE = timedelta(days=7)  # an entry waits this long for an answer, unless something new happens
SHOWN_FOR = timedelta(days=90)

# An entry does not wait for an answer to a mail that did not arrive.
NOT_ARRIVED = (MessageState.FAILED, MessageState.MISSED, MessageState.SUPPRESSED)


@dataclass(frozen=True)
class PastMail:
    """The last personal mail about an entry."""

    at: datetime
    author_id: int
    author: str

    @property
    def snoozed_until(self) -> datetime:
        """When the entry comes back without anything new."""
        return self.at + SNOOZE


def last_mails(program: Program) -> dict[tuple[str, str], PastMail]:
    """{(kind, public id) of an entry: the last mail about it}. One query."""
    last: dict[tuple[str, str], PastMail] = {}
    for mail in _mails_shown(program).values("need", "about", "due_at", "author_id", "author"):
        last[mail["need"], mail["about"]] = PastMail(
            at=mail["due_at"], author_id=mail["author_id"], author=mail["author"] or ""
        )
    return last


def _mails_shown(program: Program) -> QuerySet[Any]:
    """The mails that *Needs you today* shows, the oldest first, with `author_id` and `author`."""
    shown = _arrived().filter(scope=program.public_id, due_at__gt=clock.now() - SHOWN_FOR)
    author_id = Cast(KT("data__by"), BigIntegerField())
    author_name = User.objects.filter(pk=OuterRef("author_id")).values("name")[:1]
    mails: QuerySet[Any] = shown.annotate(author_id=author_id, author=Subquery(author_name))
    return mails.order_by("due_at", "pk")


def recent_mails() -> QuerySet[Any]:
    """The mails that may snooze an entry, with `need` and `about`."""
    return _arrived().filter(due_at__gt=clock.now() - SNOOZE)


def snoozing(*, need: str, program: str, about: str) -> QuerySet[Any]:
    """Mails that snooze an entry, for Exists() in a query over the rows behind one kind of entry.

    A mail snoozes an entry for SNOOZE, unless the row's `since` is later than the mail. `program`
    and `about` are the lookups from a row to its program and to the public id of its entry.
    """
    return recent_mails().filter(
        scope=OuterRef(f"{program}__public_id"),
        need=need,
        about=Cast(OuterRef(about), TextField()),
        due_at__gte=OuterRef("since"),
    )


def _arrived() -> QuerySet[Any]:
    """Personal mails that arrived or still may, with `need` and `about` of their entry."""
    sent = OutboxMessage.objects.filter(kind=KIND).exclude(state__in=NOT_ARRIVED)
    mails: QuerySet[Any] = sent.annotate(need=KT("data__need"), about=KT("data__about"))
    return mails
