"""Reporting lines have changed: pairs that are now in one line pause; coordinators are told."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from accounts.domain.people import set_manager as store_manager
from accounts.domain.reporting import ancestors_of
from accounts.models import User
from meetings.domain.pausing import pause_for_directory
from pairings.domain.locks import lock_enrolments_of
from pairings.enums import PairingState
from pairings.models import Pairing


@transaction.atomic
def set_manager(*, actor: User, person: User, manager: User | None) -> int:
    """To whom the person reports from now on; how many pairs are in one reporting line now.

    DomainError as `accounts.domain.people.set_manager`.
    """
    has_changed = store_manager(actor=actor, person=person, manager=manager)
    return recheck_pairs() if has_changed else 0


@transaction.atomic
def recheck_pairs() -> int:
    """Look at every open offer and active pair; how many were in one reporting line.

    Running it twice changes nothing.
    """
    open_pairs = Pairing.objects.filter(state__in=[PairingState.OFFERED, PairingState.ACTIVE])
    in_line = _in_one_line(open_pairs.order_by("pk"))
    found = Pairing.objects.filter(pk__in=in_line).order_by("pk")
    lock_enrolments_of(found)
    for pairing in found:
        pause_for_directory(pairing=pairing, why="reporting_line")
    return len(in_line)


def _in_one_line(pairs: QuerySet[Pairing]) -> list[int]:
    """The pairs in which one of the two reports to the other, directly or through others."""
    rows = list(pairs.values_list("pk", "mentor_id", "mentee_id"))
    people = set()
    for _pk, mentor, mentee in rows:
        people |= {mentor, mentee}

    managers = ancestors_of(people)
    return [
        pk
        for pk, mentor, mentee in rows
        if mentee in managers[mentor] or mentor in managers[mentee]
    ]
