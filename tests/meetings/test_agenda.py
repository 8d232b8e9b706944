"""The guide by the minute: on the reader's clock, fitted to the session's own length."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from meetings.domain.facts import agenda, scaled
from meetings.models import MentoringSession
from programs.models import SessionGuide

LENGTHS = [5, 10, 10, 10, 7, 3]


@pytest.mark.parametrize(
    ("lengths", "minutes", "ends"),
    [
        (LENGTHS, 45, [5, 15, 25, 35, 42, 45]),
        (LENGTHS, 90, [10, 30, 50, 70, 84, 90]),
        (LENGTHS, 30, [3, 10, 17, 23, 28, 30]),
        ([20], 15, [15]),
        ([0, 0], 45, [0, 0]),
        ([], 45, []),
    ],
)
def test_parts_fill_the_session(lengths: list[int], minutes: int, ends: list[int]) -> None:
    assert scaled(lengths, minutes) == ends


@given(st.lists(st.integers(1, 60), min_size=1, max_size=12), st.integers(15, 240))
def test_parts_follow_each_other_to_the_end(lengths: list[int], minutes: int) -> None:
    ends = scaled(lengths, minutes)
    assert ends[-1] == minutes
    assert all(0 <= earlier <= later for earlier, later in pairwise([0, *ends]))
    assert scaled(lengths, sum(lengths))[-1] == sum(lengths)


@pytest.mark.parametrize(
    ("zone", "clocks"),
    [
        (
            "Europe/Berlin",
            ["01:40–01:55", "01:55–03:10"],
        ),  # the hour after 2:00 does not exist that night
        ("Asia/Kolkata", ["06:10–06:25", "06:25–06:40"]),
        ("America/New_York", ["20:40–20:55", "20:55–21:10"]),
    ],
)
def test_times_are_those_of_the_reader_s_clock(zone: str, clocks: list[str]) -> None:
    guide = SessionGuide(
        title="Hello", agenda=[{"minutes": 15, "title": "One"}, {"minutes": 15, "title": "Two"}]
    )
    session = MentoringSession(
        guide=guide, minutes=30, starts_at=datetime(2027, 3, 28, 0, 40, tzinfo=UTC)
    )
    items = agenda(session, User(time_zone=zone))
    assert [f"{item.begins_at}–{item.ends_at}" for item in items] == clocks
    assert [(item.until_ms - item.from_ms) // 60_000 for item in items] == [15, 15]


def test_no_guide_no_agenda() -> None:
    assert (
        agenda(
            MentoringSession(minutes=45, starts_at=datetime(2027, 3, 28, tzinfo=UTC)),
            User(time_zone="UTC"),
        )
        == []
    )
