"""Dates on a line, and in words below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from common.charts.base import Chart, Text
from common.charts.geometry import place


@dataclass(frozen=True)
class Event:
    """What happens on a day; with a `url` its text leads there. Some are dots only."""

    day: date
    label: Text
    url: str = ""
    is_listed: bool = True


@dataclass(frozen=True)
class DrawnEvent:
    """An event: where it lies on the line, in percent, and whether it is over."""

    event: Event
    at: float
    is_over: bool


@dataclass(frozen=True)
class TimelineDrawing:
    """The dots of all events, those to list, and how far along today is; None: outside."""

    dots: Sequence[DrawnEvent]
    today: float | None
    words: str


@dataclass(frozen=True, kw_only=True)
class Timeline(Chart):
    """Events between `first` and `last`. Those to come are listed in words, at most so many
    (`most_listed`); with `list_past` also those that are over.
    """

    events: Sequence[Event]
    first: date
    last: date
    today: date
    list_past: bool = False
    most_listed: int | None = None

    template = "components/charts/timeline.html"

    @property
    def is_empty(self) -> bool:
        return not self.events

    @property
    def drawing(self) -> TimelineDrawing:
        """What is drawn."""
        days = [event.day for event in self.events]
        first, last = min([self.first, *days]), max([self.last, *days])
        dots = [
            DrawnEvent(event, _at(event.day, first, last), event.day < self.today)
            for event in sorted(self.events, key=lambda event: event.day)
        ]
        is_within = first <= self.today <= last
        return TimelineDrawing(
            dots=dots,
            today=_at(self.today, first, last) if is_within else None,
            words=_("%(over)s of %(all)s dates are over")
            % {"over": sum(dot.is_over for dot in dots), "all": len(dots)},
        )

    @property
    def listed(self) -> list[DrawnEvent]:
        """The events in words, the next one first."""
        dots = [dot for dot in self.drawing.dots if dot.event.is_listed]
        listed = [dot for dot in dots if self.list_past or not dot.is_over]
        return listed[: self.most_listed]

    @property
    def table(self) -> None:
        """The list says it all."""
        return


def _at(day: date, first: date, last: date) -> float:
    return place(day.toordinal(), first.toordinal(), last.toordinal())
