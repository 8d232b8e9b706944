"""The attack of benchmarks/anonymity.py, on fewer companies."""

from __future__ import annotations

import pytest

from benchmarks.anonymity import advantage, shown
from benchmarks.support.survey_attack import SCENARIOS, Scenario

pytestmark = pytest.mark.broad
CASES = 20


@pytest.mark.parametrize(("pairs", "least"), [(10, 0.4), (25, 0.8)])
def test_most_large_groups_are_shown_and_no_few_people_are_reached(
    pairs: int, least: float
) -> None:
    found = shown(pairs, companies=20 if pairs < 20 else 2)
    assert found.reached == 0
    assert found.share >= least


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_who_left_or_moved_is_hardly_guessed_better(scenario: Scenario) -> None:
    points = advantage(scenario, pairs=12, cases=CASES, answering=1.0, repeat=1.0)
    assert points <= 20
