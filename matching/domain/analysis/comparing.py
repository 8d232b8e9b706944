"""Two finished runs of a program side by side.

Everything is read from their rows, so changes by hand are in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    Aggregate,
    Avg,
    Case,
    Count,
    Exists,
    F,
    FloatField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from matching.domain.analysis.fairness import Group, groups
from matching.domain.analysis.placed import Dimension, people_of
from matching.enums import FINISHED_RUN_STATES
from matching.models import MatchRun, Proposal, Unmatched
from matching.solver import COMPONENTS, Weights
from programs.enums import PairRole

InWhich = Literal["both", "first", "second"]


class Median(Aggregate):
    """The median of a column: the mean of the two middle values where their number is even.

    Postgres only.
    """

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True)
class Figures:
    """The figures of a run, counted from its rows.

    Scores in basis points; None where there is no pair.
    """

    pairs: int
    pinned: int
    total: int
    median: float | None
    worst: int | None
    left_mentors: int
    left_mentees: int
    departments: tuple[str, ...] = ()  # of those who have a pair


@dataclass(frozen=True)
class Setting:
    """Something a run aimed for: a weight, a rule, the aim itself, with its value in either run."""

    kind: Literal["aim", "weight", "rule"]
    key: str
    first: Any
    second: Any

    @property
    def differs(self) -> bool:
        """Whether the runs disagree on it.

        A setting that is newer than a run counts as not set in it.
        """
        return (self.first or None) != (self.second or None)


@dataclass(frozen=True)
class Overlap:
    """How many pairs both runs have, and how many only one of them."""

    both: int
    only_first: int
    only_second: int


@dataclass(frozen=True)
class Quality:
    """A group of people in both runs; None where a run has nobody of it."""

    name: str
    first: Group | None
    second: Group | None

    @property
    def people(self) -> int:
        """In the run that has more of them."""
        return max(group.people for group in (self.first, self.second) if group)

    @property
    def rank(self) -> int:
        """The rank of a grade; 0 for other groups."""
        group = self.second or self.first
        return (group.rank if group else None) or 0


def previous_or_next(run: MatchRun, others: Iterable[MatchRun]) -> MatchRun | None:
    """The run before this one or, if there is none, the one after it."""
    in_order = sorted(others, key=_age)
    earlier = [other for other in in_order if _age(other) < _age(run)]
    later = [other for other in in_order if _age(other) > _age(run)]
    if earlier:
        return earlier[-1]
    return later[0] if later else None


def _age(run: MatchRun) -> tuple[datetime, int]:
    return run.created_at, run.pk


def figures(*runs: MatchRun) -> list[Figures]:
    """The figures of each of the runs, in two queries."""
    of_pairs = _figures_of_pairs(runs)
    unmatched = _unmatched_by_role(runs)
    found = []
    for run in runs:
        row = of_pairs.get(run.pk, {})
        departments = {*row.get("mentor_departments", ()), *row.get("mentee_departments", ())}
        found.append(
            Figures(
                pairs=row.get("pairs", 0),
                pinned=row.get("pins", 0),
                total=row.get("total", 0),
                median=row.get("median_score"),
                worst=row.get("worst"),
                left_mentors=unmatched.get((run.pk, PairRole.MENTOR), 0),
                left_mentees=unmatched.get((run.pk, PairRole.MENTEE), 0),
                departments=tuple(sorted(departments - {""})),
            )
        )
    return found


def _figures_of_pairs(runs: Iterable[MatchRun]) -> dict[int, dict[str, Any]]:
    rows: QuerySet[Any] = Proposal.objects.filter(run__in=runs).order_by()
    counted = rows.values("run").annotate(
        pairs=Count("pk"),
        pins=Count("pk", filter=Q(pinned=True)),
        total=Sum("score"),
        median_score=Median("score"),
        worst=Min("score"),
        mentor_departments=ArrayAgg("mentor__person__department", distinct=True),
        mentee_departments=ArrayAgg("mentee__person__department", distinct=True),
    )
    return {row["run"]: row for row in counted}


def _unmatched_by_role(runs: Iterable[MatchRun]) -> dict[tuple[int, str], int]:
    rows = left_over(Unmatched.objects.filter(run__in=runs)).order_by()
    counted = rows.values("run", "enrolment__role").annotate(people=Count("pk"))
    return {(row["run"], row["enrolment__role"]): row["people"] for row in counted}


def parts(*runs: MatchRun) -> list[dict[str, float | None]]:
    """How much of each part of the fit the pairs of each run reach on average, from 0 to 1.

    One query. Unlike scores, these can be compared whatever the weights. None where a run has no
    pair or gives the part no weight.
    """
    reached: dict[str, Any] = {}
    for name in COMPONENTS:
        reached[name] = Avg(Cast(KeyTextTransform(name, "breakdown"), FloatField()))
    rows: QuerySet[Any] = Proposal.objects.filter(run__in=runs).order_by()
    means = {row["run"]: row for row in rows.values("run").annotate(**reached)}
    return [_parts_reached(run, means.get(run.pk, {})) for run in runs]


def _parts_reached(run: MatchRun, means: dict[str, float | None]) -> dict[str, float | None]:
    most = Weights(**{name: _weight(run, name) for name in COMPONENTS}).shares()
    reached: dict[str, float | None] = {}
    for name in COMPONENTS:
        mean = means.get(name)
        reached[name] = mean / most[name] if mean is not None and most[name] else None
    return reached


def left_over(rows: QuerySet[Unmatched]) -> QuerySet[Unmatched]:
    """Those who have no pair in the same run: a change by hand may have given them one."""
    pairs = Proposal.objects.filter(run=OuterRef("run"))
    as_mentor = Exists(pairs.filter(mentor=OuterRef("enrolment")))
    as_mentee = Exists(pairs.filter(mentee=OuterRef("enrolment")))
    return rows.exclude(as_mentor).exclude(as_mentee)


def settings_of(first: MatchRun, second: MatchRun) -> list[Setting]:
    """The aim, the weights and the rules of both runs, as they were when the runs started."""
    aims = [
        Setting("aim", "objective", first.objective, second.objective),
        Setting("aim", "floor", first.floor, second.floor),
    ]
    weights = [
        Setting("weight", name, _weight(first, name), _weight(second, name)) for name in COMPONENTS
    ]
    rules = [
        Setting("rule", name, first.rules.get(name), second.rules.get(name))
        for name in dict.fromkeys([*first.rules, *second.rules])
    ]
    return aims + weights + rules


def same_measure(first: MatchRun, second: MatchRun) -> bool:
    """Whether a point means the same in both runs, so that their fits can be compared.

    Only the relation of the weights counts: twice as much of everything measures the same.
    """
    weights_of_first = [_weight(first, name) for name in COMPONENTS]
    weights_of_second = [_weight(second, name) for name in COMPONENTS]
    scaled_first = [weight * sum(weights_of_second) for weight in weights_of_first]
    scaled_second = [weight * sum(weights_of_first) for weight in weights_of_second]
    return scaled_first == scaled_second


def _weight(run: MatchRun, name: str) -> int:
    return int(run.weights.get(name, 0))


def pairs_of(first: MatchRun, second: MatchRun) -> QuerySet[Any]:
    """Every pair of either run once, as a Proposal with `first_score` and `second_score`.

    A score is None where the run does not have the pair.
    """
    same = Proposal.objects.filter(mentor=OuterRef("mentor"), mentee=OuterRef("mentee"))
    in_first = Subquery(same.filter(run=first).values("score")[:1])
    in_second = Subquery(same.filter(run=second).values("score")[:1])
    rows: QuerySet[Any] = Proposal.objects.filter(run__in=[first, second]).annotate(
        first_score=Case(When(run=first, then=F("score")), default=in_first),
        second_score=Case(When(run=second, then=F("score")), default=in_second),
    )
    return rows.exclude(run=first, second_score__isnull=False)


def only(rows: QuerySet[Any], in_which: InWhich) -> QuerySet[Any]:
    """The pairs of `pairs_of` that are in both runs, or in one of them alone."""
    if in_which == "both":
        return rows.filter(first_score__isnull=False, second_score__isnull=False)
    if in_which == "first":
        return rows.filter(second_score__isnull=True)
    return rows.filter(first_score__isnull=True)


def changed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The pairs of `pairs_of` that only one of the runs has."""
    return rows.filter(Q(first_score__isnull=True) | Q(second_score__isnull=True))


def overlap(first: MatchRun, second: MatchRun) -> Overlap:
    """How many pairs are the same, in one query."""
    found = pairs_of(first, second).aggregate(
        only_first=Count("pk", filter=Q(second_score__isnull=True)),
        only_second=Count("pk", filter=Q(first_score__isnull=True)),
        everything=Count("pk"),
    )
    both = found["everything"] - found["only_first"] - found["only_second"]
    return Overlap(both, found["only_first"], found["only_second"])


def neighbours(run: MatchRun) -> tuple[MatchRun | None, MatchRun | None]:
    """The finished runs before and after a run, in one query; None where there is none."""
    finished = MatchRun.objects.finished().filter(program=run.program_id).exclude(pk=run.pk)
    newest_first = list(finished.only("pk", "created_at", "state"))
    earlier = [other for other in newest_first if other.created_at < run.created_at]
    later = [other for other in newest_first if other.created_at > run.created_at]
    return earlier[0] if earlier else None, later[-1] if later else None


def overlap_with_previous(run: MatchRun, previous: MatchRun | None) -> Overlap | None:
    """How many pairs a run shares with the previous one.

    None for the first run, and for one that is not finished.
    """
    if previous is None or run.state not in FINISHED_RUN_STATES:
        return None
    return overlap(previous, run)


def left_over_only_in(run: MatchRun, other: MatchRun) -> QuerySet[Unmatched]:
    """Who is without a match in `run` and not in `other`.

    `placed` says whether they have a pair in `other`; if not, they took no part in it.
    """
    pairs = Proposal.objects.filter(run=other)
    as_mentor = Exists(pairs.filter(mentor=OuterRef("enrolment")))
    as_mentee = Exists(pairs.filter(mentee=OuterRef("enrolment")))
    in_other = left_over(Unmatched.objects.filter(run=other))
    also_there = Exists(in_other.filter(enrolment=OuterRef("enrolment")))

    here = left_over(Unmatched.objects.filter(run=run)).exclude(also_there)
    return here.annotate(placed=Case(When(as_mentor | as_mentee, then=1), default=0))


def quality(first: MatchRun, second: MatchRun, dimension: Dimension) -> list[Quality]:
    """How each group of people fares in either run, in four queries."""
    groups_of_first = {group.name: group for group in groups(people_of(first), dimension)}
    groups_of_second = {group.name: group for group in groups(people_of(second), dimension)}
    found = [
        Quality(name, groups_of_first.get(name), groups_of_second.get(name))
        for name in dict.fromkeys([*groups_of_first, *groups_of_second])
    ]
    return sorted(found, key=lambda row: (not row.name, row.rank, row.name.casefold()))
