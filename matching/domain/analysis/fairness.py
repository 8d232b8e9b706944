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

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from matching.domain.analysis.chance import (
    Flags,
    chance_of_so_many,
    chance_of_such_ranks,
    holm,
)
from matching.domain.analysis.placed import Dimension, Floats, PeopleAsColumns, Placed

Kind = Literal["places", "fit"]
DIMENSIONS: tuple[Dimension, ...] = ("department", "grade", "location", "role")
LEAST = 5  # people, below which a group is shown and not judged
CHANCE = 0.05
MUCH_LESS_SHARE = 0.05
MUCH_LESS_FIT = 500  # basis points


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
    people: int
    paired: int
    elsewhere: float
    median: float | None
    worst: int | None
    others: int
    others_median: float | None
    rank: int | None = None
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


def groups(people: Sequence[Placed], dimension: Dimension) -> list[Group]:
    """The groups of one dimension: grades by rank, others by name, the unnamed last."""
    return _groups(PeopleAsColumns(people), dimension)


def _groups(columns: PeopleAsColumns, dimension: Dimension) -> list[Group]:
    members: dict[str, list[int]] = defaultdict(list)
    for index, person in enumerate(columns.people):
        members[person.of(dimension)].append(index)
    found = [_group(columns, dimension, name, indexes) for name, indexes in members.items()]
    return sorted(found, key=_by_name)


def _by_name(group: Group) -> tuple[Any, ...]:
    return not group.name, group.rank or 0, group.name.casefold()


def judge(people: Sequence[Placed]) -> Answer:
    """The groups of all dimensions, and which of them are left behind."""
    columns = PeopleAsColumns(people)
    found: list[Group] = []
    for dimension in DIMENSIONS:
        found += _groups(columns, dimension)

    judged = _with_holm(found)
    behind = [group for group in judged if group.behind]
    return Answer(
        people=len(people),
        paired=int(columns.paired.sum()),
        groups=tuple(judged),
        behind=tuple(sorted(behind, key=lambda group: -group.excess)),
        widest=_widest_gap(judged),
    )


def _widest_gap(groups: list[Group]) -> Group | None:
    """The judged group whose share left over exceeds that of the others most."""
    gaps = [group for group in groups if group.judged and group.excess > 0]
    return max(gaps, key=lambda group: (group.excess, group.people), default=None)


def _with_holm(groups: list[Group]) -> list[Group]:
    """The groups with what they are left behind in, all tests taken together."""
    tests = [test for group in groups for test in group.tests]
    significant = iter(holm([test.chance for test in tests], level=CHANCE))
    judged = []
    for group in groups:
        behind = [test.kind for test in group.tests if next(significant) and test.wide]
        judged.append(replace(group, behind=tuple(behind)))
    return judged


def _group(columns: PeopleAsColumns, dimension: Dimension, name: str, members: list[int]) -> Group:
    inside = np.zeros(len(columns.people), np.bool_)
    inside[members] = True
    group = _figures(columns, dimension, name, inside)
    if dimension == "grade":
        group = replace(group, rank=columns.people[members[0]].rank)
    if not _may_be_judged(group):
        return group
    return replace(group, tests=tuple(_tests(columns, inside, group)))


def _figures(columns: PeopleAsColumns, dimension: Dimension, name: str, inside: Flags) -> Group:
    """A group as it was placed, without tests."""
    scores = columns.scores_of(inside)
    people = int(inside.sum())
    return Group(
        dimension=dimension,
        name=name,
        people=people,
        paired=int((inside & columns.paired).sum()),
        elsewhere=_share_left_elsewhere(columns, inside),
        median=_median(scores),
        worst=int(scores.min()) if len(scores) else None,
        others=len(columns.people) - people,
        others_median=_median(columns.scores_of(~inside)),
    )


def _may_be_judged(group: Group) -> bool:
    """Whether both sides are large enough. The two roles are never compared."""
    return group.dimension != "role" and min(group.people, group.others) >= LEAST


def _median(scores: Floats) -> float | None:
    return float(np.median(scores)) if len(scores) else None


def _tests(columns: PeopleAsColumns, inside: Flags, group: Group) -> Iterator[Test]:
    """The comparisons with the others: places always, fit where both sides have pairs enough."""
    chance = chance_of_so_many(_places_by_role(columns, inside), group.left)
    yield Test("places", chance, group.excess >= MUCH_LESS_SHARE)

    if group.median is None or group.others_median is None or group.paired < LEAST:
        return
    gap = group.others_median - group.median
    chance = chance_of_such_ranks(_ranks_by_role(columns, inside))
    yield Test("fit", chance, gap >= MUCH_LESS_FIT)


def _places_by_role(columns: PeopleAsColumns, inside: Flags) -> Iterator[tuple[int, int, int]]:
    """For each role: its people, how many of them are left over, how many are in the group."""
    for role in columns.roles.values():
        left = role & ~columns.paired
        yield int(role.sum()), int(left.sum()), int((role & inside).sum())


def _ranks_by_role(columns: PeopleAsColumns, inside: Flags) -> Iterator[tuple[Floats, Flags]]:
    """For each role: the ranks of its paired people, and which of them are in the group."""
    for name, role in columns.roles.items():
        paired = role & columns.paired
        yield columns.ranks[name][paired], inside[paired]


def _share_left_elsewhere(columns: PeopleAsColumns, inside: Flags) -> float:
    """The share of the others who are left over, weighted by the roles in the group."""
    expected = 0.0
    for role in columns.roles.values():
        expected += _expected_left(columns, role & inside, role & ~inside)
    return expected / max(1, int(inside.sum()))


def _expected_left(columns: PeopleAsColumns, members: Flags, others: Flags) -> float:
    """How many members of a role would be left over if they fared as the others of the role."""
    compared = others if others.any() else members
    left = compared & ~columns.paired
    return float(members.sum() * left.sum() / max(1, compared.sum()))


ORDERS: dict[str, Callable[[Group], Any]] = {
    "": lambda group: (not group.behind, -group.excess, group.name.casefold()),
    "name": _by_name,
    "people": lambda group: (-group.people, group.name.casefold()),
    "fit": lambda group: (group.median is None, group.median or 0, group.name.casefold()),
}
"""How the groups of a page may be sorted."""
