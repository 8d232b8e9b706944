"""*Needs you today*: what waits for the people who run a program because reminders have not
settled it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, QuerySet, Value

from mentoring.needs.kinds import KINDS, Need, NeedKind, both_names
from mentoring.needs.past_mails import last_mails, snoozing
from programs.models import Program

MOST_PER_KIND = 50  # a program with more of one kind has another problem than a list
KIND_BY_KEY = {kind.key: kind for kind in KINDS}


@dataclass(frozen=True)
class Entry:
    """A `Need` in short: what, about whom, and since when."""

    kind: str
    title: str
    about: str
    about_id: UUID
    since: datetime


def needs_of(program: Program) -> list[Need]:
    """All that needs somebody, the longest waiting first; a constant number of queries.

    Sorted by day: the minute at which a mail came back would tell which mail it was.
    """
    mails = last_mails(program)
    found: dict[tuple[str, str], Need] = {}
    for need in _needs_without_mails(program):
        people = need.people
        if need.key in found:  # the same person, in the program's other role
            people = (*found[need.key].people, *people)
        found[need.key] = replace(need, people=people, last_mail=mails.get(need.key))
    return sorted(found.values(), key=lambda need: (need.since.date(), need.about))


def _needs_without_mails(program: Program) -> Iterator[Need]:
    """The entries of every kind, each as it is without the last mail about it."""
    for kind in KINDS:
        for row in kind.rows_of(program)[:MOST_PER_KIND]:
            yield kind.need(row)


def need_of(program: Program, kind_key: str, about_id: UUID) -> Need | None:
    """One entry, if it still is one."""
    kind = KIND_BY_KEY.get(kind_key)
    if kind is None:
        return None
    row = kind.rows_of(program).filter(**{kind.about: about_id}).first()
    if row is None:
        return None

    need = kind.need(row)
    return replace(need, last_mail=last_mails(program).get(need.key))


def count_by_program(programs: QuerySet[Program]) -> list[tuple[UUID, str, int]]:
    """(public id, name, number) of those programs that have entries, by name. One query.

    Entries that somebody has written about recently do not count.
    """
    totals: Counter[tuple[UUID, str]] = Counter()
    for public_id, name, number in _counts_of_all_kinds(programs):
        totals[public_id, name] += number

    found = [(public_id, name, number) for (public_id, name), number in totals.items()]
    return sorted(found, key=lambda row: row[1])


def open_entries(program: Program) -> list[Entry]:
    """What needs somebody now, without what somebody has written about recently. One query.

    The same entries in the same order as `needs_of` has them, and no more of each.
    """
    first, *others = [_entries(kind, program) for kind in KINDS]
    found: dict[tuple[str, UUID], Entry] = {}
    for key, about_id, since, *names in first.union(*others, all=True):
        kind = KIND_BY_KEY[key]
        about = names[0] if len(kind.names) == 1 else both_names(*names)
        found[key, about_id] = Entry(key, kind.full_title(), about, about_id, since)
    return sorted(found.values(), key=lambda entry: (entry.since.date(), entry.about))


def _entries(kind: NeedKind, program: Program) -> QuerySet[Any]:
    """(kind, public id of what it is about, since, a name, another name) of entries of a kind."""
    rows: Any = _not_snoozed(kind).filter(**{kind.program: program})
    columns = {
        "need_key": Value(kind.key),
        "about_id": F(kind.about),
        "name": F(kind.names[0]),
        "other_name": F(kind.names[-1]),
    }
    values = rows.order_by("since", "pk").annotate(**columns)
    entries: QuerySet[Any] = values.values_list(
        "need_key", "about_id", "since", "name", "other_name"
    )
    return entries[:MOST_PER_KIND]


def _counts_of_all_kinds(programs: QuerySet[Program]) -> QuerySet[Any]:
    """The rows of `_counts` for every kind of entry. One query."""
    first, *others = [_counts(kind, programs) for kind in KINDS]
    return first.union(*others, all=True)


def _counts(kind: NeedKind, programs: QuerySet[Program]) -> QuerySet[Any]:
    """(program's public id, its name, number of entries of one kind)."""
    program_id, program_name = f"{kind.program}__public_id", f"{kind.program}__name"
    rows: Any = _not_snoozed(kind).filter(**{f"{kind.program}__in": programs}).order_by()
    by_program = rows.values(program_id, program_name)
    counts = by_program.annotate(number=Count(kind.about, distinct=True))
    found: QuerySet[Any] = counts.values_list(program_id, program_name, "number")
    return found


def _not_snoozed(kind: NeedKind) -> QuerySet[Any]:
    """The rows of a kind about which nobody has written recently."""
    snoozed = snoozing(need=kind.key, program=kind.program, about=kind.about)
    return kind.rows().exclude(Exists(snoozed))
