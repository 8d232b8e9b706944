"""Addresses that mail did not reach."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from common import audit
from notifications.preferences import suppression
from programs.models import Program


@transaction.atomic
def try_again(*, actor: User, person: User, program: Program) -> bool:
    """Send to the person's address again; whether it had been stopped. Twice changes nothing."""
    released = suppression.release(person.email)
    if released:
        audit.record("address.released", person, actor=actor, scope=program.public_id)
    return released
