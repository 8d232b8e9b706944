"""Row locks of pairings, always in the same order (enrolments by id, then the pair), so that two
people never deadlock.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.domain import reporting
from pairings.models import Pairing
from programs.models import Enrolment


def lock_enrolments(ids: Iterable[int]) -> dict[int, Enrolment]:
    """The enrolments, locked until the transaction ends, with their people.

    Capacity is counted under this lock alone.
    """
    rows = Enrolment.objects.select_for_update(of=("self",)).filter(pk__in=set(ids)).order_by("pk")
    return {row.pk: row for row in rows.select_related("person__grade")}


def lock_enrolments_of(pairings: QuerySet[Pairing]) -> None:
    """Those of several pairs at once, before the pairs are locked one by one: pair by pair they
    would come out of order.
    """
    lock_enrolments(
        id_ for ids in pairings.values_list("mentor_enrolment", "mentee_enrolment") for id_ in ids
    )


def lock_pairing(pairing: Pairing) -> Pairing:
    """The pair as the database has it now, locked together with its two enrolments."""
    lock_enrolments([pairing.mentor_enrolment_id, pairing.mentee_enrolment_id])
    rows = Pairing.objects.select_for_update(of=("self",)).select_related(
        "program", "mentor", "mentee", "mentor_enrolment", "mentee_enrolment"
    )
    locked: Pairing = rows.get(pk=pairing.pk)
    return locked


def may_meet(pairing: Pairing) -> bool:
    """Both are with the company and neither is above the other."""
    both_here = pairing.mentor.is_active and pairing.mentee.is_active
    return both_here and not reporting.in_one_line(pairing.mentor, pairing.mentee)
