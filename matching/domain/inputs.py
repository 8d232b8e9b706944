"""From enrolments to the plain values that matching works on.

The number of queries does not grow with the people.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any

from django.utils.crypto import salted_hmac

from accounts.domain import absences
from accounts.domain.reporting import ancestors_of
from matching.domain.enrolment_rows import EnrolmentRow, read_rows, topics_of
from matching.domain.places import candidates, places_taken
from matching.domain.private_pairs import private_pairs
from matching.domain.run_settings import allows_former_pairs
from matching.enums import RuleKind
from matching.models import MatchRun, PairRule
from matching.solver import COMPONENTS, Person, Role, Rules, Weights
from programs.models import Enrolment, Program


@dataclass(frozen=True)
class MatchInput:
    """What a run works on.

    `rows` by id of the enrolment (the `ref` of each Person); `placed` have a partner already;
    `away` are absent and take no part.
    """

    people: tuple[Person, ...]
    rules: Rules
    rows: dict[int, EnrolmentRow]
    placed: frozenset[int]
    away: tuple[EnrolmentRow, ...]
    topic_names: dict[str, str]

    @cached_property
    def enrolments(self) -> dict[int, Enrolment]:
        """The enrolments by id, with people and grades."""
        rows = Enrolment.objects.select_related("person__grade")
        return rows.in_bulk(list(self.rows))

    def public_id(self, person: Person) -> str:
        """The public id of a person's enrolment."""
        return str(self.rows[enrolment_id(person)].public_id)

    def digest(self) -> str:
        """A fingerprint of everything that decides the result: equal input, equal pairs.

        Keyed with the application's secret: it covers whom people avoid, and the rest of the input
        is in the database. A plain hash would let somebody try out who avoids whom.
        """
        text = text_of(self.people, self.rules)
        return salted_hmac("pairings.match_run.input", text, algorithm="sha256").hexdigest()


def enrolment_id(person: Person) -> int:
    """The enrolment behind a person of the solver."""
    assert isinstance(person.ref, int)
    return person.ref


def build(run: MatchRun, *, among: Iterable[int] | None = None) -> MatchInput:
    """Everything a run needs, as the database has it now, under the run's own rules and weights.

    People whose places are all taken, and people who are away today, take no part. `among` (ids of
    enrolments) asks for a few people alone: those of them who are approved, away or not.
    """
    enrolments = candidates(run.program)
    if among is not None:
        enrolments = enrolments.filter(pk__in=among)
    everybody = read_rows(enrolments)
    taken = places_taken(run.program)
    absent = _absent(everybody) if among is None else set()
    pool = [row for row in everybody if row.person_id not in absent and _has_place(row, taken)]
    away = [row for row in everybody if row.person_id in absent and not taken[row.pk]]

    topics, topic_names = topics_of(enrolments)
    ties = _Ties(run, pool)
    people = [
        _person(row, ties, topics.get(row.pk, {}), row.capacity - taken[row.pk]) for row in pool
    ]
    return MatchInput(
        people=tuple(people),
        rules=_rules(run, ties.keys),
        rows={row.pk: row for row in pool},
        placed=frozenset(row.pk for row in pool if taken[row.pk]),
        away=tuple(away),
        topic_names=topic_names,
    )


def _absent(rows: list[EnrolmentRow]) -> set[int]:
    return absences.people_away({row.person_id for row in rows})


def _has_place(row: EnrolmentRow, taken: Counter[int]) -> bool:
    """Somebody whose places are not all taken, and everybody who has no partner yet."""
    return not taken[row.pk] or taken[row.pk] < row.capacity


class _Ties:
    """What ties the people of a pool to each other: reporting lines, private pairs, wishes.

    In the solver people are known by their keys.
    """

    def __init__(self, run: MatchRun, pool: list[EnrolmentRow]) -> None:
        self.keys = {row.person_id: row.key for row in pool}
        self._key_of_public_id = {str(row.person_public_id): row.key for row in pool}
        self._above = ancestors_of(self.keys)
        self._blocked: dict[int, set[str]] = defaultdict(set)
        person_of = {str(row.person_public_id): row.person_id for row in pool}
        allow_former = allows_former_pairs(run)
        for a, b in private_pairs(run.program, person_of, allow_former=allow_former):
            self._blocked[a].add(self.keys[b])
            self._blocked[b].add(self.keys[a])

    def ancestors(self, row: EnrolmentRow) -> frozenset[str]:
        """Everybody of the pool above this person in the reporting line."""
        return frozenset(
            self.keys[person] for person in self._above[row.person_id] if person in self.keys
        )

    def blocked(self, row: EnrolmentRow) -> frozenset[str]:
        """To whom this person is not available, for a private reason."""
        return frozenset(self._blocked.get(row.person_id, ()))

    def wishes(self, row: EnrolmentRow) -> frozenset[str]:
        """Whom of the pool this person has wished for."""
        wished = row.wishes or []
        known = self._key_of_public_id
        return frozenset(known[public_id] for public_id in wished if public_id in known)


def _person(row: EnrolmentRow, ties: _Ties, topics: dict[str, int], free_places: int) -> Person:
    role: Role = "mentor" if row.role == "mentor" else "mentee"
    windows = ((int(day), int(start), int(end)) for day, start, end in row.availability)
    return Person(
        key=row.key,
        role=role,
        ref=row.pk,
        grade_rank=row.rank,
        ancestors=ties.ancestors(row),
        department=row.department,
        location=row.location,
        languages=tuple(row.languages or row.spoken),
        time_zone=row.time_zone,
        availability=tuple(windows),
        topics=topics,
        working_style={str(name): int(value) for name, value in row.working_style.items()},
        interests=frozenset(word.strip().lower() for word in row.interests),
        wishes=ties.wishes(row),
        blocked=ties.blocked(row),
        capacity=free_places,
    )


def _rules(run: MatchRun, keys: dict[int, str]) -> Rules:
    kept = run.rules
    pairs = _ruled_pairs(run.program, keys)
    return Rules(
        weights=Weights(**{name: int(run.weights.get(name, 0)) for name in COMPONENTS}),
        grade_gap=int(kept["grade_gap"]),
        require_common_language=bool(kept["require_common_language"]),
        min_overlap_minutes=int(kept["min_overlap_minutes"]),
        forbid_same_department=bool(kept["forbid_same_department"]),
        starts=run.program.starts_on,
        ends=run.program.ends_on,
        pinned=tuple(sorted(pairs[RuleKind.PIN])),
        forbidden=tuple(sorted(pairs[RuleKind.FORBID])),
    )


def _ruled_pairs(program: Program, keys: dict[int, str]) -> dict[str, list[tuple[str, str]]]:
    """The keys of pinned and excluded pairs (mentee, mentor) by kind of rule."""
    pairs: dict[str, list[tuple[str, str]]] = {kind: [] for kind in RuleKind.values}
    rules = PairRule.objects.filter(program=program)
    for kind, mentee, mentor in rules.values_list("kind", "mentee__person", "mentor__person"):
        if mentee in keys and mentor in keys:
            pairs[kind].append((keys[mentee], keys[mentor]))
    return pairs


def text_of(people: Iterable[Person], rules: Rules) -> str:
    """Everything that decides a result, in one text that depends on no order."""
    names = [part.name for part in fields(Person) if part.name not in {"ref", "name"}]
    in_order = sorted(people, key=lambda person: (person.role, person.key))
    rows = [[_in_order(getattr(person, name)) for name in names] for person in in_order]
    return json.dumps([rows, _in_order(asdict(rules))], default=str)


def _in_order(value: Any) -> Any:
    """Sets and mappings sorted, so that the text does not depend on their order."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return sorted(value.items())
    return value
