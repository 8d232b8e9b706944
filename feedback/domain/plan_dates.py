"""All dates of a program's surveys, and what is unusual about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.domain import public_holidays
from accounts.models import User
from common import clock
from common.timezones import to_wall
from feedback.domain.collisions import CLOSE_TOGETHER, Collisions
from feedback.domain.plan import Occurrence, occurrences
from feedback.enums import Audience
from feedback.models import SurveyPlanItem
from programs.labels import with_labels
from programs.models import Program


@dataclass(frozen=True)
class Planned:
    """A round ahead, with sentences about what HR may want to change."""

    item: SurveyPlanItem
    due: Occurrence
    remarks: list[str]


def dates_ahead(
    program: Program, items: Iterable[SurveyPlanItem], *, viewer: User
) -> list[Planned]:
    """The rounds that have not opened yet, in order. Needs the items' rounds and program."""
    collisions = Collisions(program, viewer)
    ahead = [(item, due) for item in items if item.is_active for due in _unopened(item)]
    ahead.sort(key=lambda row: (row[1].opens_at, row[0].position))

    planned = []
    for at, (item, due) in enumerate(ahead):
        remarks = [
            *_too_close(item, due, ahead[:at]),
            *collisions.remarks(item, due),
            *_of_the_day(program, due),
        ]
        planned.append(Planned(item, due, remarks))
    return planned


def _unopened(item: SurveyPlanItem) -> list[Occurrence]:
    now = clock.now()
    opened = {survey_round.number for survey_round in item.rounds.all()}
    return [due for due in occurrences(item) if due.opens_at > now and due.number not in opened]


def _too_close(
    item: SurveyPlanItem, due: Occurrence, earlier: list[tuple[SurveyPlanItem, Occurrence]]
) -> list[str]:
    """The last survey before this one that asks some of the same people."""
    for other, before in reversed(earlier):
        if due.opens_at - before.opens_at >= CLOSE_TOGETHER:
            return []
        asked = {item.audience, other.audience}
        if len(asked) == 1 or asked & {Audience.ALL, Audience.STAFF}:
            text = _("Less than two weeks after “%(title)s”, for some of the same people.")
            return [text % {"title": with_labels(other.title, other.program)}]
    return []


def _of_the_day(program: Program, due: Occurrence) -> list[str]:
    """A holiday, or a round that is still open after the program's end."""
    remarks = []
    opens_on = to_wall(due.opens_at, program.time_zone).date()
    closes_on = to_wall(due.closes_at, program.time_zone).date()
    holiday = public_holidays.in_zone(program.time_zone, opens_on)
    if holiday:
        remarks.append(_("Opens on a public holiday: %(name)s.") % {"name": holiday})
    if program.ends_on and closes_on > program.ends_on + CLOSE_TOGETHER:
        remarks.append(_("Still open more than two weeks after the program’s last day."))
    return remarks
