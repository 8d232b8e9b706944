"""Times at which both of a pair are free, for booking and moving.

They come from the weekly times that both entered, their absences, their sessions and their own
calendars. Nobody is told what takes a time, nor whose it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from accounts.domain import absences, own_calendar
from accounts.models import User
from common import clock
from meetings.enums import SessionState
from meetings.models import MentoringSession, SessionAttendance
from pairings.models import Pairing
from programs.models import Program

# [weekday, first minute, last minute]: for people who have not said when they have time.
OFFICE_HOURS = [[day, 9 * 60, 17 * 60] for day in range(5)]
HALF_HOUR = timedelta(minutes=30)
SEARCH_DAYS = 28
SEARCH_BEFORE = 7
MOST_CANDIDATES = 40
MOST_PER_DAY = 2
APART = timedelta(hours=2)  # between two of a day


@dataclass(frozen=True)
class Span:
    """From, until; both in UTC."""

    start: datetime
    end: datetime

    def meets(self, other: Span) -> bool:
        """They share a moment."""
        return self.start < other.end and other.start < self.end


def suggestions(*, pairing: Pairing, zone: str, minutes: int, limit: int = 6) -> list[datetime]:
    """Starts (UTC) at which both are free, at full or half hours of `zone`, the soonest first.

    Searched over four weeks inside the program, from tomorrow, or from when the next session is
    planned; at most two per day. Four queries.
    """
    tomorrow = clock.today(zone) + timedelta(days=1)
    begins = pairing.program.starts_on or date.min
    first = max(tomorrow, _day_of_next(pairing, zone), begins)
    found = _found(pairing, zone, minutes, first, first + timedelta(days=SEARCH_DAYS))
    return list(islice(found, limit))


def series_starts(
    *, pairing: Pairing, zone: str, minutes: int, count: int, interval_weeks: int, limit: int = 6
) -> list[datetime]:
    """First starts (UTC) of a series of `count` at the same wall time.

    Of those that `suggestions` finds, the starts with the fewest taken dates come first. Eight
    queries.
    """
    candidates = suggestions(pairing=pairing, zone=zone, minutes=minutes, limit=MOST_CANDIDATES)
    if not candidates:
        return []
    offsets = [timedelta(weeks=interval_weeks * number) for number in range(count)]
    first_day = candidates[0].date()
    last_day = (candidates[-1] + offsets[-1]).date()
    taken = _taken(pairing, first_day, last_day)
    length = timedelta(minutes=minutes)

    def clashes(start: datetime) -> int:
        """How many dates of the series are taken."""
        local = start.astimezone(ZoneInfo(zone))
        number = 0
        for offset in offsets:
            # Adding to an aware time moves the wall clock, as a series does.
            moment = (local + offset).astimezone(UTC)
            number += _is_taken(Span(moment, moment + length), taken)
        return number

    return sorted(candidates, key=lambda start: (clashes(start), start))[:limit]


def other_times(*, session: MentoringSession, zone: str, limit: int = 6) -> list[datetime]:
    """Starts (UTC) to which a session could be moved: soon after its present time, then before it.

    Found as in `suggestions`, from tomorrow to four weeks after the present time. Needs the pairing
    with its two people, their enrolments and the program. Three queries.
    """
    present = session.starts_at.astimezone(ZoneInfo(zone)).date()
    tomorrow = clock.today(zone) + timedelta(days=1)
    first = max(tomorrow, present - timedelta(days=SEARCH_BEFORE))
    last = max(tomorrow, present) + timedelta(days=SEARCH_DAYS)
    found = list(_found(session.pairing, zone, session.minutes, first, last))

    def distance(start: datetime) -> tuple[bool, timedelta]:
        return start < session.starts_at, abs(start - session.starts_at)

    return sorted(found, key=distance)[:limit]


def _found(
    pairing: Pairing, zone: str, minutes: int, first: date, last: date
) -> Iterator[datetime]:
    """Free starts on the days from `first` to `last` that are inside the program, in order."""
    program = pairing.program
    first = max(first, program.starts_on or date.min)
    last = min(last, program.ends_on or date.max)
    if last < first:
        return
    taken = _taken(pairing, first, last)
    both = _shared(
        _free(pairing.mentor, pairing.mentor_enrolment.availability, first, last),
        _free(pairing.mentee, pairing.mentee_enrolment.availability, first, last),
    )
    length = timedelta(minutes=minutes)
    latest: datetime | None = None
    per_day: Counter[date] = Counter()
    for start in _starts(both, length, zone):
        day = start.astimezone(ZoneInfo(zone)).date()
        if not first <= day <= last or per_day[day] >= MOST_PER_DAY:
            continue
        if latest is not None and start - latest < APART:
            continue
        span = Span(start, start + length)
        if not _is_inside(program, span) or _is_taken(span, taken):
            continue
        per_day[day] += 1
        latest = start
        yield start


def _is_taken(span: Span, taken: list[Span]) -> bool:
    return any(span.meets(other) for other in taken)


def _is_inside(program: Program, span: Span) -> bool:
    """On days of the program, in the program's zone."""
    zone = ZoneInfo(program.time_zone)
    first = span.start.astimezone(zone).date()
    last = (span.end - timedelta(microseconds=1)).astimezone(zone).date()
    return (program.starts_on or date.min) <= first and last <= (program.ends_on or date.max)


def _day_of_next(pairing: Pairing, zone: str) -> date:
    """An interval after the pair's last session, less two days; long ago without a session."""
    sessions = pairing.sessions.filter(state__in=[SessionState.SCHEDULED, SessionState.HELD])
    last = sessions.order_by("-starts_at").first()
    if last is None:
        return date.min
    day: date = last.starts_at.astimezone(ZoneInfo(zone)).date()
    return day + timedelta(days=7 * pairing.program.interval_weeks - 2)


def _free(person: User, availability: list[list[int]], first: date, last: date) -> list[Span]:
    """The person's weekly times from the day before `first` to the day after `last`, in order."""
    zone = ZoneInfo(person.time_zone)
    spans = []
    for offset in range(-1, (last - first).days + 2):
        day = first + timedelta(days=offset)
        midnight = datetime.combine(day, time(), tzinfo=zone)
        for weekday, first_minute, last_minute in availability or OFFICE_HOURS:
            if weekday != day.weekday():
                continue
            # Adding to an aware time moves the wall clock, which is what weekly times are about.
            start = midnight + timedelta(minutes=first_minute)
            end = midnight + timedelta(minutes=last_minute)
            spans.append(Span(start.astimezone(UTC), end.astimezone(UTC)))
    return sorted(spans, key=lambda span: span.start)


def _shared(spans: list[Span], others: list[Span]) -> Iterator[Span]:
    """What two lists of spans have in common, in order."""
    for one in spans:
        for other in others:
            if one.meets(other):
                yield Span(max(one.start, other.start), min(one.end, other.end))


def _starts(spans: Iterator[Span], length: timedelta, zone: str) -> Iterator[datetime]:
    """Full and half hours of the zone at which a span still has room for `length`."""
    for span in spans:
        local = span.start.astimezone(ZoneInfo(zone))
        past = timedelta(minutes=local.minute % 30, seconds=local.second)
        start = span.start + (HALF_HOUR - past if past else timedelta())
        while start + length <= span.end:
            if not is_second_time(start, zone):
                yield start
            start += HALF_HOUR


def is_second_time(moment: datetime, zone: str) -> bool:
    """Clocks in the zone show it for the second time, in autumn.

    As a wall time it would mean the first.
    """
    return bool(moment.astimezone(ZoneInfo(zone)).fold)


def _taken(pairing: Pairing, first: date, last: date) -> list[Span]:
    """Sessions, busy times and absences of the two. Three queries."""
    people = [pairing.mentor, pairing.mentee]
    start = datetime.combine(first, time(), tzinfo=UTC) - timedelta(days=2)
    end = datetime.combine(last, time(), tzinfo=UTC) + timedelta(days=2)

    sessions = SessionAttendance.objects.filter(
        live=True, person__in=people, during__overlap=(start, end)
    )
    spans = [Span(one.lower, one.upper) for one in sessions.values_list("during", flat=True)]
    spans += [Span(*busy) for busy in own_calendar.busy_between(people, start, end)]
    zones = {person.pk: person.time_zone for person in people}
    for absence in absences.between(people, start, end):
        spans.append(Span(*absence.period(zones[absence.person_id])))
    return spans
