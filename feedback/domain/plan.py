"""The survey plan of a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit
from common.errors import DomainError
from common.timezones import to_utc
from feedback.models import Question, SurveyPlanItem
from programs.models import Program

OPENS_AT = time(9)
FIELDS = ("text", "kind", "options", "required")


@dataclass(frozen=True)
class Occurrence:
    """One planned round: its number from 1, and when it opens and closes (UTC)."""

    number: int
    opens_at: datetime
    closes_at: datetime


@transaction.atomic
def install_default_plan(
    *, program: Program, surveys: Sequence[Mapping[str, Any]], actor: User | None = None
) -> None:
    """Give a new program the surveys of its template.

    Each survey is {"kind", "title", "intro", "label", "audience", "first_day", "every_weeks",
    "days_before_end", "open_days", "questions"}, each question {"text", "kind", "options",
    "required"}; what is left out takes the model's default.
    """
    for position, survey in enumerate(surveys, start=1):
        fields = {key: value for key, value in survey.items() if key != "questions"}
        item = SurveyPlanItem.objects.create(program=program, position=position, **fields)
        Question.objects.bulk_create(
            Question(
                plan_item=item,
                position=at,
                **{**question, "options": list(question.get("options", ()))},
            )
            for at, question in enumerate(survey["questions"], start=1)
        )
    if surveys:
        audit.record(
            "survey_plan.installed",
            program,
            actor=actor,
            scope=program.public_id,
            surveys=len(surveys),
        )


@transaction.atomic
def save_item(
    *,
    actor: User,
    item: SurveyPlanItem,
    questions: Sequence[Mapping[str, Any]],
    readers: Sequence[User] = (),
) -> SurveyPlanItem:
    """Save a planned survey (new or changed) with its questions in their order.

    Rounds that are open keep their own copy.

    Raises DomainError without questions.
    """
    if not questions:
        raise DomainError(_("Add at least one question."))
    if item._state.adding:  # noqa: SLF001 - the documented way to ask
        item.position = _next_position(item.program_id)
    item.full_clean(exclude=["program"])
    item.save()
    item.readers.set(readers)
    item.questions.all().delete()
    made = [
        Question(plan_item=item, position=at, **{key: question[key] for key in FIELDS})
        for at, question in enumerate(questions, start=1)
    ]
    Question.objects.bulk_create(made)
    audit.record(
        "survey_plan.saved", item, actor=actor, scope=item.program.public_id, questions=len(made)
    )
    return item


def _next_position(program_id: int) -> int:
    """The position after the last survey; the lock keeps two editors from taking the same one."""
    Program.objects.select_for_update().get(pk=program_id)
    items = SurveyPlanItem.objects.filter(program_id=program_id)
    last = items.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


@transaction.atomic
def remove_item(*, actor: User, item: SurveyPlanItem) -> None:
    """Take a survey out of the plan. Its rounds stay."""
    audit.record("survey_plan.removed", item, actor=actor, scope=item.program.public_id)
    item.delete()


def occurrences(item: SurveyPlanItem) -> list[Occurrence]:
    """When the survey opens and closes within the program's dates; empty if it has no dates.

    Days are counted in the program's zone, so that a change to summer time moves no opening.
    """
    program = item.program
    if program.starts_on is None or program.ends_on is None:
        return []
    found: list[Occurrence] = []
    if item.days_before_end is None:
        day = program.starts_on + timedelta(days=item.first_day)
    else:
        day = max(program.starts_on, program.ends_on - timedelta(days=item.days_before_end))
    while day <= program.ends_on:
        opens_at = to_utc(day, OPENS_AT, program.time_zone)
        closes_at = to_utc(day + timedelta(days=item.open_days), OPENS_AT, program.time_zone)
        found.append(Occurrence(number=len(found) + 1, opens_at=opens_at, closes_at=closes_at))
        if item.every_weeks is None:
            break
        day += timedelta(weeks=item.every_weeks)
    return found
