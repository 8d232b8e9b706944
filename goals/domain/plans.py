"""What a goal says: its plan, and when a plan makes sense."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from common.errors import DomainError
from goals.domain.measures import LEAST, MOST, NOT_YET, YES, fits
from goals.enums import MeasureKind
from programs.models import Topic

MOST_MILESTONES = 10
MOST_DAYS = 5 * 366  # until the last day


@dataclass(frozen=True)
class Step:
    """A milestone as its owner writes it; `public_id` names one that exists already."""

    title: str
    due_on: date | None = None
    public_id: UUID | None = None


@dataclass(frozen=True)
class Plan:
    """What a goal says. A draft may leave everything but the statement open.

    A yes or no needs no baseline and no target: it goes from not yet to yes.
    """

    statement: str
    topic: Topic | None = None
    measure_kind: str = MeasureKind.NUMBER
    measure: str = ""
    unit: str = ""
    baseline: Decimal | None = None
    target: Decimal | None = None
    due_on: date | None = None
    private: bool = False
    steps: list[Step] = field(default_factory=list)


def checked(plan: Plan, *, is_active: bool) -> Plan:
    """The plan, completed. DomainError unless it makes sense; an active one can be measured."""
    if plan.measure_kind == MeasureKind.YES_NO:
        plan = replace(plan, baseline=NOT_YET, target=YES)
    if plan.measure_kind != MeasureKind.NUMBER:
        plan = replace(plan, unit="")
    if not plan.statement.strip():
        raise DomainError(_("Say what you want to reach."), code="statement")
    if len(plan.steps) > MOST_MILESTONES:
        raise DomainError(_("Keep it to %(most)s milestones.") % {"most": MOST_MILESTONES})

    _check_values(plan)
    if is_active:
        _check_measurable(plan)
    return plan


def _check_values(plan: Plan) -> None:
    """DomainError unless the measure has these values, and they differ."""
    for name, value in (("baseline", plan.baseline), ("target", plan.target)):
        if value is not None and not fits(plan.measure_kind, value):
            numbers = {"least": LEAST, "most": MOST}
            raise DomainError(_("Choose from %(least)s to %(most)s.") % numbers, code=name)
    if plan.baseline is not None and plan.baseline == plan.target:
        raise DomainError(
            _("The target is where you are today. Choose one that is higher or lower."),
            code="target",
        )


def _check_measurable(plan: Plan) -> None:
    """DomainError unless the plan says what is measured, from where to where, and until when."""
    if not plan.measure.strip():
        raise DomainError(_("Say what tells you that you are getting there."), code="measure")
    if plan.baseline is None:
        raise DomainError(_("Say where you are today."), code="baseline")
    if plan.target is None:
        raise DomainError(_("Say where you want to be."), code="target")
    if plan.due_on is None:
        raise DomainError(_("Say until when."), code="due_on")


def check_day(plan: Plan, today: date) -> None:
    """DomainError unless the last day lies after today, and not too far."""
    if plan.due_on is None:
        return
    if plan.due_on <= today:
        raise DomainError(_("Choose a day from tomorrow on."), code="due_on")
    if plan.due_on > today + timedelta(days=MOST_DAYS):
        raise DomainError(_("Choose a day within five years. Is the year right?"), code="due_on")
