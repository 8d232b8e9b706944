"""Wall-clock times: gaps, folds, and every zone there is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from common.timezones import to_utc, to_wall, validate_zone, zone_label, zone_names

ZONES = st.sampled_from(zone_names())
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
WALLS = st.datetimes(datetime(2000, 1, 2), datetime(2037, 12, 30)).map(
    lambda wall: wall.replace(second=0, microsecond=0)
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


CHANGES = [
    # in a gap the wall time moves forward by its length: 02:30 is read as 03:30
    ("Europe/Berlin", date(2027, 3, 28), time(2, 30), utc(2027, 3, 28, 1, 30), time(3, 30)),
    ("America/New_York", date(2027, 3, 14), time(2, 15), utc(2027, 3, 14, 7, 15), time(3, 15)),
    ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), utc(2026, 10, 3, 15, 45), time(2, 45)),
    # in a fold the first of the two is meant
    ("Europe/Berlin", date(2026, 10, 25), time(2, 30), utc(2026, 10, 25, 0, 30), time(2, 30)),
    ("America/New_York", date(2026, 11, 1), time(1, 30), utc(2026, 11, 1, 5, 30), time(1, 30)),
    ("Australia/Lord_Howe", date(2027, 4, 4), time(1, 45), utc(2027, 4, 3, 14, 45), time(1, 45)),
    # on either side of a change
    ("Europe/Berlin", date(2027, 3, 28), time(1, 59), utc(2027, 3, 28, 0, 59), time(1, 59)),
    ("Europe/Berlin", date(2027, 3, 28), time(3, 0), utc(2027, 3, 28, 1, 0), time(3, 0)),
    ("Asia/Kathmandu", date(2027, 1, 1), time(12, 0), utc(2027, 1, 1, 6, 15), time(12, 0)),
]


@pytest.mark.parametrize(("zone", "day", "wall", "moment", "shown"), CHANGES)
def test_wall_time_near_a_change(
    zone: str, day: date, wall: time, moment: datetime, shown: time
) -> None:
    assert to_utc(day, wall, zone) == moment
    assert to_wall(moment, zone).time() == shown


@given(MOMENTS, ZONES)
def test_wall_time_of_a_moment_converts_back_unless_it_is_the_second_of_two(
    moment: datetime, zone: str
) -> None:
    wall = to_wall(moment, zone)
    back = to_utc(wall.date(), wall.time(), zone)
    if wall.fold:
        assert timedelta() < moment - back <= timedelta(hours=2)
    else:
        assert back == moment


@given(WALLS, ZONES)
def test_moment_of_a_wall_time_shows_it_or_lies_behind_a_gap(wall: datetime, zone: str) -> None:
    moment = to_utc(wall.date(), wall.time(), zone)
    assert moment.tzinfo is UTC
    shown = to_wall(moment, zone).replace(tzinfo=None)
    assert (
        timedelta() <= shown - wall <= timedelta(hours=24)
    )  # 24 h: islands that changed sides of the date line
    if shown != wall:
        day_before, day_after = (
            ZoneInfo(zone).utcoffset(wall + timedelta(days=days)) for days in (-2, 2)
        )
        assert (
            day_before is not None
            and day_after is not None
            and shown - wall == day_after - day_before
        )


@given(WALLS, ZONES)
def test_later_wall_times_are_never_earlier_moments_a_day_on(wall: datetime, zone: str) -> None:
    tomorrow = wall + timedelta(days=1)
    assert to_utc(tomorrow.date(), tomorrow.time(), zone) >= to_utc(wall.date(), wall.time(), zone)


def test_offered_zones_are_real_and_without_old_aliases() -> None:
    for name in zone_names():
        validate_zone(name)
    assert {"UTC", "Europe/Berlin", "Australia/Lord_Howe"} <= set(zone_names())
    assert not {"EST5EDT", "GB", "Etc/GMT+1"} & set(zone_names())


@pytest.mark.parametrize(
    "name", ["", "Berlin", "Europe/Atlantis", "../etc/passwd", "europe/berlin"]
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="not a time zone"):
        validate_zone(name)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("UTC", "UTC"),
        ("Europe/Berlin", "Berlin time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
    ],
)
def test_zone_has_a_name_for_people(name: str, label: str) -> None:
    assert zone_label(name) == label
