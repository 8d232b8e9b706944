"""Which groups are left out of one round because of an earlier one that asked the same.

Where a few people join or leave a group and nearly everybody else answers both times, its two
tables, those of its other cuts and the total would all tell of the same few. So a group is left out
of the rounds after the change. The total is always shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

NEARLY_ALL = 0.9
Cell = tuple[str, str]  # a cut and the name of one of its groups


@dataclass(frozen=True)
class Asked:
    """Somebody who was asked: their groups {cut: cell} at that time, and whether they answered."""

    person: int
    groups: Mapping[str, str]
    answered: bool


def left_out(*, now: Iterable[Asked], before: Iterable[Asked], k: int) -> dict[str, frozenset[str]]:
    """{cut: cells} to leave out of a round because of one `before` it."""
    members_now, members_before = _members(now), _members(before)
    hidden: dict[str, set[str]] = defaultdict(set)
    for cell in members_now.keys() | members_before.keys():
        one, other = members_now.get(cell, {}), members_before.get(cell, {})
        if _tells_of_few(one, other, k):
            cut, name = cell
            hidden[cut].add(name)
    return {cut: frozenset(names) for cut, names in hidden.items()}


def _members(asked: Iterable[Asked]) -> dict[Cell, dict[int, bool]]:
    """{cell: {person: whether they answered}}."""
    members: dict[Cell, dict[int, bool]] = defaultdict(dict)
    for one in asked:
        for cut, name in one.groups.items():
            if name:
                members[cut, name][one.person] = one.answered
    return members


def _tells_of_few(now: Mapping[int, bool], before: Mapping[int, bool], k: int) -> bool:
    """Whether 1 to k-1 joined or left, and nine in ten of the others who answered did both times.

    Who never answers is in neither table, and hides nobody.
    """
    changed = now.keys() ^ before.keys()
    if not 1 <= len(changed) < k:
        return False
    stayed = now.keys() & before.keys()
    both_times = sum(now[person] and before[person] for person in stayed)
    at_all = sum(now[person] or before[person] for person in stayed)
    return both_times >= NEARLY_ALL * at_all
