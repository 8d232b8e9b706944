"""Charts, drawn on the server: `{% chart figure %}` shows one of these on a page.

    figure = Bars(
        title=_("Most sessions took place"),       # the finding, in words
        note=_("Sessions held, of those planned"), # what is drawn
        counted=_("A session counts once it is logged as held."),
        rows=[Bar(_("Held"), parts=[129], of=138, text=_("129 of 138"))],
    )

Kinds: `Bars` (to 100 %), `Funnel`, `Lines` (against a plan), `Heat`, `Intervals` (before and after)
and `Timeline`. They are frozen dataclasses; `geometry` has the sums.
"""

from common.charts.bars import Bar, Bars, Funnel, Stage
from common.charts.base import Cell, Chart, Table
from common.charts.heat import Heat, HeatCell, HeatRow
from common.charts.intervals import Interval, Intervals
from common.charts.lines import Lines, Series, Tick
from common.charts.timeline import Event, Timeline

__all__ = [
    "Bar",
    "Bars",
    "Cell",
    "Chart",
    "Event",
    "Funnel",
    "Heat",
    "HeatCell",
    "HeatRow",
    "Interval",
    "Intervals",
    "Lines",
    "Series",
    "Stage",
    "Table",
    "Tick",
    "Timeline",
]
