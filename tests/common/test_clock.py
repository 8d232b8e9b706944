"""The one place that says what time it is."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from common import clock
from tests.support.types import At

NEW_YEAR = datetime(2027, 12, 31, 23, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_now_is_the_machines_time_in_utc() -> None:
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - timezone.now()) < SECOND


def test_moved_clock_starts_there_and_goes_on(at: At) -> None:
    at(NEW_YEAR)
    first = clock.now()
    assert timedelta() <= first - NEW_YEAR < SECOND
    assert clock.now() > first


def test_clock_can_be_moved_back_and_reset(at: At) -> None:
    at(NEW_YEAR)
    at(datetime(2020, 1, 1, tzinfo=UTC))
    assert clock.now().year == 2020
    clock.reset()
    clock.reset()
    assert clock.offset() == timedelta()


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2027, 12, 31)),
        ("Europe/Berlin", date(2028, 1, 1)),
        ("Pacific/Honolulu", date(2027, 12, 31)),
    ],
)
def test_today_depends_on_the_zone(at: At, zone: str, day: date) -> None:
    at(NEW_YEAR)
    assert clock.today(zone) == day


def test_clock_cannot_be_moved_where_the_setting_is_empty(settings: Any) -> None:
    settings.CLOCK_FILE = ""
    with pytest.raises(RuntimeError, match="demo and in tests only"):
        clock.move_to(NEW_YEAR)
    clock.reset()
    assert clock.offset() == timedelta()


def test_damaged_clock_file_counts_as_none(settings: Any) -> None:
    Path(settings.CLOCK_FILE).write_text("soon", encoding="ascii")
    assert clock.offset() == timedelta()


def test_other_processes_see_the_moved_clock(at: At, settings: Any) -> None:
    at(NEW_YEAR)
    code = (
        "import sys\nfrom django.conf import "
        "settings\nsettings.configure(CLOCK_FILE=sys.argv[1], USE_TZ=True)\n"
        "from common import clock\nprint(clock.now().year, clock.now().month)"
    )
    command = [sys.executable, "-c", code, settings.CLOCK_FILE]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["2027", "12"]
