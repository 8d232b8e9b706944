"""Searches for due work, which remember in Postgres until when they have looked.

A search that runs every minute finds what has come due by queries, and leaves out what has expired.
After down time that would drop messages without a trace. So what fell due since the search last
looked, and has expired meanwhile, is put into the outbox too, as `missed` from the beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet

from common import clock
from notifications.enums import MessageState
from notifications.models import OutboxMessage, Watermark
from notifications.outbox.store import Draft, enqueue_many

log = structlog.get_logger(__name__)

LONGEST = timedelta(days=60)  # what fell due in longer down time is not listed one by one
PAGE = 500  # rows at a time
MOST_FAULTS = 20  # rows of one run: with more of them it is no single row that is wrong
# No run takes longer. A mark that is further ahead was set while the clock was wrong.
SLOWEST = timedelta(hours=1)

MOVE = (
    "INSERT INTO notifications_watermark AS mark (name, seen_until) VALUES (%(name)s, %(moment)s)"
    " ON CONFLICT (name) DO UPDATE SET seen_until = CASE WHEN mark.seen_until > %(latest)s"
    " THEN excluded.seen_until ELSE greatest(mark.seen_until, excluded.seen_until) END"
)

_searches: dict[str, Search] = {}


@dataclass(frozen=True)
class Window:
    """From when (not included) until now a run looks."""

    since: datetime
    now: datetime

    def asks_for(self, due_at: datetime, expires_at: datetime) -> bool:
        """Whether a message with these times should exist: it is due and has not expired, or has
        expired since the last look.
        """
        return due_at <= self.now and (expires_at > self.now or due_at > self.since)

    def state(self, expires_at: datetime) -> MessageState:
        """The state in which such a message begins."""
        return MessageState.QUEUED if expires_at > self.now else MessageState.MISSED


class Expected(Protocol):
    """A message that should exist: its key in the outbox, and from when until when it is useful."""

    @property
    def key(self) -> str:
        """The message's `dedupe_key`."""

    @property
    def due_at(self) -> datetime:
        """When it falls due."""

    @property
    def expires_at(self) -> datetime:
        """From when on it is no longer useful."""


class Search:
    """A search for due messages, made once in its module. `name` is its key in the database."""

    def __init__(self, name: str) -> None:
        self.name = name
        _searches[name] = self

    @contextmanager
    def window(self) -> Iterator[Window]:
        """What this search has not looked at; LONGEST at most.

        When the block ends well it has looked until now. When it does not, or the process dies, the
        next run looks again. Two at once look at the same; neither moves the mark back.
        """
        now = clock.now()
        earliest = now - LONGEST
        seen = self._seen_until()
        if seen is None:
            seen = self._begin(now)
        yield Window(since=min(max(seen, earliest), now), now=now)
        self.has_looked_until(now)

    def has_looked_until(self, moment: datetime) -> None:
        """Move the mark forward; back only from a time at which a clock was wrong."""
        with connection.cursor() as cursor:
            cursor.execute(MOVE, {"name": self.name, "moment": moment, "latest": moment + SLOWEST})

    def _seen_until(self) -> datetime | None:
        return Watermark.objects.filter(pk=self.name).values_list("seen_until", flat=True).first()

    def _begin(self, now: datetime) -> datetime:
        """The mark of the first run.

        Where no search has ever run, all of them begin LONGEST ago; then one without a mark has
        come with a new version, and what lies behind it has not been missed: nobody had promised
        it.
        """
        if not Watermark.objects.exists():
            marks = [Watermark(name=name, seen_until=now - LONGEST) for name in _searches]
            Watermark.objects.bulk_create(marks, ignore_conflicts=True)
        return self._seen_until() or now


def forget_the_past(moment: datetime) -> None:
    """As if every search had run at that moment. For the demo, whose past has never happened."""
    for search in _searches.values():
        search.has_looked_until(moment)


def pages(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows, PAGE at a time, so that memory does not grow with their number."""
    page = list(rows.order_by("pk")[:PAGE])
    while page:
        yield page
        page = (
            list(rows.filter(pk__gt=page[-1].pk).order_by("pk")[:PAGE]) if len(page) == PAGE else []
        )


def work_through(found: Iterable[list[Any]], do: Callable[[list[Any]], int]) -> int:
    """`do` page after page; the sum of what it says.

    A row that fails keeps no other from its messages.

    A page that fails is done again row by row, so `do` is a transaction, or does no harm twice. The
    fault is raised when all others are through: then the mark stays, and the next run looks again.
    A database that is away ends it at once, as do MOST_FAULTS.
    """
    made, faults = 0, []
    for page in found:
        try:
            made += do(page)
            continue
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("due_page_failed", rows=len(page))
        for row in page:
            try:
                made += do([row])
            except (OperationalError, InterfaceError):
                raise
            except Exception as fault:
                log.exception("due_row_failed", model=type(row).__name__, row=row.pk)
                faults.append(fault)
                if len(faults) >= MOST_FAULTS:
                    raise
    if faults:
        raise faults[0]
    return made


E = TypeVar("E", bound=Expected)


def missing(expected: Iterable[E], window: Window) -> list[E]:
    """Those messages that are due by now and are not in the outbox yet. One query."""
    due = [one for one in expected if window.asks_for(one.due_at, one.expires_at)]
    if not due:
        return []
    rows = OutboxMessage.objects.filter(dedupe_key__in=[one.key for one in due])
    known = set(rows.values_list("dedupe_key", flat=True))
    return [one for one in due if one.key not in known]


def enqueue_missing(absent: Iterable[E], window: Window, write: Callable[[E], Draft]) -> int:
    """Put the message of each into the outbox, as `write` drafts it; how many were new.

    Call it with what `missing` found, so that only those are written. One that has expired is
    stored as missed. A draft that names its own state keeps it.
    """
    drafts: list[Draft] = []
    for one in absent:
        draft = write(one)
        draft.setdefault("state", window.state(one.expires_at))
        drafts.append(draft)
    return enqueue_many(drafts)
