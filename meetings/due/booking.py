"""Which reminders to book a session are due.

Found by queries every minute, whether or not a minute was missed.

The program says who proposes the times, the mentor or the mentee: the driver. When a pair has no
session ahead, the driver is reminded, twice at most; the partner may book as well, and is not
reminded. After that the coordinator sees the pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Greatest, Least

from accounts.domain import absences
from accounts.models import Absence, Delegation, User
from common import clock
from common.timezones import to_utc, to_wall
from meetings.enums import SessionState
from meetings.mail import booking as booking_mail
from meetings.models import MentoringSession
from notifications import outbox
from notifications.models import OutboxMessage
from notifications.outbox.due import Search, Window, enqueue_missing, missing, pages, work_through
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import PairRole, ProgramState
from programs.models import Program

SEARCH = Search("meetings.booking_nudges")
AT = time(9)  # where the driver is
DAY = timedelta(days=1)
# Days without a session ahead after which each reminder is due: a quarter and half of the program's
# interval, within these bounds.
FIRST, SECOND = (3, 7), (6, 14)
LONG_INTERVAL = 4  # weeks; with longer intervals the reminders are no later
LIFE = timedelta(days=14)  # of the second one
ESCALATE_AFTER = timedelta(days=7)  # after the second one
BEFORE_START = timedelta(days=14)  # no reminder is due earlier than this before the program
USEFUL = timedelta(days=7)  # and none later than this before it ends
OPEN = [ProgramState.ENROLLING, ProgramState.MATCHING, ProgramState.RUNNING]

ZonedAbsence = tuple[Absence, str]
"""An absence with the time zone of its person."""


@dataclass(frozen=True)
class Due:
    """One reminder that should exist. `pairing` is a row of `without_date`."""

    pairing: Any
    driver: User
    number: int
    due_at: datetime
    expires_at: datetime

    @property
    def key(self) -> str:
        """The key of its message."""
        return booking_mail.key(self.pairing, self.pairing.open_since, self.number, self.driver)

    @property
    def is_for_mentee(self) -> bool:
        """The mentee proposes the times; delegates may do it for them."""
        return bool(self.driver.pk == self.pairing.mentee_id)


def without_date() -> QuerySet[Any]:
    """Active pairs with no session ahead that have not met as often as planned.

    With `open_since`, when that began: when the pair began or went on after a pause, when its last
    session ended, or when the session ahead was cancelled. With `held`, the sessions that count as
    a meeting: also those that are over and not logged, as what they need is a log.
    """
    sessions = MentoringSession.objects.of_outer_pairing().exclude(state=SessionState.PROPOSED)
    rows = _pairs_of_open_programs().filter(~Exists(sessions.not_over()))
    rows = rows.annotate(
        held=sessions.scheduled_or_held().counted_per_pairing(),
        open_since=Greatest("activated_at", "resumed_at", _last_gap(sessions)),
    )
    unfinished: QuerySet[Any] = rows.filter(held__lt=F("program__planned_sessions"))
    return unfinished.select_related("program", "mentor", "mentee").order_by("open_since", "pk")


def _pairs_of_open_programs() -> QuerySet[Pairing]:
    """Active pairs whose two people are here, of programs that have dates."""
    return Pairing.objects.filter(
        state=PairingState.ACTIVE,
        program__state__in=OPEN,
        program__starts_on__isnull=False,
        program__ends_on__isnull=False,
        mentor__is_active=True,
        mentee__is_active=True,
    )


def _last_gap(sessions: QuerySet[MentoringSession]) -> Subquery:
    """When the last of a pair's sessions left it without one.

    A session that was cancelled beforehand did so at that moment; one that was logged as cancelled,
    and every other, when it ended.
    """
    cancelled = When(
        state=SessionState.CANCELLED, logged_at__isnull=True, then=Least("timed_at", "ends_at")
    )
    last = Max(Case(cancelled, default="ends_at"))
    return Subquery(sessions.values("pairing").annotate(at=last).values("at"))


def driver_of(pairing: Pairing) -> User:
    """The one who proposes the times in this program."""
    if pairing.program.driver == PairRole.MENTOR:
        return pairing.mentor
    return pairing.mentee


def days_after(interval_weeks: int) -> tuple[int, int]:
    """After how many days without a session ahead the two reminders are due."""
    days = 7 * interval_weeks
    return _within(FIRST, days // 4), _within(SECOND, days // 2)


def _within(bounds: tuple[int, int], days: int) -> int:
    least, most = bounds
    return min(max(days, least), most)


def dues_of(pairing: Any, away: Sequence[ZonedAbsence] = ()) -> list[Due]:
    """The reminders about a row of `without_date`, due or not.

    Each is due at AT where its reader is, on the first day on which nobody is `away`. A reminder
    without such a day before the next one is due, or before it is too late for a session, is left
    out.
    """
    driver = driver_of(pairing)
    zone = driver.time_zone
    last_useful = _last_useful(pairing.program)
    first_day, second_day = _days_of_reminders(pairing, zone)
    second = to_utc(second_day, AT, zone)

    dues = []
    for number, day, until in ((1, first_day, second), (2, second_day, second + LIFE)):
        expires_at = min(until, last_useful)
        due_at = _first_day_here(day, expires_at, zone, away)
        if due_at is not None:
            dues.append(Due(pairing, driver, number, due_at, expires_at))
    return dues


def _days_of_reminders(pairing: Any, zone: str) -> tuple[date, date]:
    """The days on which the two reminders fall due if nobody is away."""
    program = pairing.program
    gap_began = to_wall(pairing.open_since, zone).date()
    begins = max(gap_began, program.starts_on - BEFORE_START)
    first, second = days_after(program.interval_weeks)
    return begins + first * DAY, begins + second * DAY


def _first_day_here(
    day: date, until: datetime, zone: str, away: Sequence[ZonedAbsence]
) -> datetime | None:
    """The first moment AT from that day on that no absence covers; None if there is none."""
    while (moment := to_utc(day, AT, zone)) < until:
        if not any(absence.covers(moment, their_zone) for absence, their_zone in away):
            return moment
        day += DAY
    return None


def nudge_drivers() -> int:
    """Put every reminder to book that is due into the outbox; how many were new.

    Running it again, or twice at once, adds nothing: each has a key of pair, beginning of the gap
    and number. A reminder that expired while no search ran is stored as missed.
    """
    with SEARCH.window() as window:
        rows = _with_reminders_due(window)
        return work_through(pages(rows), lambda page: _nudge(page, window))


def _with_reminders_due(window: Window) -> QuerySet[Any]:
    """Rows of `without_date` of which a reminder may have fallen due since the last search."""
    latest = window.now - (FIRST[0] - 1) * DAY
    earliest = window.since - (SECOND[1] + 1) * DAY - LIFE
    # A program that has not begun puts the reminders off, so an old gap may have its own ahead.
    begins_late = Q(program__starts_on__gt=earliest.date() + BEFORE_START - 2 * DAY)
    recent = Q(open_since__gt=earliest) | begins_late
    return without_date().filter(recent, open_since__lte=latest)


@transaction.atomic
def _nudge(rows: list[Any], window: Window) -> int:
    """Enqueue what is due of these; how many messages were new."""
    away = _absences(rows)
    expected = [due for row in rows for due in dues_of(row, away[row.pk])]
    new = missing(expected, window)
    delegates = _delegates({due.driver.pk for due in new if due.is_for_mentee})
    return enqueue_missing(new, window, lambda due: _draft(due, delegates))


def _draft(due: Due, delegates: dict[int, list[str]]) -> outbox.Draft:
    """The message; `delegates` has the names of those of each mentee."""
    return booking_mail.draft(
        due.pairing,
        due.driver,
        since=due.pairing.open_since,
        met=due.pairing.held > 0,
        number=due.number,
        delegates=delegates[due.driver.pk] if due.is_for_mentee else [],
        due_at=due.due_at,
        expires_at=due.expires_at,
    )


def is_still_open(message: OutboxMessage) -> bool:
    """It is the same gap as before, its reader still proposes the times, and the partner is here.

    A reader who is away gets it on return: the sender sees to that.
    """
    pairing = without_date().filter(public_id=message.data["pairing"]).first()
    if pairing is None or pairing.open_since.isoformat() != message.data["since"]:
        return False
    driver = driver_of(pairing)
    return driver.pk == message.recipient_id and _can_still_book(pairing, driver)


def _can_still_book(pairing: Pairing, driver: User) -> bool:
    """There is time for a session, and the driver's partner is not away."""
    if clock.now() >= _last_useful(pairing.program):
        return False
    return absences.away_until(pairing.partner_of(driver)) is None


def for_coordinator() -> QuerySet[Any]:
    """Rows of `without_date` after both reminders, with `since`: when the coordinator sees them.

    Only pairs that have met before. A pair that has not met at all is shown for its first session.
    """
    rows = without_date().filter(held__gt=0, program__ends_on__gte=clock.today("UTC") + USEFUL)
    since = ExpressionWrapper(F("open_since") + _until_escalated(), output_field=DateTimeField())
    late: QuerySet[Any] = rows.annotate(since=since).filter(since__lte=clock.now())
    return late


def _until_escalated() -> Case:
    """How long after the beginning of the gap, by the program's interval."""
    cases = [
        When(program__interval_weeks=weeks, then=Value(_escalates(weeks)))
        for weeks in range(1, LONG_INTERVAL)
    ]
    return Case(*cases, default=Value(_escalates(LONG_INTERVAL)))


def _escalates(interval_weeks: int) -> timedelta:
    _first, second = days_after(interval_weeks)
    return timedelta(days=second) + ESCALATE_AFTER


def _last_useful(program: Program) -> datetime:
    """From when on a reminder leaves too little of the program for a session."""
    assert program.ends_on is not None  # as `without_date` asks
    return to_utc(program.ends_on + DAY - USEFUL, time(), program.time_zone)


def _absences(rows: Sequence[Any]) -> dict[int, list[ZonedAbsence]]:
    """{pairing: absences of its two people with their zones}. One query."""
    people = {person.pk: person for row in rows for person in row.people}
    by_person = _absences_by_person(people)
    return {row.pk: by_person[row.mentor_id] + by_person[row.mentee_id] for row in rows}


def _absences_by_person(people: dict[int, User]) -> dict[int, list[ZonedAbsence]]:
    """{person: their absences of the last two months}. One query."""
    now = clock.now()
    found: dict[int, list[ZonedAbsence]] = defaultdict(list)
    for absence in absences.between(people.values(), now - 60 * DAY, now + DAY):
        person = people[absence.person_id]
        found[person.pk].append((absence, person.time_zone))
    return found


def _delegates(mentees: set[int]) -> dict[int, list[str]]:
    """{mentee: names of those who handle their calendar}. One query, if there are mentees."""
    names: dict[int, list[str]] = defaultdict(list)
    if not mentees:
        return names
    active = Delegation.objects.filter(mentee__in=mentees, delegate__is_active=True)
    rows = active.order_by("delegate__sort_key", "pk").values_list("mentee_id", "delegate__name")
    for mentee, name in rows:
        names[mentee].append(name)
    return names
