"""The time of a session: inside the program, ahead, and free for both people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import formats
from django.utils.translation import gettext as _

from accounts.domain import absences
from accounts.models import Absence, User
from common import clock
from common.errors import DomainError
from common.timezones import to_utc, to_wall, validate_zone, zone_label
from meetings.models import MentoringSession, SessionAttendance
from meetings.models.session import LEAST_MINUTES, MOST_MINUTES
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import ProgramState
from programs.models import Program

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

    def settled(self) -> Slot:
        """The same moment, with the day and time that clocks in the zone then show."""
        local = to_wall(self.starts_at, self.zone)
        return Slot(local.date(), local.time().replace(tzinfo=None), self.zone, self.minutes)


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
    people = User.objects.filter(pk__in=[pairing.mentor_id, pairing.mentee_id]).order_by("pk")
    list(people.select_for_update(no_key=True).values_list("pk"))
    related = Pairing.objects.select_related("program", "mentor", "mentee")
    locked: Pairing = related.select_for_update(of=("self",)).get(pk=pairing.pk)
    return locked


def check_pair(pairing: Pairing) -> None:
    """DomainError unless sessions may be booked: the pair is active and its program goes on."""
    if pairing.state != PairingState.ACTIVE:
        raise DomainError(
            _("This pair is not active at the moment, so no session can be booked or moved.")
        )
    if pairing.program.state in {ProgramState.CLOSED, ProgramState.CANCELLED}:
        raise DomainError(_("This program is over, so no session can be booked or moved."))


def check_slot(slot: Slot, program: Program, *, past: bool = False) -> None:
    """DomainError, with the field as its code, unless the slot is inside the program and ahead.

    With `past` it must be over instead.
    """
    validate_zone(slot.zone)
    if not LEAST_MINUTES <= slot.minutes <= MOST_MINUTES:
        raise DomainError(
            _("A session takes between %(least)s and %(most)s minutes.")
            % {"least": LEAST_MINUTES, "most": MOST_MINUTES},
            code="minutes",
        )
    _check_inside(slot, program)
    is_ahead = slot.starts_at > clock.now()
    if past and is_ahead:
        raise DomainError(
            _("This time is still ahead. Untick “We have met already” to book it."),
            code="wall_time",
        )
    if not past and not is_ahead:
        raise DomainError(
            _("This time has passed. Choose one that is still ahead."), code="wall_time"
        )


def _check_inside(slot: Slot, program: Program) -> None:
    """DomainError unless the slot is on days of the program, in the program's zone."""
    if program.starts_on is None or program.ends_on is None:
        raise DomainError(
            _("This program has no dates yet, so no session can be booked."), code="wall_date"
        )
    first = to_wall(slot.starts_at, program.time_zone).date()
    last = to_wall(slot.last_moment, program.time_zone).date()
    if first < program.starts_on or last > program.ends_on:
        raise DomainError(
            _("Choose a day inside the program: from %(first)s to %(last)s (%(zone)s).")
            % {
                "first": formats.date_format(program.starts_on, _("j F Y")),
                "last": formats.date_format(program.ends_on, _("j F Y")),
                "zone": zone_label(program.time_zone),
            },
            code="wall_date",
        )


def check_free(
    slots: Sequence[Slot], pairing: Pairing, *, actor: User, but: MentoringSession | None = None
) -> None:
    """DomainError when one of the two has a scheduled session during a slot; `but` is not counted.

    Of the actor's own session it tells when, of the other person's nothing: it may be of another
    program. One query.
    """
    if not slots:
        return
    earliest = min(slot.starts_at for slot in slots)
    latest = max(slot.ends_at for slot in slots)
    taken = SessionAttendance.objects.filter(
        live=True,
        person__in=[pairing.mentor_id, pairing.mentee_id],
        during__overlap=(earliest, latest),
    )
    if but is not None:
        taken = taken.exclude(session=but)

    own_first = sorted(
        taken.select_related("person").order_by("during", "pk"),
        key=lambda busy: busy.person_id != actor.pk,
    )
    for busy in own_first:
        for slot in slots:
            if slot.starts_at < busy.during.upper and busy.during.lower < slot.ends_at:
                raise clash(busy, slot if len(slots) > 1 else None, pairing, actor)


def check_here(slots: Sequence[Slot], pairing: Pairing, *, actor: User) -> None:
    """DomainError when one of the two is away on the day of one of the slots. One query."""
    away = first_absence(slots, pairing)
    if away is None:
        return
    if not pairing.has_member(actor):  # a delegate learns only what is free
        text = _("This day does not suit both. Choose one of the times above.")
        raise DomainError(text, code="wall_date")

    last = formats.date_format(away.ends_on, _("j F Y"))
    if away.person_id == actor.pk:
        text = _(
            "You have entered that you are away until %(last)s. Choose a later day, or change "
            "that in your calendar."
        )
        raise DomainError(text % {"last": last}, code="wall_date")
    text = _("%(name)s is away until %(last)s. Choose a later day.")
    name = pairing.partner_of(actor).short_name
    raise DomainError(text % {"name": name, "last": last}, code="wall_date")


def first_absence(slots: Sequence[Slot], pairing: Pairing) -> Absence | None:
    """The first absence of one of the two that covers one of the slots. One query."""
    return absence_in(slots, absences_of(slots, pairing), pairing) if slots else None


def absences_of(slots: Sequence[Slot], pairing: Pairing) -> list[Absence]:
    """The absences of the two around these slots. One query."""
    first = min(slot.starts_at for slot in slots)
    last = max(slot.ends_at for slot in slots)
    return absences.between([pairing.mentor, pairing.mentee], first, last)


def absence_in(slots: Sequence[Slot], away: Sequence[Absence], pairing: Pairing) -> Absence | None:
    """The first of these absences that covers one of the slots."""
    zones = {person.pk: person.time_zone for person in (pairing.mentor, pairing.mentee)}
    for absence in away:
        zone = zones[absence.person_id]
        for slot in slots:
            if absence.covers(slot.starts_at, zone) or absence.covers(slot.last_moment, zone):
                return absence
    return None


def sessions_during(away: Sequence[Absence], person: User) -> list[list[MentoringSession]]:
    """For each absence, the person's scheduled sessions on its days that are ahead. One query."""
    spans = [absence.period(person.time_zone) for absence in away]
    if not spans:
        return []
    mine = MentoringSession.objects.filter(
        attendances__person=person,
        attendances__live=True,
        starts_at__lt=max(end for _start, end in spans),
        ends_at__gt=max(clock.now(), min(start for start, _end in spans)),
    ).order_by("starts_at", "pk")
    found = list(mine)
    return [
        [session for session in found if session.starts_at < end and start < session.ends_at]
        for start, end in spans
    ]


def clash(busy: SessionAttendance, slot: Slot | None, pairing: Pairing, actor: User) -> DomainError:
    """The sentence for a time that is taken; `slot` is None when only one was asked for."""
    if busy.person_id == actor.pk:
        when = time_in_words(busy.during.lower, busy.during.upper, actor.time_zone)
        text = _("You have another session on %(when)s. Choose another time.") % {"when": when}
    elif not pairing.has_member(actor):  # a delegate learns only what is free
        text = _("This time does not suit both. Choose another time.")
    elif slot is None:
        text = _("%(name)s is not free then. Choose another time.") % {
            "name": busy.person.short_name
        }
    else:
        when = time_in_words(slot.starts_at, slot.ends_at, actor.time_zone)
        text = _("%(name)s is not free on %(when)s. Choose another time.") % {
            "name": busy.person.short_name,
            "when": when,
        }
    return DomainError(text, code="wall_time")


def take_time(session: MentoringSession, pairing: Pairing) -> None:
    """Store the time that a scheduled session takes of its two people; it replaces an earlier one.

    DomainError when the database finds one of them taken, by a row that is newer than `check_free`.
    """
    during = (session.starts_at, session.ends_at)
    rows = [
        SessionAttendance(session=session, person=person, during=during)
        for person in (pairing.mentor, pairing.mentee)
    ]
    try:
        with transaction.atomic():
            SessionAttendance.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["session", "person"],
                update_fields=["during", "live", "minutes_late", "late_said_by"],
            )
    except IntegrityError as error:
        if OVERLAP not in str(error):
            raise
        raise DomainError(
            _("One of you two has just been booked for this time. Choose another time."),
            code="wall_time",
        ) from error


def release_time(session: MentoringSession) -> None:
    """Free the time of a session that is no longer scheduled."""
    SessionAttendance.objects.filter(session=session).update(live=False)
