"""Whom somebody can turn to: safe contacts who are in nobody's line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from accounts.domain.reporting import ancestors_of
from accounts.models import User
from pairings.models import Pairing
from programs.models import Program, ProgramStaff


def contacts_for(*, author: User, programs: Collection[Program]) -> dict[int, list[ProgramStaff]]:
    """{program id: safe contacts first, then deputies} whom the author can turn to.

    They have accepted, and are neither above nor below the author, nor any partner of theirs in
    that program. Three queries, whatever their number.
    """
    involved = _involved(author, programs)
    staff = ProgramStaff.objects.who_listen().filter(program__in=programs)
    rows = list(staff.select_related("person").order_by("role", "person__sort_key", "pk"))
    people = {author.pk, *(row.person_id for row in rows)}
    above = ancestors_of(people.union(*involved.values()))

    found: dict[int, list[ProgramStaff]] = defaultdict(list)
    for row in rows:
        around = involved[row.program_id]
        if not any(_conflict(row.person_id, other, above) for other in around):
            found[row.program_id].append(row)
    return found


def _involved(author: User, programs: Collection[Program]) -> dict[int, set[int]]:
    """{program id: the author and their partners there, also those of pairs that are over}."""
    involved = {program.pk: {author.pk} for program in programs}
    pairs = Pairing.objects.of(author).filter(program__in=programs)
    for program_id, *pair in pairs.values_list("program_id", "mentor_id", "mentee_id"):
        involved[program_id].update(pair)
    return involved


def _conflict(contact: int, other: int, above: dict[int, set[int]]) -> bool:
    """The same person, or one is above the other."""
    return contact == other or contact in above[other] or other in above[contact]
