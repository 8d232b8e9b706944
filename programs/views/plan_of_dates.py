"""The dates of a program on a line, as the wizard proposes or has saved them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from common import clock
from common.charts import Event, Timeline
from programs.models import Program


def plan_of_dates(program: Program, values: Mapping[str, Any]) -> Timeline | None:
    """`values` has the fields of the step about dates; None where the days are missing."""
    starts, ends = values["starts_on"], values["ends_on"]
    if starts is None or ends is None:
        return None
    events = [
        Event(starts, _("First day")),
        Event(ends, _("Last day")),
        *_sessions(values),
    ]
    if deadline := values["enrolment_deadline"]:
        events.append(Event(deadline, _("Enrolment ends")))
    sentence = _("%(sessions)d sessions in %(weeks)d weeks, one every %(interval)d weeks")
    figures = {
        "sessions": values["planned_sessions"],
        "weeks": (ends - starts).days // 7,
        "interval": values["interval_weeks"],
    }
    return Timeline(
        title=sentence % figures,
        note=_("Pairs choose the days of their sessions themselves."),
        events=events,
        first=starts,
        last=ends,
        today=clock.today(program.time_zone),
        list_past=True,
    )


def _sessions(values: Mapping[str, Any]) -> list[Event]:
    """A dot for each session in its turn; the last one in words, too."""
    count, starts = values["planned_sessions"], values["starts_on"]
    step = timedelta(weeks=values["interval_weeks"])
    days = [starts + step * number for number in range(count)]
    last = _("Session %(number)d, if pairs keep the pace") % {"number": count}
    dots = [Event(day, "", is_listed=False) for day in days[:-1]]
    return [*dots, Event(days[-1], last)]
