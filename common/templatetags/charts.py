"""{% chart figure %} shows a chart of `common.charts`; `level` is that of its heading (2 or 3).

A builtin, so no {% load %} is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join

from common.charts import Cell, Chart, Table

register = template.Library()


@register.inclusion_tag("components/charts/chart.html")
def chart(figure: Chart, level: int = 2) -> dict[str, Any]:
    """The drawing with its words, and its table behind it."""
    return {"chart": figure, "level": level}


@register.simple_tag
def chart_rows(table: Table) -> str:
    """The rows of the table behind a chart: many, so that a template would take long."""
    return format_html_join("\n", "<tr>{}</tr>", ((_row(row),) for row in table.rows))


def _row(row: Sequence[Cell]) -> str:
    heading, *cells = row
    first = format_html('<th scope="row">{}</th>', heading.text)
    return first + format_html_join("", '<td class="number">{}</td>', ((_value(c),) for c in cells))


def _value(cell: Cell) -> str:
    if not cell.url:
        return str(cell.text)
    return format_html('<a href="{}">{}</a>', cell.url, cell.text)


@register.filter
def pct(value: float) -> str:
    """ "12.5%" for attributes of SVG: the same in every language."""
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"
