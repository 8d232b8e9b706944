"""Times at which both of a pair are free, for booking and moving.

Put together from what both said about their week, their absences, their sessions, and their own
calendars where they have entered one. What takes somebody's time is never told: neither what, nor
of whom.
"""

from __future__ import annotations

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

OFFICE_HOURS = [
    [day, 9 * 60, 17 * 60] for day in range(5)
]  # of those who have not said when they have time
HALF_HOUR = timedelta(minutes=30)
SEARCH_DAYS = 28
SEARCH_BEFORE = 7
MOST_CANDIDATES = 40
A_DAY = 2


@dataclass(frozen=True)
class Span:
    """From, until; both in UTC."""

    start: datetime
    end: datetime

    def meets(self, other: Span) -> bool:
        """They share a moment."""
        return self.start < other.end and other.start < self.end


def suggestions(*, pairing: Pairing, zone: str, minutes: int, limit: int = 6) -> list[datetime]:
    """Starts (UTC) at which both are free for so many minutes, at full or half hours of `zone`, at
    most two a day.

    Searched over four weeks inside the program, from tomorrow, or from where the session after the
    last one would fall; the soonest first. Four queries.
    """
    begins = pairing.program.starts_on or date.min
    first = max(clock.today(zone) + timedelta(days=1), _after_last(pairing, zone), begins)
    found = _found(pairing, zone, minutes, first, first + timedelta(days=SEARCH_DAYS))
    return list(islice(found, limit))


def series_starts(
    *, pairing: Pairing, zone: str, minutes: int, count: int, interval_weeks: int, limit: int = 6
) -> list[datetime]:
    """First starts (UTC) of a series of `count` at the same wall time of `zone`: those that suit
    both every time come first.

    Found as `suggestions` finds them. Those of which single dates are taken follow, the fewer the
    better. Eight queries.
    """
    candidates = suggestions(pairing=pairing, zone=zone, minutes=minutes, limit=MOST_CANDIDATES)
    if not candidates:
        return []
    weeks = [timedelta(weeks=interval_weeks * number) for number in range(count)]
    first, last = candidates[0].date(), (candidates[-1] + weeks[-1]).date()
    taken = _taken(pairing, first, last)
    length = timedelta(minutes=minutes)

    def clashes(start: datetime) -> int:
        local = start.astimezone(ZoneInfo(zone))
        # arithmetic on an aware time is arithmetic on the wall clock, as in a series
        spans = [
            Span(moment, moment + length)
            for moment in ((local + after).astimezone(UTC) for after in weeks)
        ]
        return sum(any(span.meets(other) for other in taken) for span in spans)

    return sorted(candidates, key=lambda start: (clashes(start), start))[:limit]


def other_times(*, session: MentoringSession, zone: str, limit: int = 6) -> list[datetime]:
    """Starts (UTC) to which a session could be moved, the best first: soon after its present time,
    or else before it.

    Found as `suggestions` finds them, from tomorrow to four weeks after the present time, without
    that time itself. Three queries. Needs the pairing with its two people, their enrolments and the
    program.
    """
    present = session.starts_at.astimezone(ZoneInfo(zone)).date()
    tomorrow = clock.today(zone) + timedelta(days=1)
    first, last = (
        max(tomorrow, present - timedelta(days=SEARCH_BEFORE)),
        max(tomorrow, present) + timedelta(days=SEARCH_DAYS),
    )
    found = list(_found(session.pairing, zone, session.minutes, first, last))
    found.sort(key=lambda start: (start < session.starts_at, abs(start - session.starts_at)))
    return found[:limit]


def _found(
    pairing: Pairing, zone: str, minutes: int, first: date, last: date
) -> Iterator[datetime]:
    """Free starts on the days from `first` to `last` that lie inside the program, in order."""
    program = pairing.program
    first, last = max(first, program.starts_on or date.min), min(last, program.ends_on or date.max)
    if last < first:
        return
    taken = _taken(pairing, first, last)
    both = _shared(
        _free(pairing.mentor, pairing.mentor_enrolment.availability, first, last),
        _free(pairing.mentee, pairing.mentee_enrolment.availability, first, last),
    )
    latest: datetime | None = None
    days: dict[date, int] = {}
    for start in _starts(both, timedelta(minutes=minutes), zone):
        day = start.astimezone(ZoneInfo(zone)).date()
        # two of a day are worth offering when they lie apart
        near = latest is not None and start - latest < timedelta(hours=2)
        if not first <= day <= last or days.get(day, 0) >= A_DAY or near:
            continue
        if not _is_inside(program, start, start + timedelta(minutes=minutes)):
            continue
        if any(span.meets(Span(start, start + timedelta(minutes=minutes))) for span in taken):
            continue
        days[day] = days.get(day, 0) + 1
        latest = start
        yield start


def _is_inside(program: Program, start: datetime, end: datetime) -> bool:
    """The program's days are those of its own zone, as whoever books it finds."""
    zone = ZoneInfo(program.time_zone)
    first, last = (
        start.astimezone(zone).date(),
        (end - timedelta(microseconds=1)).astimezone(zone).date(),
    )
    return (program.starts_on or date.min) <= first and last <= (program.ends_on or date.max)


def _after_last(pairing: Pairing, zone: str) -> date:
    """The day, an interval after the pair's last session, from which the next one would fall (less
    two days of play).
    """
    last = (
        pairing.sessions.filter(state__in=[SessionState.SCHEDULED, SessionState.HELD])
        .order_by("-starts_at")
        .first()
    )
    if last is None:
        return date.min
    day: date = last.starts_at.astimezone(ZoneInfo(zone)).date()
    return day + timedelta(days=7 * pairing.program.interval_weeks - 2)


def _free(person: User, availability: list[list[int]], first: date, last: date) -> list[Span]:
    """The person's weekly windows on the days from `first` to `last` and one beside, in UTC, in
    order.
    """
    zone = ZoneInfo(person.time_zone)
    spans = []
    for offset in range(-1, (last - first).days + 2):
        day = first + timedelta(days=offset)
        midnight = datetime.combine(day, time(), tzinfo=zone)
        for weekday, start, end in availability or OFFICE_HOURS:
            if weekday == day.weekday():
                # arithmetic on an aware time is arithmetic on the wall clock, which is what a
                # window is about
                wall = [
                    (midnight + timedelta(minutes=minute)).astimezone(UTC)
                    for minute in (start, end)
                ]
                spans.append(Span(wall[0], wall[1]))
    return sorted(spans, key=lambda span: span.start)


def _shared(mine: list[Span], theirs: list[Span]) -> Iterator[Span]:
    """What two lists of spans have in common, in order."""
    for one in mine:
        for other in theirs:
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
    """Clocks in the zone show it for the second time, in autumn: as a wall time it would mean the
    first.
    """
    return bool(moment.astimezone(ZoneInfo(zone)).fold)


def _taken(pairing: Pairing, first: date, last: date) -> list[Span]:
    """Sessions, absences and busy times of the two."""
    people = [pairing.mentor, pairing.mentee]
    edges = (
        datetime.combine(first, time(), tzinfo=UTC) - timedelta(days=2),
        datetime.combine(last, time(), tzinfo=UTC) + timedelta(days=2),
    )
    busy = SessionAttendance.objects.filter(live=True, person__in=people, during__overlap=edges)
    spans = [Span(during.lower, during.upper) for during in busy.values_list("during", flat=True)]
    spans += [Span(start, end) for start, end in own_calendar.busy_between(people, *edges)]
    zones = {person.pk: person.time_zone for person in people}
    for absence in absences.between(people, *edges):
        spans.append(Span(*absence.period(zones[absence.person_id])))
    return spans
