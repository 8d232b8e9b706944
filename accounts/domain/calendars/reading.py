"""When somebody is busy according to an iCalendar file from anywhere: times and nothing else.

No Django.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import prod
from typing import Any, ClassVar, NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDDDLists
from icalendar.timezone import tzp
from recurring_ical_events import CalendarQuery

from accounts.domain.calendars.repeats import Budget, TooManyEventsError, repeats
from accounts.domain.calendars.zones import UNREADABLE, zones_of_one_file

MOST_EVENTS = 20_000
MOST_TIMES = 30_000
MOST_AT_ONCE = 2_000  # repeats that are in memory at once
MOST_WORK = 500_000  # days on which rules may be tried, for all events together: about two seconds
WORK_PER_REPEAT = 5  # as much as trying a rule on so many days
WORK_PER_PART = 200
TIMES_PER_DAY = 4  # no real event repeats more often
EARLIEST_YEAR = 1970  # what repeats since before then is a birthday, not a meeting
MARGIN = timedelta(days=2)  # between the days of any zone and those of UTC
FREE = {"FREE", "WORKINGELSEWHERE"}
# what an event has once
ONCE = ("UID", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "SEQUENCE")
# what decides when an event takes place; its rules are lists of dates by then
TIMES = (*ONCE, "RDATE", "EXDATE")
SINGLE = (*ONCE, "TRANSP", "STATUS", "X-MICROSOFT-CDO-BUSYSTATUS")
ZONES = ("TZID", "TZNAME", "TZOFFSETFROM", "TZOFFSETTO", "X-WR-TIMEZONE")
USED = (*SINGLE, *ZONES, "BEGIN", "END", "RRULE", "RDATE", "EXDATE", "ATTENDEE", "FREEBUSY")
PROPERTY = re.compile(rf"({'|'.join(USED)})[;:]", re.IGNORECASE)
FOLD = re.compile(r"(?:\r?\n)+[ \t]")
# a part of a calendar that is no event, and no part of a zone
OTHER_PART = re.compile(r"BEGIN:(?!VCALENDAR|VEVENT|STANDARD|DAYLIGHT)([\w-]+)", re.IGNORECASE)
LINE_END = re.compile(r"\r?\n")  # no other character ends a line

Span = tuple[datetime, datetime]


class Zones(NamedTuple):
    """The zones of whole days and of times that name none."""

    days: tzinfo
    times: tzinfo


@dataclass
class Series:
    """The events with one UID: the first and those that change its repeats."""

    events: list[Any]
    times: int = 0


class LenientQuery(CalendarQuery):  # type: ignore[misc]
    """A series that cannot be read spoils no other."""

    suppressed_errors: ClassVar[list[type[Exception]]] = [
        *CalendarQuery.suppressed_errors,
        *UNREADABLE,
    ]


class NotACalendarError(ValueError):
    """The file cannot be read as iCalendar."""


def busy_times(
    content: bytes,
    *,
    zone: str,
    start: datetime,
    end: datetime,
    owner: str = "",
    but_uids_of: str = "",
) -> list[list[int]]:
    """[[from, until], …] in seconds since 1970 between `start` and `end`, in order.

    Times that touch are joined, and repeats are expanded. What is free, cancelled or declined by
    the e-mail address `owner` is left out, and so are the UIDs of the host `but_uids_of`: our own
    invitations. Whole days are of the IANA zone `zone`; times without a zone are too, unless the
    calendar names another. NotACalendarError, or TooManyEventsError for a calendar that takes more
    work than that of a person.
    """
    spans: list[Span] = []
    budget = Budget(MOST_WORK)
    first, last = (start - MARGIN).date(), (end + MARGIN).date()
    with zones_of_one_file(first, last, budget):
        for calendar in _calendars(content, budget):
            zones = _zones(calendar, ZoneInfo(zone))
            series = _series(calendar, first, last, budget, owner=owner, but_uids_of=but_uids_of)
            events = _events(series, start, end)
            spans += [_span(event, zones) for event in events if event["TRANSP"] == "OPAQUE"]
            spans += _free_busy(calendar, zones)
    return _joined(_cut(spans, start, end))


def _zones(calendar: Any, own: tzinfo) -> Zones:
    """Google and Apple name the zone of the whole calendar in X-WR-TIMEZONE."""
    name = str(calendar.get("X-WR-TIMEZONE", "")).strip()
    named = tzp.timezone(name) if name else None
    return Zones(days=own, times=named or own)


def _events(series: list[Series], start: datetime, end: datetime) -> Iterator[Any]:
    """The events of the period, with repeats. TooManyEventsError beyond MOST_TIMES."""
    found = 0
    for batch in _batches(series):
        part = Calendar()
        for one in batch:
            part.subcomponents += one.events
        events = LenientQuery(part, skip_bad_series=True).between(start, end)
        found += len(events)
        if found > MOST_TIMES:
            raise TooManyEventsError
        yield from events


def _batches(series: list[Series]) -> Iterator[list[Series]]:
    """All repeats of a batch are in memory at once: about MOST_AT_ONCE."""
    batch: list[Series] = []
    times = 0
    for one in series:
        batch.append(one)
        times += one.times
        if times >= MOST_AT_ONCE:
            yield batch
            batch, times = [], 0
    if batch:
        yield batch


def _calendars(content: bytes, budget: Budget) -> list[Any]:
    text = content.decode("utf-8-sig", "replace").lstrip()
    if not (text[:15].upper() == "BEGIN:VCALENDAR" and "END:VCALENDAR" in text.upper()):
        raise NotACalendarError
    lines = _lines_that_count(text)
    try:
        return _parsed(lines)
    except UNREADABLE:
        lines = _without_unreadable_parts(lines, budget)
    try:
        return _parsed(lines)
    except UNREADABLE as error:
        raise NotACalendarError from error


def _parsed(lines: list[str]) -> list[Any]:
    return list(Calendar.from_ical("\r\n".join([*lines, ""]), multiple=True))


def _lines_that_count(text: str) -> list[str]:
    """The lines that say when somebody is busy: what others have in them can spoil nothing."""
    lines = LINE_END.split(FOLD.sub("", text))
    return [line.rstrip() for line in lines if PROPERTY.match(line)]


def _without_unreadable_parts(lines: list[str], budget: Budget) -> list[str]:
    """The parser leaves out wrong events alone; here are left out wrong zones and other parts."""
    kept: list[str] = []
    part: list[str] = []
    end = ""
    for line in lines:
        begins = OTHER_PART.fullmatch(line)
        if begins and not end:
            end = f"END:{begins[1]}".upper()
        if not end:
            kept.append(line)
            continue

        part.append(line)
        if line.upper() == end:
            budget.spend(WORK_PER_PART)
            kept += part if _is_readable(part) else []
            part, end = [], ""
    return kept


def _is_readable(part: list[str]) -> bool:
    try:
        _parsed(["BEGIN:VCALENDAR", *part, "END:VCALENDAR"])
    except UNREADABLE:
        return False
    return True


def _series(
    calendar: Any, first: date, last: date, budget: Budget, *, owner: str, but_uids_of: str
) -> list[Series]:
    """The events that may be in the period, by UID, their repeats as dates; none of our own.

    Each has its times and TRANSP alone.
    """
    events = calendar.walk("VEVENT")
    if len(events) > MOST_EVENTS:
        raise TooManyEventsError
    by_uid: dict[str, Series] = {}
    for number, event in enumerate(events):
        # an event that cannot be read spoils no other
        with contextlib.suppress(*UNREADABLE):
            _keep_first_lines(event)
            if _is_ours(event, but_uids_of) or not _may_be_between(event, first, last):
                continue
            times = _list_repeats(event, first, last, budget)
            bare = _times_alone(event, owner)
            series = by_uid.setdefault(str(event.get("UID", number)), Series([]))
            series.events.append(bare)
            series.times += times
    for series in by_uid.values():
        # every repeat is compared with every event that changes the series
        budget.spend(len(series.events) * series.times)
    return list(by_uid.values())


def _keep_first_lines(event: Any) -> None:
    """Of a property that stands there several times, though once is allowed, the first counts."""
    for name in SINGLE:
        if isinstance(event.get(name), list):
            event[name] = event[name][0]
    if not isinstance(event.get("SEQUENCE", 0), int):
        del event["SEQUENCE"]


def _is_ours(event: Any, uid_host: str) -> bool:
    """Whether the event is an invitation of this application."""
    return bool(uid_host) and str(event.get("UID", "")).endswith(f"@{uid_host}")


def _may_be_between(event: Any, first: date, last: date) -> bool:
    """Whether it repeats, changes a repeat, or takes place between the two days.

    Raises one of UNREADABLE where there is no time.
    """
    since, until = _span(event, Zones(UTC, UTC))
    if any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
        return True
    return since.date() <= last and until.date() >= first


def _list_repeats(event: Any, first: date, last: date, budget: Budget) -> int:
    """Replace the rules of an event with the dates of the period; how many times it has."""
    start = event["DTSTART"].dt
    since, until = _span(event, Zones(UTC, UTC))
    rules = _as_list(event.pop("RRULE", []))
    lists = [*_as_list(event.get("RDATE", [])), *_as_list(event.get("EXDATE", []))]
    times = 1 + sum(len(listed.dts) for listed in lists)
    for rule in rules:
        _check_rule(rule, start)
        dates = repeats(rule, start, first - (until - since), last, budget)
        if dates:
            budget.spend(len(dates) * WORK_PER_REPEAT)
            event["RDATE"] = [*_as_list(event.get("RDATE", [])), vDDDLists(dates)]
            times += len(dates)
    if times > MOST_TIMES:
        raise TooManyEventsError
    return times


def _times_alone(event: Any, owner: str) -> Event:
    """An event without its attendees, texts and alarms, as every repeat copies all that it has.

    Whether it is free is decided here, once for all repeats.
    """
    bare = Event({name: event[name] for name in TIMES if name in event})
    bare["TRANSP"] = "TRANSPARENT" if _is_free(event, owner) else "OPAQUE"
    return bare


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _check_rule(rule: Any, start: date | datetime) -> None:
    """ValueError for a rule that no meeting has."""
    parts = {str(name).upper(): values for name, values in rule.items()}
    per_day = prod(len(parts.get(name, [0])) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    if per_day > TIMES_PER_DAY or start.year < EARLIEST_YEAR:
        raise ValueError(rule)


def _is_free(event: Any, owner: str) -> bool:
    return (
        str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
        or str(event.get("STATUS", "")).upper() == "CANCELLED"
        or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() in FREE
        or any(_is_refusal_of(owner, attendee) for attendee in _as_list(event.get("ATTENDEE", [])))
    )


def _is_refusal_of(owner: str, attendee: Any) -> bool:
    """Whether the attendee is the owner of the calendar and has declined."""
    has_declined = str(attendee.params.get("PARTSTAT", "")).upper() == "DECLINED"
    return has_declined and bool(owner) and owner.casefold() in _addresses(attendee)


def _addresses(attendee: Any) -> set[str]:
    """The value is mostly a mailto: address; else the parameter EMAIL may hold it (RFC 7986)."""
    given = [str(attendee), str(attendee.params.get("EMAIL", ""))]
    return {address.strip().casefold().removeprefix("mailto:") for address in given}


def _span(event: Any, zones: Zones) -> Span:
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
    return _moment(first, zones), _moment(last, zones)


def _free_busy(calendar: Any, zones: Zones) -> Iterator[Span]:
    """The periods of a calendar that publishes nothing but when somebody is busy."""
    for part in calendar.walk("VFREEBUSY"):
        for item in _as_list(part.get("FREEBUSY", [])):
            is_free = str(item.params.get("FBTYPE", "BUSY")).upper() == "FREE"
            if is_free:
                continue
            for period in getattr(item, "dts", None) or [item]:
                first, last = _period(period)
                yield _moment(first, zones), _moment(last, zones)


def _period(period: Any) -> Span:
    """From and until, in whichever way the parser gives a period."""
    first, last = period.dt if hasattr(period, "dt") else (period.start, period.end)
    is_duration = isinstance(last, timedelta)
    return first, first + last if is_duration else last


def _moment(value: date | datetime, zones: Zones) -> datetime:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(), zones.days)
    if value.tzinfo is None:
        value = value.replace(tzinfo=zones.times)
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
