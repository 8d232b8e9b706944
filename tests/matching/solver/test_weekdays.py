"""On which workdays two people never meet: zones, nights and daylight saving."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from matching.solver import Person
from matching.solver.scoring.weekdays import days_apart

SUMMER = date(2026, 6, 1), date(2026, 7, 31)
ALL_YEAR = date(2026, 1, 1), date(2026, 12, 31)


def person(*windows: tuple[int, int, int], zone: str = "Europe/Berlin") -> Person:
    return Person(key="x", role="mentor", time_zone=zone, availability=windows)


MORNINGS = tuple((day, 8 * 60, 12 * 60) for day in range(5))
AFTERNOONS = tuple((day, 13 * 60, 17 * 60) for day in range(5))


@pytest.mark.parametrize(
    ("mentee", "mentor", "apart"),
    [
        (person(), person(), ()),
        (person(*MORNINGS), person(*AFTERNOONS), (0, 1, 2, 3, 4)),
        (person(*MORNINGS), person((0, 540, 600), (3, 540, 600)), (1, 2, 4)),
        (person(*MORNINGS), person(*MORNINGS, zone="Asia/Tokyo"), (0, 1, 2, 3, 4)),
        (person(*AFTERNOONS), person(*MORNINGS, zone="America/New_York"), ()),
        (person((0, 22 * 60, 6 * 60)), person((1, 5 * 60, 7 * 60)), (0, 2, 3, 4)),
        (person(*MORNINGS, zone="Nowhere/Land"), person(*MORNINGS, zone="UTC"), ()),
    ],
)
def test_workdays_without_common_time(
    mentee: Person, mentor: Person, apart: tuple[int, ...]
) -> None:
    assert days_apart(mentee, mentor, *SUMMER) == apart


def test_one_bad_week_counts() -> None:
    """An hour that Berlin and London share with Phoenix in summer alone."""
    mentee, mentor = (
        person((2, 16 * 60, 17 * 60)),
        person((2, 7 * 60, 8 * 60), zone="America/Phoenix"),
    )
    assert 2 not in days_apart(mentee, mentor, *SUMMER)
    assert 2 in days_apart(mentee, mentor, *ALL_YEAR)


def test_dates_may_be_missing() -> None:
    dates: list[Any] = [None, None]
    assert days_apart(person(), person(), *dates) == ()
