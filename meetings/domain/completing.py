"""Pairs at the end of their program."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from common import audit
from meetings.domain.calendar_cleanup import cancel_open_sessions
from pairings.domain.locks import lock_enrolments_of, lock_pairing
from pairings.domain.offers import void
from pairings.enums import RUNNING_STATES, PairingState
from pairings.models import Pairing
from programs.models import Program


@transaction.atomic
def complete_pairings(*, actor: User, program: Program) -> int:
    """Active and paused pairs become completed, offers void; sessions ahead are cancelled.

    How many pairs were completed. Running it again changes nothing.
    """
    completed = 0
    live = Pairing.objects.live().filter(program=program)
    lock_enrolments_of(live)
    for found in live.order_by("pk"):
        pairing = lock_pairing(found)
        if pairing.state == PairingState.OFFERED:
            void(pairing=pairing)
        elif pairing.state in RUNNING_STATES:
            _complete(pairing, actor)
            completed += 1
    return completed


def _complete(pairing: Pairing, actor: User) -> None:
    pairing.stop(PairingState.COMPLETED)
    cancel_open_sessions(pairing)
    audit.record("pairing.completed", pairing, actor=actor, scope=pairing.program.public_id)
