"""Which groups are shown depends on who was asked and who answered, never on what was answered."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from benchmarks.support.survey_attack import QUESTION, K, company
from feedback.domain.results import Cell, Sheet, make_tables


def shown(seed: int, answer: Callable[[], int]) -> set[Cell]:
    """The cells of a random company's round that say something."""
    people = company(random.Random(seed), 12)
    silent = set(random.Random(seed).sample(range(24), 5))
    sheets = [Sheet({"q": answer()}, p.groups) for p in people if p.number not in silent]
    tables = make_tables(
        questions=[QUESTION],
        sheets=sheets,
        asked=[p.groups for p in people],
        k=K,
        left_out={},
    )
    return {cell for cell, figures in tables.cells.items() if figures["q"]}


@pytest.mark.broad
def test_what_is_shown_is_the_same_whatever_was_answered() -> None:
    patterns = set()
    for seed in range(12):
        chance = random.Random(seed)
        varied = shown(seed, lambda chance=chance: chance.randint(1, 5))
        assert varied == shown(seed, lambda: 4) == shown(seed, lambda: 1), seed
        patterns.add(frozenset(varied))
    assert len(patterns) > 3, "companies differ in what they show"
