"""The surveys of the overview: what is open now, what closed last, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from common import clock
from common.prepared import prepared
from feedback.domain.plan import occurrences
from feedback.domain.response import answered_in_words
from feedback.enums import RoundState
from feedback.models import Participation, SurveyPlanItem, SurveyRound
from programs.labels import with_labels
from programs.models import Program


@dataclass(frozen=True)
class Survey:
    """A round: `answered` is in bands where answers have no names."""

    title: str
    url: str
    is_open: bool
    until: datetime
    answered: str
    asked: int


@dataclass(frozen=True)
class Opening:
    """A planned survey and when it opens."""

    title: str
    opens_at: datetime


def surveys_of(program: Program) -> list[Survey]:
    """The rounds that are open, and the one that closed last. One query."""
    return [_survey(row) for row in _rounds(program.pk)]


@prepared
def _rounds(program_id: int) -> QuerySet[Any]:
    rounds = SurveyRound.objects.filter(program=program_id)
    closed = rounds.filter(state=RoundState.CLOSED).order_by("-closed_at", "-pk")
    is_shown = Q(state=RoundState.OPEN) | Q(pk=Subquery(closed.values("pk")[:1]))
    shown = rounds.filter(is_shown).annotate(answers=Subquery(_answers()))
    brief = shown.defer("questions", "comments", "told_us", "intro")
    return brief.order_by("-state", "closes_at", "pk")


def _answers() -> Any:
    """How many people have answered a round, for those that are open."""
    answered = Participation.objects.filter(round=OuterRef("pk"), responded=True).order_by()
    return answered.values("round").annotate(number=Count("pk")).values("number")


def _survey(row: Any) -> Survey:
    return Survey(
        title=str(row),
        url=reverse("feedback:round_detail", args=[row.public_id]),
        is_open=row.state == RoundState.OPEN,
        until=row.closed_at or row.closes_at,
        answered=answered_in_words(row, row.answers or 0),
        asked=row.asked,
    )


def openings_of(program: Program) -> list[Opening]:
    """When each planned survey opens from now on. One query."""
    now = clock.now()
    found = []
    for item in _plan(program.pk):
        item.program = program
        title = with_labels(item.title, program)
        found += [Opening(title, one.opens_at) for one in occurrences(item) if one.opens_at > now]
    return found


@prepared
def _plan(program_id: int) -> QuerySet[SurveyPlanItem]:
    return SurveyPlanItem.objects.filter(program=program_id, is_active=True)
