"""What a safe contact, or the deputy, does in a thread.

No audit entry: it would have the time at which the thread was read.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import DomainError
from concerns.domain import days
from concerns.domain.writing import add_entry, lock
from concerns.enums import WAITING, ConcernState
from concerns.models import Concern, ConcernEntry


@transaction.atomic
def acknowledge(*, actor: User, concern: Concern) -> Concern:
    """Say that it has been read. Twice changes nothing."""
    locked = _locked(actor, concern)
    if locked.state == ConcernState.OPEN:
        locked.state = ConcernState.ACKNOWLEDGED
        locked.save(update_fields=["state"])
    return locked


@transaction.atomic
def answer(*, actor: User, concern: Concern, text: str) -> ConcernEntry:
    """Write to the author."""
    locked = _locked(actor, concern)
    if locked.state in WAITING:
        locked.state = ConcernState.ANSWERED
        locked.save(update_fields=["state"])
    return add_entry(locked, side=locked.side_of(actor), text=text)


@transaction.atomic
def note(*, actor: User, concern: Concern, text: str) -> ConcernEntry:
    """Write a note that only this side reads."""
    locked = _locked(actor, concern)
    return add_entry(locked, side=locked.side_of(actor), text=text, is_note=True)


@transaction.atomic
def close(*, actor: User, concern: Concern) -> Concern:
    """Close an answered thread: the author is asked whether it helped. Twice changes nothing.

    DomainError while the author waits for an answer.
    """
    locked = _locked(actor, concern)
    if locked.state in WAITING:
        raise DomainError(_("Write an answer first, then close it."))
    if locked.state == ConcernState.ANSWERED:
        locked.state, locked.closed_on = ConcernState.CLOSED, days.today()
        locked.save(update_fields=["state", "closed_on"])
    return locked


def entries_for(concern: Concern, reader: User | None) -> Any:
    """What one side reads, in order. The author (None) reads no notes."""
    readable = Q(is_note=False)
    if reader is not None:
        readable |= Q(side=concern.side_of(reader))
    return concern.entries.filter(readable)


def _locked(actor: User, concern: Concern) -> Concern:
    """The locked thread. DomainError for whoever may not read it."""
    if not Concern.objects.visible_to(actor).filter(pk=concern.pk).exists():
        raise DomainError(_("This thread is not yours to read."))
    return lock(concern)
