"""*Needs you today*: what waits for the people who run a program because reminders have not
settled it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, QuerySet

from mentoring.needs.kinds import KINDS, Need, NeedKind
from mentoring.needs.past_mails import last_mails, snoozing
from programs.models import Program

MOST_PER_KIND = 50  # a program with more of one kind has another problem than a list


def needs_of(program: Program) -> list[Need]:
    """All that needs somebody, the longest waiting first; a constant number of queries.

    Sorted by day: the minute at which a mail came back would tell which mail it was.
    """
    mails = last_mails(program)
    found: dict[tuple[str, str], Need] = {}
    for kind in KINDS:
        for row in kind.rows_of(program)[:MOST_PER_KIND]:
            need = kind.need(row)
            key = (kind.key, str(need.about_id))
            if key in found:  # the same person, in the program's other role
                need = replace(need, people=(*found[key].people, *need.people))
            found[key] = replace(need, last_mail=mails.get(key))
    return sorted(found.values(), key=lambda need: (need.since.date(), need.about))


def need_of(program: Program, kind_key: str, about_id: UUID) -> Need | None:
    """One entry, if it still is one."""
    kind = _kind(kind_key)
    if kind is None:
        return None

    row = kind.rows_of(program).filter(**{kind.about: about_id}).first()
    if row is None:
        return None

    last_mail = last_mails(program).get((kind_key, str(about_id)))
    return replace(kind.need(row), last_mail=last_mail)


def _kind(key: str) -> NeedKind | None:
    return next((kind for kind in KINDS if kind.key == key), None)


def count_by_program(programs: QuerySet[Program]) -> list[tuple[UUID, str, int]]:
    """(public id, name, number) of those programs that have entries, by name. One query.

    Entries that somebody has written about recently do not count.
    """
    first, *others = [_counts(kind, programs) for kind in KINDS]
    totals: Counter[tuple[UUID, str]] = Counter()
    for public_id, name, number in first.union(*others, all=True):
        totals[public_id, name] += number

    found = [(public_id, name, number) for (public_id, name), number in totals.items()]
    return sorted(found, key=lambda row: row[1])


def count_of(program: Program) -> int:
    """The same number of one program. One query."""
    programs = Program.objects.filter(pk=program.pk)
    return sum(number for _id, _name, number in count_by_program(programs))


def _counts(kind: NeedKind, programs: QuerySet[Program]) -> QuerySet[Any]:
    """(program's public id, its name, number of entries of one kind)."""
    snoozed = snoozing(need=kind.key, program=kind.program, about=kind.about)
    rows = kind.rows().filter(**{f"{kind.program}__in": programs}).exclude(Exists(snoozed))

    of_program = (f"{kind.program}__public_id", f"{kind.program}__name")
    counts = rows.order_by().values(*of_program).annotate(number=Count(kind.about, distinct=True))
    return counts.values_list(*of_program, "number")
