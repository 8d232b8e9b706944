"""Lines over time against a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from common.charts.base import Cell, Chart, Table, Text
from common.charts.geometry import Place, axis, axis_between, far_enough, path, place

# Percent between two labels below the drawing, so that a phone has room for both.
LEAST_APART, PER_LETTER = 22.0, 3.0


@dataclass(frozen=True)
class Tick:
    """A moment on the axis below: where (in any unit), and its short label.

    With a `mark`, such as a number, a line goes up to it; the table says what `meaning` it has.
    """

    at: float
    label: Text
    mark: Text = ""
    meaning: Text = ""


@dataclass(frozen=True)
class Series:
    """A line: its name and one value per tick; None where there is none. A plan is drawn dashed."""

    label: Text
    values: Sequence[float | None]
    is_plan: bool = False


@dataclass(frozen=True)
class DrawnLine:
    """A line: its path in a box of 100 by 100, its last point, and its value now."""

    label: Text
    path: str
    last: Place | None
    value: str
    is_plan: bool
    tone: int


@dataclass(frozen=True)
class DrawnLabel:
    """A label of an axis: percent along it. `anchor` keeps its text inside the drawing."""

    at: float
    text: Text

    @property
    def anchor(self) -> str:
        """The SVG text-anchor."""
        if self.at < 8:
            return "start"
        return "end" if self.at > 92 else "middle"


@dataclass(frozen=True)
class LinesDrawing:
    """All that is drawn."""

    lines: Sequence[DrawnLine]
    heights: Sequence[DrawnLabel]
    moments: Sequence[DrawnLabel]
    marks: Sequence[DrawnLabel]
    words: str


@dataclass(frozen=True, kw_only=True)
class Lines(Chart):
    """Lines over the same ticks. `marked` are the ticks whose labels matter most, such as today.

    `row_label` heads the first column of the table. The axis begins at 0, or else (`from_zero`)
    near the smallest value.
    """

    ticks: Sequence[Tick]
    series: Sequence[Series]
    row_label: Text = ""
    marked: Sequence[int] = ()
    from_zero: bool = True

    template = "components/charts/lines.html"

    @property
    def is_empty(self) -> bool:
        return not self.ticks or not any(self._known())

    @property
    def drawing(self) -> LinesDrawing:
        """What is drawn."""
        heights = self._heights()
        low, high = heights[0], heights[-1]
        lines = [self._line(one, number, low, high) for number, one in enumerate(self.series)]
        words = "; ".join(f"{line.label}: {line.value}" for line in lines if line.value)
        labels = [DrawnLabel(100 - place(at, low, high), _number(at)) for at in heights]
        return LinesDrawing(lines, labels, self._moments(), self._marks(), words)

    def _heights(self) -> list[float]:
        """The labels of the axis at the side."""
        values = [*self._values()] or [0.0]
        if self.from_zero and min(values) >= 0:
            return axis(max(values))
        return axis_between(min(values), max(values))

    def _line(self, one: Series, number: int, low: float, high: float) -> DrawnLine:
        drawn = [
            Place(at, 100 - place(value, low, high))
            for at, value in zip(self._places(), one.values, strict=False)
            if value is not None
        ]
        now = one.values[self._now] if self._now < len(one.values) else None
        return DrawnLine(
            label=one.label,
            path=path(drawn),
            last=drawn[-1] if drawn else None,
            value="" if now is None else _number(now),
            is_plan=one.is_plan,
            tone=number,
        )

    @property
    def _now(self) -> int:
        """The last tick with a value that is no plan."""
        known = [
            number
            for one in self.series
            for number, value in enumerate(one.values)
            if value is not None and not one.is_plan
        ]
        return max(known, default=len(self.ticks) - 1)

    def _places(self) -> list[float]:
        """Where the ticks are; a single one stands at the left."""
        low, high = self.ticks[0].at, self.ticks[-1].at
        return [place(tick.at, low, high) for tick in self.ticks]

    def _moments(self) -> list[DrawnLabel]:
        """The labels of the ticks, as many as there is room for."""
        places = self._places()
        first = [0, *self.marked, len(places) - 1]
        longest = max(len(str(tick.label)) for tick in self.ticks)
        shown = far_enough(places, max(LEAST_APART, PER_LETTER * longest), first)
        return [DrawnLabel(places[number], self.ticks[number].label) for number in shown]

    def _marks(self) -> list[DrawnLabel]:
        """Where a line goes up, and to what."""
        pairs = zip(self._places(), self.ticks, strict=True)
        return [DrawnLabel(at, tick.mark) for at, tick in pairs if tick.mark]

    def _known(self) -> Iterable[bool]:
        """Whether there is a value, of each one."""
        return (value is not None for one in self.series for value in one.values)

    def _values(self) -> Iterable[float]:
        return (value for one in self.series for value in one.values if value is not None)

    @property
    def table(self) -> Table:
        columns = [self.row_label, *(one.label for one in self.series)]
        rows = []
        for number, tick in enumerate(self.ticks):
            values = [
                one.values[number] if number < len(one.values) else None for one in self.series
            ]
            heading = f"{tick.label}: {tick.meaning}" if tick.meaning else tick.label
            rows.append([Cell(heading), *(Cell(_text(value)) for value in values)])
        return Table(columns, rows)


def _text(value: float | None) -> str:
    return _("–") if value is None else _number(value)


def _number(value: float) -> str:
    """At most two decimals, as the language writes them."""
    rounded = round(value, 2)
    if rounded == int(rounded):
        return number_format(int(rounded))
    return number_format(f"{rounded:.2f}".rstrip("0"))
