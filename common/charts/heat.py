"""A table whose cells are the darker, the more they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from common.charts.base import Cell, Chart, Text


@dataclass(frozen=True)
class HeatCell:
    """A cell: its text, and its level from 0 to 4 (see `geometry.level`); None: nothing to show."""

    text: Text
    level: int | None = None


@dataclass(frozen=True)
class HeatRow:
    """A row: its heading, with a link where it leads somewhere, and one cell per column."""

    heading: Cell
    cells: Sequence[HeatCell]


@dataclass(frozen=True, kw_only=True)
class Heat(Chart):
    """A heat table. `corner` heads the first column."""

    columns: Sequence[Text]
    rows: Sequence[HeatRow]
    corner: Text = ""

    template = "components/charts/heat.html"

    @property
    def is_empty(self) -> bool:
        return not self.rows or not self.columns

    @property
    def table(self) -> None:
        """The drawing is the table."""
        return
