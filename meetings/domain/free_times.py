"""Times at which both of a pair are free, for booking and moving.

They come from the weekly times that both entered, their absences, their sessions, their own
calendars and the public holidays where they are. Nobody is told what takes a time, nor whose it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from accounts.domain import absences, own_calendar, public_holidays
from accounts.models import User
from common import clock
from meetings.models import MentoringSession, SessionAttendance
from pairings.models import Pairing
from programs.models import Enrolment, Program

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
    begins, _ends = _days_of(pairing.program)
    first = max(_tomorrow(zone), _day_of_next(pairing, zone), begins)
    last = first + timedelta(days=SEARCH_DAYS)
    return list(islice(_found(pairing, zone, minutes, first, last), limit))


def _tomorrow(zone: str) -> date:
    return clock.today(zone) + timedelta(days=1)


def series_starts(
    *, pairing: Pairing, zone: str, minutes: int, count: int, interval_weeks: int, limit: int = 6
) -> list[datetime]:
    """First starts (UTC) of a series of `count` at the same wall time.

    Of those that `suggestions` finds, the starts with the fewest taken dates come first. Eight
    queries.
    """
    starts = suggestions(pairing=pairing, zone=zone, minutes=minutes, limit=MOST_CANDIDATES)
    if not starts:
        return []
    length = timedelta(minutes=minutes)
    offsets = [timedelta(weeks=interval_weeks * number) for number in range(count)]
    last_day = (starts[-1] + offsets[-1]).date()
    taken = _taken(pairing, starts[0].date(), last_day)

    def clashes(start: datetime) -> int:
        """How many dates of the series are taken."""
        series = _series_from(start, offsets, length, zone)
        return sum(_is_taken(span, taken) for span in series)

    return sorted(starts, key=lambda start: (clashes(start), start))[:limit]


def are_free(pairing: Pairing, times: list[tuple[datetime, datetime]]) -> list[bool]:
    """For each time, from and until, whether both are free as far as is known. Three queries."""
    spans = [Span(*one) for one in times]
    first = min(span.start for span in spans).date()
    last = max(span.end for span in spans).date()
    taken = _taken(pairing, first, last)
    return [not _is_taken(span, taken) for span in spans]


def _series_from(
    start: datetime, offsets: list[timedelta], length: timedelta, zone: str
) -> Iterator[Span]:
    """The times of a series that begins at `start`."""
    local = start.astimezone(ZoneInfo(zone))
    for offset in offsets:
        # Adding to an aware time moves the wall clock, as a series does.
        moment = (local + offset).astimezone(UTC)
        yield Span(moment, moment + length)


def other_times(*, session: MentoringSession, zone: str, limit: int = 6) -> list[datetime]:
    """Starts (UTC) to which a session could be moved: soon after its present time, then before it.

    Found as in `suggestions`, from tomorrow to four weeks after the present time. Needs the pairing
    with its two people, their enrolments and the program. Three queries.
    """
    now_at = session.starts_at
    present = _day(now_at, zone)
    first = max(_tomorrow(zone), present - timedelta(days=SEARCH_BEFORE))
    last = max(_tomorrow(zone), present) + timedelta(days=SEARCH_DAYS)
    found = _found(session.pairing, zone, session.minutes, first, last)

    def distance(start: datetime) -> tuple[bool, timedelta]:
        return start < now_at, abs(start - now_at)

    return sorted(found, key=distance)[:limit]


def _found(
    pairing: Pairing, zone: str, minutes: int, first: date, last: date
) -> Iterator[datetime]:
    """Free starts on the days from `first` to `last` that are inside the program, in order.

    At most MOST_PER_DAY per day, at least APART from each other.
    """
    latest: datetime | None = None
    per_day: Counter[date] = Counter()
    for start in _free_starts(pairing, zone, minutes, first, last):
        day = _day(start, zone)
        is_close = latest is not None and start - latest < APART
        if is_close or per_day[day] >= MOST_PER_DAY:
            continue
        per_day[day] += 1
        latest = start
        yield start


def _free_starts(
    pairing: Pairing, zone: str, minutes: int, first: date, last: date
) -> Iterator[datetime]:
    """Every full or half hour on these days at which both are free, inside the program."""
    begins, ends = _days_of(pairing.program)
    first, last = max(first, begins), min(last, ends)
    if last < first:
        return
    taken = _taken(pairing, first, last)
    length = timedelta(minutes=minutes)
    for start in _starts(_shared_times(pairing, first, last), length, zone):
        span = Span(start, start + length)
        is_on_these_days = first <= _day(start, zone) <= last
        if is_on_these_days and _is_inside(pairing.program, span) and not _is_taken(span, taken):
            yield start


def _days_of(program: Program) -> tuple[date, date]:
    """First and last day of the program; without dates, all days."""
    return program.starts_on or date.min, program.ends_on or date.max


def _day(moment: datetime, zone: str) -> date:
    """The day that calendars in the zone show at that moment."""
    return moment.astimezone(ZoneInfo(zone)).date()


def _is_taken(span: Span, taken: list[Span]) -> bool:
    return any(span.meets(other) for other in taken)


def _is_inside(program: Program, span: Span) -> bool:
    """On days of the program, in the program's zone."""
    begins, ends = _days_of(program)
    last_moment = span.end - timedelta(microseconds=1)
    is_after_begin = begins <= _day(span.start, program.time_zone)
    return is_after_begin and _day(last_moment, program.time_zone) <= ends


def _day_of_next(pairing: Pairing, zone: str) -> date:
    """An interval after the pair's last session, less two days; long ago without a session."""
    last = pairing.sessions.scheduled_or_held().order_by("-starts_at").first()
    if last is None:
        return date.min
    interval = timedelta(weeks=pairing.program.interval_weeks)
    return _day(last.starts_at, zone) + interval - timedelta(days=2)


def _shared_times(pairing: Pairing, first: date, last: date) -> Iterator[Span]:
    """The weekly times that both have on these days, in order."""
    mentors = _weekly_times(pairing.mentor, pairing.mentor_enrolment, first, last)
    mentees = _weekly_times(pairing.mentee, pairing.mentee_enrolment, first, last)
    return _shared(mentors, mentees)


def _weekly_times(person: User, enrolment: Enrolment, first: date, last: date) -> list[Span]:
    """The person's weekly times from the day before `first` to the day after `last`, in order."""
    weekly = enrolment.availability or OFFICE_HOURS
    spans: list[Span] = []
    day = first - timedelta(days=1)
    while day <= last + timedelta(days=1):
        spans += _times_of_day(day, person.time_zone, weekly)
        day += timedelta(days=1)
    return spans


def _times_of_day(day: date, zone: str, weekly: list[list[int]]) -> list[Span]:
    """The weekly times on one day, in order."""
    midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(zone))
    spans = []
    for weekday, first_minute, last_minute in sorted(weekly):
        if weekday == day.weekday():
            spans.append(_minutes_of_day(midnight, first_minute, last_minute))
    return spans


def _minutes_of_day(midnight: datetime, first_minute: int, last_minute: int) -> Span:
    """From one wall time of a day to another, in minutes since midnight."""
    # Adding to an aware time moves the wall clock, which is what weekly times are about.
    start = midnight + timedelta(minutes=first_minute)
    end = midnight + timedelta(minutes=last_minute)
    return Span(start.astimezone(UTC), end.astimezone(UTC))


def _shared(spans: list[Span], others: list[Span]) -> Iterator[Span]:
    """What two lists of spans have in common, in order."""
    for one in spans:
        for other in others:
            if one.meets(other):
                yield Span(max(one.start, other.start), min(one.end, other.end))


def _starts(spans: Iterator[Span], length: timedelta, zone: str) -> Iterator[datetime]:
    """Full and half hours of the zone at which a span still has room for `length`."""
    for span in spans:
        start = _next_half_hour(span.start, zone)
        while start + length <= span.end:
            if not is_second_time(start, zone):
                yield start
            start += HALF_HOUR


def _next_half_hour(moment: datetime, zone: str) -> datetime:
    """That moment, or the first full or half hour of the zone after it."""
    local = moment.astimezone(ZoneInfo(zone))
    past = timedelta(minutes=local.minute % 30, seconds=local.second)
    return moment + (HALF_HOUR - past if past else timedelta())


def is_second_time(moment: datetime, zone: str) -> bool:
    """Clocks in the zone show it for the second time, in autumn.

    As a wall time it would mean the first.
    """
    return bool(moment.astimezone(ZoneInfo(zone)).fold)


def _taken(pairing: Pairing, first: date, last: date) -> list[Span]:
    """Sessions, busy times, absences and public holidays of the two. Three queries."""
    people = [pairing.mentor, pairing.mentee]
    start = _midnight(first) - timedelta(days=2)
    end = _midnight(last) + timedelta(days=2)
    busy = [Span(*times) for times in own_calendar.busy_between(people, start, end)]
    away = _absences_of(people, start, end) + _holidays_of(people, start, end)
    return busy + _sessions_of(people, start, end) + away


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _sessions_of(people: list[User], start: datetime, end: datetime) -> list[Span]:
    """The times that scheduled sessions take of these people. One query."""
    rows = SessionAttendance.objects.taken(people, start, end)
    return [Span(during.lower, during.upper) for during in rows.values_list("during", flat=True)]


def _absences_of(people: list[User], start: datetime, end: datetime) -> list[Span]:
    """From the first moment of each absence to its last. One query."""
    zones = {person.pk: person.time_zone for person in people}
    spans = []
    for absence in absences.between(people, start, end):
        zone = zones[absence.person_id]
        spans.append(Span(*absence.period(zone)))
    return spans


def _holidays_of(people: list[User], start: datetime, end: datetime) -> list[Span]:
    """The whole days, where the person is."""
    spans = []
    for person in people:
        zone = ZoneInfo(person.time_zone)
        for day, _name in public_holidays.between(person, start.date(), end.date()):
            midnight = datetime.combine(day, time(), tzinfo=zone)
            next_midnight = midnight + timedelta(days=1)
            spans.append(Span(midnight.astimezone(UTC), next_midnight.astimezone(UTC)))
    return spans
