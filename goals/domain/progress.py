"""Where a goal is going: the line from its baseline to the latest check-in, drawn on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from math import ceil

LEAST_CHECK_INS = 2
LEAST_TIME = timedelta(days=14)  # from the baseline to the latest check-in
SILENT_DAYS = 21  # without a check-in: then the owner of a goal is reminded
HORIZON = timedelta(days=2 * 365)  # a day later than this says nothing


@dataclass(frozen=True)
class Point:
    """A value on a day."""

    day: date
    value: Decimal


class Trend(Enum):
    """What can be said of a goal."""

    REACHED = "reached"
    TOO_EARLY = "too_early"
    ON_THE_WAY = "on_the_way"
    NOT_AT_THIS_PACE = "not_at_this_pace"


@dataclass(frozen=True)
class Outlook:
    """The trend; `day`: when the target is reached at this pace, where it is on the way."""

    trend: Trend
    day: date | None = None


def outlook(*, start: Point, check_ins: Sequence[Point], target: Decimal, today: date) -> Outlook:
    """What the check-ins, the oldest first, say of the way from `start` to another `target`.

    The pace is that of the straight line from the start to the latest check-in.
    """
    if not check_ins:
        return Outlook(Trend.TOO_EARLY)
    latest = check_ins[-1]
    share = share_of_way(start.value, latest.value, target)
    if share >= 1:
        return Outlook(Trend.REACHED)
    if len(check_ins) < LEAST_CHECK_INS or latest.day - start.day < LEAST_TIME:
        return Outlook(Trend.TOO_EARLY)

    day = _day_at_this_pace(start.day, latest.day, share)
    if day is None or day < today:
        return Outlook(Trend.NOT_AT_THIS_PACE)
    return Outlook(Trend.ON_THE_WAY, day)


def share_of_way(baseline: Decimal, value: Decimal, target: Decimal) -> Decimal:
    """How much of the way is done: 0 at the baseline, 1 at the target, up or down."""
    return (value - baseline) / (target - baseline)


def _day_at_this_pace(start: date, latest: date, share: Decimal) -> date | None:
    """When the whole way is done; None without progress, or where that is too far away."""
    if share <= 0:
        return None
    needed = Decimal((latest - start).days) / share
    most = latest - start + HORIZON
    if needed > most.days or start.toordinal() + needed > date.max.toordinal():
        return None
    return start + timedelta(days=ceil(needed))


def planned(start: Point, end: Point, day: date) -> Decimal | None:
    """Where the straight line from `start` to `end` is on a day; None outside."""
    if not start.day <= day <= end.day:
        return None
    if start.day == end.day:
        return end.value
    done = Decimal((day - start.day).days) / (end.day - start.day).days
    return start.value + (end.value - start.value) * done


def last_of_each_day(points: Sequence[Point]) -> list[Point]:
    """The points with one per day, the later one; they come in order of time."""
    return list({point.day: point for point in points}.values())
