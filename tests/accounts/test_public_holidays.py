"""Where people are, and which public holidays they have."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from django.utils import translation

from accounts.domain.public_holidays import between, on, place_of
from accounts.models import User


@pytest.mark.parametrize(
    ("location", "zone", "place"),
    [
        ("", "Europe/Berlin", ("DE", "")),
        ("", "Asia/Tokyo", ("JP", "")),
        ("", "UTC", ("", "")),
        ("Office 3", "Europe/Berlin", ("DE", "")),
        ("Munich", "Europe/Berlin", ("DE", "")),
        ("Munich, Bayern", "Europe/Berlin", ("DE", "BY")),
        ("Berlin", "Europe/Berlin", ("DE", "BE")),
        ("Hamburg, Germany", "America/New_York", ("DE", "HH")),
        ("Österreich", "Europe/Berlin", ("AT", "")),
        ("London", "Europe/Berlin", ("GB", "")),
        ("Austin, TX", "America/Chicago", ("US", "TX")),
        ("San Francisco, CA", "America/Los_Angeles", ("US", "CA")),
        ("Toronto, CA", "America/Toronto", ("CA", "")),
        ("Georgia", "America/New_York", ("US", "GA")),
        ("Georgia", "Asia/Tbilisi", ("GE", "")),
        ("Victoria, Canada", "Australia/Melbourne", ("CA", "")),
        ("Washington", "America/New_York", ("US", "")),
        ("x" * 200, "No/Zone", ("", "")),
    ],
)
def test_where_somebody_is(location: str, zone: str, place: tuple[str, str]) -> None:
    assert place_of(location, zone) == place


def test_a_region_has_its_own_holidays_only_where_the_location_gives_it() -> None:
    day = date(2027, 1, 6)
    munich = User(location="Munich", time_zone="Europe/Berlin")
    bavaria = User(location="Munich, Bayern", time_zone="Europe/Berlin")
    with translation.override("de"):
        assert on(munich, day) == ""
        assert on(bavaria, day) == "Heilige Drei Könige"
    with translation.override("en"):
        assert on(bavaria, day) == "Epiphany"
        assert on(munich, date(2027, 12, 25)) == "Christmas Day"


def test_holidays_of_several_years_are_in_order() -> None:
    days = [
        day
        for day, _name in between(
            User(time_zone="Europe/Berlin"), date(2027, 12, 25), date(2028, 1, 1)
        )
    ]
    assert days == [date(2027, 12, 25), date(2027, 12, 26), date(2028, 1, 1)]


@pytest.mark.broad
def test_the_library_is_not_loaded_at_the_start() -> None:
    code = (
        "import sys, django; django.setup(); import mentoring.urls; "
        "assert 'holidays' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
