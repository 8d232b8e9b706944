"""The sums behind the drawings: pure functions. Lengths and places are percent of the drawing, so
that a drawing is as wide as its page while its texts keep their size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEVELS = 5  # of a heat table
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)  # an axis goes up to one of these, times a power of ten
LEAST_PART = 1e-6  # of an axis, compared with its values: smaller ones are rounding


@dataclass(frozen=True)
class Span:
    """A part of a line, from `start`, so many percent long."""

    start: float
    length: float

    @property
    def end(self) -> float:
        """Where it ends."""
        return self.start + self.length


@dataclass(frozen=True)
class Place:
    """A point of a drawing: percent from the left and from the top."""

    x: float
    y: float


def share(value: float, of: float) -> float:
    """How many percent `value` is of `of`, from 0 to 100; 0 of nothing."""
    if of <= 0:
        return 0.0
    return min(100.0, max(0.0, 100.0 * value / of))


def place(value: float, low: float, high: float) -> float:
    """Where a value lies between `low` (0) and `high` (100); values outside lie at the edge."""
    return share(value - low, high - low)


def stacked(values: Sequence[float], of: float) -> list[Span]:
    """The values one after the other on a line that stands for `of`, or for their sum where that is
    larger. What is missing to 100 % stays empty.
    """
    counted = [max(0.0, value) for value in values]
    whole = max(of, math.fsum(counted))
    spans: list[Span] = []
    so_far = 0.0
    for value in counted:
        start = share(so_far, whole)
        so_far += value
        spans.append(Span(start, share(so_far, whole) - start))
    return spans


def top_of_axis(most: float) -> float:
    """The round number up to which an axis goes that shows `most`; at least 1."""
    if most <= 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next((step * power for step in STEPS if step * power >= most), 10.0 * power)


def axis(most: float, parts: int = 4) -> list[float]:
    """Round numbers from 0 to the top of the axis; whole ones where the values are small."""
    top = top_of_axis(most)
    if top < parts:
        return [0.0, top]
    if top % parts and top % 5 == 0:
        parts = 5
    return [top * number / parts for number in range(parts + 1)]


def axis_between(low: float, high: float, parts: int = 4) -> list[float]:
    """Round numbers from one at or below `low` to one at or above `high`; two or more."""
    wanted = max((high - low) / parts, max(abs(low), abs(high), 1.0) * LEAST_PART)
    power = 10.0 ** math.floor(math.log10(wanted))
    step = next((part * power for part in STEPS if part * power >= wanted), 10.0 * power)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def level(value: float, low: float, high: float) -> int:
    """The level of a heat table, 0 to 4, in which a value between `low` and `high` lies."""
    return min(LEVELS - 1, int(place(value, low, high) * LEVELS / 100))


def bounds(values: Sequence[float], margin: float = 0.08) -> tuple[float, float]:
    """The ends of an axis that shows these values and 0, with some room on both sides."""
    low, high = min([0.0, *values]), max([0.0, *values])
    room = (high - low) * margin or 1.0
    return low - room, high + room


def path(points: Sequence[Place]) -> str:
    """The points joined by straight lines, as the `d` of a path; empty without points."""
    if not points:
        return ""
    return "M" + "L".join(f"{point.x:.2f} {point.y:.2f}" for point in points)


def far_enough(places: Sequence[float], least: float, first: Sequence[int] = ()) -> list[int]:
    """Which of the labels at these places are shown: none nearer than `least` to another one.

    Those of `first` are chosen before the others, in their order.
    """
    shown: list[int] = []
    for number in [*first, *range(len(places))]:
        if all(abs(places[number] - places[other]) >= least for other in shown):
            shown.append(number)
    return sorted(shown)
