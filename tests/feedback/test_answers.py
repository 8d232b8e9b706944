"""Checking answers, and counting them."""

from __future__ import annotations

from typing import Any

import pytest

from common.errors import DomainError
from feedback.domain import answers as domain
from feedback.domain.figures import choices, exact_figures
from tests.feedback.factories import CHOICE, SCALE, WORDS

TEN = {**SCALE, "id": "q-ten", "kind": "scale10"}
ONE = {**CHOICE, "id": "q-one", "kind": "single"}
OR_NONE = {**CHOICE, "options": ["Time", "Trust", "None of these"]}


@pytest.mark.parametrize(
    ("question", "value", "checked"),
    [
        (SCALE, "1", 1),
        (SCALE, "5", 5),
        (TEN, "0", 0),
        (TEN, "10", 10),
        (ONE, "Trust", "Trust"),
        (ONE, ["Trust"], "Trust"),
        (CHOICE, ["Tools", "Time", "Tools"], ["Time", "Tools"]),
        (CHOICE, "Tools", ["Tools"]),
        (OR_NONE, ["None of these"], ["None of these"]),
        (WORDS, "  More time.\n", "More time."),
        (WORDS, "x" * 2000, "x" * 2000),
        (WORDS, "More\r\n\u202etime.", "More\ntime."),
    ],
)
def test_answer_is_kept_in_its_own_form(question: dict[str, Any], value: Any, checked: Any) -> None:
    assert domain.clean_one(question, value) == checked


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (SCALE, "0"),
        (SCALE, "6"),
        (SCALE, "-1"),
        (SCALE, "3.5"),
        (SCALE, ["3"]),
        (TEN, "11"),
        (ONE, ["Time", "Trust"]),
        (ONE, "Money"),
        (CHOICE, ["Time", "Money"]),
        (OR_NONE, ["Time", "None of these"]),
        (WORDS, "x" * 2001),
        (WORDS, "More\x00time."),
        (SCALE, "9" * 5000),
        (SCALE, "³"),
    ],
)
def test_answer_that_was_not_offered_is_refused(question: dict[str, Any], value: Any) -> None:
    with pytest.raises(DomainError):
        domain.clean_one(question, value)


@pytest.mark.parametrize("nothing", [None, "", []])
def test_only_what_is_required_must_be_answered(nothing: Any) -> None:
    given = {"q-scale": nothing, "q-many": nothing, "q-words": nothing}
    checked, problems = domain.clean([SCALE, CHOICE, WORDS], given)
    assert checked == {}
    assert list(problems) == ["q-scale"]
    assert domain.clean([SCALE, CHOICE, WORDS], given, partly=True) == ({}, {})


@pytest.mark.parametrize(
    ("question", "values", "counts", "mean", "favourable"),
    [
        (SCALE, [1, 5, 5], {"1": 1, "2": 0, "3": 0, "4": 0, "5": 2}, 3.67, 2),
        (TEN, [0, 10], {str(n): int(n in {0, 10}) for n in range(11)}, 5, 1),
        (ONE, ["Time", "Time"], {"Time": 2, "Trust": 0, "Tools": 0}, None, None),
        (CHOICE, [["Time", "Tools"], ["Tools"]], {"Time": 1, "Trust": 0, "Tools": 2}, None, None),
        (SCALE, [], dict.fromkeys("12345", 0), None, 0),
    ],
)
def test_exact_figures_count_every_answer_that_was_offered(
    question: dict[str, Any],
    values: list[Any],
    counts: dict[str, int],
    mean: float | None,
    favourable: int | None,
) -> None:
    found = exact_figures(question, values)
    assert found == {
        "answers": len(values),
        "counts": counts,
        "favourable": favourable,
        "mean": mean,
    }
    assert choices(question) == list(counts)
