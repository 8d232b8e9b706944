"""People leave the company: sign-in ends, their pairs pause, and nothing more is sent to them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.domain import people
from accounts.models import User
from meetings.domain.pausing import pause_for_directory
from notifications import outbox
from pairings.domain.locks import lock_enrolments_of
from pairings.enums import PairingState
from pairings.models import Pairing


@transaction.atomic
def deactivate(*, actor: User | None, person: User) -> User:
    """Deactivate a person and settle what follows. DomainError as `people.deactivate`."""
    people.deactivate(actor=actor, person=person)
    settle([person.pk])
    return person


def open_pairs_of(person_ids: Iterable[int]) -> QuerySet[Pairing]:
    """The pairs that change when these people leave: offers become void, active pairs pause."""
    ids = list(person_ids)
    return Pairing.objects.filter(
        Q(mentor__in=ids) | Q(mentee__in=ids),
        state__in=[PairingState.OFFERED, PairingState.ACTIVE],
    )


@transaction.atomic
def settle(person_ids: Iterable[int]) -> int:
    """Pause the pairs of people who have left, void their offers, cancel messages to them.

    Returns how many pairs were changed. Their partners and the coordinators are told. Running it
    twice changes nothing.
    """
    ids = list(person_ids)
    if not ids:
        return 0

    pairs = list(open_pairs_of(ids).order_by("pk"))
    lock_enrolments_of(Pairing.objects.filter(pk__in=[pairing.pk for pairing in pairs]))
    for pairing in pairs:
        pause_for_directory(pairing=pairing, why="leaver")

    # Last, so that the messages which the steps above wrote to them are cancelled as well.
    outbox.cancel_to(people=ids, reason="left")
    return len(pairs)
