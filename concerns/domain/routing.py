"""Whom somebody can turn to: safe contacts who are in nobody's line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db.models import QuerySet

from accounts.domain.reporting import ancestors_of
from accounts.models import User
from pairings.models import Pairing
from programs.enums import StaffRole
from programs.models import Program, ProgramStaff

Contacts = dict[int | None, list[ProgramStaff]]


class Route(NamedTuple):
    """Who reads a thread, and who does once the promised time is over."""

    contact: User
    deputy: User | None


def contacts_for(*, author: User, programs: Collection[Program]) -> Contacts:
    """{program id: safe contacts first, then deputies} whom the author can turn to.

    They have accepted, and are neither above nor below the author, nor any partner of theirs in
    any program. Where a program has none, the company's take their place; they stand under None
    too. Three queries, whatever their number.
    """
    involved = _involved(author)
    rows = _in_order(ProgramStaff.objects.who_listen_to(*programs))
    above = ancestors_of(involved.union(row.person_id for row in rows))

    found: Contacts = defaultdict(list)
    for row in rows:
        if not any(_conflict(row.person_id, other, above) for other in involved):
            found[row.program_id].append(row)
    for program in programs:
        found[program.pk] = found[program.pk] or found[None]
    return found


def routes_for(*, author: User, programs: Collection[Program]) -> list[Route]:
    """Between whom an author can choose, each with a deputy; the contacts of a program come before
    the company's.
    """
    contacts = contacts_for(author=author, programs=programs)
    groups = [contacts[program.pk] for program in programs]
    return _routes([*groups, contacts[None]], spare=contacts[None])


def routes_for_anybody() -> list[Route]:
    """Between whom somebody can choose who has not signed in: the company's contacts."""
    rows = _in_order(ProgramStaff.objects.who_listen_to())
    return _routes([rows], spare=rows)


def _in_order(rows: QuerySet[ProgramStaff]) -> list[ProgramStaff]:
    """Safe contacts before deputies."""
    return list(rows.select_related("person").order_by("role", "person__sort_key", "pk"))


def _routes(groups: Iterable[list[ProgramStaff]], spare: list[ProgramStaff]) -> list[Route]:
    """Each person once. Deputies are chosen only where no safe contact is left.

    The company's contacts are `spare`: they stand in where a group has nobody else.
    """
    routes: dict[int, Route] = {}
    for rows in groups:
        main = [row for row in rows if row.role == StaffRole.SAFE_CONTACT] or rows
        for row in main:
            route = Route(row.person, _deputy_of(row, rows) or _deputy_of(row, spare))
            routes.setdefault(row.person_id, route)
    return list(routes.values())


def _deputy_of(chosen: ProgramStaff, rows: list[ProgramStaff]) -> User | None:
    """A deputy of the same group, or else another safe contact."""
    others = [row for row in rows if row.person_id != chosen.person_id]
    deputies = [row for row in others if row.role == StaffRole.SAFE_DEPUTY]
    return next((row.person for row in deputies or others), None)


def _involved(author: User) -> set[int]:
    """The author and all their partners, also those of pairs that are over."""
    pairs = Pairing.objects.of(author).values_list("mentor_id", "mentee_id")
    return {author.pk}.union(*pairs)


def _conflict(contact: int, other: int, above: dict[int, set[int]]) -> bool:
    """The same person, or one is above the other."""
    return contact == other or contact in above[other] or other in above[contact]
