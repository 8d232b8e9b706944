"""Is any group left behind by a run? Facts about groups, and a careful answer.

A group is judged only if it has at least `LEAST` people. It counts as left behind when all three
hold:

- *Not chance.* Without a match: the exact hypergeometric chance that at least so many of the group
  would be left over if the free places of their role had been drawn blindly. Fit: a rank test with
  the exact permutation variance. Both compare people with others of the same role only (where there
  are more mentees than places, some must be left over, and that says nothing about a department
  that has many mentees).
- *Not one of many.* All tests of the page together stay below a chance of 5 % of one false alarm
  (Holm).
- *Not a trifle.* At least 5 of 100 people more are left over, or the fit is 5 points lower, than
  usual.

Whoever is left over counts alike, whatever the reason: the reasons may be private.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
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
    """One comparison of a group with the others of the same role: the chance of such a gap, and how
    wide it is.
    """

    kind: Kind
    chance: float
    wide: bool  # too wide a gap to be a trifle


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
        """Large enough for an answer; the two roles are not held against each other."""
        return bool(self.tests)

    @property
    def excess(self) -> float:
        """The share of the group that is left over beyond what is usual elsewhere; below 0 where
        fewer are.
        """
        return self.left / self.people - self.elsewhere


@dataclass(frozen=True)
class Answer:
    """All groups, those that are left behind, and the group with the widest gap in places (None
    where no gap is).
    """

    people: int
    paired: int
    groups: tuple[Group, ...]
    behind: tuple[Group, ...]
    widest: Group | None


def people_of(run: MatchRun) -> list[Placed]:
    """Everybody whom a run had to place, in two queries.

    Read from the pairs, so changes by hand are in it.
    """
    facts = (
        "pk",
        "role",
        "person__department",
        "person__grade__name",
        "person__grade__rank",
        "person__location",
    )
    known: dict[int, tuple[Any, ...]] = {}
    scores: dict[int, list[int]] = defaultdict(list)
    sides = [f"{side}__{name}" for side in ("mentor", "mentee") for name in facts]
    for score, *row in Proposal.objects.filter(run=run).order_by().values_list("score", *sides):
        for found in (row[: len(facts)], row[len(facts) :]):
            known[found[0]] = tuple(found[1:])
            scores[found[0]].append(score)
    left = (
        Unmatched.objects.filter(run=run)
        .order_by()
        .values_list(*(f"enrolment__{name}" for name in facts))
    )
    for key, *rest in left:
        known.setdefault(key, tuple(rest))
    return [
        Placed(role, department, grade or "", rank, location, tuple(scores[key]))
        for key, (role, department, grade, rank, location) in known.items()
    ]


def groups(people: Sequence[Placed], dimension: Dimension) -> list[Group]:
    """The groups of one dimension, grades by rank and the rest by name, those of whom it is not
    stated last.
    """
    return _groups(_Crowd(people), dimension)


def _groups(crowd: _Crowd, dimension: Dimension) -> list[Group]:
    members: dict[str, list[int]] = defaultdict(list)
    for at, person in enumerate(crowd.people):
        members[person.of(dimension)].append(at)
    found = [_group(crowd, dimension, name, np.array(inside)) for name, inside in members.items()]
    return sorted(found, key=lambda group: (not group.name, group.rank or 0, group.name.casefold()))


def judge(people: Sequence[Placed]) -> Answer:
    """The groups of all dimensions, and which of them are left behind."""
    crowd = _Crowd(people)
    found = [group for dimension in DIMENSIONS for group in _groups(crowd, dimension)]
    tests = [(at, test) for at, group in enumerate(found) for test in group.tests]
    behind: dict[int, list[Kind]] = defaultdict(list)
    for (at, test), clear in zip(tests, holm([test.chance for _, test in tests]), strict=True):
        if clear and test.wide:
            behind[at].append(test.kind)
    judged = [replace(group, behind=tuple(behind.get(at, ()))) for at, group in enumerate(found)]
    gaps = [group for group in judged if group.judged and group.excess > 0]
    return Answer(
        people=len(people),
        paired=int(crowd.paired.sum()),
        groups=tuple(judged),
        behind=tuple(
            sorted((group for group in judged if group.behind), key=lambda group: -group.excess)
        ),
        widest=max(gaps, key=lambda group: (group.excess, group.people), default=None),
    )


def holm(chances: Sequence[float], *, level: float = CHANCE) -> list[bool]:
    """Which of the tests hold when all are looked at together: one false alarm in `level` at most
    (Holm 1979).
    """
    clear = [False] * len(chances)
    for done, at in enumerate(sorted(range(len(chances)), key=lambda at: chances[at])):
        if chances[at] > level / (len(chances) - done):
            break
        clear[at] = True
    return clear


def chance_of_so_many(strata: Iterable[tuple[int, int, int]], seen: int) -> float:
    """The chance that at least `seen` of a group are left over, if those left over had been drawn
    blindly.

    Each stratum is (people, of whom left over, of whom in the group), drawn on its own; exact up to
    rounding.
    """
    spread: npt.NDArray[np.float64] = np.ones(1)
    for people, left, inside in strata:
        spread = np.convolve(spread, _hypergeometric(people, left, inside))
    return float(min(1.0, spread[seen:].sum()))


def _hypergeometric(people: int, left: int, inside: int) -> npt.NDArray[np.float64]:
    """The chances of 0, 1, ... `inside` left over in a group."""

    def ways(n: int, k: int) -> float:
        return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)

    out = np.zeros(inside + 1)
    for k in range(max(0, inside - (people - left)), min(inside, left) + 1):
        out[k] = math.exp(ways(left, k) + ways(people - left, inside - k) - ways(people, inside))
    return out


def chance_of_such_ranks(strata: Iterable[tuple[npt.NDArray[np.float64], Flags]]) -> float:
    """The chance that a group ranks so low, if fits had been handed out blindly: rank sums,
    variance under permutation.

    Each stratum is (the ranks of its people, which of them are in the group). 1 where there is
    nothing to compare.
    """
    gap = variance = 0.0
    for ranks, inside in strata:
        n, k = len(ranks), int(inside.sum())
        if 0 < k < n:
            gap += float(ranks[inside].sum() - k * ranks.mean())
            variance += k * (n - k) / n * float(ranks.var(ddof=1))
    return 0.5 * math.erfc(-gap / math.sqrt(2 * variance)) if variance > 0 else 1.0


class _Crowd:
    """The same people as columns, so that hundreds of groups take no time."""

    def __init__(self, people: Sequence[Placed]) -> None:
        self.people = people
        self.paired = np.array([bool(person.scores) for person in people], np.bool_)
        self.scores = np.array([score for person in people for score in person.scores], np.float64)
        self.owner = np.array(
            [at for at, person in enumerate(people) for _ in person.scores], np.int64
        )
        self.roles = {
            role: self._of_role(role) for role in sorted({person.role for person in people})
        }
        self.ranks = {role: self._ranks(of_role) for role, of_role in self.roles.items()}

    def _of_role(self, role: str) -> Flags:
        return np.array([person.role == role for person in self.people], np.bool_)

    def _ranks(self, of_role: Flags) -> npt.NDArray[np.float64]:
        """Where the fit of each stands among those of the role (the mean of their pairs; equals
        share a rank).
        """
        ranks = np.zeros(len(self.people))
        who = np.flatnonzero(of_role & self.paired).tolist()
        fits = np.array([sum(self.people[at].scores) / len(self.people[at].scores) for at in who])
        _, place, count = np.unique(fits, return_inverse=True, return_counts=True)
        ranks[who] = (np.cumsum(count) - (count - 1) / 2)[place]
        return ranks


def _group(crowd: _Crowd, dimension: Dimension, name: str, members: npt.NDArray[np.int64]) -> Group:
    inside = np.zeros(len(crowd.people), np.bool_)
    inside[members] = True
    strata = [
        (int(role.sum()), int((role & ~crowd.paired).sum()), int((role & inside).sum()))
        for role in crowd.roles.values()
    ]
    scores, elsewhere = crowd.scores[inside[crowd.owner]], crowd.scores[~inside[crowd.owner]]
    paired = int((inside & crowd.paired).sum())
    group = Group(
        dimension=dimension,
        name=name,
        rank=crowd.people[members[0]].rank if dimension == "grade" else None,
        people=len(members),
        paired=paired,
        elsewhere=_elsewhere(crowd, inside),
        median=float(np.median(scores)) if len(scores) else None,
        worst=int(scores.min()) if len(scores) else None,
        others=len(crowd.people) - len(members),
        others_median=float(np.median(elsewhere)) if len(elsewhere) else None,
    )
    if dimension == "role" or group.people < LEAST or group.others < LEAST:
        return group
    tests = [Test("places", chance_of_so_many(strata, group.left), group.excess >= MUCH_LESS_SHARE)]
    if group.median is not None and group.others_median is not None and paired >= LEAST:
        sides = [
            (crowd.ranks[role][who & crowd.paired], inside[who & crowd.paired])
            for role, who in crowd.roles.items()
        ]
        gap = group.others_median - group.median
        tests.append(Test("fit", chance_of_such_ranks(sides), gap >= MUCH_LESS_FIT))
    return replace(group, tests=tuple(tests))


def _elsewhere(crowd: _Crowd, inside: Flags) -> float:
    """The share of the others who are left over, each role weighing as much as it does in the
    group.
    """
    left = 0.0
    for role in crowd.roles.values():
        mine, theirs = role & inside, role & ~inside
        compared = theirs if theirs.any() else mine
        left += float(mine.sum() * (compared & ~crowd.paired).sum() / max(1, compared.sum()))
    return left / max(1, int(inside.sum()))


ORDERS: dict[str, Callable[[Group], Any]] = {
    "": lambda group: (not group.behind, -group.excess, group.name.casefold()),
    "name": lambda group: (not group.name, group.rank or 0, group.name.casefold()),
    "people": lambda group: (-group.people, group.name.casefold()),
    "fit": lambda group: (group.median is None, group.median or 0, group.name.casefold()),
}
"""How the groups of a page may be sorted."""
