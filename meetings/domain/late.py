"""Running late: one button, and the other knows at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Delegation, User
from common import audit, clock
from common.errors import DomainError
from meetings.enums import SessionState
from meetings.mail import sessions as session_mail
from meetings.models import MentoringSession, SessionAttendance

CHOICES = (5, 10, 15)
FROM = timedelta(hours=1)


@dataclass(frozen=True)
class Late:
    """So many minutes, and who has said it: the person or a delegate."""

    minutes: int
    said_by: User | None


def is_near(session: MentoringSession) -> bool:
    """From an hour before the start to the end, while it is scheduled."""
    return session.state == SessionState.SCHEDULED and is_near_time(
        session.starts_at, session.ends_at
    )


def is_near_time(starts_at: datetime, ends_at: datetime) -> bool:
    """The same of a session that is known to be scheduled."""
    return starts_at - FROM <= clock.now() < ends_at


@transaction.atomic
def say_late(*, actor: User, session: MentoringSession, minutes: int) -> SessionAttendance:
    """The actor, one of the pair, comes so many minutes late, or the mentee whose delegate the
    actor is.

    The other gets a mail at once, and so does a mentee for whom a delegate has said it. Once a
    session and person: saying the same again changes nothing. DomainError when the session is not
    near, for other minutes than CHOICES, and when something else has been said already.
    """
    if minutes not in CHOICES:
        raise DomainError(_("Choose one of the buttons."), code="minutes")
    related = MentoringSession.objects.select_related(
        "pairing__program", "pairing__mentor", "pairing__mentee"
    )
    # under lock: one that is just being moved must not take along what was said about its earlier
    # time
    session = related.select_for_update(of=("self",)).get(pk=session.pk)
    if not is_near(session):
        raise DomainError(_("You can say so from an hour before the session until its end."))
    person = _late_one(session, actor)
    mine = (
        SessionAttendance.objects.select_for_update()
        .filter(session=session, person=person, live=True)
        .first()
    )
    if mine is None:
        raise DomainError(_("Only the two people of a pair can do that."))
    if mine.minutes_late == minutes:
        return mine
    if mine.minutes_late is not None:
        raise DomainError(
            _("You have said so already. If it gets later still, tell them yourself.")
        )
    mine.minutes_late, mine.late_said_by = minutes, actor
    mine.save(update_fields=["minutes_late", "late_said_by"])
    detail = {"minutes": minutes} | ({} if person == actor else {"on_behalf_of": person.pk})
    audit.record(
        "session.running_late",
        session,
        actor=actor,
        scope=session.pairing.program.public_id,
        **detail,
    )
    session_mail.tell_late(session, actor=actor, late=person, minutes=minutes)
    return mine


def _late_one(session: MentoringSession, actor: User) -> User:
    """The actor, or the mentee whose times they handle. DomainError for anybody else."""
    pairing = session.pairing
    if actor.pk in {pairing.mentor_id, pairing.mentee_id}:
        return actor
    if not Delegation.objects.filter(mentee=pairing.mentee_id, delegate=actor).exists():
        raise DomainError(_("Only the two people of a pair can do that."))
    return pairing.mentee


def lateness(session: MentoringSession) -> dict[int, Late]:
    """{person: what has been said of them}. One query."""
    said = SessionAttendance.objects.filter(
        session=session, minutes_late__isnull=False
    ).select_related("late_said_by")
    return {row.person_id: Late(row.minutes_late or 0, row.late_said_by) for row in said}


def said_of_mentee(sessions: Iterable[int]) -> set[int]:
    """Those of the sessions, by number, of which it has been said that their mentee comes late.

    One query.
    """
    said = SessionAttendance.objects.filter(session__in=list(sessions), minutes_late__isnull=False)
    return set(
        said.filter(person=F("session__pairing__mentee")).values_list("session_id", flat=True)
    )
