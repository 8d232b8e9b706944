"""What fell due since somebody last looked, however long that is: searches for due work keep a watermark in Postgres.

A search that runs every minute finds what has come due by queries, and leaves out what has lost its point. After down time
that would drop messages without a trace. So each search remembers until when it has looked: what fell due since then and
has lost its point meanwhile is put into the outbox all the same, and is `missed` there from the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from common import clock
from notifications.enums import MessageState
from notifications.models import Watermark

LONGEST = timedelta(days=60)  # whoever switches it off for longer has not lost messages, but a season
PAGE = 500  # rows at a time

MOVE = (
    "INSERT INTO notifications_watermark AS mark (name, seen_until) VALUES (%s, %s)"
    " ON CONFLICT (name) DO UPDATE SET seen_until = greatest(mark.seen_until, excluded.seen_until)"
)

_searches: dict[str, Search] = {}


@dataclass(frozen=True)
class Window:
    """From when (not included) until now a run looks."""

    since: datetime
    now: datetime

    def asks_for(self, due_at: datetime, expires_at: datetime) -> bool:
        """Whether a message with these times ought to exist: it is due and has a point, or has lost it unseen."""
        return due_at <= self.now and (expires_at > self.now or due_at > self.since)

    def state(self, expires_at: datetime) -> MessageState:
        """With what state it begins."""
        return MessageState.QUEUED if expires_at > self.now else MessageState.MISSED


class Search:
    """A search for due messages, made once in its module. `name` is its key in the database."""

    def __init__(self, name: str) -> None:
        self.name = name
        _searches[name] = self

    @contextmanager
    def window(self) -> Iterator[Window]:
        """What this search has not looked at; LONGEST at most, and all of that if it has never run.

        When the block ends well it has looked until now. When it does not, or the process dies, the next run looks again.
        Two at once look at the same; neither moves the mark back.
        """
        now = clock.now()
        earliest = now - LONGEST
        seen = Watermark.objects.filter(pk=self.name).values_list("seen_until", flat=True).first() or earliest
        yield Window(since=min(max(seen, earliest), now), now=now)
        self.has_looked_until(now)

    def has_looked_until(self, moment: datetime) -> None:
        """Move the mark forward."""
        with connection.cursor() as cursor:
            cursor.execute(MOVE, [self.name, moment])


def forget_the_past(moment: datetime) -> None:
    """As if every search had run at that moment. For the demo, whose past has never happened."""
    for search in _searches.values():
        search.has_looked_until(moment)


def pages(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows, PAGE at a time, so that memory does not grow with their number."""
    page = list(rows.order_by("pk")[:PAGE])
    while page:
        yield page
        page = list(rows.filter(pk__gt=page[-1].pk).order_by("pk")[:PAGE]) if len(page) == PAGE else []
