"""People leave the company: they can no longer sign in, their pairs pause, and nothing more is sent
to them.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from accounts.domain import people
from accounts.models import User
from meetings.domain.pausing import pause_for_directory
from notifications import outbox
from pairings.domain.locks import lock_enrolments_of
from pairings.enums import PairingState
from pairings.models import Pairing


@transaction.atomic
def deactivate(*, actor: User | None, person: User) -> User:
    """What `accounts.domain.people.deactivate` does, and what follows from it.

    DomainError as there.
    """
    people.deactivate(actor=actor, person=person)
    settle([person.pk])
    return person


@transaction.atomic
def settle(person_ids: Iterable[int]) -> int:
    """Pause the pairs of people who have left, call their open offers off, cancel what was to be
    sent to them.

    Returns how many pairs were touched. The other of each pair and the coordinator are told.
    Running it twice changes nothing.
    """
    ids = list(person_ids)
    if not ids:
        return 0
    theirs = Pairing.objects.filter(Q(mentor__in=ids) | Q(mentee__in=ids))
    open_pairs = list(
        theirs.filter(state__in=[PairingState.OFFERED, PairingState.ACTIVE]).order_by("pk")
    )
    lock_enrolments_of(theirs.filter(pk__in=[pairing.pk for pairing in open_pairs]))
    for pairing in open_pairs:
        pause_for_directory(pairing=pairing, why="leaver")
    outbox.cancel_to(
        people=ids, reason="left"
    )  # last, so that what the steps above wrote to them goes too
    return len(open_pairs)
