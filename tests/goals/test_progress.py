"""Where a goal is going: up or down, never backwards in time, never beyond reason."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from goals.domain.progress import (
    HORIZON,
    LEAST_TIME,
    Outlook,
    Point,
    Trend,
    last_of_each_day,
    outlook,
    planned,
)

START = date(2027, 3, 1)
values = some.decimals(min_value=-(10**9), max_value=10**9, places=2)
days = some.integers(min_value=0, max_value=2000)
check_ins = some.lists(some.tuples(days, values), max_size=6)


def after(number: int) -> date:
    return START + timedelta(days=number)


def points(pairs: list[tuple[int, Decimal]]) -> list[Point]:
    return last_of_each_day([Point(after(day), value) for day, value in sorted(pairs)])


def found(baseline: int, target: int, *pairs: tuple[int, int], today: int = 0) -> Outlook:
    start = Point(START, Decimal(baseline))
    entries = points([(day, Decimal(value)) for day, value in pairs])
    return outlook(start=start, check_ins=entries, target=Decimal(target), today=after(today))


@pytest.mark.parametrize(
    ("baseline", "target", "pairs", "trend", "day"),
    [
        (0, 4, [], Trend.TOO_EARLY, None),
        (0, 4, [(20, 1)], Trend.TOO_EARLY, None),
        (0, 4, [(3, 1), (13, 2)], Trend.TOO_EARLY, None),
        (0, 4, [(3, 1), (14, 2)], Trend.ON_THE_WAY, 28),
        (60, 30, [(3, 55), (20, 40)], Trend.ON_THE_WAY, 30),
        (-5, 5, [(7, -4), (30, -2)], Trend.ON_THE_WAY, 100),
        (0, 4, [(3, 4)], Trend.REACHED, None),
        (60, 30, [(3, 25)], Trend.REACHED, None),
        (0, 4, [(3, 4), (30, 2)], Trend.ON_THE_WAY, 60),
        (0, 4, [(3, 1), (30, 0)], Trend.NOT_AT_THIS_PACE, None),
        (60, 30, [(3, 50), (30, 70)], Trend.NOT_AT_THIS_PACE, None),
        (0, 1000, [(3, 1), (30, 1)], Trend.NOT_AT_THIS_PACE, None),
    ],
)
def test_outlook(
    baseline: int, target: int, pairs: list[tuple[int, int]], trend: Trend, day: int | None
) -> None:
    expected = Outlook(trend, None if day is None else after(day))
    assert found(baseline, target, *pairs) == expected


def test_a_day_that_has_passed_is_no_promise() -> None:
    assert found(0, 4, (3, 1), (14, 2), today=28).trend == Trend.ON_THE_WAY
    assert found(0, 4, (3, 1), (14, 2), today=29).trend == Trend.NOT_AT_THIS_PACE


@given(values, values, check_ins, days)
def test_the_day_lies_ahead_and_within_reason(
    baseline: Decimal, target: Decimal, pairs: list[tuple[int, Decimal]], today: int
) -> None:
    assume(baseline != target)
    entries = points(pairs)
    result = outlook(
        start=Point(START, baseline), check_ins=entries, target=target, today=after(today)
    )
    assert (result.day is not None) == (result.trend == Trend.ON_THE_WAY)
    if result.day is not None:
        latest = entries[-1]
        assert max(after(today), latest.day) <= result.day <= latest.day + HORIZON
        assert len(entries) >= 2 and latest.day - START >= LEAST_TIME
        assert min(baseline, target) < latest.value < max(baseline, target)


@given(values, values, check_ins, days)
def test_down_is_up_in_a_mirror(
    baseline: Decimal, target: Decimal, pairs: list[tuple[int, Decimal]], today: int
) -> None:
    assume(baseline != target)
    up = points(pairs)
    down = [Point(point.day, -point.value) for point in up]
    day = after(today)
    assert outlook(start=Point(START, baseline), check_ins=up, target=target, today=day) == outlook(
        start=Point(START, -baseline), check_ins=down, target=-target, today=day
    )


@given(values, values, some.integers(min_value=0, max_value=4000), days)
def test_the_plan_goes_from_the_baseline_to_the_target(
    baseline: Decimal, target: Decimal, length: int, number: int
) -> None:
    start, end = Point(START, baseline), Point(after(length), target)
    assert planned(start, end, end.day) == target
    if length:
        assert planned(start, end, START) == baseline
    there = planned(start, end, after(number))
    if number > length:
        assert there is None
    else:
        assert there is not None
        assert min(baseline, target) <= there <= max(baseline, target)
