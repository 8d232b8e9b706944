"""The present time.

Every part of the application asks here, so that tests and the demo can move the time for all
processes at once.

The offset is a number of seconds in the file `settings.CLOCK_FILE`; the setting is empty outside
the demo and the tests.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

_still: ContextVar[datetime | None] = ContextVar("still", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _still.get() or timezone.now().astimezone(UTC) + offset()


@contextmanager
def standing_still() -> Iterator[datetime]:
    """Within it, `now()` is the same moment each time, for this thread alone."""
    moment = now()
    token = _still.set(moment)
    try:
        yield moment
    finally:
        _still.reset(token)


def today(zone: str) -> date:
    """The calendar day it is now in an IANA time zone."""
    return now().astimezone(ZoneInfo(zone)).date()


def offset() -> timedelta:
    """How far the clock has been moved; zero unless a demo or a test moved it."""
    if not settings.CLOCK_FILE:
        return timedelta()
    try:
        return timedelta(seconds=float(Path(settings.CLOCK_FILE).read_text(encoding="ascii")))
    except (FileNotFoundError, ValueError):
        return timedelta()


def move_to(moment: datetime) -> None:
    """Make `now()` start again at `moment` (aware) in every process that shares the clock file.

    Raises RuntimeError where the clock may not be moved.
    """
    if not settings.CLOCK_FILE:
        raise RuntimeError("The clock can be moved in the demo and in tests only.")
    path = Path(settings.CLOCK_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    seconds = (moment - timezone.now()).total_seconds()
    part = path.with_suffix(f".{os.getpid()}")
    part.write_text(str(seconds), encoding="ascii")
    part.replace(path)  # a reader sees the old offset or the new one, never half of it


def reset() -> None:
    """Use the machine's time again."""
    if settings.CLOCK_FILE:
        Path(settings.CLOCK_FILE).unlink(missing_ok=True)
