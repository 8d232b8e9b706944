"""From enrolments to the plain values that matching works on.

The number of queries does not grow with the people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from accounts.domain import absences
from matching.domain.inputs.enrolment_rows import EnrolmentRow, read_rows, topics_of
from matching.domain.inputs.match_input import MatchInput
from matching.domain.inputs.people import Ties, person_of
from matching.domain.inputs.rules import rules_of_run
from matching.domain.places import candidates, places_taken
from matching.models import MatchRun
from matching.solver import Person


def build(run: MatchRun, *, among: Iterable[int] | None = None) -> MatchInput:
    """Everything a run needs, as the database has it now, under the run's own rules and weights.

    People whose places are all taken, and people who are away today, take no part. `among` (ids of
    enrolments) asks for a few people alone: those of them who are approved, away or not.
    """
    enrolments = candidates(run.program)
    if among is not None:
        enrolments = enrolments.filter(pk__in=among)
    everybody = read_rows(enrolments)
    absent = _absent(everybody) if among is None else set()

    taken = places_taken(run.program)
    pool = _pool(everybody, taken, absent)
    topics, topic_names = topics_of(enrolments)
    ties = Ties(run, pool)
    return MatchInput(
        people=_people(pool, ties, topics, taken),
        rules=rules_of_run(run, ties.keys),
        rows={row.pk: row for row in pool},
        placed=_placed(pool, taken),
        away=_away(everybody, taken, absent),
        topic_names=topic_names,
    )


def _people(
    pool: list[EnrolmentRow],
    ties: Ties,
    topics: Mapping[int, dict[str, int]],
    taken: Counter[int],
) -> tuple[Person, ...]:
    people = []
    for row in pool:
        free_places = row.capacity - taken[row.pk]
        people.append(person_of(row, ties, topics.get(row.pk, {}), free_places))
    return tuple(people)


def _absent(rows: list[EnrolmentRow]) -> set[int]:
    return absences.people_away({row.person_id for row in rows})


def _pool(rows: list[EnrolmentRow], taken: Counter[int], absent: set[int]) -> list[EnrolmentRow]:
    """Who takes part: everybody who is here and has a place free, or no partner yet."""
    here = [row for row in rows if row.person_id not in absent]
    return [row for row in here if not taken[row.pk] or taken[row.pk] < row.capacity]


def _placed(pool: list[EnrolmentRow], taken: Counter[int]) -> frozenset[int]:
    """The enrolments that have a partner already, and room for another."""
    return frozenset(row.pk for row in pool if taken[row.pk])


def _away(
    rows: list[EnrolmentRow], taken: Counter[int], absent: set[int]
) -> tuple[EnrolmentRow, ...]:
    """Who has no partner and is away."""
    return tuple(row for row in rows if row.person_id in absent and not taken[row.pk])
