"""Surveys that ask some of the same people at nearly the same time, in any program.

Somebody who runs one program learns of others that there is a survey, when, and how many people are
asked by both; its title only where they run that program, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.utils import formats
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.timezones import to_wall
from feedback.domain.audiences import people_to_ask
from feedback.domain.plan import Occurrence, occurrences, zone_of
from feedback.enums import RoundState
from feedback.models import Participation, SurveyPlanItem, SurveyRound
from programs.enums import ProgramState
from programs.labels import with_labels
from programs.models import Program

CLOSE_TOGETHER = timedelta(days=14)
A_FEW = 5  # fewer people than this are not counted out
RUNNING = (ProgramState.RUNNING, ProgramState.CLOSING)


@dataclass(frozen=True)
class OtherSurvey:
    """A survey that is open, or will be. `title` is empty where it may not be named."""

    title: str
    opens_at: datetime
    closes_at: datetime
    people: Collection[int]


class Collisions:
    """What else is asked beside the surveys of a program (None: of the staff), for one viewer."""

    def __init__(self, program: Program | None, viewer: User) -> None:
        self._program = program
        managed = Program.objects.managed_by(viewer).values_list("pk", flat=True)
        self._managed = {*managed, None} if viewer.is_hr_admin else set(managed)
        self._open = self._open_rounds()
        self._planned = self._planned_elsewhere()
        self._people: dict[int, frozenset[int]] = {}

    def remarks(self, item: SurveyPlanItem, due: Occurrence) -> list[str]:
        """A sentence for each other survey that asks some of those whom this one will ask."""
        zone = zone_of(item)
        found = []
        for other in self._near(item, due):
            both = len(self._people_of(item) & set(other.people))
            if both:
                found.append(_sentence(other, both, zone))
        return found

    def _near(self, item: SurveyPlanItem, due: Occurrence) -> Iterator[OtherSurvey]:
        """Those that open less than two weeks before or after, or are still open then."""
        for other, survey_round in self._open:
            if survey_round.plan_item_id != item.pk and _is_near(other, due):
                yield other
        for planned, day in self._planned:
            if planned.pk != item.pk and abs(day.opens_at - due.opens_at) < CLOSE_TOGETHER:
                title = self._title(planned)
                yield OtherSurvey(title, day.opens_at, day.closes_at, self._people_of(planned))

    def _people_of(self, item: SurveyPlanItem) -> frozenset[int]:
        if item.pk not in self._people:
            self._people[item.pk] = frozenset(people_to_ask(item).values_list("pk", flat=True))
        return self._people[item.pk]

    def _title(self, survey: SurveyPlanItem | SurveyRound) -> str:
        if survey.program_id not in self._managed:
            return ""
        return with_labels(survey.title, survey.program)

    def _open_rounds(self) -> list[tuple[OtherSurvey, SurveyRound]]:
        """The rounds that are open now, of this program and of all others."""
        asked = Participation.objects.filter(round=OuterRef("pk")).values("person")
        rounds = SurveyRound.objects.filter(state=RoundState.OPEN).select_related("program")
        with_people: QuerySet[Any] = rounds.annotate(people=ArraySubquery(asked)).order_by(
            "opens_at", "pk"
        )
        return [
            (OtherSurvey(self._title(one), one.opens_at, one.closes_at, one.people), one)
            for one in with_people.select_related("program")
        ]

    def _planned_elsewhere(self) -> list[tuple[SurveyPlanItem, Occurrence]]:
        """What other programs, and HR for all staff, plan to ask."""
        runs = Q(program=None) | Q(program__state__in=RUNNING)
        items = SurveyPlanItem.objects.filter(runs, is_active=True)
        if self._program:  # its own are compared in plan_dates
            items = items.exclude(program=self._program)
        found: list[tuple[SurveyPlanItem, Occurrence]] = []
        for item in items.select_related("program").prefetch_related("rounds"):
            opened = {survey_round.number for survey_round in item.rounds.all()}
            ahead = [due for due in occurrences(item) if due.opens_at > clock.now()]
            found += [(item, due) for due in ahead if due.number not in opened]
        return sorted(found, key=lambda row: (row[1].opens_at, row[0].pk))


def _is_near(other: OtherSurvey, due: Occurrence) -> bool:
    """Whether an open round is still open when the other opens, or opened shortly before."""
    return other.closes_at > due.opens_at or due.opens_at - other.opens_at < CLOSE_TOGETHER


def _sentence(other: OtherSurvey, both: int, zone: str) -> str:
    """What HR reads of another survey."""
    day = to_wall(other.opens_at, zone).date()
    named = _("“%(title)s”") % {"title": other.title}
    words = {
        "survey": named if other.title else _("another survey"),
        "people": _("a few") if both < A_FEW else str(both),
        "day": formats.date_format(day, "MONTH_DAY_FORMAT"),
    }
    if other.opens_at <= clock.now():
        return _("Since %(day)s %(survey)s asks %(people)s of these people.") % words
    return _("On %(day)s %(survey)s asks %(people)s of these people.") % words
