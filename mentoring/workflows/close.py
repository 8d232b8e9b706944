"""Ending a program: its pairs first, then the program itself."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from meetings.domain.completing import complete_pairings
from programs.domain import states
from programs.models import Program


@transaction.atomic
def close_program(*, actor: User, program: Program) -> Program:
    """Closing → closed, with every pair completed.

    DomainError in any other state of the program.
    """
    closed = states.close_program(actor=actor, program=program)
    complete_pairings(actor=actor, program=closed)
    return closed
