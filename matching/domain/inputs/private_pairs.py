"""Who is not available to whom, for a private reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Q, QuerySet

from accounts.models import PairBlock
from pairings.enums import LIVE_PAIRING_STATES, PairingState
from pairings.models import Pairing
from programs.models import Avoidance, Enrolment, Program

MOST_NAMED = 500
"""Up to this number people are named one by one in a query."""
PairOfPeople = tuple[int, int]
"""Ids of two people, the smaller one first."""
NamedPeople = Collection[int] | QuerySet[Enrolment, int]

WERE_A_PAIR = [
    PairingState.ACTIVE,
    PairingState.PAUSED,
    PairingState.COMPLETED,
    PairingState.ENDED,
]


def private_pairs(
    program: Program, person_of: Mapping[str, int], *, allow_former: bool
) -> set[PairOfPeople]:
    """Pairs of people who are not available to each other, for any private reason.

    `person_of` has the ids of the people by their public ids. Reasons: avoided by either, blocked
    by HR, once a pair (unless allowed), a pair now, or an offer of this program that did not come
    about. Nothing that is returned tells which reason it is.
    """
    ids = set(person_of.values())
    people = _people_named(program, ids)
    found = _avoided(people, person_of)
    found |= _blocked(people)
    found |= _paired(program, people, allow_former=allow_former)
    return {_ordered(a, b) for a, b in found if a != b and {a, b} <= ids}


def _people_named(program: Program, ids: set[int]) -> NamedPeople:
    """The people as a query names them: one by one, or everybody of the program if many.

    The caller leaves out whoever else the query finds.
    """
    if len(ids) <= MOST_NAMED:
        return ids
    return Enrolment.objects.filter(program=program).order_by().values_list("person", flat=True)


def _blocked(people: NamedPeople) -> set[PairOfPeople]:
    blocks = PairBlock.objects.filter(first__in=people, second__in=people)
    return set(blocks.values_list("first", "second"))


def _paired(program: Program, people: NamedPeople, *, allow_former: bool) -> set[PairOfPeople]:
    barring = Q(program=program, state__in=[*LIVE_PAIRING_STATES, PairingState.VOID])
    if not allow_former:
        barring |= Q(state__in=WERE_A_PAIR)
    pairs = Pairing.objects.filter(barring, mentor__in=people, mentee__in=people)
    return set(pairs.values_list("mentor", "mentee"))


def _avoided(people: NamedPeople, person_of: Mapping[str, int]) -> set[PairOfPeople]:
    """Each person with everybody whom they avoid, in any order."""
    found: set[PairOfPeople] = set()
    lists = Avoidance.objects.filter(person__in=people)
    for person, avoided in lists.values_list("person", "people"):
        others = [person_of.get(str(public_id)) for public_id in avoided or []]
        found.update((person, other) for other in others if other is not None)
    return found


def _ordered(a: int, b: int) -> PairOfPeople:
    return (a, b) if a < b else (b, a)
