"""Every key that matching can answer with has words, and private ones have the same."""

from __future__ import annotations

from typing import Any

import pytest

from matching.enums import Refusal
from matching.solver import COMPONENTS, PublicReason, Reason, public_reason
from matching.wording import scores
from pairings import wording

REASON_PARAMS: dict[str, dict[str, Any]] = {
    "topics": {"topics": [["AI tools", 4], ["Data", 3], ["Video", 2], ["Audio", 1]]},
    "overlap": {"minutes": 150},
    "style": {"sliders": ["pace"]},
    "language": {"languages": ["en", "xx"]},
    "interests": {"interests": ["chess"]},
    "distance": {"other_department": True, "other_location": False},
    "wish": {"mutual": True},
}


@pytest.mark.parametrize("key", COMPONENTS)
@pytest.mark.parametrize("viewer", ["manager", "mentor", "mentee"])
def test_every_reason_has_words(key: str, viewer: wording.Viewer) -> None:
    words = wording.reason_words({"key": key, "params": REASON_PARAMS[key]}, viewer)
    assert words
    assert not words.endswith(".")
    untold = key == "wish" and viewer != "manager"
    assert untold or wording.reason_words({"key": key}, viewer), (
        "also where the figures are missing"
    )


@pytest.mark.parametrize("viewer", ["mentor", "mentee"])
@pytest.mark.parametrize("params", [{}, {"mutual": False}])
def test_a_wish_that_only_one_had_is_told_to_neither(
    viewer: wording.Viewer, params: dict[str, Any]
) -> None:
    wish = {"key": "wish", "params": params}
    others = [
        {"key": key, "params": REASON_PARAMS[key]} for key in ("topics", "language", "interests")
    ]
    assert wording.reason_words(wish, viewer) == ""
    told = wording.reasons_words([others[0], wish, *others[1:]], viewer)
    assert told == wording.reasons_words(others, viewer)
    assert len(told) == 3, "no gap tells it either"
    assert "A wish for this pair was expressed" in wording.reasons_words([wish, *others])


@pytest.mark.parametrize(
    ("key", "viewer", "words"),
    [
        ("topics", "manager", "Wanted and offered: AI tools, Data, Video and 1 more"),
        ("topics", "mentor", "You know what they want to learn: AI tools, Data, Video and 1 more"),
        ("overlap", "manager", "2 hours a week when both are free"),
        ("language", "mentee", "Both speak English and xx"),
        ("distance", "manager", "Different departments"),
    ],
)
def test_words_of_reasons(key: str, viewer: wording.Viewer, words: str) -> None:
    assert wording.reason_words({"key": key, "params": REASON_PARAMS[key]}, viewer) == words


@pytest.mark.parametrize("reason", PublicReason)
def test_every_public_reason_has_words(reason: PublicReason) -> None:
    assert Refusal(reason.value).label


@pytest.mark.parametrize("reason", [Reason.PRIVATE, Reason.TOO_LITTLE_OVERLAP])
def test_private_reasons_and_availability_read_the_same(reason: Reason) -> None:
    assert scores.refusal_words(public_reason(reason).value) == "Not available"


def test_unknown_key_says_no_more_than_not_available() -> None:
    assert scores.refusal_words("something new") == "Not available"
    assert scores.unmatched_words({"key": "something new"}) == "Not available."
    assert scores.unmatched_words({}) == "Not available."


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ({"key": "nobody_there"}, "There is nobody on the other side yet."),
        (
            {
                "key": "rules",
                "params": {
                    "others": 3,
                    "obstacles": [["grade_gap", 2, 2], ["not_available", 1, 1]],
                },
            },
            "None of the 3 possible partners fits. 2: too close in grade; 1: not available.",
        ),
        (
            {"key": "rules", "params": {"others": 3, "obstacles": [["no_capacity", 3, 3]]}},
            "Has no place to give.",
        ),
        (
            {"key": "outcompeted", "params": {"eligible": 1, "rivals": 3, "places": 1}},
            "One partner would fit, but has somebody else. 3 people compete for one place.",
        ),
        (
            {"key": "outcompeted", "params": {"eligible": 4, "rivals": 5, "places": 4}},
            "4 partners would fit, but all have somebody else. 5 people compete for 4 places.",
        ),
        ({"key": "no_gain"}, "No pair with this person would have raised the total."),
    ],
)
def test_words_of_the_unmatched(reason: dict[str, Any], words: str) -> None:
    assert scores.unmatched_words(reason) == words


def test_breakdown_rows_add_up_and_leave_out_what_weighs_nothing() -> None:
    weights = {"topics": 50, "overlap": 50, "wish": 0}
    rows = scores.breakdown_rows({"topics": 3000, "overlap": 500, "wish": 0}, weights)
    assert [row["key"] for row in rows] == ["topics", "overlap"]
    assert sum(row["points"] for row in rows) == 3500
    assert sum(row["most"] for row in rows) == 10_000
