"""From enrolments to the plain values that matching works on, in a number of queries that does not grow with the people."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from accounts.domain.reporting import ancestors_of
from accounts.models import Absence, PairBlock, User
from common import clock
from pairings.enums import LIVE_PAIRING_STATES, PairingState, RuleKind
from pairings.matching import COMPONENTS, Person, Role, Rules, Weights
from pairings.models import MatchRun, Pairing, PairRule
from programs.enums import EnrolmentState, Objective
from programs.models import Avoidance, Enrolment, EnrolmentTopic, Program

MOST_NAMED = 500
WEIGHED = COMPONENTS
"""The parts of a score that a program weighs."""


@dataclass(frozen=True)
class MatchInput:
    """What a run works on. `enrolments` by id (the `ref` of each Person); `placed` has somebody already; `away` is absent."""

    people: tuple[Person, ...]
    rules: Rules
    enrolments: dict[int, Enrolment]
    placed: frozenset[int]
    away: tuple[Enrolment, ...]
    topic_names: dict[str, str]

    @cached_property
    def public_ids(self) -> dict[int, str]:
        """The public ids of the enrolments, as text."""
        return {pk: str(enrolment.public_id) for pk, enrolment in self.enrolments.items()}

    def digest(self) -> str:
        """A fingerprint of everything that decides the result: equal input, equal pairs.

        Under the application's secret: it covers whom people avoid, and all the rest of the input stands in the database, so
        that with a plain hash one could try out who avoids whom.
        """
        text = text_of(self.people, self.rules)
        return salted_hmac("pairings.match_run.input", text, algorithm="sha256").hexdigest()


class Row(NamedTuple):
    """What is read of an enrolment and its person."""

    pk: int
    public_id: UUID
    role: str
    capacity: int
    languages: list[str]
    availability: list[tuple[int, int, int]]
    working_style: dict[str, int]
    interests: list[str]
    wishes: list[str] | None
    person_id: int
    person_public_id: UUID
    employee_id: str
    email: str
    department: str
    location: str
    time_zone: str
    spoken: list[str]
    rank: int | None

    @property
    def key(self) -> str:
        """What ties go by: the employee id, or the address of somebody who has none. Never a random id."""
        return self.employee_id or f"@{self.email}"


COLUMNS = (
    *("pk", "public_id", "role", "capacity", "languages", "availability", "working_style", "interests", "wishes"),
    *("person_id", "person__public_id", "person__employee_id", "person__email", "person__department"),
    *("person__location", "person__time_zone", "person__languages", "person__grade__rank"),
)
"""The columns of a Row, in its order."""


def snapshot(program: Program) -> tuple[dict[str, Any], dict[str, int]]:
    """The program's rules and weights as a run keeps them."""
    rules = {
        "grade_gap": program.grade_gap,
        "require_common_language": program.require_common_language,
        "min_overlap_minutes": program.min_overlap_minutes,
        "forbid_same_department": program.forbid_same_department,
        "allow_former_pairs": program.allow_former_pairs,
        "minimum_score": program.minimum_score if program.objective == Objective.SCORE else 0,
        "starts_on": program.starts_on.isoformat() if program.starts_on else None,
        "ends_on": program.ends_on.isoformat() if program.ends_on else None,
    }
    return rules, weights_of(program)


def minimum_of(run: MatchRun) -> int | None:
    """The smallest score that this run makes a pair of, in basis points; None for no such limit."""
    return int(run.rules.get("minimum_score") or 0) or None


def weights_of(program: Program) -> dict[str, int]:
    """The program's weights, the usual ones where it has said nothing."""
    usual = asdict(Weights())
    return {name: int(program.weights.get(name, usual[name])) for name in WEIGHED}


def candidates(program: Program) -> QuerySet[Enrolment]:
    """Approved enrolments of people who are still with the company."""
    return Enrolment.objects.filter(program=program, state=EnrolmentState.APPROVED, person__is_active=True)


def build(run: MatchRun, *, among: Iterable[int] | None = None) -> MatchInput:
    """Everything a run needs, as the database has it now, under the run's own rules and weights.

    People whose places are all taken, and people who are away today, take no part. `among` (ids of enrolments) asks for a few
    people alone: all of them who are still approved, without a look at who is away.
    """
    program = run.program
    everybody, enrolments = _read(candidates(program).order_by("pk"), among)
    away_ids = away_today({row.person_id for row in everybody}) if among is None else set()
    taken = places_taken(program)
    pool = [row for row in everybody if row.person_id not in away_ids and (taken[row.pk] == 0 or taken[row.pk] < row.capacity)]
    away = tuple(enrolments[row.pk] for row in everybody if row.person_id in away_ids and not taken[row.pk])
    keys = {row.person_id: row.key for row in pool}
    by_public_id = {str(row.person_public_id): row.key for row in pool}
    above, barred = ancestors_of(keys), _barred(run, set(keys))
    topics, names = _topics(candidates(program) if among is None else [row.pk for row in pool])
    people = tuple(
        _person(
            row,
            topics.get(row.pk, {}),
            capacity=row.capacity - taken[row.pk],
            ancestors=frozenset(keys[a] for a in above[row.person_id] if a in keys),
            blocked=frozenset(keys[b] for b in barred[row.person_id]),
            wishes=frozenset(by_public_id[name] for name in row.wishes or [] if name in by_public_id),
        )
        for row in pool
    )
    placed = frozenset(row.pk for row in pool if taken[row.pk])
    return MatchInput(people, _rules(run, keys), {row.pk: enrolments[row.pk] for row in pool}, placed, away, names)


def _read(rows: QuerySet[Enrolment], among: Iterable[int] | None) -> tuple[list[Row], dict[int, Enrolment]]:
    """The rows, and the enrolments by id: with people and grades for a few, of all with no more than a run writes down."""
    if among is not None:
        few = {e.pk: e for e in rows.filter(pk__in=among).select_related("person__grade")}
        return [_row(e) for e in few.values()], few
    found = [Row._make(values) for values in rows.values_list(*COLUMNS)]
    return found, {row.pk: _bare(row) for row in found}


KEPT = ("pk", "public_id", "role", "capacity", "person_id")


def _bare(row: Row) -> Enrolment:
    """An enrolment of which only this is known; whatever else is asked of it takes a query."""
    names = ["id" if name == "pk" else name for name in KEPT]
    at = {name: getattr(row, kept) for name, kept in zip(names, KEPT, strict=True)}
    return Enrolment.from_db(None, names, [at[f.attname] for f in Enrolment._meta.concrete_fields if f.attname in at])


def _row(enrolment: Enrolment) -> Row:
    def value(path: str) -> Any:
        found: Any = enrolment
        for name in path.split("__"):
            found = getattr(found, name, None)
        return found

    return Row._make(value(path) for path in COLUMNS)


def _topics(enrolments: QuerySet[Enrolment] | list[int]) -> tuple[dict[int, dict[str, int]], dict[str, str]]:
    """Levels or priorities by topic of each enrolment, and the topics' names."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    names: dict[str, str] = {}
    choices = EnrolmentTopic.objects.filter(enrolment__in=enrolments).order_by()
    for enrolment, topic, name, level, priority in choices.values_list(
        "enrolment_id", "topic_id", "topic__name", "level", "priority"
    ):
        key = str(topic)
        found[enrolment][key] = level or priority or 0
        names[key] = name
    return found, names


def _barred(run: MatchRun, ids: set[int]) -> dict[int, set[int]]:
    """For each of the people, to whom of them they are not available."""
    found: dict[int, set[int]] = defaultdict(set)
    for a, b in private_pairs(run.program, ids, allow_former=bool(run.rules.get("allow_former_pairs"))):
        found[a].add(b)
        found[b].add(a)
    return found


def key_of(person: User) -> str:
    """What ties go by: the employee id, or the address of somebody who has none. Never a random id."""
    return person.employee_id or f"@{person.email}"


def places_taken(program: Program, *, among: Iterable[int] | None = None) -> Counter[int]:
    """How many places of each enrolment its live pairings take (offered ones too)."""
    live = Pairing.objects.live().filter(program=program)
    if among is not None:
        ids = list(among)
        live = live.filter(Q(mentor_enrolment__in=ids) | Q(mentee_enrolment__in=ids))
    pairs = live.values_list("mentor_enrolment", "mentee_enrolment")
    return Counter(enrolment for pair in pairs for enrolment in pair)


def private_pairs(program: Program, ids: set[int], *, allow_former: bool) -> set[tuple[int, int]]:
    """Pairs of people (ids, smaller first) who are not available to each other, for any private reason.

    Avoided by either, blocked by HR, once a pair (unless allowed), a pair now, or an offer of this program that did not
    come about. What the reason is leaves this function in no form at all.
    """
    people = _named(program, ids)
    blocks = PairBlock.objects.filter(first__in=people, second__in=people).values_list("first", "second")
    here = Q(program=program, state__in=[*LIVE_PAIRING_STATES, PairingState.VOID])
    if not allow_former:
        here |= Q(state__in=[PairingState.ACTIVE, PairingState.PAUSED, PairingState.COMPLETED, PairingState.ENDED])
    pairs = Pairing.objects.filter(here, mentor__in=people, mentee__in=people).values_list("mentor", "mentee")
    found = {_ordered(a, b) for rows in (blocks, pairs) for a, b in rows if a in ids and b in ids}
    return found | _avoided(people, ids)


def _named(program: Program, ids: set[int]) -> set[int] | QuerySet[Enrolment, int]:
    """The people as a query names them: one by one, or, where that makes a long query, as everybody of the program.

    Whoever else that finds is to be left out afterwards.
    """
    if len(ids) <= MOST_NAMED:
        return ids
    return Enrolment.objects.filter(program=program).order_by().values_list("person", flat=True)


def _avoided(people: set[int] | QuerySet[Enrolment, int], ids: set[int]) -> set[tuple[int, int]]:
    by_public_id = {str(public): pk for public, pk in User.objects.filter(pk__in=people).values_list("public_id", "pk")}
    found = set()
    for person, avoided in Avoidance.objects.filter(person__in=people).values_list("person", "people"):
        for public_id in avoided or []:
            other = by_public_id.get(str(public_id))
            if other is not None and other != person and {person, other} <= ids:
                found.add(_ordered(person, other))
    return found


def _ordered(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def away_today(ids: set[int]) -> set[int]:
    """Who is absent today, in their own zone."""
    day, today = timedelta(days=1), clock.today("UTC")
    near = Absence.objects.filter(person__in=ids, starts_on__lte=today + day, ends_on__gte=today - day)
    return {
        absence.person_id
        for absence in near.select_related("person")
        if absence.starts_on <= clock.today(absence.person.time_zone) <= absence.ends_on
    }


def _person(
    row: Row,
    topics: dict[str, int],
    *,
    capacity: int,
    ancestors: frozenset[str],
    blocked: frozenset[str],
    wishes: frozenset[str],
) -> Person:
    role: Role = "mentor" if row.role == "mentor" else "mentee"
    return Person(
        key=row.key,
        role=role,
        ref=row.pk,
        grade_rank=row.rank,
        ancestors=ancestors,
        department=row.department,
        location=row.location,
        languages=tuple(row.languages or row.spoken),
        time_zone=row.time_zone,
        availability=tuple((int(day), int(start), int(end)) for day, start, end in row.availability),
        topics=topics,
        working_style={str(name): int(value) for name, value in row.working_style.items()},
        interests=frozenset(word.strip().lower() for word in row.interests),
        wishes=wishes,
        blocked=blocked,
        capacity=capacity,
    )


def _rules(run: MatchRun, keys: dict[int, str]) -> Rules:
    program, kept = run.program, run.rules
    laid_down = PairRule.objects.filter(program=program).values_list("kind", "mentee__person", "mentor__person")
    pairs: dict[str, list[tuple[str, str]]] = {kind: [] for kind in RuleKind.values}
    for kind, mentee, mentor in laid_down:
        if mentee in keys and mentor in keys:
            pairs[kind].append((keys[mentee], keys[mentor]))
    return Rules(
        weights=Weights(**{name: int(run.weights.get(name, 0)) for name in COMPONENTS}),
        grade_gap=int(kept["grade_gap"]),
        require_common_language=bool(kept["require_common_language"]),
        min_overlap_minutes=int(kept["min_overlap_minutes"]),
        forbid_same_department=bool(kept["forbid_same_department"]),
        starts=program.starts_on,
        ends=program.ends_on,
        pinned=tuple(sorted(pairs[RuleKind.PIN])),
        forbidden=tuple(sorted(pairs[RuleKind.FORBID])),
    )


def text_of(people: Iterable[Person], rules: Rules) -> str:
    """Everything that decides a result, in one text that depends on no order."""
    names = [part.name for part in fields(Person) if part.name not in {"ref", "name"}]
    sides = sorted(people, key=lambda person: (person.role, person.key))
    rows = [[_plain(getattr(person, name)) for name in names] for person in sides]
    return json.dumps([rows, _plain(asdict(rules))], default=str)


def _plain(value: Any) -> Any:
    """Sets and mappings sorted, so that the text does not depend on their order."""
    if isinstance(value, frozenset):
        return sorted(value)
    return sorted(value.items()) if isinstance(value, Mapping) else value
