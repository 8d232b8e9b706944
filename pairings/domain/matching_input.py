"""From enrolments to the plain values that matching works on, in a number of queries that does not grow with the people."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.crypto import salted_hmac

from accounts.domain.reporting import ancestors_of
from accounts.models import Absence, PairBlock, User
from common import clock
from pairings.enums import LIVE_PAIRING_STATES, PairingState, RuleKind
from pairings.matching import COMPONENTS, Person, Role, Rules, Weights
from pairings.models import MatchRun, Pairing, PairRule
from programs.enums import EnrolmentState, Objective
from programs.models import Avoidance, Enrolment, EnrolmentTopic, Program

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

    def digest(self) -> str:
        """A fingerprint of everything that decides the result: equal input, equal pairs.

        Under the application's secret: it covers whom people avoid, and all the rest of the input stands in the database, so
        that with a plain hash one could try out who avoids whom.
        """
        rows = [_plain(asdict(replace(person, ref=None))) for person in sorted(self.people, key=lambda p: (p.role, p.key))]
        text = json.dumps([rows, _plain(asdict(self.rules))], sort_keys=True, default=str)
        return salted_hmac("pairings.match_run.input", text, algorithm="sha256").hexdigest()


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
    choices = Prefetch("topic_choices", EnrolmentTopic.objects.select_related("topic"))
    rows = candidates(program).select_related("person__grade").prefetch_related(choices).order_by("pk")
    everybody = list(rows if among is None else rows.filter(pk__in=among))
    away_ids = away_today({e.person_id for e in everybody}) if among is None else set()
    taken = places_taken(program)
    away = tuple(e for e in everybody if e.person_id in away_ids and not taken[e.pk])
    pool = [e for e in everybody if e.person_id not in away_ids and (taken[e.pk] == 0 or taken[e.pk] < e.capacity)]
    key_by_public_id = {str(e.person.public_id): key_of(e.person) for e in pool}
    ids = {e.person_id for e in pool}
    keys = {e.person_id: key_of(e.person) for e in pool}
    above = ancestors_of(ids)
    barred: dict[int, set[int]] = defaultdict(set)
    for a, b in private_pairs(program, ids, allow_former=bool(run.rules.get("allow_former_pairs"))):
        barred[a].add(b)
        barred[b].add(a)
    people = tuple(
        _person(
            e,
            capacity=e.capacity - taken[e.pk],
            ancestors=frozenset(keys[a] for a in above[e.person_id] if a in keys),
            blocked=frozenset(keys[b] for b in barred[e.person_id]),
            wishes=frozenset(key_by_public_id[name] for name in e.wishes or [] if name in key_by_public_id),
        )
        for e in pool
    )
    names = {str(choice.topic_id): choice.topic.name for e in pool for choice in e.topic_choices.all()}
    placed = frozenset(e.pk for e in pool if taken[e.pk])
    return MatchInput(people, _rules(run, keys), {e.pk: e for e in pool}, placed, away, names)


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
    found = _avoided(ids) | {
        _ordered(a, b) for a, b in PairBlock.objects.filter(first__in=ids, second__in=ids).values_list("first", "second")
    }
    here = Q(program=program, state__in=[*LIVE_PAIRING_STATES, PairingState.VOID])
    if not allow_former:
        here |= Q(state__in=[PairingState.ACTIVE, PairingState.PAUSED, PairingState.COMPLETED, PairingState.ENDED])
    pairs = Pairing.objects.filter(here, mentor__in=ids, mentee__in=ids).values_list("mentor", "mentee")
    return found | {_ordered(a, b) for a, b in pairs}


def _avoided(ids: set[int]) -> set[tuple[int, int]]:
    by_public_id = {str(public): pk for public, pk in User.objects.filter(pk__in=ids).values_list("public_id", "pk")}
    found = set()
    for avoidance in Avoidance.objects.filter(person__in=ids):
        for public_id in avoidance.people or []:
            other = by_public_id.get(str(public_id))
            if other is not None and other != avoidance.person_id:
                found.add(_ordered(avoidance.person_id, other))
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
    enrolment: Enrolment, *, capacity: int, ancestors: frozenset[str], blocked: frozenset[str], wishes: frozenset[str]
) -> Person:
    person = enrolment.person
    role: Role = "mentor" if enrolment.role == "mentor" else "mentee"
    topics = {str(choice.topic_id): choice.level or choice.priority or 0 for choice in enrolment.topic_choices.all()}
    return Person(
        key=key_of(person),
        role=role,
        ref=enrolment.pk,
        grade_rank=person.grade.rank if person.grade else None,
        ancestors=ancestors,
        department=person.department,
        location=person.location,
        languages=tuple(enrolment.languages or person.languages),
        time_zone=person.time_zone,
        availability=tuple((int(day), int(start), int(end)) for day, start, end in enrolment.availability),
        topics=topics,
        working_style={str(name): int(value) for name, value in enrolment.working_style.items()},
        interests=frozenset(word.strip().lower() for word in enrolment.interests),
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


def _plain(value: Any) -> Any:
    """Sets sorted, so that the fingerprint does not depend on their order."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value
