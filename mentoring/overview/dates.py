"""The dates of a program, those of its surveys among them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from common.charts import Event, Timeline
from common.timezones import to_wall
from mentoring.overview.surveys import Opening, Survey
from programs.models import Program

MOST_LISTED = 5


def dates_chart(
    program: Program, surveys: Sequence[Survey], openings: Sequence[Opening]
) -> Timeline | None:
    """What lies ahead; None while the program has no dates."""
    if program.starts_on is None or program.ends_on is None:
        return None
    today = clock.today(program.time_zone)
    events = [*_own_dates(program), *_survey_dates(program, surveys, openings)]
    ahead = sorted((event for event in events if event.day >= today), key=lambda event: event.day)
    return Timeline(
        title=_("Dates ahead") if ahead else _("No more dates"),
        events=events,
        first=min(today, program.starts_on),
        last=program.ends_on,
        today=today,
        most_listed=MOST_LISTED,
    )


def _own_dates(program: Program) -> list[Event]:
    own: list[tuple[date | None, str]] = [
        (program.enrolment_deadline, _("Enrolment ends")),
        (program.starts_on, _("First day")),
        (program.ends_on, _("Last day")),
    ]
    return [Event(day, label) for day, label in own if day]


def _survey_dates(
    program: Program, surveys: Sequence[Survey], openings: Sequence[Opening]
) -> list[Event]:
    """Those of surveys to come, and of those that are open."""
    zone = program.time_zone
    plan = reverse("feedback:round_list", args=[program.public_id])
    closing = [
        Event(
            to_wall(one.until, zone).date(),
            _("Survey closes: %(title)s") % {"title": one.title},
            one.url,
        )
        for one in surveys
        if one.is_open
    ]
    opening = [
        Event(
            to_wall(one.opens_at, zone).date(),
            _("Survey opens: %(title)s") % {"title": one.title},
            plan,
        )
        for one in openings
    ]
    return [*closing, *opening]
