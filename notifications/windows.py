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

from django.db.models import F
from django.db.models.functions import Greatest

from common import clock
from notifications.models import Watermark

LONGEST = timedelta(days=60)  # whoever switches it off for longer has not lost messages, but a season


@dataclass(frozen=True)
class Window:
    """From when (not included) until now this run looks."""

    since: datetime
    now: datetime

    def asks_for(self, due_at: datetime, expires_at: datetime) -> bool:
        """Whether a message with these times ought to exist: it is due and has a point, or has lost it unseen."""
        return due_at <= self.now and (expires_at > self.now or due_at > self.since)


@contextmanager
def window(name: str) -> Iterator[Window]:
    """What the search of this name has not looked at; LONGEST at most, and all of that if it has never run.

    When the block ends well it has looked until now. When it does not, or the process dies, the next run looks again.
    Two at once look at the same; neither moves the mark back.
    """
    now = clock.now()
    earliest = now - LONGEST
    seen = Watermark.objects.filter(pk=name).values_list("seen_until", flat=True).first() or earliest
    yield Window(since=min(max(seen, earliest), now), now=now)
    if not Watermark.objects.filter(pk=name).update(seen_until=Greatest(F("seen_until"), now)):
        Watermark.objects.bulk_create([Watermark(name=name, seen_until=now)], ignore_conflicts=True)
