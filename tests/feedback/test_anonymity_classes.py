"""How coarsely a shown group speaks."""

from __future__ import annotations

from typing import Any

import pytest

from feedback.domain.anonymity.classes import class_of, in_fives, percents, steps_of
from feedback.domain.figures import coarse_figures
from feedback.reading import Share, change_in_words
from tests.feedback.factories import CHOICE, SCALE


@pytest.mark.parametrize(
    ("answers", "steps"),
    [(5, 2), (9, 2), (10, 3), (19, 3), (20, 5), (59, 5), (60, 10), (199, 10), (200, 20)],
)
def test_classes_are_the_wider_the_fewer_answered(answers: int, steps: int) -> None:
    assert steps_of(answers) == steps
    assert steps_of(in_fives(answers)) == steps, "the number in fives tells the same"


@pytest.mark.parametrize(
    ("count", "answers", "found"),
    [(0, 20, 0), (3, 20, 0), (4, 20, 1), (15, 20, 3), (16, 20, 4), (20, 20, 4), (4, 9, 0)],
)
def test_classes_begin_at_multiples_of_their_width(count: int, answers: int, found: int) -> None:
    steps = steps_of(answers)
    assert class_of(count, answers, steps) == found
    low, high = percents(found, steps)
    assert low <= 100 * count / answers <= high


@pytest.mark.parametrize("value", [1, 3, 4, 5])
@pytest.mark.parametrize("people", [5, 12, 30, 80, 250])
def test_that_all_answered_alike_cannot_be_read(value: int, people: int) -> None:
    """One in so many saying something else changes nothing that is stored."""
    other = 1 if value > 3 else 5
    steps = steps_of(people)
    few = max(1, people // steps // 2)
    alike = coarse_figures(SCALE, [value] * people, asked=people + 10)
    mixed = coarse_figures(SCALE, [value] * (people - few) + [other] * few, asked=people + 10)
    if people < 100:
        assert alike == mixed
    assert alike["shares"] == mixed["shares"]


def test_mean_is_for_a_hundred_answers() -> None:
    assert coarse_figures(SCALE, [3, 4] * 49, asked=300)["mean"] is None
    assert coarse_figures(SCALE, [3, 4] * 50, asked=300)["mean"] == 3.5


@pytest.mark.parametrize("question", [SCALE, CHOICE])
def test_whether_all_of_a_group_answered_is_not_told(question: dict[str, Any]) -> None:
    value: Any = 4 if question is SCALE else ["Time"]
    all_but_one = coarse_figures(question, [value] * 20, asked=21)
    everybody = coarse_figures(question, [value] * 21, asked=21)
    assert all_but_one == everybody


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ((60, 80), (40, 60), "more than last time"),
        ((40, 60), (60, 80), "less than last time"),
        ((60, 80), (60, 80), "last time"),
        ((60, 80), (50, 100), "last time"),
    ],
)
def test_change_is_told_only_where_the_class_changed(
    now: tuple[int, int], before: tuple[int, int], words: str
) -> None:
    said = change_in_words(Share(*now, "now"), Share(*before, "then"))
    assert said.startswith(words)
