"""When somebody is busy according to an iCalendar file from anywhere: times and nothing else.

No Django.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from math import prod
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar
from icalendar.timezone import tzp

MOST_EVENTS = 20_000
MOST_TIMES = 30_000
# Repeats are expanded for a step of days, all in memory. This is how many there may be in a step.
MOST_AT_ONCE = 8_000
LONGEST_STEP = 28  # days
TIMES_PER_DAY = 4  # no real event repeats more often
# No meeting repeats every hour, and expanding such a rule over a year takes a worker hours.
ODD_RULES = {"SECONDLY", "MINUTELY", "HOURLY"}
EARLIEST_YEAR = 1970  # expanding a rule that began in the year 1 takes as long
# what the parser raises for a hostile file
UNREADABLE = (ValueError, KeyError, IndexError, TypeError, AttributeError)
FREE = {"FREE", "WORKINGELSEWHERE"}

Span = tuple[datetime, datetime]

# icalendar keeps the zones that files define for the whole process: one file at a time.
ZONES_IN_USE = threading.Lock()


class NotACalendarError(ValueError):
    """The file cannot be read as iCalendar."""


class TooManyEventsError(ValueError):
    """More than MOST_EVENTS events, or more than MOST_TIMES busy times in the period."""


def busy_times(
    content: bytes, *, zone: str, start: datetime, end: datetime, but_uids_of: str = ""
) -> list[list[int]]:
    """[[from, until], …] in seconds since 1970 between `start` and `end`, in order.

    Times that touch are joined, and repeats are expanded. What is marked as free or cancelled is
    left out, and so are the UIDs of the host `but_uids_of`: our own invitations. Times without a
    zone, and whole days, are of the IANA zone `zone`.
    """
    spans: list[Span] = []
    with _no_zones_of_other_files():
        for calendar in _calendars(content):
            spans += _event_spans(calendar, zone, start, end, but_uids_of)
            spans += _free_busy(calendar, zone)
    return _joined(_cut(spans, start, end))


@contextlib.contextmanager
def _no_zones_of_other_files() -> Iterator[None]:
    """Forget the zones that files before defined, and afterwards those of this one."""
    with ZONES_IN_USE:
        tzp.use_default()
        try:
            yield
        finally:
            tzp.use_default()


def _event_spans(
    calendar: Any, zone: str, start: datetime, end: datetime, but_uids_of: str
) -> list[Span]:
    """The times of the events, with repeats. TooManyEventsError beyond MOST_TIMES."""
    kept = _without_odd(calendar, but_uids_of)
    repeats = recurring_ical_events.of(kept, skip_bad_series=True)
    step = _step(kept)
    spans: list[Span] = []
    since = start
    while since < end:
        # in steps, so that a calendar with far too many repeats is given up early
        events = repeats.between(since, since + step)
        spans += [_span(event, zone) for event in events if not _is_free(event)]
        if len(spans) > MOST_TIMES:
            raise TooManyEventsError
        since += step
    return spans


def _calendars(content: bytes) -> list[Any]:
    text = content.decode("utf-8-sig", "replace").lstrip()
    if not (text[:15].upper() == "BEGIN:VCALENDAR" and "END:VCALENDAR" in text.upper()):
        raise NotACalendarError
    try:
        return list(Calendar.from_ical(text, multiple=True))
    except UNREADABLE as error:
        raise NotACalendarError from error


def _without_odd(calendar: Any, but_uids_of: str) -> Any:
    """The events that are worth expanding, with the zones that they name; none of our own."""
    events = calendar.walk("VEVENT")
    if len(events) > MOST_EVENTS:
        raise TooManyEventsError
    kept = Calendar()
    for part in calendar.walk("VTIMEZONE"):
        kept.add_component(part)
    for event in events:
        # an event that cannot be read spoils no other
        with contextlib.suppress(Exception):
            if not _is_ours(event, but_uids_of) and not _is_odd(event):
                kept.add_component(event)
    return kept


def _is_ours(event: Any, uid_host: str) -> bool:
    """Whether the event is an invitation of this application."""
    return bool(uid_host) and str(event.get("UID", "")).endswith(f"@{uid_host}")


def _step(calendar: Any) -> timedelta:
    """How far to expand at once.

    TooManyEventsError for more repeats or dates of repeats than anybody has.
    """
    events = calendar.walk("VEVENT")
    repeating = sum("RRULE" in event for event in events)
    dates = sum(_dates_listed(event) for event in events)
    if repeating > MOST_AT_ONCE or dates > MOST_TIMES:
        raise TooManyEventsError
    return timedelta(days=min(LONGEST_STEP, MOST_AT_ONCE // max(1, repeating)))


def _dates_listed(event: Any) -> int:
    """How many dates of repeats the event lists one by one."""
    return sum(len(listed.dts) for listed in _as_list(event.get("RDATE", [])))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_odd(event: Any) -> bool:
    """It has no time, or repeats in a way that would take for ever to expand."""
    if "RRULE" in event and event["DTSTART"].dt.year < EARLIEST_YEAR:
        return True
    _span(event, "UTC")  # raises where there is no time
    return any(_repeats_too_often(rule) for rule in _as_list(event.get("RRULE", [])))


def _repeats_too_often(rule: Any) -> bool:
    parts = {str(name).upper(): values for name, values in rule.items()}
    frequencies = {str(value).upper() for value in parts.get("FREQ", [])}
    if frequencies & ODD_RULES:
        return True
    per_day = prod(len(parts.get(name, [0])) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    return per_day > TIMES_PER_DAY


def _is_free(event: Any) -> bool:
    return (
        str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
        or str(event.get("STATUS", "")).upper() == "CANCELLED"
        or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() in FREE
    )


def _span(event: Any, zone: str) -> Span:
    """From and until.

    Without an end, a whole day lasts the day and a time lasts no time at all.
    """
    first = event["DTSTART"].dt
    if "DTEND" in event:
        last = event["DTEND"].dt
    elif "DURATION" in event:
        last = first + event["DURATION"].dt
    else:
        is_whole_day = not isinstance(first, datetime)
        last = first + timedelta(days=1 if is_whole_day else 0)
    return _moment(first, zone), _moment(last, zone)


def _free_busy(calendar: Any, zone: str) -> Iterator[Span]:
    """The periods of a calendar that publishes nothing but when somebody is busy."""
    for part in calendar.walk("VFREEBUSY"):
        for item in _as_list(part.get("FREEBUSY", [])):
            is_free = str(item.params.get("FBTYPE", "BUSY")).upper() == "FREE"
            if is_free:
                continue
            for period in getattr(item, "dts", None) or [item]:
                first, last = _period(period)
                yield _moment(first, zone), _moment(last, zone)


def _period(period: Any) -> Span:
    """From and until, in whichever way the parser gives a period."""
    first, last = period.dt if hasattr(period, "dt") else (period.start, period.end)
    is_duration = isinstance(last, timedelta)
    return first, first + last if is_duration else last


def _moment(value: date | datetime, zone: str) -> datetime:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if value.tzinfo is None:
        value = value.replace(tzinfo=ZoneInfo(zone))
    return value.astimezone(UTC)


def _cut(spans: Iterable[Span], start: datetime, end: datetime) -> Iterator[tuple[int, int]]:
    """What of the spans is between two moments, in seconds since 1970."""
    for first, last in spans:
        since, until = max(first, start), min(last, end)
        if since < until:
            yield int(since.timestamp()), int(until.timestamp())


def _joined(spans: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The spans in order; those that touch are joined, and empty ones are left out."""
    joined: list[list[int]] = []
    for first, last in sorted(spans):
        touches = bool(joined) and first <= joined[-1][1]
        if touches:
            joined[-1][1] = max(joined[-1][1], last)
        elif first < last:
            joined.append([first, last])
    return joined
