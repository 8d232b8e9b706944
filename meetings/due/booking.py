"""Which reminders to book a session are due.

Found by queries every minute, whether or not a minute was missed.

The program says who drives: the mentor or the mentee. When a pair has no session ahead, that one is
reminded, twice at most; the other may book as well, and is not reminded. Then it is the
coordinator's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
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
from django.utils.translation import gettext_lazy as _

from accounts.domain import absences
from accounts.models import Absence, Delegation, User
from common import clock
from common.timezones import to_utc, to_wall
from meetings.enums import SessionState
from meetings.mail import booking as booking_mail
from meetings.models import MentoringSession
from notifications import outbox
from notifications.kinds import registry
from notifications.models import OutboxMessage
from notifications.outbox.due import Search, Window, pages, work_through
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import PairRole, ProgramState
from programs.models import Program

SEARCH = Search("meetings.booking_nudges")
AT = time(9)  # where the one who drives is
DAY = timedelta(days=1)
# days without a session ahead after which each reminder comes: a quarter and half of the program's
# interval, within these
FIRST, SECOND = (3, 7), (6, 14)
LONG_INTERVAL = 4  # weeks; from there on both are as late as they get
LIFE = timedelta(days=14)  # of the second one
ESCALATE_AFTER = timedelta(days=7)  # after the second one
BEFORE_START = timedelta(days=14)  # a program that begins later than that leaves time enough
USEFUL = timedelta(days=7)  # fewer days than that before the program ends are not worth a reminder
OPEN = [ProgramState.ENROLLING, ProgramState.MATCHING, ProgramState.RUNNING]


@dataclass(frozen=True)
class Due:
    """One reminder that ought to exist. `pairing` is a row of `without_date`."""

    pairing: Any
    driver: User
    number: int
    due_at: datetime
    expires_at: datetime

    @property
    def key(self) -> str:
        """As in `mail_booking.draft`."""
        return booking_mail.key(self.pairing, self.pairing.open_since, self.number, self.driver)


def without_date() -> QuerySet[Any]:
    """Active pairs with no session ahead that have not met as often as planned, with `open_since`
    and `held`.

    `open_since` is when that began: when the pair did, went on after a pause, had its last session,
    or called off the one that was ahead. One that is over and not logged counts as a meeting: what
    it needs is a log.
    """
    of_pair = (
        MentoringSession.objects.filter(pairing=OuterRef("pk"))
        .exclude(state=SessionState.PROPOSED)
        .order_by()
    )
    ahead = of_pair.filter(state=SessionState.SCHEDULED, ends_at__gt=clock.now())
    # one that was called off beforehand left its gap at that moment, one that was logged as such
    # when it was over
    off = When(
        state=SessionState.CANCELLED, logged_at__isnull=True, then=Least("timed_at", "ends_at")
    )
    last = of_pair.values("pairing").annotate(at=Max(Case(off, default="ends_at"))).values("at")
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
            open_since=Greatest("activated_at", "resumed_at", Subquery(last)),
        )
        .filter(held__lt=F("program__planned_sessions"))
        .select_related("program", "mentor", "mentee")
        .order_by("open_since", "pk")
    )
    return rows


def driver_of(pairing: Pairing) -> User:
    """The one of the two whose part it is to propose times."""
    return pairing.mentor if pairing.program.driver == PairRole.MENTOR else pairing.mentee


def days_after(interval_weeks: int) -> tuple[int, int]:
    """After how many days without a session ahead the two reminders come."""
    days = 7 * interval_weeks
    return min(max(days // 4, FIRST[0]), FIRST[1]), min(max(days // 2, SECOND[0]), SECOND[1])


def dues_of(pairing: Any, away: Sequence[tuple[Absence, str]] = ()) -> list[Due]:
    """The reminders about a row of `without_date`: each at AT where its reader is, on the first day
    on which nobody is away.

    One that finds no such day before the next one is due, or while there is still time for a
    session, is left out. `away` are the absences of both with the zones of their people.
    """
    program, driver = pairing.program, driver_of(pairing)
    zone = driver.time_zone
    begins = max(to_wall(pairing.open_since, zone).date(), program.starts_on - BEFORE_START)
    days = [begins + timedelta(days=after) for after in days_after(program.interval_weeks)]
    second = to_utc(days[1], AT, zone)
    end = _last_useful(program)
    found = []
    for number, (day, until) in enumerate(zip(days, [second, second + LIFE], strict=True), 1):
        due_at = _first_here(day, min(until, end), zone, away)
        if due_at is not None:
            found.append(Due(pairing, driver, number, due_at, min(until, end)))
    return found


def _first_here(
    day: date, until: datetime, zone: str, away: Sequence[tuple[Absence, str]]
) -> datetime | None:
    """The first moment AT, from that day on, at which none of these absences holds; None when there
    is none before `until`.
    """
    while (moment := to_utc(day, AT, zone)) < until:
        if not any(absence.covers(moment, their_zone) for absence, their_zone in away):
            return moment
        day += DAY
    return None


def nudge_drivers() -> int:
    """Put every reminder to book that has fallen due into the outbox; how many were new.

    Running it again, or twice at once, adds nothing: each has a key of pair, beginning of the gap
    and number. One that has lost its point while nobody looked is missed.
    """
    with SEARCH.window() as window:
        # a program that has yet to begin puts the reminders off, so that an old gap may still have
        # its own ahead
        earliest = window.since - timedelta(days=SECOND[1] + 1) - LIFE
        recent = Q(open_since__gt=earliest) | Q(
            program__starts_on__gt=earliest.date() + BEFORE_START - 2 * DAY
        )
        rows = without_date().filter(
            recent, open_since__lte=window.now - timedelta(days=FIRST[0] - 1)
        )
        return work_through(pages(rows), lambda page: _nudge(page, window))


@transaction.atomic
def _nudge(rows: list[Any], window: Window) -> int:
    """What is due of these; how many messages were new."""
    away = _absences(rows)
    dues = [
        due
        for row in rows
        for due in dues_of(row, away[row.pk])
        if window.asks_for(due.due_at, due.expires_at)
    ]
    known = (
        OutboxMessage.objects.filter(dedupe_key__in=[due.key for due in dues])
        if dues
        else OutboxMessage.objects.none()
    )
    keys = set(known.values_list("dedupe_key", flat=True))
    new = [due for due in dues if due.key not in keys]
    helpers = _delegates([due.driver for due in new if due.driver.pk == due.pairing.mentee_id])
    drafts: list[outbox.Draft] = [
        {
            **booking_mail.draft(
                due.pairing,
                due.driver,
                since=due.pairing.open_since,
                met=due.pairing.held > 0,
                number=due.number,
                delegates=helpers[due.driver.pk] if due.driver.pk == due.pairing.mentee_id else [],
                due_at=due.due_at,
                expires_at=due.expires_at,
            ),
            "state": window.state(due.expires_at),
        }
        for due in new
    ]
    return outbox.enqueue_many(drafts) if drafts else 0


def is_still_open(message: OutboxMessage) -> bool:
    """It is the same gap as when the reminder was written, still its reader's part to close it, and
    the other one is here.

    A reader who is away hears of it on return; that is the sender's part.
    """
    row = without_date().filter(public_id=message.data["pairing"]).first()
    if (
        row is None
        or row.open_since.isoformat() != message.data["since"]
        or driver_of(row).pk != message.recipient_id
    ):
        return False
    if not _is_useful(row.program):
        return False
    other = row.mentee if message.recipient_id == row.mentor_id else row.mentor
    return absences.away_until(other) is None


def for_coordinator() -> QuerySet[Any]:
    """Rows of `without_date` that the reminders have not settled, with `since`: from when on it is
    the coordinator's.

    Pairs that have met before: one that has not met at all is known to the coordinator by its first
    session.
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
    return timedelta(days=days_after(interval_weeks)[1]) + ESCALATE_AFTER


def _last_useful(program: Program) -> datetime:
    """From when on a reminder would leave too little of the program for a session."""
    assert program.ends_on is not None
    return to_utc(program.ends_on + DAY - USEFUL, time(), program.time_zone)


def _is_useful(program: Program) -> bool:
    return program.ends_on is not None and clock.now() < _last_useful(program)


def _absences(rows: Sequence[Any]) -> dict[int, list[tuple[Absence, str]]]:
    """{pairing: absences of its two people with their zones}. One query."""
    people = {person.pk: person for row in rows for person in (row.mentor, row.mentee)}
    by_person: dict[int, list[tuple[Absence, str]]] = defaultdict(list)
    if people:
        now = clock.now()
        for absence in absences.between(people.values(), now - timedelta(days=60), now + DAY):
            by_person[absence.person_id].append((absence, people[absence.person_id].time_zone))
    return {row.pk: by_person[row.mentor_id] + by_person[row.mentee_id] for row in rows}


def _delegates(mentees: Iterable[User]) -> dict[int, list[str]]:
    """{mentee: names of those who handle their calendar}. One query."""
    names: dict[int, list[str]] = defaultdict(list)
    ids = {person.pk for person in mentees}
    if ids:
        held = Delegation.objects.filter(mentee__in=ids, delegate__is_active=True).order_by(
            "delegate__sort_key", "pk"
        )
        for mentee, name in held.values_list("mentee_id", "delegate__name"):
            names[mentee].append(name)
    return names


def register() -> None:
    """Tell the outbox about this kind; called when the application starts."""
    registry.register(
        booking_mail.KIND,
        label=_("Please book a session"),
        still_due=is_still_open,
        link=booking_mail.link,
        is_nudge=True,
    )
