"""From enrolments to the plain values that matching works on, in a number of queries that does not
grow with the people.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Aggregate, F, JSONField, Q, QuerySet, Value
from django.db.models.functions import Coalesce, JSONObject
from django.utils.crypto import salted_hmac

from accounts.domain import absences
from accounts.domain.reporting import ancestors_of
from accounts.models import PairBlock, User
from matching.enums import RuleKind
from matching.models import MatchRun, PairRule
from matching.solver import COMPONENTS, Person, Role, Rules, Weights
from pairings.enums import LIVE_PAIRING_STATES, PairingState
from pairings.models import Pairing
from programs.enums import EnrolmentState, Objective
from programs.models import Avoidance, Enrolment, EnrolmentTopic, Program, Topic

MOST_NAMED = 500
WEIGHED = COMPONENTS
"""The parts of a score that a program weighs."""


@dataclass(frozen=True)
class MatchInput:
    """What a run works on.

    `rows` by id of the enrolment (the `ref` of each Person); `placed` has somebody already; `away`
    is absent. `loaded` are the enrolments themselves, with people and grades, where a few were
    asked for.
    """

    people: tuple[Person, ...]
    rules: Rules
    rows: dict[int, Row]
    placed: frozenset[int]
    away: tuple[Row, ...]
    topic_names: dict[str, str]
    loaded: dict[int, Enrolment]

    @cached_property
    def enrolments(self) -> dict[int, Enrolment]:
        """The enrolments by id."""
        return self.loaded or Enrolment.objects.select_related("person__grade").in_bulk(
            list(self.rows)
        )

    @cached_property
    def public_ids(self) -> dict[int, str]:
        """The public ids of the enrolments, as text."""
        return {pk: row.public_id for pk, row in self.rows.items()}

    def digest(self) -> str:
        """A fingerprint of everything that decides the result: equal input, equal pairs.

        Under the application's secret: it covers whom people avoid, and all the rest of the input
        stands in the database, so that with a plain hash one could try out who avoids whom.
        """
        text = text_of(self.people, self.rules)
        return salted_hmac("pairings.match_run.input", text, algorithm="sha256").hexdigest()


class Row(NamedTuple):
    """What is read of an enrolment and its person."""

    pk: int
    public_id: str
    role: str
    capacity: int
    languages: list[str]
    availability: list[list[int]]
    working_style: dict[str, int]
    interests: list[str]
    wishes: list[str] | None
    person_id: int
    person_public_id: str
    employee_id: str
    email: str
    department: str
    location: str
    time_zone: str
    spoken: list[str]
    rank: int | None

    @property
    def key(self) -> str:
        """What ties go by: the employee id, or the address of somebody who has none.

        Never a random id.
        """
        return self.employee_id or f"@{self.email}"


COLUMNS = {name: name for name in Row._fields} | {
    "person_public_id": "person__public_id",
    "spoken": "person__languages",
    "rank": "person__grade__rank",
    **{
        name: f"person__{name}"
        for name in ("employee_id", "email", "department", "location", "time_zone")
    },
}
"""Where each part of a Row is found, from an enrolment."""


class ObjectOf(Aggregate):
    """Keys and values of a group as one JSON object."""

    function = "JSONB_OBJECT_AGG"
    output_field = JSONField()


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
    return Enrolment.objects.filter(
        program=program, state=EnrolmentState.APPROVED, person__is_active=True
    )


def build(run: MatchRun, *, among: Iterable[int] | None = None) -> MatchInput:
    """Everything a run needs, as the database has it now, under the run's own rules and weights.

    People whose places are all taken, and people who are away today, take no part. `among` (ids of
    enrolments) asks for a few people alone: all of them who are still approved, without a look at
    who is away.
    """
    program = run.program
    everybody, loaded = _read(candidates(program).order_by("pk"), among)
    away_ids = (
        absences.people_away({row.person_id for row in everybody}) if among is None else set()
    )
    taken = places_taken(program)
    pool = [
        row
        for row in everybody
        if row.person_id not in away_ids and (taken[row.pk] == 0 or taken[row.pk] < row.capacity)
    ]
    away = tuple(row for row in everybody if row.person_id in away_ids and not taken[row.pk])
    keys = {row.person_id: row.key for row in pool}
    by_public_id = {str(row.person_public_id): row.key for row in pool}
    above, barred = (
        ancestors_of(keys),
        _barred(run, {str(row.person_public_id): row.person_id for row in pool}),
    )
    topics, names = _topics(candidates(program) if among is None else [row.pk for row in pool])
    people = tuple(
        _person(
            row,
            topics.get(row.pk, {}),
            capacity=row.capacity - taken[row.pk],
            ancestors=frozenset(keys[a] for a in above[row.person_id] if a in keys),
            blocked=frozenset(keys[b] for b in barred[row.person_id]),
            wishes=frozenset(
                by_public_id[name] for name in row.wishes or [] if name in by_public_id
            ),
        )
        for row in pool
    )
    placed = frozenset(row.pk for row in pool if taken[row.pk])
    rows = {row.pk: row for row in pool}
    return MatchInput(
        people,
        _rules(run, keys),
        rows,
        placed,
        away,
        names,
        {pk: loaded[pk] for pk in rows if pk in loaded},
    )


def _read(
    rows: QuerySet[Enrolment], among: Iterable[int] | None
) -> tuple[list[Row], dict[int, Enrolment]]:
    """The rows; for a few, the enrolments too, by id."""
    if among is not None:
        few = {e.pk: e for e in rows.filter(pk__in=among).select_related("person__grade")}
        return [_row(e) for e in few.values()], few
    secret: Any = Enrolment._meta.get_field("wishes")
    found = [
        Row(**values) for values in rows.values_list(JSONObject(**COLUMNS), flat=True)
    ]  # one column is read soonest
    return [
        row
        if row.wishes is None
        else row._replace(wishes=secret.from_db_value(row.wishes, None, connection))
        for row in found
    ], {}


def _row(enrolment: Enrolment) -> Row:
    def value(path: str) -> Any:
        found: Any = enrolment
        for name in path.split("__"):
            found = getattr(found, name, None)
        return str(found) if isinstance(found, UUID) else found

    return Row(**{name: value(path) for name, path in COLUMNS.items()})


def _topics(
    enrolments: QuerySet[Enrolment] | list[int],
) -> tuple[dict[int, dict[str, int]], dict[str, str]]:
    """Levels or priorities by topic of each enrolment, and the topics' names."""
    choices = EnrolmentTopic.objects.filter(enrolment__in=enrolments).order_by().values("enrolment")
    choices = choices.annotate(chosen=ObjectOf(F("topic"), Coalesce("level", "priority", Value(0))))
    found = dict(choices.values_list("enrolment", "chosen"))
    used = {int(topic) for topics in found.values() for topic in topics}
    return found, {
        str(pk): name for pk, name in Topic.objects.filter(pk__in=used).values_list("pk", "name")
    }


def _barred(run: MatchRun, by_public_id: dict[str, int]) -> dict[int, set[int]]:
    """For each of the people (ids by public id), to whom of them they are not available."""
    found: dict[int, set[int]] = defaultdict(set)
    allow = bool(run.rules.get("allow_former_pairs"))
    for a, b in private_pairs(
        run.program, set(by_public_id.values()), allow_former=allow, by_public_id=by_public_id
    ):
        found[a].add(b)
        found[b].add(a)
    return found


def places_taken(program: Program, *, among: Iterable[int] | None = None) -> Counter[int]:
    """How many places of each enrolment its live pairings take (offered ones too)."""
    live = Pairing.objects.live().filter(program=program)
    if among is not None:
        ids = list(among)
        live = live.filter(Q(mentor_enrolment__in=ids) | Q(mentee_enrolment__in=ids))
    pairs = live.values_list("mentor_enrolment", "mentee_enrolment")
    return Counter(enrolment for pair in pairs for enrolment in pair)


def private_pairs(
    program: Program,
    ids: set[int],
    *,
    allow_former: bool,
    by_public_id: Mapping[str, int] | None = None,
) -> set[tuple[int, int]]:
    """Pairs of people (ids, smaller first) who are not available to each other, for any private
    reason.

    Avoided by either, blocked by HR, once a pair (unless allowed), a pair now, or an offer of this
    program that did not come about. What the reason is leaves this function in no form at all.
    """
    people = _named(program, ids)
    blocks = PairBlock.objects.filter(first__in=people, second__in=people).values_list(
        "first", "second"
    )
    here = Q(program=program, state__in=[*LIVE_PAIRING_STATES, PairingState.VOID])
    if not allow_former:
        here |= Q(
            state__in=[
                PairingState.ACTIVE,
                PairingState.PAUSED,
                PairingState.COMPLETED,
                PairingState.ENDED,
            ]
        )
    pairs = Pairing.objects.filter(here, mentor__in=people, mentee__in=people).values_list(
        "mentor", "mentee"
    )
    found = {_ordered(a, b) for rows in (blocks, pairs) for a, b in rows if a in ids and b in ids}
    if by_public_id is None:
        public_ids = User.objects.filter(pk__in=people).values_list("public_id", "pk")
        by_public_id = {str(public): pk for public, pk in public_ids}
    return found | _avoided(people, ids, by_public_id)


def _named(program: Program, ids: set[int]) -> set[int] | QuerySet[Enrolment, int]:
    """The people as a query names them: one by one, or, where that makes a long query, as everybody
    of the program.

    Whoever else that finds is to be left out afterwards.
    """
    if len(ids) <= MOST_NAMED:
        return ids
    return Enrolment.objects.filter(program=program).order_by().values_list("person", flat=True)


def _avoided(
    people: set[int] | QuerySet[Enrolment, int], ids: set[int], by_public_id: Mapping[str, int]
) -> set[tuple[int, int]]:
    found = set()
    for person, avoided in Avoidance.objects.filter(person__in=people).values_list(
        "person", "people"
    ):
        for public_id in avoided or []:
            other = by_public_id.get(str(public_id))
            if other is not None and other != person and {person, other} <= ids:
                found.add(_ordered(person, other))
    return found


def _ordered(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


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
        availability=tuple(
            (int(day), int(start), int(end)) for day, start, end in row.availability
        ),
        topics=topics,
        working_style={str(name): int(value) for name, value in row.working_style.items()},
        interests=frozenset(word.strip().lower() for word in row.interests),
        wishes=wishes,
        blocked=blocked,
        capacity=capacity,
    )


def _rules(run: MatchRun, keys: dict[int, str]) -> Rules:
    program, kept = run.program, run.rules
    laid_down = PairRule.objects.filter(program=program).values_list(
        "kind", "mentee__person", "mentor__person"
    )
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
