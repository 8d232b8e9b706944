"""When somebody is busy according to an iCalendar file of whatever origin.

No Django, no title, nothing but times.
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
# so many repeats are expanded at a time, if all of them were daily: what a file may ask for is held
# in memory at once
MOST_AT_ONCE = 8_000
LONGEST_STEP = 28
TIMES_A_DAY = 4  # more than that nothing repeats within a day
# nobody's meetings repeat by the hour, and expanding such a rule over a year would keep a worker
# busy for hours
ODD_RULES = {"SECONDLY", "MINUTELY", "HOURLY"}
EARLIEST_YEAR = 1970  # a rule that began in the year 1 takes as long
FREE = {"FREE", "WORKINGELSEWHERE"}


class NotACalendarError(ValueError):
    """The file cannot be read as iCalendar."""


class TooManyEventsError(ValueError):
    """More than MOST_EVENTS events, or more than MOST_TIMES busy times in the period."""


def busy_times(
    content: bytes, *, zone: str, start: datetime, end: datetime, but_uids_of: str = ""
) -> list[list[int]]:
    """[[from, until], …] in seconds since 1970 between `start` and `end`, in order, joined where
    they touch.

    Left out is what is marked as free or has been cancelled, and the UIDs of the host
    `but_uids_of`: our own invitations. Repeats are expanded. Times without a zone, and whole days,
    are of the IANA zone `zone`.
    """
    spans: list[tuple[datetime, datetime]] = []
    for calendar in _calendars(content):
        kept = _without_odd(calendar, but_uids_of)
        repeats = recurring_ical_events.of(kept, skip_bad_series=True)
        step = _step(kept)
        since = start
        while since < end:
            # a month at a time or less, so that a calendar without measure is given up early
            spans += [
                _span(event, zone)
                for event in repeats.between(since, since + step)
                if not _is_free(event)
            ]
            if len(spans) > MOST_TIMES:
                raise TooManyEventsError
            since += step
        spans += _free_busy(calendar, zone)
    return _joined(
        [
            (max(first, start), min(last, end))
            for first, last in spans
            if first < end and start < last
        ]
    )


def _calendars(content: bytes) -> list[Any]:
    text = content.decode("utf-8-sig", "replace").lstrip()
    if not (text[:15].upper() == "BEGIN:VCALENDAR" and "END:VCALENDAR" in text.upper()):
        raise NotACalendarError
    try:
        return list(Calendar.from_ical(text, multiple=True))
    except (
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
    ) as error:  # whatever a hostile file sets off
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
        except Exception:  # noqa: BLE001, S112 - one event that makes no sense, in one of many ways, spoils no other
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
    _span(event, "UTC")
    for rule in _as_list(event.get("RRULE", [])):
        parts = {str(name).upper(): values for name, values in rule.items()}
        often = {str(value).upper() for value in parts.get("FREQ", [])} & ODD_RULES
        if (
            often
            or prod(len(parts.get(name, [0])) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
            > TIMES_A_DAY
        ):
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

    A whole day without an end lasts the day, a time without one no time at all.
    """
    first = event["DTSTART"].dt
    if "DTEND" in event:
        last = event["DTEND"].dt
    else:
        whole = not isinstance(first, datetime)
        last = first + (
            event["DURATION"].dt if "DURATION" in event else timedelta(days=1 if whole else 0)
        )
    return _moment(first, zone), _moment(last, zone)


def _free_busy(calendar: Any, zone: str) -> Iterator[tuple[datetime, datetime]]:
    """The periods of a calendar that publishes nothing but when somebody is busy."""
    for part in calendar.walk("VFREEBUSY"):
        for item in _as_list(part.get("FREEBUSY", [])):
            if str(item.params.get("FBTYPE", "BUSY")).upper() != "FREE":
                periods = getattr(item, "dts", None) or [item]
                for period in periods:
                    first, last = period.dt if hasattr(period, "dt") else (period.start, period.end)
                    until = first + last if isinstance(last, timedelta) else last
                    yield _moment(first, zone), _moment(until, zone)


def _moment(value: date | datetime, zone: str) -> datetime:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _joined(spans: list[tuple[datetime, datetime]]) -> list[list[int]]:
    joined: list[list[int]] = []
    for first, last in sorted(
        (int(first.timestamp()), int(last.timestamp())) for first, last in spans
    ):
        if last <= first:
            continue
        if joined and first <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    return joined
