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
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least

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


def without_date() -> QuerySet[Any]:
    """Active pairs with no session ahead that have not met as often as planned.

    With `open_since`, when that began: when the pair began or went on after a pause, when its last
    session ended, or when the session ahead was cancelled. With `held`, the sessions that count as
    a meeting: also those that are over and not logged, as what they need is a log.
    """
    of_pair = (
        MentoringSession.objects.filter(pairing=OuterRef("pk"))
        .exclude(state=SessionState.PROPOSED)
        .order_by()
    )
    ahead = of_pair.filter(state=SessionState.SCHEDULED, ends_at__gt=clock.now())
    met = of_pair.filter(state__in=[SessionState.HELD, SessionState.SCHEDULED])
    number = met.values("pairing").annotate(n=Count("pk")).values("n")
    rows: QuerySet[Any] = (
        Pairing.objects.filter(
            ~Exists(ahead),
            state=PairingState.ACTIVE,
            program__state__in=OPEN,
            program__starts_on__isnull=False,
            program__ends_on__isnull=False,
            mentor__is_active=True,
            mentee__is_active=True,
        )
        .annotate(
            held=Coalesce(Subquery(number), 0),
            open_since=Greatest("activated_at", "resumed_at", _last_gap(of_pair)),
        )
        .filter(held__lt=F("program__planned_sessions"))
        .select_related("program", "mentor", "mentee")
        .order_by("open_since", "pk")
    )
    return rows


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
    return pairing.mentor if pairing.program.driver == PairRole.MENTOR else pairing.mentee


def days_after(interval_weeks: int) -> tuple[int, int]:
    """After how many days without a session ahead the two reminders are due."""
    days = 7 * interval_weeks
    first = min(max(days // 4, FIRST[0]), FIRST[1])
    second = min(max(days // 2, SECOND[0]), SECOND[1])
    return first, second


def dues_of(pairing: Any, away: Sequence[ZonedAbsence] = ()) -> list[Due]:
    """The reminders about a row of `without_date`, due or not.

    Each is due at AT where its reader is, on the first day on which nobody is `away`. A reminder
    without such a day before the next one is due, or before it is too late for a session, is left
    out.
    """
    program, driver = pairing.program, driver_of(pairing)
    zone = driver.time_zone
    gap_began = to_wall(pairing.open_since, zone).date()
    begins = max(gap_began, program.starts_on - BEFORE_START)
    first_day, second_day = (
        begins + timedelta(days=days) for days in days_after(program.interval_weeks)
    )
    second = to_utc(second_day, AT, zone)
    last_useful = _last_useful(program)

    dues = []
    for number, day, until in ((1, first_day, second), (2, second_day, second + LIFE)):
        expires_at = min(until, last_useful)
        due_at = _first_day_here(day, expires_at, zone, away)
        if due_at is not None:
            dues.append(Due(pairing, driver, number, due_at, expires_at))
    return dues


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
        latest = window.now - timedelta(days=FIRST[0] - 1)
        earliest = window.since - timedelta(days=SECOND[1] + 1) - LIFE
        # A program that has not begun puts the reminders off, so an old gap may have its own ahead.
        recent = Q(open_since__gt=earliest) | Q(
            program__starts_on__gt=earliest.date() + BEFORE_START - 2 * DAY
        )
        rows = without_date().filter(recent, open_since__lte=latest)
        return work_through(pages(rows), lambda page: _nudge(page, window))


@transaction.atomic
def _nudge(rows: list[Any], window: Window) -> int:
    """Enqueue what is due of these; how many messages were new."""
    away = _absences(rows)
    expected = [due for row in rows for due in dues_of(row, away[row.pk])]
    new = missing(expected, window)
    delegates = _delegates({due.driver.pk for due in new if _is_for_mentee(due)})

    def draft(due: Due) -> outbox.Draft:
        return booking_mail.draft(
            due.pairing,
            due.driver,
            since=due.pairing.open_since,
            met=due.pairing.held > 0,
            number=due.number,
            delegates=delegates[due.driver.pk] if _is_for_mentee(due) else [],
            due_at=due.due_at,
            expires_at=due.expires_at,
        )

    return enqueue_missing(new, window, draft)


def _is_for_mentee(due: Due) -> bool:
    return bool(due.driver.pk == due.pairing.mentee_id)


def is_still_open(message: OutboxMessage) -> bool:
    """It is the same gap as before, its reader still proposes the times, and the partner is here.

    A reader who is away gets it on return: the sender sees to that.
    """
    row = without_date().filter(public_id=message.data["pairing"]).first()
    if row is None or row.open_since.isoformat() != message.data["since"]:
        return False
    driver = driver_of(row)
    if driver.pk != message.recipient_id or clock.now() >= _last_useful(row.program):
        return False
    return absences.away_until(row.partner_of(driver)) is None


def for_coordinator() -> QuerySet[Any]:
    """Rows of `without_date` after both reminders, with `since`: when the coordinator sees them.

    Only pairs that have met before. A pair that has not met at all is shown for its first session.
    """
    waits = [
        When(program__interval_weeks=weeks, then=Value(_escalates(weeks)))
        for weeks in range(1, LONG_INTERVAL)
    ]
    after = Case(*waits, default=Value(_escalates(LONG_INTERVAL)))
    since = ExpressionWrapper(F("open_since") + after, output_field=DateTimeField())
    rows = without_date().filter(held__gt=0, program__ends_on__gte=clock.today("UTC") + USEFUL)
    late: QuerySet[Any] = rows.annotate(since=since).filter(since__lte=clock.now())
    return late


def _escalates(interval_weeks: int) -> timedelta:
    _first, second = days_after(interval_weeks)
    return timedelta(days=second) + ESCALATE_AFTER


def _last_useful(program: Program) -> datetime:
    """From when on a reminder leaves too little of the program for a session."""
    assert program.ends_on is not None  # as `without_date` asks
    return to_utc(program.ends_on + DAY - USEFUL, time(), program.time_zone)


def _absences(rows: Sequence[Any]) -> dict[int, list[ZonedAbsence]]:
    """{pairing: absences of its two people with their zones}. One query."""
    zones = {person.pk: person.time_zone for row in rows for person in (row.mentor, row.mentee)}
    people = [person for row in rows for person in (row.mentor, row.mentee)]
    now = clock.now()

    by_person: dict[int, list[ZonedAbsence]] = defaultdict(list)
    for absence in absences.between(people, now - timedelta(days=60), now + DAY):
        by_person[absence.person_id].append((absence, zones[absence.person_id]))
    return {row.pk: by_person[row.mentor_id] + by_person[row.mentee_id] for row in rows}


def _delegates(mentees: set[int]) -> dict[int, list[str]]:
    """{mentee: names of those who handle their calendar}. One query, if there are mentees."""
    names: dict[int, list[str]] = defaultdict(list)
    if not mentees:
        return names
    rows = Delegation.objects.filter(mentee__in=mentees, delegate__is_active=True)
    for mentee, name in rows.order_by("delegate__sort_key", "pk").values_list(
        "mentee_id", "delegate__name"
    ):
        names[mentee].append(name)
    return names
