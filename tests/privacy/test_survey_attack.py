"""The attack of benchmarks/anonymity.py, on fewer companies."""

from __future__ import annotations

import pytest

from benchmarks.anonymity import advantage, close, shown

pytestmark = pytest.mark.broad


@pytest.mark.parametrize(("pairs", "least"), [(10, 0.45), (25, 0.85)])
def test_most_large_groups_are_shown_and_no_few_people_are_reached(
    pairs: int, least: float
) -> None:
    part, reached = shown(pairs, companies=40 if pairs < 20 else 12)
    assert reached == 0
    assert part >= least


@pytest.mark.parametrize(("repeat", "most"), [(1.0, 20), (0.8, 10)])
@pytest.mark.parametrize("pairs", [5, 12])
def test_who_left_or_moved_is_hardly_guessed_better(pairs: int, repeat: float, most: int) -> None:
    points, _changed = advantage(pairs, 80, repeat)
    assert points <= most


def test_close_of_two_hundred_pairs_needs_little_memory() -> None:
    _seconds, megabytes = close(400)
    assert megabytes < 300
