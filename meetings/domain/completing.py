"""A pair whose program is closed: it is completed, with thanks."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import audit, clock
from meetings.domain.calendar_cleanup import cancel_open_sessions
from meetings.models import MentoringSession
from pairings.domain.locks import lock_pairing
from pairings.domain.offers import void
from pairings.enums import RUNNING_STATES, PairingState
from pairings.mail import thanks
from pairings.models import Pairing
from programs.models import ProgramClosing


@transaction.atomic
def complete(*, pairing: Pairing) -> bool:
    """active or paused → completed, and both are thanked; an offer becomes void.

    Sessions beyond the closing leave the calendars. A pair with sessions that the closing keeps
    goes on until the last of them is logged, or the program's last day is over: False till then,
    and if the pair has ended already.
    """
    locked = lock_pairing(pairing)
    if locked.state == PairingState.OFFERED:
        void(pairing=locked)
        return True
    if locked.state not in RUNNING_STATES:
        return False

    actor, sessions_until = _closing_of(locked)
    cancel_open_sessions(locked, since=sessions_until)
    if MentoringSession.objects.filter(pairing=locked).kept_at_closing().exists():
        return False

    locked.stop(PairingState.COMPLETED)
    thanks.tell_completed(locked)
    audit.record("pairing.completed", locked, actor=actor, scope=locked.program.public_id)
    return True


def _closing_of(pairing: Pairing) -> tuple[User | None, datetime]:
    """Who has closed the program, and until when sessions stay."""
    closings = ProgramClosing.objects.select_related("decided_by")
    closing = closings.filter(program=pairing.program).first()
    if closing is None:
        return None, clock.now()
    return closing.decided_by, closing.sessions_until
