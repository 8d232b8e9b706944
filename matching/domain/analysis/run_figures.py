"""The figures of finished runs, counted from their rows, so changes by hand are in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Aggregate, Avg, Count, FloatField, Min, Q, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from matching.domain.analysis.left_over import left_over
from matching.domain.run_settings import solver_weights
from matching.models import MatchRun, Proposal, Unmatched
from matching.solver import COMPONENTS
from programs.enums import PairRole


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


def figures(*runs: MatchRun) -> list[Figures]:
    """The figures of each of the runs, in two queries."""
    of_pairs = _figures_of_pairs(runs)
    unmatched = _unmatched_by_role(runs)
    return [_figures_of(run, of_pairs.get(run.pk, {}), unmatched) for run in runs]


def _figures_of(
    run: MatchRun, row: Mapping[str, Any], unmatched: Mapping[tuple[int, str], int]
) -> Figures:
    """The figures of one run; without a row, it has no pair."""
    return Figures(
        pairs=row.get("pairs", 0),
        pinned=row.get("pins", 0),
        total=row.get("total", 0),
        median=row.get("median_score"),
        worst=row.get("worst"),
        left_mentors=unmatched.get((run.pk, PairRole.MENTOR), 0),
        left_mentees=unmatched.get((run.pk, PairRole.MENTEE), 0),
        departments=_departments(row),
    )


def _departments(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The departments of everybody who has a pair, as far as they are known."""
    names = {*row.get("mentor_departments", ()), *row.get("mentee_departments", ())}
    return tuple(sorted(names - {""}))


def _figures_of_pairs(runs: Iterable[MatchRun]) -> dict[int, dict[str, Any]]:
    counted = _rows_by_run(runs).annotate(
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
    means: dict[str, Any] = {}
    for name in COMPONENTS:
        means[name] = Avg(Cast(KeyTextTransform(name, "breakdown"), FloatField()))
    means_of_run = {row["run"]: row for row in _rows_by_run(runs).annotate(**means)}
    return [_parts_reached(run, means_of_run.get(run.pk, {})) for run in runs]


def _rows_by_run(runs: Iterable[MatchRun]) -> QuerySet[Any]:
    """The proposals of these runs, to be counted for each run."""
    rows: QuerySet[Any] = Proposal.objects.filter(run__in=runs).order_by()
    return rows.values("run")


def _parts_reached(run: MatchRun, means: Mapping[str, float | None]) -> dict[str, float | None]:
    most = solver_weights(run.weights).shares()
    return {name: _share_reached(means.get(name), most[name]) for name in COMPONENTS}


def _share_reached(mean: float | None, most: float) -> float | None:
    if mean is None or most == 0:
        return None
    return mean / most


def weight_of(run: MatchRun, name: str) -> int:
    """The weight that a run gave to a component; 0 for one that is newer than the run."""
    return int(run.weights.get(name, 0))
