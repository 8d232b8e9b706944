"""Two finished runs of a program side by side.

Everything is read from their rows, so changes by hand are in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, When

from matching.domain.analysis.fairness import Group, groups
from matching.domain.analysis.placed import Dimension, people_of
from matching.domain.analysis.run_figures import weight_of
from matching.enums import FINISHED_RUN_STATES
from matching.models import MatchRun, Proposal
from matching.solver import COMPONENTS

InWhich = Literal["both", "first", "second"]


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
    if earlier:
        return earlier[-1]
    later = [other for other in in_order if _age(other) > _age(run)]
    return later[0] if later else None


def _age(run: MatchRun) -> tuple[datetime, int]:
    return run.created_at, run.pk


def settings_of(first: MatchRun, second: MatchRun) -> list[Setting]:
    """The aim, the weights and the rules of both runs, as they were when the runs started."""
    aims = [
        Setting("aim", "objective", first.objective, second.objective),
        Setting("aim", "floor", first.floor, second.floor),
    ]
    return aims + _weights(first, second) + _rules(first, second)


def _weights(first: MatchRun, second: MatchRun) -> list[Setting]:
    weights = []
    for name in COMPONENTS:
        values = weight_of(first, name), weight_of(second, name)
        weights.append(Setting("weight", name, *values))
    return weights


def _rules(first: MatchRun, second: MatchRun) -> list[Setting]:
    """The rules of either run; one that a run does not know has no value in it."""
    rules = []
    for name in dict.fromkeys([*first.rules, *second.rules]):
        values = first.rules.get(name), second.rules.get(name)
        rules.append(Setting("rule", name, *values))
    return rules


def same_measure(first: MatchRun, second: MatchRun) -> bool:
    """Whether a point means the same in both runs, so that their fits can be compared.

    Only the relation of the weights counts: twice as much of everything measures the same.
    """
    of_first = [weight_of(first, name) for name in COMPONENTS]
    of_second = [weight_of(second, name) for name in COMPONENTS]
    scaled_first = [weight * sum(of_second) for weight in of_first]
    scaled_second = [weight * sum(of_first) for weight in of_second]
    return scaled_first == scaled_second


def pairs_of(first: MatchRun, second: MatchRun) -> QuerySet[Any]:
    """Every pair of either run once, as a Proposal with `first_score` and `second_score`.

    A score is None where the run does not have the pair.
    """
    rows: QuerySet[Any] = Proposal.objects.filter(run__in=[first, second])
    rows = rows.annotate(first_score=_score_in(first), second_score=_score_in(second))
    return rows.exclude(run=first, second_score__isnull=False)


def _score_in(run: MatchRun) -> Case:
    """The score of a proposal's pair in this run, whichever run the proposal is of."""
    same_pair = Proposal.objects.filter(mentor=OuterRef("mentor"), mentee=OuterRef("mentee"))
    in_run = Subquery(same_pair.filter(run=run).values("score")[:1])
    return Case(When(run=run, then=F("score")), default=in_run)


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
    others = MatchRun.objects.finished().filter(program=run.program_id).exclude(pk=run.pk)
    previous = following = None
    for other in others.only("pk", "created_at", "state").order_by("created_at", "id"):
        if other.created_at < run.created_at:
            previous = other
        elif other.created_at > run.created_at and following is None:
            following = other
    return previous, following


def overlap_with_previous(run: MatchRun, previous: MatchRun | None) -> Overlap | None:
    """How many pairs a run shares with the previous one.

    None for the first run, and for one that is not finished.
    """
    if previous is None or run.state not in FINISHED_RUN_STATES:
        return None
    return overlap(previous, run)


def quality(first: MatchRun, second: MatchRun, dimension: Dimension) -> list[Quality]:
    """How each group of people fares in either run, in four queries."""
    of_first = {group.name: group for group in groups(people_of(first), dimension)}
    of_second = {group.name: group for group in groups(people_of(second), dimension)}
    names = dict.fromkeys([*of_first, *of_second])
    found = [Quality(name, of_first.get(name), of_second.get(name)) for name in names]
    return sorted(found, key=_by_name)


def _by_name(row: Quality) -> tuple[bool, int, str]:
    """Grades by rank, others by name, the unnamed last."""
    return not row.name, row.rank, row.name.casefold()
