"""*Needs you today*: what waits for the people who run a program because reminders have not
settled it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, QuerySet, UUIDField, Value
from django.db.models.functions import Cast

from accounts.domain.names import sort_key
from accounts.models import User
from common.prepared import prepared
from mentoring.needs.kinds import KINDS, Need, NeedKind, both_names
from mentoring.needs.past_mails import last_mails, recent_mails, snoozing
from programs.enums import ProgramState
from programs.models import Program

CURRENT = [
    ProgramState.DRAFT,
    ProgramState.ENROLLING,
    ProgramState.MATCHING,
    ProgramState.RUNNING,
    ProgramState.CLOSING,
]
MOST_PER_KIND = 50  # a program with more of one kind has another problem than a list
NOBODY = ""  # where a row of a query is about no entry
KIND_BY_KEY = {kind.key: kind for kind in KINDS}


@dataclass(frozen=True)
class Entry:
    """A `Need` in short: what, about whom, since when, and the surname by which it is sorted."""

    kind: str
    title: str
    about: str
    about_id: UUID
    since: datetime
    surname: str


def needs_of(program: Program) -> list[Need]:
    """All that needs somebody, the longest waiting first, then by surname; a constant number of
    queries.

    Sorted by day: the minute at which a mail came back would tell which mail it was.
    """
    mails = last_mails(program)
    found: dict[tuple[str, str], Need] = {}
    for need in _needs_without_mails(program):
        people = need.people
        if need.key in found:  # the same person, in the program's other role
            people = (*found[need.key].people, *people)
        found[need.key] = replace(need, people=people, last_mail=mails.get(need.key))
    return sorted(found.values(), key=_by_day_and_surname)


def _by_day_and_surname(need: Need) -> tuple[date, str, str]:
    _role, first = need.people[0]
    return need.since.date(), sort_key(first.name), need.about


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


def current_programs(person_id: int, *, is_hr: bool) -> QuerySet[Program]:
    """The programs that a person runs and that are not over."""
    person = User(pk=person_id, is_hr_admin=is_hr)
    managed: QuerySet[Program] = Program.objects.managed_by(person)
    return managed.filter(state__in=CURRENT, archived_at__isnull=True)


def count_by_program(person: User) -> list[tuple[UUID, str, int]]:
    """(public id, name, number) of these programs that have entries, by name. One query, or two.

    Entries that somebody has written about recently do not count.
    """
    rows = _counts_of_all_kinds(person.pk, is_hr=person.is_hr_admin)
    if any(name == NOBODY for _public_id, name, _number in rows):
        rows = _counts_without_snoozed(person.pk, is_hr=person.is_hr_admin)

    totals: Counter[tuple[UUID, str]] = Counter()
    for public_id, name, number in rows:
        totals[public_id, name] += number
    found = [(public_id, name, number) for (public_id, name), number in totals.items()]
    return sorted(found, key=lambda row: row[1])


@prepared
def _counts_of_all_kinds(person_id: int, *, is_hr: bool) -> QuerySet[Any]:
    """The rows of `_counts` for every kind of entry, and those of programs with recent mails."""
    programs = current_programs(person_id, is_hr=is_hr)
    mails = recent_mails().filter(scope__in=programs.values("public_id")).order_by()
    with_mails = mails.annotate(name=Value(NOBODY)).values("scope", "name")
    counts: QuerySet[Any] = with_mails.annotate(number=Count("pk"))
    rows = counts.values_list("scope", "name", "number")
    return rows.union(*[_counts(kind, kind.rows(), programs) for kind in KINDS], all=True)


@prepared
def _counts_without_snoozed(person_id: int, *, is_hr: bool) -> QuerySet[Any]:
    """The rows of `_counts` for every kind, without what somebody has written about recently."""
    programs = current_programs(person_id, is_hr=is_hr)
    first, *others = [_counts(kind, _not_snoozed(kind), programs) for kind in KINDS]
    return first.union(*others, all=True)


def _counts(kind: NeedKind, rows: Any, programs: QuerySet[Program]) -> QuerySet[Any]:
    """(program's public id, its name, number of these entries)."""
    program_id, program_name = f"{kind.program}__public_id", f"{kind.program}__name"
    by_program = rows.filter(**{f"{kind.program}__in": programs}).order_by()
    counts = by_program.values(program_id, program_name).annotate(
        number=Count(kind.about, distinct=True)
    )
    found: QuerySet[Any] = counts.values_list(program_id, program_name, "number")
    return found


def open_entries(program: Program) -> list[Entry]:
    """What needs somebody now, without what somebody has written about recently. One query.

    The same entries in the same order as `needs_of` has them, and no more of each.
    """
    rows = _entries_and_mails(program.pk)
    written_at = {(row[0], row[1]): row[2] for row in rows if row[3] == NOBODY}
    found: dict[tuple[str, UUID], Entry] = {}
    for key, about_id, since, name, other_name in rows:
        mail_at = written_at.get((key, about_id))
        is_snoozed = mail_at is not None and mail_at >= since
        if name != NOBODY and not is_snoozed:
            kind = KIND_BY_KEY[key]
            about = name if len(kind.names) == 1 else both_names(name, other_name)
            title = kind.full_title()
            found[key, about_id] = Entry(key, title, about, about_id, since, sort_key(name))
    return sorted(found.values(), key=lambda one: (one.since.date(), one.surname, one.about))


@prepared
def _entries_and_mails(program_id: int) -> QuerySet[Any]:
    """The entries of every kind, and the recent mails about entries with nobody's name.

    (kind, public id of what it is about, since or when it was written, a name, another name)
    """
    program = Program.objects.filter(pk=program_id)
    mails = recent_mails().filter(scope__in=program.values("public_id"))
    about_id = Cast("about", UUIDField())
    columns = {"about_id": about_id, "name": Value(NOBODY), "other_name": Value(NOBODY)}
    written = mails.order_by("due_at", "pk").annotate(**columns)
    rows: QuerySet[Any] = written.values_list("need", "about_id", "due_at", "name", "other_name")
    return rows.union(*[_entries(kind, program_id) for kind in KINDS], all=True)


def _entries(kind: NeedKind, program_id: int) -> QuerySet[Any]:
    """The longest waiting entries of a kind, whether or not somebody has written about them."""
    columns = {
        "need_key": Value(kind.key),
        "about_id": F(kind.about),
        "name": F(kind.names[0]),
        "other_name": F(kind.names[-1]),
    }
    rows: Any = kind.rows().filter(**{kind.program: program_id}).annotate(**columns)
    entries: QuerySet[Any] = rows.order_by("since", "pk").values_list(
        "need_key", "about_id", "since", "name", "other_name"
    )
    return entries[:MOST_PER_KIND]


def _not_snoozed(kind: NeedKind) -> QuerySet[Any]:
    """The rows of a kind about which nobody has written recently."""
    snoozed = snoozing(need=kind.key, program=kind.program, about=kind.about)
    return kind.rows().exclude(Exists(snoozed))
