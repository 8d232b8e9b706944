"""The time of a session: inside the program, ahead, and free for both people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import formats
from django.utils.translation import gettext as _

from accounts.domain import absences, public_holidays
from accounts.models import Absence, User
from common import clock
from common.errors import DomainError
from common.timezones import (
    is_left_out,
    is_shown_twice,
    to_utc,
    to_wall,
    validate_zone,
    zone_label,
)
from meetings.models import MentoringSession, SessionAttendance
from meetings.models.session import LEAST_MINUTES, MOST_MINUTES
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import ProgramState
from programs.models import Program, ProgramClosing

OVERLAP = "attendance_no_overlap"


@dataclass(frozen=True)
class Slot:
    """A wall time in a zone and how long it lasts. `starts_at` and `ends_at` are in UTC."""

    day: date
    wall: time
    zone: str
    minutes: int

    @property
    def starts_at(self) -> datetime:
        """See `to_utc` for times that a clock change leaves out or repeats."""
        return to_utc(self.day, self.wall, self.zone)

    @property
    def ends_at(self) -> datetime:
        """After that many real minutes, also across a clock change."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def last_moment(self) -> datetime:
        """Just before the end: a slot that ends at midnight is not on the next day."""
        return self.ends_at - timedelta(microseconds=1)

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """It shares a moment with the time from `start` until `end`."""
        return self.starts_at < end and start < self.ends_at

    def settled(self) -> Slot:
        """The same moment, with the day and time that clocks in the zone then show."""
        local = to_wall(self.starts_at, self.zone)
        return replace(self, day=local.date(), wall=local.time())

    def weeks_later(self, weeks: int) -> Slot:
        """The same wall time on the same weekday, so many weeks later."""
        return replace(self, day=self.day + timedelta(weeks=weeks))


def time_in_words(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """Such as "Tue 3 March 2026, 10:00–10:45 (Berlin time)", in the active language."""
    start, end = to_wall(starts_at, zone), to_wall(ends_at, zone)
    return _("%(day)s, %(start)s–%(end)s (%(zone)s)") % {
        "day": formats.date_format(start, _("D j F Y")),
        "start": formats.time_format(start, "H:i"),
        "end": formats.time_format(end, "H:i"),
        "zone": zone_label(zone),
    }


def lock_pair(pairing: Pairing) -> Pairing:
    """Lock its two people by id, then the pairing: always in this order, inside a transaction.

    So bookings of one person follow each other, and the second one sees the first. Without these
    locks two inserts could wait for each other in the exclusion constraint.
    """
    _lock_people([pairing.mentor_id, pairing.mentee_id])
    related = Pairing.objects.select_related("program__planned_closing", "mentor", "mentee")
    locked: Pairing = related.select_for_update(of=("self",)).get(pk=pairing.pk)
    return locked


def _lock_people(ids: list[int]) -> None:
    rows = User.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk"))


def check_pair(pairing: Pairing) -> None:
    """DomainError unless sessions may be booked: the pair is active and its program goes on."""
    if pairing.state != PairingState.ACTIVE:
        raise DomainError(
            _("This pair is not active at the moment, so no session can be booked or moved.")
        )
    if _has_ended(pairing.program):
        raise DomainError(_("This program is over, so no session can be booked or moved."))


def _has_ended(program: Program) -> bool:
    """It is cancelled, or closed without sessions that stay until a later day."""
    if program.state != ProgramState.CLOSED:
        return program.state == ProgramState.CANCELLED
    closing: ProgramClosing | None = getattr(program, "planned_closing", None)
    return closing is None or closing.sessions_until <= clock.now()


def check_slot(slot: Slot, program: Program, *, past: bool = False) -> None:
    """DomainError, with the field as its code, unless the slot is inside the program and ahead.

    With `past` it must be over instead.
    """
    validate_zone(slot.zone)
    _check_minutes(slot.minutes)
    _check_inside(slot, program)
    _check_ahead(slot, past=past)


def check_exists(slot: Slot) -> None:
    """DomainError for a wall time that a clock change leaves out on that day."""
    validate_zone(slot.zone)
    if is_left_out(slot.day, slot.wall, slot.zone):
        text = _("Clocks go forward on %(day)s: %(time)s does not exist. Choose another time.")
        words = {"day": _day_in_words(slot.day), "time": formats.time_format(slot.wall, "H:i")}
        raise DomainError(text % words, code="wall_time")


def _check_minutes(minutes: int) -> None:
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        text = _("A session takes between %(least)s and %(most)s minutes.")
        bounds = {"least": LEAST_MINUTES, "most": MOST_MINUTES}
        raise DomainError(text % bounds, code="minutes")


def _check_ahead(slot: Slot, *, past: bool) -> None:
    """DomainError unless the slot is ahead; with `past`, unless it is over."""
    is_ahead = slot.starts_at > clock.now()
    if past and is_ahead:
        text = _("This time is still ahead. Untick “We have met already” to book it.")
        raise DomainError(text, code="wall_time")
    if not past and not is_ahead:
        text = _("This time has passed. Choose one that is still ahead.")
        raise DomainError(text, code="wall_time")


def _check_inside(slot: Slot, program: Program) -> None:
    """DomainError unless the slot is on days of the program, in the program's zone."""
    if program.starts_on is None or program.ends_on is None:
        text = _("This program has no dates yet, so no session can be booked.")
        raise DomainError(text, code="wall_date")
    first = to_wall(slot.starts_at, program.time_zone).date()
    last = to_wall(slot.last_moment, program.time_zone).date()
    if first < program.starts_on or last > program.ends_on:
        words = _outside_words(program.starts_on, program.ends_on, program.time_zone)
        raise DomainError(words, code="wall_date")
    closing: ProgramClosing | None = getattr(program, "planned_closing", None)
    if closing is not None and closing.sessions_until <= slot.starts_at:
        raise DomainError(_("This program closes before that day."), code="wall_date")


def _outside_words(first: date, last: date, zone: str) -> str:
    text = _("Choose a day inside the program: from %(first)s to %(last)s (%(zone)s).")
    return text % {
        "first": _day_in_words(first),
        "last": _day_in_words(last),
        "zone": zone_label(zone),
    }


def _day_in_words(day: date) -> str:
    return formats.date_format(day, _("j F Y"))


def check_free(
    slots: Sequence[Slot], pairing: Pairing, *, actor: User, but: MentoringSession | None = None
) -> None:
    """DomainError when one of the two has a scheduled session during a slot; `but` is not counted.

    Of the actor's own session it tells when, of the other person's nothing: it may be of another
    program. One query.
    """
    if not slots:
        return
    taken = list(_attendances_during(slots, pairing, but))
    taken.sort(key=lambda busy: busy.person_id != actor.pk)  # one's own first
    for busy in taken:
        for slot in slots:
            if slot.overlaps(busy.during.lower, busy.during.upper):
                raise clash(busy, slot if len(slots) > 1 else None, pairing, actor)


def _attendances_during(
    slots: Sequence[Slot], pairing: Pairing, but: MentoringSession | None
) -> QuerySet[SessionAttendance]:
    """Scheduled sessions of the two from the first slot to the last, in order, without `but`."""
    taken = SessionAttendance.objects.taken(pairing.people, *_bounds(slots))
    if but is not None:
        taken = taken.exclude(session=but)
    return taken.select_related("person").order_by("during", "pk")


def check_here(slots: Sequence[Slot], pairing: Pairing, *, actor: User) -> None:
    """DomainError when one of the two is away on the day of one of the slots. One query."""
    away = first_absence(slots, pairing)
    if away is not None:
        raise DomainError(_away_words(away, pairing, actor), code="wall_date")


def _away_words(away: Absence, pairing: Pairing, actor: User) -> str:
    """The sentence for a day on which one of the two is away."""
    if not pairing.has_member(actor):  # a delegate learns only what is free
        return _("This day does not suit both. Choose one of the times above.")
    last = _day_in_words(away.ends_on)
    if away.person_id == actor.pk:
        text = _(
            "You have entered that you are away until %(last)s. Choose a later day, or change "
            "that in your calendar."
        )
        return text % {"last": last}
    text = _("%(name)s is away until %(last)s. Choose a later day.")
    return text % {"name": pairing.partner_of(actor).short_name, "last": last}


def first_absence(slots: Sequence[Slot], pairing: Pairing) -> Absence | None:
    """The first absence of one of the two that covers one of the slots. One query."""
    return absence_in(slots, absences_of(slots, pairing), pairing) if slots else None


def absences_of(slots: Sequence[Slot], pairing: Pairing) -> list[Absence]:
    """The absences of the two around these slots. One query."""
    first, last = _bounds(slots)
    return absences.between(pairing.people, first, last)


def _bounds(slots: Sequence[Slot]) -> tuple[datetime, datetime]:
    """The first start and the last end."""
    return min(slot.starts_at for slot in slots), max(slot.ends_at for slot in slots)


def absence_in(slots: Sequence[Slot], away: Sequence[Absence], pairing: Pairing) -> Absence | None:
    """The first of these absences that covers one of the slots."""
    zones = {person.pk: person.time_zone for person in pairing.people}
    for absence in away:
        zone = zones[absence.person_id]
        if any(_covers(absence, slot, zone) for slot in slots):
            return absence
    return None


def _covers(absence: Absence, slot: Slot, zone: str) -> bool:
    """The absence covers the start or the end of the slot, where its person is."""
    return absence.covers(slot.starts_at, zone) or absence.covers(slot.last_moment, zone)


def sessions_during(away: Sequence[Absence], person: User) -> list[list[MentoringSession]]:
    """For each absence, the person's scheduled sessions on its days that are ahead. One query."""
    if not away:
        return []
    periods = [absence.period(person.time_zone) for absence in away]
    first = min(start for start, _end in periods)
    last = max(end for _start, end in periods)
    sessions = _sessions_between(person, max(clock.now(), first), last)
    return [
        [session for session in sessions if session.starts_at < end and start < session.ends_at]
        for start, end in periods
    ]


def _sessions_between(person: User, start: datetime, end: datetime) -> list[MentoringSession]:
    """The person's scheduled sessions in this time, in order. One query."""
    mine = MentoringSession.objects.filter(
        attendances__person=person,
        attendances__live=True,
        starts_at__lt=end,
        ends_at__gt=start,
    )
    return list(mine.order_by("starts_at", "pk"))


def holiday_in(slot: Slot, pairing: Pairing) -> str:
    """The name of a public holiday that one of the two has on the day of a slot, or ""."""
    for person in pairing.people:
        for moment in (slot.starts_at, slot.last_moment):
            day = to_wall(moment, person.time_zone).date()
            name = public_holidays.on(person, day)
            if name:
                return name
    return ""


def remarks(session: MentoringSession, pairing: Pairing) -> list[str]:
    """Sentences about a time that was chosen and is unusual: a holiday, or an hour shown twice."""
    slot = Slot(session.wall_date, session.wall_time, session.time_zone, session.minutes)
    said = []
    holiday = holiday_in(slot, pairing)
    if holiday:
        text = _("%(day)s is a public holiday: %(name)s.")
        said.append(text % {"day": _day_in_words(slot.day), "name": holiday})
    if is_shown_twice(slot.day, slot.wall, slot.zone):
        text = _("Clocks go back on %(day)s and show %(time)s twice. The first time is meant.")
        when = {"day": _day_in_words(slot.day), "time": formats.time_format(slot.wall, "H:i")}
        said.append(text % when)
    return said


def clash(busy: SessionAttendance, slot: Slot | None, pairing: Pairing, actor: User) -> DomainError:
    """The sentence for a time that is taken; `slot` is None when only one was asked for."""
    words = _clash_words(busy, slot, pairing, actor)
    return DomainError(words, code="wall_time")


def _clash_words(busy: SessionAttendance, slot: Slot | None, pairing: Pairing, actor: User) -> str:
    if busy.person_id == actor.pk:
        when = time_in_words(busy.during.lower, busy.during.upper, actor.time_zone)
        return _("You have another session on %(when)s. Choose another time.") % {"when": when}
    if not pairing.has_member(actor):  # a delegate learns only what is free
        return _("This time does not suit both. Choose another time.")
    return _partner_is_busy(busy.person.short_name, slot, actor)


def _partner_is_busy(name: str, slot: Slot | None, actor: User) -> str:
    if slot is None:
        return _("%(name)s is not free then. Choose another time.") % {"name": name}
    when = time_in_words(slot.starts_at, slot.ends_at, actor.time_zone)
    text = _("%(name)s is not free on %(when)s. Choose another time.")
    return text % {"name": name, "when": when}


def take_time(session: MentoringSession, pairing: Pairing) -> None:
    """Store the time that a scheduled session takes of its two people; it replaces an earlier one.

    DomainError when the database finds one of them taken, by a row that is newer than `check_free`.
    """
    try:
        with transaction.atomic():
            _store_attendances(session, pairing)
    except IntegrityError as error:
        if OVERLAP not in str(error):
            raise
        text = _("One of you two has just been booked for this time. Choose another time.")
        raise DomainError(text, code="wall_time") from error


def _store_attendances(session: MentoringSession, pairing: Pairing) -> None:
    during = (session.starts_at, session.ends_at)
    rows = [
        SessionAttendance(session=session, person=person, during=during)
        for person in pairing.people
    ]
    SessionAttendance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["session", "person"],
        update_fields=["during", "live", "minutes_late", "late_said_by"],
    )


def release_time(session: MentoringSession) -> None:
    """Free the time of a session that is no longer scheduled."""
    SessionAttendance.objects.filter(session=session).update(live=False)
