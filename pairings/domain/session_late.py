"""Running late: one button, and the other knows at once."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from pairings import mail_sessions
from pairings.enums import SessionState
from pairings.models import MentoringSession, SessionAttendance

CHOICES = (5, 10, 15)
FROM = timedelta(hours=1)


def is_near(session: MentoringSession) -> bool:
    """From an hour before the start to the end, while it is scheduled."""
    return session.state == SessionState.SCHEDULED and session.starts_at - FROM <= clock.now() < session.ends_at


@transaction.atomic
def say_late(*, actor: User, session: MentoringSession, minutes: int) -> SessionAttendance:
    """The actor, one of the pair, comes so many minutes late; the other gets a mail at once. Once a session and person.

    Saying the same again changes nothing. DomainError when the session is not near, for other minutes than CHOICES, and when
    something else has been said already.
    """
    if minutes not in CHOICES:
        raise DomainError(_("Choose one of the buttons."), code="minutes")
    related = MentoringSession.objects.select_related("pairing__program", "pairing__mentor", "pairing__mentee")
    # under lock: one that is just being moved must not take along what was said about its earlier time
    session = related.select_for_update(of=("self",)).get(pk=session.pk)
    if not is_near(session):
        raise DomainError(_("You can say so from an hour before the session until its end."))
    mine = SessionAttendance.objects.select_for_update().filter(session=session, person=actor, live=True).first()
    if mine is None:
        raise DomainError(_("Only the two people of a pair can do that."))
    if mine.minutes_late == minutes:
        return mine
    if mine.minutes_late is not None:
        raise DomainError(_("You have said so already. If it gets later still, tell them yourself."))
    mine.minutes_late = minutes
    mine.save(update_fields=["minutes_late"])
    audit.record("session.running_late", session, actor=actor, scope=session.pairing.program.public_id, minutes=minutes)
    mail_sessions.tell_late(session, actor=actor, minutes=minutes)
    return mine


def minutes_late(session: MentoringSession) -> dict[int, int]:
    """{person: minutes} of those who have said so. One query."""
    said = SessionAttendance.objects.filter(session=session, minutes_late__isnull=False)
    return {person: minutes for person, minutes in said.values_list("person_id", "minutes_late") if minutes}
