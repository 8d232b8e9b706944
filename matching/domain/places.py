"""Who takes part, and how many of their places are taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from pairings.models import Pairing
from programs.enums import EnrolmentState
from programs.models import Enrolment, Program


def candidates(program: Program) -> QuerySet[Enrolment]:
    """Approved enrolments of people who are still with the company."""
    return Enrolment.objects.filter(
        program=program, state=EnrolmentState.APPROVED, person__is_active=True
    )


def places_taken(program: Program, *, among: Iterable[int] | None = None) -> Counter[int]:
    """How many places of each enrolment its live pairings take (offered ones too)."""
    live = Pairing.objects.live().filter(program=program)
    if among is not None:
        ids = list(among)
        live = live.filter(Q(mentor_enrolment__in=ids) | Q(mentee_enrolment__in=ids))
    taken: Counter[int] = Counter()
    for pair in live.values_list("mentor_enrolment", "mentee_enrolment"):
        taken.update(pair)
    return taken
