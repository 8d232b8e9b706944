"""{% chart figure %} shows a chart of `common.charts`; `level` is that of its heading (2 or 3).

A builtin, so no {% load %} is needed.
"""

from __future__ import annotations

from typing import Any

from django import template

from common.charts import Chart

register = template.Library()


@register.inclusion_tag("components/charts/chart.html")
def chart(figure: Chart, level: int = 2) -> dict[str, Any]:
    """The drawing with its words, and its table behind it."""
    return {"chart": figure, "level": level}


@register.filter
def pct(value: float) -> str:
    """ "12.5%" for attributes of SVG: the same in every language."""
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"
