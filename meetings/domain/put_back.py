"""Sessions that went with a pause come back: under the same UID in both calendars, where their time
still suits both.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from meetings.domain.times import (
    Slot,
    check_free,
    check_here,
    check_pair,
    check_slot,
    lock_pair,
    take_time,
)
from meetings.enums import SessionState
from meetings.mail import sessions as session_mail
from meetings.mail.letters import key_prefix
from meetings.models import MentoringSession
from notifications import outbox
from pairings.models import Pairing
from programs.models import SessionGuide


@dataclass(frozen=True)
class PutBack:
    """What is scheduled again, in order, and how many did not suit any more."""

    back: list[MentoringSession]
    left: int


def waiting(pairing: Pairing) -> QuerySet[MentoringSession]:
    """Sessions of the pair that nobody has called off, but a pause, and whose time is still ahead;
    the soonest first.
    """
    rows = MentoringSession.objects.filter(
        pairing=pairing, state=SessionState.CANCELLED, starts_at__gt=clock.now()
    )
    return rows.filter(cancelled_by__isnull=True, logged_at__isnull=True).order_by(
        "starts_at", "pk"
    )


@transaction.atomic
def put_back(*, actor: User, pairing: Pairing) -> PutBack:
    """Schedule again what a pause has taken out of both calendars, for one of the pair.

    Twice changes nothing.

    One whose time is taken by now, or falls into an absence, stays as it is. Both are told as of a
    booking. DomainError unless the pair is active and its program goes on.
    """
    pairing = lock_pair(pairing)
    check_pair(pairing)
    found = list(waiting(pairing).select_for_update())
    back = [session for session in found if _fits(session, pairing, actor)]
    if back:
        _share_guides(back, pairing)
        session_mail.tell_series(back, actor=actor)
    return PutBack(back, len(found) - len(back))


def _fits(session: MentoringSession, pairing: Pairing, actor: User) -> bool:
    """Put one back, unless its time does not suit any more."""
    slot = Slot(session.wall_date, session.wall_time, session.time_zone, session.minutes)
    try:
        check_slot(slot, pairing.program)
        check_here([slot], pairing, actor=actor)
        check_free([slot], pairing, actor=actor)
        take_time(session, pairing)
    except DomainError:
        return False
    # the mail that takes it out of a calendar must not come after the one that puts it in again
    outbox.cancel(key_prefix=key_prefix(session), reason="put back")
    session.pairing = pairing
    session.state, session.scheduled_by, session.moved_by = SessionState.SCHEDULED, actor, None
    session.sequence += 1
    session.timed_at = clock.now()
    session.save(update_fields=["state", "scheduled_by", "moved_by", "sequence", "timed_at"])
    audit.record(
        "session.put_back",
        session,
        actor=actor,
        scope=pairing.program.public_id,
        sequence=session.sequence,
    )
    return True


def _share_guides(back: list[MentoringSession], pairing: Pairing) -> None:
    """Where another session has taken a guide meanwhile, the next one that no session has."""
    live = pairing.sessions.filter(
        state__in=[SessionState.SCHEDULED, SessionState.HELD], guide__isnull=False
    )
    used = set(
        live.exclude(pk__in=[session.pk for session in back]).values_list("guide", flat=True)
    )
    taken = [*used, *(session.guide_id for session in back if session.guide_id is not None)]
    spare = (
        SessionGuide.objects.filter(program=pairing.program)
        .exclude(pk__in=taken)
        .order_by("number")
    )
    others = iter(spare)
    for session in back:
        if session.guide_id in used:
            session.guide = next(others, None)
            session.save(update_fields=["guide"])
