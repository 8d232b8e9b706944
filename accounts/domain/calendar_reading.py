"""When somebody is busy according to an iCalendar file from anywhere: times and nothing else.

No Django.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from math import prod
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

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
    spans: list[tuple[datetime, datetime]] = []
    for calendar in _calendars(content):
        spans += _event_spans(calendar, zone, start, end, but_uids_of)
        spans += _free_busy(calendar, zone)

    inside = []
    for first, last in spans:
        if first < end and start < last:
            inside.append((max(first, start), min(last, end)))
    return _joined(inside)


def _event_spans(
    calendar: Any, zone: str, start: datetime, end: datetime, but_uids_of: str
) -> list[tuple[datetime, datetime]]:
    """The times of the events, with repeats. TooManyEventsError beyond MOST_TIMES."""
    kept = _without_odd(calendar, but_uids_of)
    repeats = recurring_ical_events.of(kept, skip_bad_series=True)
    step = _step(kept)
    spans: list[tuple[datetime, datetime]] = []
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
    """The events that are worth expanding, with the zones that they name."""
    events = calendar.walk("VEVENT")
    if len(events) > MOST_EVENTS:
        raise TooManyEventsError
    kept = Calendar()
    for part in calendar.walk("VTIMEZONE"):
        kept.add_component(part)
    for event in events:
        ours = but_uids_of and str(event.get("UID", "")).endswith(f"@{but_uids_of}")
        try:
            if not ours and not _is_odd(event):
                kept.add_component(event)
        except Exception:  # noqa: BLE001, S112 - an event that cannot be read spoils no other
            continue
    return kept


def _step(calendar: Any) -> timedelta:
    """How far to expand at once.

    TooManyEventsError for more repeats or dates of repeats than anybody has.
    """
    events = calendar.walk("VEVENT")
    repeating = sum("RRULE" in event for event in events)
    dates = sum(len(listed.dts) for event in events for listed in _as_list(event.get("RDATE", [])))
    if repeating > MOST_AT_ONCE or dates > MOST_TIMES:
        raise TooManyEventsError
    return timedelta(days=min(LONGEST_STEP, MOST_AT_ONCE // max(1, repeating)))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_odd(event: Any) -> bool:
    """It has no time, or repeats in a way that would take for ever to expand."""
    if "RRULE" in event and event["DTSTART"].dt.year < EARLIEST_YEAR:
        return True
    _span(event, "UTC")  # raises where there is no time
    for rule in _as_list(event.get("RRULE", [])):
        parts = {str(name).upper(): values for name, values in rule.items()}
        frequencies = {str(value).upper() for value in parts.get("FREQ", [])}
        if frequencies & ODD_RULES:
            return True
        per_day = prod(len(parts.get(name, [0])) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
        if per_day > TIMES_PER_DAY:
            return True
    return False


def _is_free(event: Any) -> bool:
    return (
        str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
        or str(event.get("STATUS", "")).upper() == "CANCELLED"
        or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() in FREE
    )


def _span(event: Any, zone: str) -> tuple[datetime, datetime]:
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


def _free_busy(calendar: Any, zone: str) -> Iterator[tuple[datetime, datetime]]:
    """The periods of a calendar that publishes nothing but when somebody is busy."""
    for part in calendar.walk("VFREEBUSY"):
        for item in _as_list(part.get("FREEBUSY", [])):
            if str(item.params.get("FBTYPE", "BUSY")).upper() == "FREE":
                continue
            for period in getattr(item, "dts", None) or [item]:
                first, last = period.dt if hasattr(period, "dt") else (period.start, period.end)
                until = first + last if isinstance(last, timedelta) else last
                yield _moment(first, zone), _moment(until, zone)


def _moment(value: date | datetime, zone: str) -> datetime:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if value.tzinfo is None:
        value = value.replace(tzinfo=ZoneInfo(zone))
    return value.astimezone(UTC)


def _joined(spans: list[tuple[datetime, datetime]]) -> list[list[int]]:
    seconds = [(int(first.timestamp()), int(last.timestamp())) for first, last in spans]
    joined: list[list[int]] = []
    for first, last in sorted(seconds):
        if last <= first:
            continue
        if joined and first <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    return joined
