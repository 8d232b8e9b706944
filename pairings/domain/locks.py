"""Row locks of pairings, always in the same order: enrolments by id, then the pair.

The order prevents deadlocks.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.domain import reporting
from pairings.models import Pairing
from programs.models import Enrolment


def lock_enrolments(ids: Iterable[int]) -> dict[int, Enrolment]:
    """The enrolments with their people, locked until the transaction ends.

    Capacity is counted under this lock alone.
    """
    rows = Enrolment.objects.select_for_update(of=("self",)).filter(pk__in=set(ids)).order_by("pk")
    return {row.pk: row for row in rows.select_related("person__grade")}


def lock_enrolments_of(pairings: QuerySet[Pairing]) -> None:
    """Lock those of several pairs at once, before the pairs are locked one by one.

    Pair by pair they would be locked out of order.
    """
    ids: set[int] = set()
    for both in pairings.values_list("mentor_enrolment", "mentee_enrolment"):
        ids.update(both)
    lock_enrolments(ids)


def lock_pairing(pairing: Pairing) -> Pairing:
    """The pair as it is in the database now, locked together with its two enrolments."""
    lock_enrolments([pairing.mentor_enrolment_id, pairing.mentee_enrolment_id])
    rows = Pairing.objects.select_for_update(of=("self",)).select_related(
        "program", "mentor", "mentee", "mentor_enrolment", "mentee_enrolment"
    )
    locked: Pairing = rows.get(pk=pairing.pk)
    return locked


def may_meet(pairing: Pairing) -> bool:
    """Both are with the company, and neither is above the other in the reporting line."""
    both_here = pairing.mentor.is_active and pairing.mentee.is_active
    return both_here and not reporting.in_one_line(pairing.mentor, pairing.mentee)
