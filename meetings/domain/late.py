"""Running late: one button, and the partner gets a mail at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import Delegation, User
from common import clock
from common.errors import DomainError
from meetings.domain.changes import lock_session, record
from meetings.enums import SessionState
from meetings.mail import sessions as session_mail
from meetings.models import MentoringSession, SessionAttendance

CHOICES = (5, 10, 15)
FROM = timedelta(hours=1)


@dataclass(frozen=True)
class Late:
    """How many minutes, and who has said it: the person or a delegate."""

    minutes: int
    said_by: User | None


def is_near(session: MentoringSession) -> bool:
    """The session is scheduled, and it is near: see `is_near_time`."""
    is_scheduled = session.state == SessionState.SCHEDULED
    return is_scheduled and is_near_time(session.starts_at, session.ends_at)


def is_near_time(starts_at: datetime, ends_at: datetime) -> bool:
    """It is between an hour before the start and the end."""
    return starts_at - FROM <= clock.now() < ends_at


@transaction.atomic
def say_late(*, actor: User, session: MentoringSession, minutes: int) -> SessionAttendance:
    """The actor comes so many minutes late, or the mentee whose delegate the actor is.

    The partner gets a mail at once, and so does a mentee for whom a delegate has said it. It can be
    said once per session and person; the same again changes nothing. DomainError when the session
    is not near, for other minutes than CHOICES, and when other minutes were said before.
    """
    session = lock_session(session)
    _check(session, minutes)
    person = _late_one(session, actor)
    attendance = _locked_attendance(session, person)
    if attendance.minutes_late == minutes:
        return attendance
    if attendance.minutes_late is not None:
        raise DomainError(
            _("You have said so already. If it gets later still, tell them yourself.")
        )

    attendance.minutes_late, attendance.late_said_by = minutes, actor
    attendance.save(update_fields=["minutes_late", "late_said_by"])
    _record(session, actor, person, minutes)
    session_mail.tell_late(session, actor=actor, late=person, minutes=minutes)
    return attendance


def _check(session: MentoringSession, minutes: int) -> None:
    """DomainError unless so many minutes can be said of this session now."""
    if minutes not in CHOICES:
        raise DomainError(_("Choose one of the buttons."), code="minutes")
    if not is_near(session):
        raise DomainError(_("You can say so from an hour before the session until its end."))


def _record(session: MentoringSession, actor: User, person: User, minutes: int) -> None:
    on_behalf = {} if person == actor else {"on_behalf_of": person.pk}
    record("session.running_late", session, actor, minutes=minutes, **on_behalf)


def _locked_attendance(session: MentoringSession, person: User) -> SessionAttendance:
    """The person's row of a scheduled session, locked. DomainError for anybody else."""
    rows = SessionAttendance.objects.select_for_update()
    attendance = rows.filter(session=session, person=person, live=True).first()
    if attendance is None:
        raise DomainError(_("Only the two people of a pair can do that."))
    return attendance


def _late_one(session: MentoringSession, actor: User) -> User:
    """The actor, or the mentee whose calendar they handle. DomainError for anybody else."""
    pairing = session.pairing
    if pairing.has_member(actor):
        return actor
    if not Delegation.objects.filter(mentee=pairing.mentee_id, delegate=actor).exists():
        raise DomainError(_("Only the two people of a pair can do that."))
    return pairing.mentee


def lateness(session: MentoringSession) -> dict[int, Late]:
    """{person: how late they come}. One query."""
    said = SessionAttendance.objects.late().filter(session=session)
    return {
        row.person_id: Late(row.minutes_late or 0, row.late_said_by)
        for row in said.select_related("late_said_by")
    }


def said_of_mentee(sessions: list[int]) -> set[int]:
    """The ids of those sessions to which the mentee has been said to come late. One query."""
    of_mentee = Q(person=F("session__pairing__mentee"))
    said = SessionAttendance.objects.late().filter(of_mentee, session__in=sessions)
    return set(said.values_list("session_id", flat=True))
