"""Sessions that a pause has cancelled are scheduled again, if their time still suits both.

They keep their UID, so both calendars show them as the same sessions.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from common import clock
from common.errors import DomainError
from meetings.domain import subjects
from meetings.domain.changes import record
from meetings.domain.times import (
    Slot,
    check_free,
    check_here,
    check_pair,
    check_slot,
    holiday_in,
    lock_pair,
    take_time,
)
from meetings.enums import SessionState
from meetings.mail import sessions as session_mail
from meetings.mail.letters import key_prefix
from meetings.models import MentoringSession
from notifications import outbox
from pairings.models import Pairing


@dataclass(frozen=True)
class PutBack:
    """What is scheduled again, in order, and how many sessions did not suit both any more."""

    back: list[MentoringSession]
    left: int


def waiting(pairing: Pairing) -> QuerySet[MentoringSession]:
    """Sessions of the pair that can be put back, the soonest first."""
    interrupted = MentoringSession.objects.filter(pairing=pairing).interrupted()
    return interrupted.order_by("starts_at", "pk")


@transaction.atomic
def put_back(*, actor: User, pairing: Pairing) -> PutBack:
    """Schedule again what a pause has cancelled, for one of the pair, and tell both.

    A session stays cancelled if its time is taken by now, one of the two is away, or one of them
    has a public holiday. Running it twice changes nothing. DomainError unless the pair is active
    and its program goes on.
    """
    pairing = lock_pair(pairing)
    check_pair(pairing)
    found = list(waiting(pairing).select_for_update())
    back = [session for session in found if _schedule_if_free(session, pairing, actor)]
    if back:
        subjects.assign(pairing)
        session_mail.tell_series(back, actor=actor)
    return PutBack(back, len(found) - len(back))


def _schedule_if_free(session: MentoringSession, pairing: Pairing, actor: User) -> bool:
    """Schedule one again; False if its time does not suit both any more."""
    slot = Slot(session.wall_date, session.wall_time, session.time_zone, session.minutes)
    if holiday_in(slot, pairing):
        return False
    try:
        check_slot(slot, pairing.program)
        check_here([slot], pairing, actor=actor)
        check_free([slot], pairing, actor=actor)
        take_time(session, pairing)
    except DomainError:
        return False
    session.pairing = pairing
    _schedule_again(session, actor)
    return True


def _schedule_again(session: MentoringSession, actor: User) -> None:
    # The mail that takes it out of a calendar must not come after the one that puts it in again.
    outbox.cancel(key_prefix=key_prefix(session), reason="put back")
    session.state = SessionState.SCHEDULED
    session.scheduled_by, session.moved_by = actor, None
    session.sequence += 1
    session.timed_at = clock.now()
    session.save(update_fields=["state", "scheduled_by", "moved_by", "sequence", "timed_at"])
    record("session.put_back", session, actor, sequence=session.sequence)
