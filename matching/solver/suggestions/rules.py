"""Which rules, loosened by how much, would make how many more pairs."""

import dataclasses
from collections.abc import Callable
from functools import cache
from typing import Literal

from matching.solver.people import Rules
from matching.solver.problem import Problem
from matching.solver.result import Result
from matching.solver.suggestions.changes import Case, Change

SMALLEST_GAP = 1
POINT = 100  # basis points


def loosened_rules(case: Case) -> list[Change]:
    """The changes of rules that make more pairs, most first; one for all together where that makes
    more than any.
    """
    if not all(side.any() for side in case.left):
        return []  # one side is placed: no rule stands in its way

    found = sorted(_each_alone(case), key=lambda change: -change.extra)
    most = found[0].extra if found else 0
    return [*found, *_together(case, most)]


def _each_alone(case: Case) -> list[Change]:
    """The changes of one rule that make more pairs."""
    rules = case.problem.rules
    found: list[Change] = []
    for change in _switched_off(rules):
        found += _counted(case, change)
    found += _lowered(case, "grade_gap", rules.grade_gap, SMALLEST_GAP, 1)
    found += _lowered(case, "minimum", case.result.lowest, 0, POINT)
    return found


def _switched_off(rules: Rules) -> list[Change]:
    """The changes, not counted yet, of those rules that are on or off."""
    found = []
    if rules.forbid_same_department:
        found.append(Change("same_department", 0))
    if rules.require_common_language:
        found.append(Change("language", 0))
    return found


def _counted(case: Case, change: Change) -> list[Change]:
    """The change with the pairs that it makes; nothing where it makes none."""
    extra = case.more(change)
    return [dataclasses.replace(change, extra=extra)] if extra > 0 else []


def _lowered(
    case: Case, kind: Literal["grade_gap", "minimum"], now: int, least: int, unit: int
) -> list[Change]:
    """A limit lowered no further than is needed for the most that it can make, and for any pair at
    all.

    Whole numbers of `unit` from `least` up, which is the lowest that may be. The lower the limit,
    the more pairs: so each of the two is found by bisection.
    """
    if now <= least * unit:
        return []

    @cache
    def count(units: int) -> int:
        return case.more(Change(kind, 0, units * unit))

    most = count(least)
    if most <= 0:
        return []
    too_high = -(-now // unit)
    limits = [_highest(count, enough, least, too_high) for enough in (most, 1)]
    return [Change(kind, count(units), units * unit) for units in dict.fromkeys(limits)]


def _highest(count: Callable[[int], int], enough: int, low: int, high: int) -> int:
    """The highest limit that makes so many pairs: `low` does, `high` does not."""
    while high - low > 1:
        middle = (low + high) // 2
        if count(middle) >= enough:
            low = middle
        else:
            high = middle
    return low


def rules_dropped(problem: Problem, result: Result, gap: int) -> list[Change]:
    """The changes of all rules that are set, not counted yet; the grade gap to `gap`."""
    found = _switched_off(problem.rules)
    if problem.rules.grade_gap > SMALLEST_GAP:
        found.append(Change("grade_gap", 0, gap))
    if result.minimum:
        found.append(Change("minimum", 0, 0))
    return found


def _together(case: Case, single: int) -> list[Change]:
    """All changes of rules at once, without those that add nothing; only where they make more than
    the best one alone.
    """
    parts = rules_dropped(case.problem, case.result, SMALLEST_GAP)
    if len(parts) < 2:
        return []
    most = case.more(_all_of(parts))
    if most <= single:
        return []
    return [_all_of(_needed(case, parts, most), most)]


def _needed(case: Case, parts: list[Change], most: int) -> list[Change]:
    """The parts without those that add nothing to the pairs that all make together."""
    for part in list(parts):
        fewer = [other for other in parts if other is not part]
        if fewer and case.more(_all_of(fewer)) == most:
            parts = fewer
    return parts


def _all_of(parts: list[Change], extra: int = 0) -> Change:
    return Change("together", extra, parts=tuple(parts))
