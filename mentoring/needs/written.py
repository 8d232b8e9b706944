"""What coordinators have written by hand about entries of *Needs you today*: when and by whom,
never what.

Read from the outbox, which keeps a message's row when its text is wiped; so nothing is stored a
second time.
"""

from __future__ import annotations

from collections.abc import Mapping
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

KIND = "mentoring.word_by_hand"
SLEEP = timedelta(days=7)  # so long an entry waits for an answer, unless something new happens
TOLD_FOR = timedelta(days=90)
# An entry does not wait for an answer to these.
NOT_ARRIVED = (MessageState.FAILED, MessageState.MISSED, MessageState.SUPPRESSED)


@dataclass(frozen=True)
class Word:
    """The last time that somebody wrote about an entry."""

    at: datetime
    author_id: int
    author: str

    @property
    def waits_until(self) -> datetime:
        """When the entry comes back by itself."""
        return self.at + SLEEP


def words_of(program: Program) -> Mapping[tuple[str, str], Word]:
    """(kind, id) of each entry that was written about → the last time. One query."""
    rows = (
        _about_entries()
        .filter(scope=program.public_id, due_at__gt=clock.now() - TOLD_FOR)
        .annotate(author_id=Cast(KT("data__by"), BigIntegerField()))
        .annotate(author=Subquery(User.objects.filter(pk=OuterRef("author_id")).values("name")[:1]))
        .order_by("due_at", "pk")
    )
    fields = rows.values_list("need", "about", "due_at", "author_id", "author")
    return {
        (need, about): Word(at, author_id, author or "")
        for need, about, at, author_id, author in fields
    }


def asleep(*, need: str, program: str, about: str) -> QuerySet[Any]:
    """For Exists() in a query over the rows behind entries of one kind: what was written of late,
    and after `since`.

    `program` is the path from there to the program, `about` to the public id of what the entry is
    about.
    """
    return _about_entries().filter(
        scope=OuterRef(f"{program}__public_id"),
        need=need,
        about=Cast(OuterRef(about), TextField()),
        due_at__gt=clock.now() - SLEEP,
        due_at__gte=OuterRef("since"),
    )


def _about_entries() -> QuerySet[Any]:
    rows: Any = OutboxMessage.objects.filter(kind=KIND).exclude(state__in=NOT_ARRIVED)
    found: QuerySet[Any] = rows.annotate(need=KT("data__need"), about=KT("data__about"))
    return found
