"""The survey plan of a program."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.domain.company import company
from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from common.timezones import to_utc
from feedback import bank
from feedback.domain.audiences import require_enough
from feedback.models import Question, SurveyPlanItem
from programs.models import Program

OPENS_AT = time(9)
FIELDS = ("key", "text", "kind", "options", "low", "high", "required")


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
        _install(program, survey, position)
    if surveys:
        scope, count = program.public_id, len(surveys)
        audit.record("survey_plan.installed", program, actor=actor, scope=scope, surveys=count)


def _install(program: Program, survey: Mapping[str, Any], position: int) -> None:
    fields = {key: value for key, value in survey.items() if key != "questions"}
    item = SurveyPlanItem.objects.create(program=program, position=position, **fields)
    _make_questions(item, survey["questions"])


def _make_questions(item: SurveyPlanItem, questions: Sequence[Mapping[str, Any]]) -> None:
    """Store the questions of a survey, in this order."""
    made = []
    for position, question in enumerate(questions, start=1):
        fields = {key: question[key] for key in FIELDS if key in question}
        fields["options"] = list(question.get("options", ()))
        made.append(Question(plan_item=item, position=position, **fields))
    Question.objects.bulk_create(made)


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
    require_enough(item)
    item.save()
    item.readers.set(readers)
    known = bank.KINDS | dict(item.questions.values_list("key", "kind"))
    item.questions.all().delete()
    _make_questions(item, [_with_known_key(question, known) for question in questions])
    count = len(questions)
    audit.record("survey_plan.saved", item, actor=actor, scope=item.scope, questions=count)
    return item


def _with_known_key(question: Mapping[str, Any], known: dict[UUID, str]) -> dict[str, Any]:
    """The question with its key where the survey has asked it before, or the bank knows it.

    A new one gets its own, and so does one that is answered in another way now: `known` is {key:
    how it was answered}. Takes the key off `known`: no two questions have the same one.
    """
    kept = dict(question)
    kind = known.pop(kept.get("key"), None)  # type: ignore[arg-type]
    if kind is None or kind != kept.get("kind"):
        kept.pop("key", None)
    return kept


def _next_position(program_id: int | None) -> int:
    """The position after the last survey; the lock keeps two editors from taking the same one."""
    if program_id:
        Program.objects.select_for_update().get(pk=program_id)
    items = SurveyPlanItem.objects.filter(program=program_id)
    last = items.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


@transaction.atomic
def remove_item(*, actor: User, item: SurveyPlanItem) -> None:
    """Take a survey out of the plan. Its rounds stay.

    A staff survey that has been asked stays in the list, but no longer opens by itself.
    """
    audit.record("survey_plan.removed", item, actor=actor, scope=item.scope)
    if item.program is None and item.rounds.exists():
        item.opens_on = None
        item.save(update_fields=["opens_on"])
    else:
        item.delete()


def occurrences(item: SurveyPlanItem) -> list[Occurrence]:
    """When the survey opens and closes within the program's dates; empty if it has no dates.

    Of a staff survey the next time alone. Days are counted in the program's zone, so that a change
    to summer time moves no opening.
    """
    zone = zone_of(item)
    first = 1 if item.program else _next_of_staff(item)
    found = []
    for number, day in enumerate(_opening_days(item), start=first):
        opens_at = to_utc(day, OPENS_AT, zone)
        closes_at = to_utc(day + timedelta(days=item.open_days), OPENS_AT, zone)
        found.append(Occurrence(number, opens_at, closes_at))
    return found


def zone_of(item: SurveyPlanItem) -> str:
    """The time zone of the program, or of the company."""
    return item.program.time_zone if item.program else company().time_zone


def _next_of_staff(item: SurveyPlanItem) -> int:
    """The number of the next round of a staff survey."""
    return max((survey_round.number for survey_round in item.rounds.all()), default=0) + 1


def move_on(item: SurveyPlanItem) -> None:
    """Move a staff survey on to its next day after today; to none if it is asked once."""
    if item.opens_on is None:
        return
    today, months = clock.today(zone_of(item)), item.every_months
    day: date | None = months_later(item.opens_on, months) if months else None
    while day and months and day <= today:
        day = months_later(day, months)
    item.opens_on = day
    item.save(update_fields=["opens_on"])


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def from_today(item: SurveyPlanItem, number: int) -> Occurrence:
    """A round that opens now and closes at the usual time after the usual number of days."""
    zone = zone_of(item)
    last_day = clock.today(zone) + timedelta(days=item.open_days)
    return Occurrence(number, clock.now(), to_utc(last_day, OPENS_AT, zone))


def _opening_days(item: SurveyPlanItem) -> Iterable[date]:
    """The days on which the survey opens, in the program's zone."""
    if item.program is None:
        return [item.opens_on] if item.opens_on else []
    starts_on, ends_on = item.program.starts_on, item.program.ends_on
    if starts_on is None or ends_on is None:
        return []
    if item.days_before_end is not None:
        return [max(starts_on, ends_on - timedelta(days=item.days_before_end))]

    first_day = starts_on + timedelta(days=item.first_day)
    return _days_until(ends_on, first_day, item.every_weeks)


def _days_until(last: date, day: date, every_weeks: int | None) -> Iterator[date]:
    """The first day, then one every so many weeks; none after the last day."""
    while day <= last:
        yield day
        if every_weeks is None:
            return
        day += timedelta(weeks=every_weeks)
