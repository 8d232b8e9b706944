"""Bars to 100 %, and a funnel: rows of bars with their texts above."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.charts.base import Cell, Chart, Table, Text
from common.charts.geometry import Span, share, stacked


@dataclass(frozen=True)
class Bar:
    """A row: `parts` fill a bar that stands for `of` (0: for their sum). `text` is its value."""

    label: Text
    parts: Sequence[float]
    text: Text
    of: float = 0
    url: str = ""


@dataclass(frozen=True)
class Stage:
    """A stage of a funnel: one number per side, each with the list that it leads to, if any."""

    label: Text
    numbers: Sequence[int]
    urls: Sequence[str] = ()


@dataclass(frozen=True)
class Part:
    """A drawn part of a bar; `tone` 0 is the accent colour, the others are quieter."""

    span: Span
    tone: int


@dataclass(frozen=True)
class DrawnBar:
    """A bar: its parts, what it shows in words, and the text beside it."""

    parts: Sequence[Part]
    words: str
    cell: Cell
    has_track: bool


@dataclass(frozen=True)
class DrawnRow:
    """A row: its label, and one bar or several below each other."""

    label: Text
    bars: Sequence[DrawnBar]


@dataclass(frozen=True)
class Key:
    """An entry of the legend."""

    label: Text
    tone: int


@dataclass(frozen=True, kw_only=True)
class Bars(Chart):
    """Bars to 100 %. `legend` names the parts where there are several.

    Where there are more rows than `most_drawn`, the others are in the table alone.
    """

    rows: Sequence[Bar]
    legend: Sequence[Text] = ()
    most_drawn: int | None = None

    template = "components/charts/bars.html"

    @property
    def is_empty(self) -> bool:
        return not self.rows

    @property
    def keys(self) -> list[Key]:
        """The legend."""
        return _keys(self.legend)

    @property
    def drawing(self) -> list[DrawnRow]:
        """What is drawn."""
        return [DrawnRow(row.label, [_bar(row)]) for row in self.rows[: self.most_drawn]]

    @property
    def table(self) -> Table:
        columns = ["", *(self.legend or [_("Value")]), *([_("In all")] if self.legend else [])]
        return Table(columns, [self._cells(row) for row in self.rows])

    def _cells(self, row: Bar) -> list[Cell]:
        value = Cell(row.text, row.url)
        if not self.legend:
            return [Cell(row.label), value]
        return [Cell(row.label), *(Cell(_number(part)) for part in row.parts), value]


@dataclass(frozen=True, kw_only=True)
class Funnel(Chart):
    """How many of each side reached each stage; all bars have the same scale."""

    sides: Sequence[Text]
    stages: Sequence[Stage]

    template = "components/charts/bars.html"

    @property
    def is_empty(self) -> bool:
        return not any(number for stage in self.stages for number in stage.numbers)

    @property
    def keys(self) -> list[Key]:
        """The legend."""
        return _keys(self.sides)

    @property
    def drawing(self) -> list[DrawnRow]:
        """What is drawn."""
        most = max((number for stage in self.stages for number in stage.numbers), default=0)
        return [DrawnRow(stage.label, list(self._bars(stage, most))) for stage in self.stages]

    def _bars(self, stage: Stage, most: int) -> Iterable[DrawnBar]:
        cells = _cells_of(stage)
        for tone, (number, side, cell) in enumerate(
            zip(stage.numbers, self.sides, cells, strict=True)
        ):
            part = Part(Span(0.0, share(number, most)), tone)
            words = _("%(number)s %(side)s") % {"number": number, "side": side}
            yield DrawnBar([part], words, cell, has_track=False)

    @property
    def table(self) -> Table:
        rows = [[Cell(stage.label), *_cells_of(stage)] for stage in self.stages]
        return Table([_("Stage"), *self.sides], rows)


def _cells_of(stage: Stage) -> list[Cell]:
    urls = [*stage.urls, *[""] * len(stage.numbers)]
    return [Cell(str(number), url) for number, url in zip(stage.numbers, urls, strict=False)]


def _bar(row: Bar) -> DrawnBar:
    spans = stacked(row.parts, row.of)
    parts = [Part(span, tone) for tone, span in enumerate(spans)]
    filled = _("%(percent)s %%") % {"percent": round(spans[0].length if spans else 0)}
    return DrawnBar(parts, filled, Cell(row.text, row.url), has_track=True)


def _keys(labels: Sequence[Text]) -> list[Key]:
    return [Key(label, tone) for tone, label in enumerate(labels)]


def _number(value: float) -> str:
    """Whole numbers without a fraction."""
    return f"{value:g}"
