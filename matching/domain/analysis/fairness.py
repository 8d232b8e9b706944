"""Is any group left behind by a run? Facts about groups, and a careful answer.

A group is judged only if it has at least `LEAST` people. It counts as left behind when all three
conditions hold:

- *It is not chance.* Without a match: the exact hypergeometric chance that at least so many of the
  group are left over, if the free places of their role were drawn blindly. Fit: a rank test with
  the exact permutation variance. Both compare people with others of the same role only: where there
  are more mentees than places, some must be left over, and that says nothing about a department
  that has many mentees.
- *It is not one of many.* All tests of the page together keep the chance of one false alarm below
  5 % (Holm).
- *It is not small.* At least 5 of 100 people more are left over, or the fit is 5 points lower, than
  elsewhere.

Everybody who is left over counts alike, whatever the reason: the reasons may be private.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from matching.models import MatchRun, Proposal, Unmatched

Dimension = Literal["department", "grade", "location", "role"]
Kind = Literal["places", "fit"]
Flags = npt.NDArray[np.bool_]
DIMENSIONS: tuple[Dimension, ...] = ("department", "grade", "location", "role")
LEAST = 5  # people, below which a group is shown and not judged
CHANCE = 0.05
MUCH_LESS_SHARE = 0.05
MUCH_LESS_FIT = 500  # basis points


@dataclass(frozen=True)
class Placed:
    """One person in one role, as a run left them.

    No scores: without a match. `rank` orders the grades.
    """

    role: str
    department: str
    grade: str
    rank: int | None
    location: str
    scores: tuple[int, ...]

    def of(self, dimension: Dimension) -> str:
        """The person's group."""
        return str(getattr(self, dimension))


@dataclass(frozen=True)
class Test:
    """One comparison of a group with the others of the same role.

    `chance` is the chance of such a gap; `wide` says that the gap is not small.
    """

    kind: Kind
    chance: float
    wide: bool


@dataclass(frozen=True)
class Group:
    """What became of the people of one group. `name` is empty for people of whom it is not stated.

    `elsewhere` is the share that is left over among everybody else, for the same mix of roles;
    `others_median` their fit.
    """

    dimension: Dimension
    name: str
    rank: int | None
    people: int
    paired: int
    elsewhere: float
    median: float | None
    worst: int | None
    others: int
    others_median: float | None
    tests: tuple[Test, ...] = ()
    behind: tuple[Kind, ...] = ()

    @property
    def left(self) -> int:
        """How many are without a match."""
        return self.people - self.paired

    @property
    def judged(self) -> bool:
        """Whether the group is large enough for an answer. The two roles are never compared."""
        return bool(self.tests)

    @property
    def excess(self) -> float:
        """The share of the group that is left over, less the share elsewhere."""
        return self.left / self.people - self.elsewhere


@dataclass(frozen=True)
class Answer:
    """All groups, those that are left behind, and the group with the widest gap in places.

    `widest` is None where there is no gap.
    """

    people: int
    paired: int
    groups: tuple[Group, ...]
    behind: tuple[Group, ...]
    widest: Group | None


PERSON_COLUMNS = (
    "pk",
    "role",
    "person__department",
    "person__grade__name",
    "person__grade__rank",
    "person__location",
)
"""What is read of an enrolment and its person."""


def people_of(run: MatchRun) -> list[Placed]:
    """Everybody whom a run had to place, in two queries.

    Read from the pairs, so that changes by hand are included.
    """
    facts: dict[int, tuple[Any, ...]] = {}
    scores: dict[int, list[int]] = defaultdict(list)
    pairs = Proposal.objects.filter(run=run).order_by()
    columns = ["score", *_columns("mentor"), *_columns("mentee")]
    size = len(PERSON_COLUMNS)
    for score, *row in pairs.values_list(*columns):
        for pk, *of_person in (row[:size], row[size:]):
            facts[pk] = tuple(of_person)
            scores[pk].append(score)

    unmatched = Unmatched.objects.filter(run=run).order_by()
    for pk, *of_person in unmatched.values_list(*_columns("enrolment")):
        facts.setdefault(pk, tuple(of_person))
    return [_placed(of_person, scores[pk]) for pk, of_person in facts.items()]


def _columns(side: str) -> list[str]:
    return [f"{side}__{name}" for name in PERSON_COLUMNS]


def _placed(facts: tuple[Any, ...], scores: list[int]) -> Placed:
    role, department, grade, rank, location = facts
    return Placed(role, department, grade or "", rank, location, tuple(scores))


def groups(people: Sequence[Placed], dimension: Dimension) -> list[Group]:
    """The groups of one dimension: grades by rank, others by name, the unnamed last."""
    return _groups(_PeopleAsColumns(people), dimension)


def _groups(columns: _PeopleAsColumns, dimension: Dimension) -> list[Group]:
    members: dict[str, list[int]] = defaultdict(list)
    for index, person in enumerate(columns.people):
        members[person.of(dimension)].append(index)
    found = [_group(columns, dimension, name, indexes) for name, indexes in members.items()]
    return sorted(found, key=_by_name)


def _by_name(group: Group) -> tuple[Any, ...]:
    return not group.name, group.rank or 0, group.name.casefold()


def judge(people: Sequence[Placed]) -> Answer:
    """The groups of all dimensions, and which of them are left behind."""
    columns = _PeopleAsColumns(people)
    found: list[Group] = []
    for dimension in DIMENSIONS:
        found += _groups(columns, dimension)

    judged = _with_holm(found)
    behind = [group for group in judged if group.behind]
    gaps = [group for group in judged if group.judged and group.excess > 0]
    return Answer(
        people=len(people),
        paired=int(columns.paired.sum()),
        groups=tuple(judged),
        behind=tuple(sorted(behind, key=lambda group: -group.excess)),
        widest=max(gaps, key=lambda group: (group.excess, group.people), default=None),
    )


def _with_holm(groups: list[Group]) -> list[Group]:
    """The groups with what they are left behind in, all tests taken together."""
    tests = [test for group in groups for test in group.tests]
    significant = iter(holm([test.chance for test in tests]))
    judged = []
    for group in groups:
        behind = [test.kind for test in group.tests if next(significant) and test.wide]
        judged.append(replace(group, behind=tuple(behind)))
    return judged


def holm(chances: Sequence[float], *, level: float = CHANCE) -> list[bool]:
    """Which tests are significant when all are looked at together (Holm 1979).

    The chance of one false alarm is `level` at most.
    """
    significant = [False] * len(chances)
    smallest_first = sorted(range(len(chances)), key=lambda index: chances[index])
    for rank, index in enumerate(smallest_first):
        if chances[index] > level / (len(chances) - rank):
            break
        significant[index] = True
    return significant


def chance_of_so_many(strata: Iterable[tuple[int, int, int]], seen: int) -> float:
    """The chance that at least `seen` of a group are left over, if people were drawn blindly.

    Each stratum is (people, of whom left over, of whom in the group), drawn by itself; exact up to
    rounding.
    """
    spread: npt.NDArray[np.float64] = np.ones(1)
    for people, left, inside in strata:
        spread = np.convolve(spread, _hypergeometric(people, left, inside))
    return float(min(1.0, spread[seen:].sum()))


def _hypergeometric(people: int, left: int, inside: int) -> npt.NDArray[np.float64]:
    """The chances that 0, 1, ... `inside` people of a group are left over."""
    chances = np.zeros(inside + 1)
    fewest, most = max(0, inside - (people - left)), min(inside, left)
    for k in range(fewest, most + 1):
        drawn = _log_ways(left, k) + _log_ways(people - left, inside - k)
        chances[k] = math.exp(drawn - _log_ways(people, inside))
    return chances


def _log_ways(n: int, k: int) -> float:
    """The logarithm of the number of ways to choose k of n."""
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def chance_of_such_ranks(strata: Iterable[tuple[npt.NDArray[np.float64], Flags]]) -> float:
    """The chance that a group ranks so low, if fits were given out blindly.

    A test of rank sums with the variance under permutation. Each stratum is (the ranks of its
    people, which of them are in the group). 1 where there is nothing to compare.
    """
    gap = variance = 0.0
    for ranks, inside in strata:
        n, k = len(ranks), int(inside.sum())
        if 0 < k < n:
            gap += float(ranks[inside].sum() - k * ranks.mean())
            variance += k * (n - k) / n * float(ranks.var(ddof=1))
    return 0.5 * math.erfc(-gap / math.sqrt(2 * variance)) if variance > 0 else 1.0


class _PeopleAsColumns:
    """The same people as columns of numpy, which makes hundreds of groups fast."""

    def __init__(self, people: Sequence[Placed]) -> None:
        self.people = people
        self.paired = np.array([bool(person.scores) for person in people], np.bool_)
        self.scores = np.array([score for person in people for score in person.scores], np.float64)
        pairs_of_each = np.array([len(person.scores) for person in people], np.int64)
        self.owner = np.repeat(np.arange(len(people)), pairs_of_each)

        self.roles: dict[str, Flags] = {}
        self.ranks: dict[str, npt.NDArray[np.float64]] = {}
        for role in sorted({person.role for person in people}):
            flags = np.array([person.role == role for person in people], np.bool_)
            self.roles[role] = flags
            self.ranks[role] = self._ranks(flags)

    def scores_of(self, members: Flags) -> npt.NDArray[np.float64]:
        """The scores of all pairs of these people."""
        return self.scores[members[self.owner]]

    def _ranks(self, of_role: Flags) -> npt.NDArray[np.float64]:
        """The rank of each person's mean fit among those of the role; equals share a rank."""
        ranks = np.zeros(len(self.people))
        indexes = np.flatnonzero(of_role & self.paired)
        scores = [self.people[index].scores for index in indexes.tolist()]
        means = [sum(of_person) / len(of_person) for of_person in scores]
        _, place, count = np.unique(np.array(means), return_inverse=True, return_counts=True)
        ranks[indexes] = (np.cumsum(count) - (count - 1) / 2)[place]
        return ranks


def _group(columns: _PeopleAsColumns, dimension: Dimension, name: str, members: list[int]) -> Group:
    inside = np.zeros(len(columns.people), np.bool_)
    inside[members] = True
    own, others = columns.scores_of(inside), columns.scores_of(~inside)
    group = Group(
        dimension=dimension,
        name=name,
        rank=columns.people[members[0]].rank if dimension == "grade" else None,
        people=len(members),
        paired=int((inside & columns.paired).sum()),
        elsewhere=_share_left_elsewhere(columns, inside),
        median=_median(own),
        worst=int(own.min()) if len(own) else None,
        others=len(columns.people) - len(members),
        others_median=_median(others),
    )
    if dimension == "role" or group.people < LEAST or group.others < LEAST:
        return group
    return replace(group, tests=tuple(_tests(columns, inside, group)))


def _median(scores: npt.NDArray[np.float64]) -> float | None:
    return float(np.median(scores)) if len(scores) else None


def _tests(columns: _PeopleAsColumns, inside: Flags, group: Group) -> Iterator[Test]:
    strata = []
    for role in columns.roles.values():
        left = role & ~columns.paired
        strata.append((int(role.sum()), int(left.sum()), int((role & inside).sum())))
    chance = chance_of_so_many(strata, group.left)
    yield Test("places", chance, group.excess >= MUCH_LESS_SHARE)

    if group.median is None or group.others_median is None or group.paired < LEAST:
        return
    ranked = []
    for name, role in columns.roles.items():
        paired = role & columns.paired
        ranked.append((columns.ranks[name][paired], inside[paired]))
    gap = group.others_median - group.median
    yield Test("fit", chance_of_such_ranks(ranked), gap >= MUCH_LESS_FIT)


def _share_left_elsewhere(columns: _PeopleAsColumns, inside: Flags) -> float:
    """The share of the others who are left over, weighted by the roles in the group."""
    expected = 0.0
    for role in columns.roles.values():
        members, others = role & inside, role & ~inside
        compared = others if others.any() else members
        left = (compared & ~columns.paired).sum()
        expected += float(members.sum() * left / max(1, compared.sum()))
    return expected / max(1, int(inside.sum()))


ORDERS: dict[str, Callable[[Group], Any]] = {
    "": lambda group: (not group.behind, -group.excess, group.name.casefold()),
    "name": _by_name,
    "people": lambda group: (-group.people, group.name.casefold()),
    "fit": lambda group: (group.median is None, group.median or 0, group.name.casefold()),
}
"""How the groups of a page may be sorted."""
