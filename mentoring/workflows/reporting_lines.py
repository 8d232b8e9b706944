"""Reporting lines have changed: pairs that have become one are paused, and their coordinators
told.
"""

from __future__ import annotations

from django.db import transaction

from accounts.domain.reporting import ancestors_of
from meetings.domain.pausing import pause_for_directory
from pairings.domain.locks import lock_enrolments_of
from pairings.enums import PairingState
from pairings.models import Pairing


@transaction.atomic
def recheck_pairs() -> int:
    """Look at every open offer and active pair; how many were in one reporting line.

    Running it twice changes nothing.
    """
    pairs = Pairing.objects.filter(state__in=[PairingState.OFFERED, PairingState.ACTIVE]).order_by(
        "pk"
    )
    ids = list(pairs.values_list("pk", "mentor_id", "mentee_id"))
    above = ancestors_of({person for _pk, mentor, mentee in ids for person in (mentor, mentee)})
    in_line = [
        pk for pk, mentor, mentee in ids if mentee in above[mentor] or mentor in above[mentee]
    ]
    found = Pairing.objects.filter(pk__in=in_line)
    lock_enrolments_of(found)
    for pairing in found.order_by("pk"):
        pause_for_directory(pairing=pairing, why="reporting_line")
    return len(in_line)
