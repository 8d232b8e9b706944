"""Changes from before to after, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.charts.base import Cell, Chart, Table, Text
from common.charts.geometry import Span, bounds, place


@dataclass(frozen=True)
class Interval:
    """A change and the interval in which it lies; `text` says both: "+0.9 (0.7 to 1.2)"."""

    label: Text
    value: float
    low: float
    high: float
    text: Text


@dataclass(frozen=True)
class DrawnInterval:
    """A row: the interval's line and the dot of its value, in percent of the width."""

    label: Text
    text: Text
    span: Span
    dot: float


@dataclass(frozen=True)
class IntervalsDrawing:
    """All rows on one scale, with the places of no change and of what counts."""

    rows: Sequence[DrawnInterval]
    zero: float
    threshold: float | None


@dataclass(frozen=True, kw_only=True)
class Intervals(Chart):
    """Changes on one scale. From `threshold` on, a change counts; `threshold_label` says so."""

    rows: Sequence[Interval]
    threshold: float | None = None
    threshold_label: Text = ""

    template = "components/charts/intervals.html"

    @property
    def is_empty(self) -> bool:
        return not self.rows

    @property
    def drawing(self) -> IntervalsDrawing:
        """What is drawn."""
        marks = [] if self.threshold is None else [self.threshold]
        low, high = bounds(
            [end for row in self.rows for end in (row.low, row.value, row.high)] + marks
        )
        return IntervalsDrawing(
            rows=[_drawn(row, low, high) for row in self.rows],
            zero=place(0, low, high),
            threshold=None if self.threshold is None else place(self.threshold, low, high),
        )

    @property
    def table(self) -> Table:
        columns = ["", _("Change, with its interval")]
        return Table(columns, [[Cell(row.label), Cell(row.text)] for row in self.rows])


def _drawn(row: Interval, low: float, high: float) -> DrawnInterval:
    start, end = place(row.low, low, high), place(row.high, low, high)
    return DrawnInterval(
        row.label, row.text, Span(min(start, end), abs(end - start)), place(row.value, low, high)
    )
