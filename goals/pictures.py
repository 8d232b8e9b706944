"""How a goal has been going, as a picture whose title says what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common import clock
from common.charts import Lines, Series, Tick
from goals.domain.progress import (
    Outlook,
    Point,
    Trend,
    last_of_each_day,
    outlook,
    planned,
)
from goals.enums import GoalState, MeasureKind
from goals.models import CheckIn, Goal, Milestone


def curve(
    goal: Goal, check_ins: Sequence[CheckIn], milestones: Sequence[Milestone]
) -> Lines | None:
    """The check-ins, the latest first, against the line to the target.

    None for a draft, which has not begun, and for a yes or no, which has no way between.
    """
    if goal.begun_at is None or goal.measure_kind == MeasureKind.YES_NO:
        return None
    start, end = _ends(goal)
    points = _points(goal, check_ins)
    so_far = {point.day: point.value for point in [start, *points]}
    marks = _marks(start.day, milestones)
    today = clock.today(goal.owner.time_zone)
    days = sorted({*so_far, *marks, end.day} | ({today} if goal.is_open else set()))
    return Lines(
        title=title_of(goal, check_ins),
        note=goal.measure + (f" ({goal.unit})" if goal.unit else ""),
        counted=_(
            "The plan is the straight line to the target on the last day. The pace is the straight "
            "line from the beginning to the latest check-in, from two check-ins and 14 days on."
        ),
        ticks=[_tick(day, days[0], today, marks.get(day, [])) for day in days],
        series=[
            Series(_("So far"), [_float(so_far.get(day)) for day in days]),
            Series(_("Plan"), [_float(planned(start, end, day)) for day in days], is_plan=True),
        ],
        row_label=_("Day"),
        marked=[days.index(end.day)] + ([days.index(today)] if today in days else []),
        from_zero=False,
    )


def title_of(goal: Goal, check_ins: Sequence[CheckIn]) -> str:
    """What the check-ins say about an active goal; how it ended, once it is closed."""
    if goal.state != GoalState.ACTIVE:
        return _("How it went")
    start, end = _ends(goal)
    points = _points(goal, check_ins)
    if not points:
        return _("Nothing has been checked in yet")
    today = clock.today(goal.owner.time_zone)
    found = outlook(start=start, check_ins=points, target=end.value, today=today)
    return _words(found, end.day)


def _words(found: Outlook, due_on: date) -> str:
    if found.trend == Trend.REACHED:
        return _("The target is reached")
    if found.trend == Trend.TOO_EARLY:
        return _("Too early to say when the target will be reached")
    if found.day is None:
        return _("Not at this pace")
    day = {"day": date_format(found.day, _("j F Y"))}
    if found.day <= due_on:
        return _("At this pace: %(day)s, in time") % day
    return _("At this pace: %(day)s, later than planned") % day


def _ends(goal: Goal) -> tuple[Point, Point]:
    """Where the goal begins and where it is to end. It has been active."""
    if goal.begun_at is None or goal.baseline is None:
        raise ValueError("a draft has no beginning")
    if goal.due_on is None or goal.target is None:
        raise ValueError("a draft has no end")
    start = goal.begun_at.astimezone(ZoneInfo(goal.owner.time_zone)).date()
    return Point(start, goal.baseline), Point(goal.due_on, goal.target)


def _points(goal: Goal, check_ins: Sequence[CheckIn]) -> list[Point]:
    """The values that were checked in, the oldest first, one per day."""
    zone = ZoneInfo(goal.owner.time_zone)
    points = [
        Point(entry.at.astimezone(zone).date(), entry.value)
        for entry in reversed(check_ins)
        if entry.value is not None
    ]
    return last_of_each_day(points)


def _marks(first: date, milestones: Sequence[Milestone]) -> dict[date, list[Milestone]]:
    """The milestones by their days, from the first day on."""
    marks: dict[date, list[Milestone]] = {}
    for milestone in milestones:
        if milestone.due_on and milestone.due_on >= first:
            marks.setdefault(milestone.due_on, []).append(milestone)
    return marks


def _tick(day: date, first: date, today: date, steps: Sequence[Milestone]) -> Tick:
    """A day; with the numbers of the milestones that are due on it."""
    return Tick(
        (day - first).days,
        _("today") if day == today else date_format(day, _("j M")),
        mark=", ".join(str(step.position + 1) for step in steps),
        meaning=", ".join(step.title for step in steps),
    )


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))
