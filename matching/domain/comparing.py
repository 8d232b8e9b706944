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

from matching.domain.fairness import Dimension, Group, groups, people_of
from matching.domain.inputs import WEIGHED
from matching.enums import FINISHED_RUN_STATES
from matching.models import MatchRun, Proposal, Unmatched
from matching.solver import COMPONENTS, Weights
from programs.enums import PairRole

Where = Literal["both", "first", "second"]


class Median(Aggregate):
    """The middle of a column, between the two middle ones where their number is even.

    Postgres only.
    """

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True)
class Figures:
    """What a run came to, counted from its rows.

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

        What an older run does not know yet, it did not ask for.
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


def before(run: MatchRun, others: Iterable[MatchRun]) -> MatchRun | None:
    """Of the runs, the one before this one, or, where there is none, the one after it."""
    rest = sorted((one for one in others if one.pk != run.pk), key=_age)
    earlier = [one for one in rest if _age(one) < _age(run)]
    return earlier[-1] if earlier else next(iter(rest), None)


def _age(run: MatchRun) -> tuple[datetime, int]:
    return run.created_at, run.pk


def figures(*runs: MatchRun) -> list[Figures]:
    """The figures of each of the runs, in two queries."""
    made = Proposal.objects.filter(run__in=runs).order_by().values("run")
    made = made.annotate(
        pairs=Count("pk"),
        pins=Count("pk", filter=Q(pinned=True)),
        total=Sum("score"),
        middle=Median("score"),
        worst=Min("score"),
        of_mentors=ArrayAgg("mentor__person__department", distinct=True),
        of_mentees=ArrayAgg("mentee__person__department", distinct=True),
    )
    pairs = {row["run"]: row for row in made}
    rows = (
        left_over(Unmatched.objects.filter(run__in=runs))
        .order_by()
        .values("run", "enrolment__role")
    )
    left = {(row["run"], row["enrolment__role"]): row["n"] for row in rows.annotate(n=Count("pk"))}

    def of(run: MatchRun) -> Figures:
        row = pairs.get(run.pk, {})
        return Figures(
            pairs=row.get("pairs", 0),
            pinned=row.get("pins", 0),
            total=row.get("total", 0),
            median=row.get("middle"),
            worst=row.get("worst"),
            left_mentors=left.get((run.pk, PairRole.MENTOR), 0),
            left_mentees=left.get((run.pk, PairRole.MENTEE), 0),
            departments=tuple(
                sorted({*row.get("of_mentors", ()), *row.get("of_mentees", ())} - {""})
            ),
        )

    return [of(run) for run in runs]


def parts(*runs: MatchRun) -> list[dict[str, float | None]]:
    """How much of each part of the fit the pairs of each run reach on average, from 0 to 1, in one
    query.

    Unlike scores, these can be compared whatever the weights. None where a run has no pair or gives
    the part no weight.
    """
    rows = Proposal.objects.filter(run__in=runs).order_by().values("run")
    reached = {
        name: Avg(Cast(KeyTextTransform(name, "breakdown"), FloatField())) for name in COMPONENTS
    }
    means = {row["run"]: row for row in rows.annotate(**reached)}
    found = []
    for run in runs:
        most = Weights(**{name: _number(run, name) for name in COMPONENTS}).shares()
        mine = means.get(run.pk, {})
        found.append(
            {
                name: None if not most[name] or mine.get(name) is None else mine[name] / most[name]
                for name in COMPONENTS
            }
        )
    return found


def left_over(rows: QuerySet[Unmatched]) -> QuerySet[Unmatched]:
    """Those of the rows who have no pair in the same run: somebody may have got one by hand
    since.
    """
    pairs = Proposal.objects.filter(run=OuterRef("run"))
    return rows.exclude(Exists(pairs.filter(mentor=OuterRef("enrolment")))).exclude(
        Exists(pairs.filter(mentee=OuterRef("enrolment")))
    )


def settings_of(first: MatchRun, second: MatchRun) -> list[Setting]:
    """What the runs aimed for, as it was when they were started: the aim, the weights, the
    rules.
    """
    found = [
        Setting("aim", "objective", first.objective, second.objective),
        Setting("aim", "floor", first.floor, second.floor),
    ]
    found += [
        Setting("weight", name, _number(first, name), _number(second, name)) for name in WEIGHED
    ]
    names = dict.fromkeys([*first.rules, *second.rules])  # in the order in which a run keeps them
    return found + [
        Setting("rule", name, first.rules.get(name), second.rules.get(name)) for name in names
    ]


def same_measure(first: MatchRun, second: MatchRun) -> bool:
    """Whether a point means the same in both: only then can totals, middles and weakest fits be
    held against each other.

    Only the relation of the weights counts: twice as much of everything measures the same.
    """
    mine, theirs = ([_number(run, name) for name in WEIGHED] for run in (first, second))
    return [value * sum(theirs) for value in mine] == [value * sum(mine) for value in theirs]


def _number(run: MatchRun, name: str) -> int:
    return int(run.weights.get(name, 0))


def pairs_of(first: MatchRun, second: MatchRun) -> QuerySet[Any]:
    """Every pair of either run once (as a Proposal), with its scores `first_score` and
    `second_score`, None where it is not.
    """
    same = Proposal.objects.filter(mentor=OuterRef("mentor"), mentee=OuterRef("mentee"))
    score_in = {run: Subquery(same.filter(run=run).values("score")[:1]) for run in (first, second)}
    rows: QuerySet[Any] = Proposal.objects.filter(run__in=[first, second]).annotate(
        first_score=Case(When(run=first, then=F("score")), default=score_in[first]),
        second_score=Case(When(run=second, then=F("score")), default=score_in[second]),
    )
    return rows.exclude(run=first, second_score__isnull=False)


def only(rows: QuerySet[Any], where: Where) -> QuerySet[Any]:
    """The pairs of `pairs_of` that stand there."""
    if where == "both":
        return rows.filter(first_score__isnull=False, second_score__isnull=False)
    return (
        rows.filter(second_score__isnull=True)
        if where == "first"
        else rows.filter(first_score__isnull=True)
    )


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
    others = list(finished.only("pk", "created_at", "state"))  # newest first
    earlier = [one for one in others if one.created_at < run.created_at]
    later = [one for one in others if one.created_at > run.created_at]
    return next(iter(earlier), None), later[-1] if later else None


def beside_last(run: MatchRun, earlier: MatchRun | None) -> Overlap | None:
    """How many pairs a run shares with the one before; None for the first, and for one that is not
    finished.
    """
    return overlap(earlier, run) if earlier and run.state in FINISHED_RUN_STATES else None


def left_in_one(here: MatchRun, there: MatchRun) -> QuerySet[Unmatched]:
    """Who is without a match in one run and not in the other; `placed` says whether they have a
    pair there.

    Otherwise they took no part in it.
    """
    mine = left_over(Unmatched.objects.filter(run=here))
    pairs = Proposal.objects.filter(run=there)
    placed = Exists(pairs.filter(mentor=OuterRef("enrolment"))) | Exists(
        pairs.filter(mentee=OuterRef("enrolment"))
    )
    also = left_over(Unmatched.objects.filter(run=there)).filter(enrolment=OuterRef("enrolment"))
    return mine.exclude(Exists(also)).annotate(placed=Case(When(placed, then=1), default=0))


def quality(first: MatchRun, second: MatchRun, dimension: Dimension) -> list[Quality]:
    """How each group of people fares in either run, in four queries."""
    return _side_by_side(*(groups(people_of(run), dimension) for run in (first, second)))


def _side_by_side(first: Iterable[Group], second: Iterable[Group]) -> list[Quality]:
    mine, theirs = ({group.name: group for group in found} for found in (first, second))
    both = [
        Quality(name, mine.get(name), theirs.get(name)) for name in dict.fromkeys([*mine, *theirs])
    ]
    return sorted(both, key=_order)


def _order(row: Quality) -> tuple[bool, int, str]:
    group = row.second or row.first
    return (not row.name, (group.rank if group else None) or 0, row.name.casefold())
