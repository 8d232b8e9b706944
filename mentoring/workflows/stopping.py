"""Leaving and cancelling a program: first its pairs end, then the rest."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from meetings.domain import pausing
from pairings.domain import offers
from pairings.domain.locks import lock_enrolments_of, lock_pairing
from pairings.enums import RUNNING_STATES, PairingState
from pairings.models import Pairing
from programs.domain import enrolment as enrolments
from programs.domain import states
from programs.models import Enrolment, Program


@transaction.atomic
def withdraw(*, actor: User, enrolment: Enrolment) -> Enrolment:
    """The person leaves the program: offers become void, pairs end with the neutral message.

    Twice changes nothing. DomainError as `programs.domain.enrolment.withdraw`; then nothing has
    changed.
    """
    is_own = Q(mentor_enrolment=enrolment) | Q(mentee_enrolment=enrolment)
    pairs = Pairing.objects.live().filter(is_own).order_by("pk")
    lock_enrolments_of(pairs)
    for pairing in pairs:
        _stop(lock_pairing(pairing), actor)
    return enrolments.withdraw(actor=actor, enrolment=enrolment)


def _stop(pairing: Pairing, actor: User) -> None:
    """Void a locked offer, or end a locked pair; nothing else changes."""
    if pairing.state == PairingState.OFFERED:
        offers.void(pairing=pairing)
    elif pairing.state in RUNNING_STATES:
        pausing.end(actor=actor, pairing=pairing)


@transaction.atomic
def cancel_program(*, actor: User, program: Program) -> Program:
    """Cancel a program: offers become void, pairs and sessions end, everybody is told once."""
    cancelled = states.cancel_program(actor=actor, program=program)
    live = Pairing.objects.live().filter(program=program).order_by("pk")
    lock_enrolments_of(live)
    for pairing in live:
        pausing.end_for_program(pairing=pairing)
    return cancelled
