"""Setting goals, saying how they go, and closing them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from goals import mail
from goals.domain import plans
from goals.domain.measures import fits
from goals.domain.plans import Plan, Step
from goals.enums import CLOSED_STATES, Confidence, GoalState
from goals.models import CheckIn, Goal, GoalChange, Milestone
from pairings.enums import PairingState
from pairings.models import Pairing

NOTE_LENGTH = 2000
PARKED = 1000  # added to the positions of milestones while they are written anew


@transaction.atomic
def create_goal(*, actor: User, pairing: Pairing, plan: Plan, draft: bool = False) -> Goal:
    """A goal of the actor, one of the pair: active, or a draft.

    Where it stands now is where it starts.

    DomainError with the form field as its code: the pair has ended, or an active goal could not be
    measured.
    """
    if pairing.state not in {PairingState.ACTIVE, PairingState.PAUSED}:
        raise DomainError(_("This pair has ended, so there are no new goals."))
    state = GoalState.DRAFT if draft else GoalState.ACTIVE
    plan = plans.checked(plan, is_active=not draft)
    _check_day(plan, actor, is_active=not draft)

    goal = Goal(pairing=pairing, owner=actor, state=state, current=plan.baseline)
    goal.measure_kind = plan.measure_kind
    _begin(goal)
    _write(goal, plan)
    _share(goal)
    _record("goal.created", goal, actor, state=state)
    return goal


@transaction.atomic
def update_goal(*, actor: User, goal: Goal, plan: Plan, activate: bool = False) -> Goal:
    """Change an open goal; `activate` makes a draft active. Milestones that the plan leaves out go.

    What is measured stays a number, a scale or a yes. Another last day or target of an active goal
    is kept as a change. While nothing has been checked in, where it stands follows the baseline.
    Errors as `create_goal`.
    """
    goal = _open_goal(goal)
    was_active = goal.state == GoalState.ACTIVE
    if activate:
        goal.state = GoalState.ACTIVE
    is_active = goal.state == GoalState.ACTIVE
    plan = plans.checked(replace(plan, measure_kind=goal.measure_kind), is_active=is_active)
    if not was_active or plan.due_on != goal.due_on:
        _check_day(plan, actor, is_active=is_active)

    if was_active:
        _keep_change(goal, plan)
    _begin(goal)
    if not goal.check_ins.filter(value__isnull=False).exists():
        goal.current = plan.baseline
    _write(goal, plan)
    _share(goal)
    _record("goal.changed", goal, actor, state=goal.state)
    return goal


@transaction.atomic
def close_goal(*, actor: User, goal: Goal, outcome: str, reflection: str = "") -> Goal:
    """An open goal → met, partly met, not met or dropped, for good; also after the pair has ended.

    `reflection`: what its owner takes from it. A draft can only be dropped. DomainError otherwise.
    """
    goal = _open_goal(goal)
    _check_outcome(goal, outcome)
    _check_length(reflection, "reflection")
    goal.reflection = reflection.strip()
    goal.state = GoalState(outcome)
    goal.closed_at = clock.now()
    goal.save(update_fields=["state", "closed_at", "reflection"])
    _record("goal.closed", goal, actor, state=outcome)
    return goal


def _check_outcome(goal: Goal, outcome: str) -> None:
    if outcome not in CLOSED_STATES:
        raise DomainError(
            _("Say how it ended: met, partly met, not met or dropped."), code="outcome"
        )
    if goal.state == GoalState.DRAFT and outcome != GoalState.DROPPED:
        raise DomainError(_("A draft has not begun, so it can only be dropped."), code="outcome")


@transaction.atomic
def check_in(
    *,
    actor: User,
    goal: Goal,
    value: Decimal | None = None,
    confidence: int | None = None,
    note: str = "",
) -> CheckIn:
    """Say how an active goal goes.

    Its owner gives a value and a confidence (1 to 5); the other one comments by a note.

    A value becomes where the goal stands. DomainError with the form field as its code.
    """
    goal = _open_goal(goal)
    if goal.state != GoalState.ACTIVE:
        raise DomainError(_("This goal is a draft. Set it first, then check in."))
    entry = CheckIn(goal=goal, author=actor, at=clock.now(), note=note.strip())
    if actor.pk == goal.owner_id:
        entry.value = value
        entry.confidence = confidence
    _check_entry(entry)
    entry.save()
    _update_current(goal, entry)
    if actor.pk != goal.owner_id:
        mail.tell_answer(goal, actor)
    _record("goal.checked_in", goal, actor, with_value=entry.value is not None)
    return entry


def _update_current(goal: Goal, entry: CheckIn) -> None:
    """A value that was checked in is where the goal stands now."""
    if entry.value is not None:
        goal.current = entry.value
        goal.save(update_fields=["current"])


def _check_entry(entry: CheckIn) -> None:
    """DomainError unless it says something, in values that exist."""
    if not entry.note:
        _check_entry_without_note(entry)
    if entry.confidence is not None and entry.confidence not in Confidence.values:
        raise DomainError(_("Choose from 1 to 5."), code="confidence")
    if entry.value is not None and not fits(entry.goal.measure_kind, entry.value):
        raise DomainError(_("Choose one of the answers."), code="value")
    _check_length(entry.note, "note")


def _check_length(text: str, field: str) -> None:
    if len(text) > NOTE_LENGTH:
        message = _("Keep it under %(most)s characters.")
        raise DomainError(message % {"most": NOTE_LENGTH}, code=field)


def _check_entry_without_note(entry: CheckIn) -> None:
    """Only the owner may leave the note out, and only beside a number."""
    if entry.author_id != entry.goal.owner_id:
        raise DomainError(_("Write what you want to say."), code="note")
    if entry.value is None:
        raise DomainError(_("Say how it is now, or write how it goes."), code="value")


@transaction.atomic
def cheer(*, actor: User, entry: CheckIn) -> CheckIn:
    """The other one of the pair cheers at a check-in of the owner's. Twice is once.

    DomainError at a comment, at one's own, or once the goal is closed.
    """
    goal = _open_goal(entry.goal)
    entry = CheckIn.objects.select_for_update().get(pk=entry.pk)
    if entry.author_id != goal.owner_id or actor.pk == goal.owner_id:
        raise DomainError(_("One cheers at what the other has checked in."))
    if entry.cheered_at is not None:
        return entry

    entry.cheered_at = clock.now()
    entry.save(update_fields=["cheered_at"])
    mail.tell_answer(goal, actor)
    _record("goal.cheered", goal, actor)
    return entry


@transaction.atomic
def tick_milestone(*, actor: User, milestone: Milestone, done: bool) -> Milestone:
    """A milestone of an open goal is done, or is not after all. Saying so twice changes nothing."""
    goal = _open_goal(milestone.goal)
    milestone = Milestone.objects.select_for_update().get(pk=milestone.pk)
    was_done = milestone.done_at is not None
    if was_done == done:
        return milestone

    milestone.done_at = clock.now() if done else None
    milestone.save(update_fields=["done_at"])
    _record("goal.milestone", goal, actor, done=done)
    return milestone


def _record(verb: str, goal: Goal, actor: User, **detail: Any) -> None:
    """Write to the audit trail of the goal's program."""
    program = goal.pairing.program
    audit.record(verb, goal, actor=actor, scope=program.public_id, **detail)


def _open_goal(goal: Goal) -> Goal:
    """The goal under lock; DomainError once it is closed."""
    goals = Goal.objects.select_for_update(of=("self",)).select_related("pairing__program")
    locked: Goal = goals.get(pk=goal.pk)
    if not locked.is_open:
        raise DomainError(_("This goal is closed, so it cannot be changed any more."))
    return locked


def _check_day(plan: Plan, actor: User, *, is_active: bool) -> None:
    """DomainError unless the last day of an active goal lies ahead, and not too far."""
    if is_active:
        plans.check_day(plan, clock.today(actor.time_zone))


def _begin(goal: Goal) -> None:
    """An active goal begins when it is set."""
    if goal.state == GoalState.ACTIVE and goal.begun_at is None:
        goal.begun_at = clock.now()


def _keep_change(goal: Goal, plan: Plan) -> None:
    """Another last day or another target of an active goal stays readable."""
    if (goal.due_on, goal.target) == (plan.due_on, plan.target):
        return
    if goal.due_on is None or goal.target is None:
        return
    if plan.due_on is None or plan.target is None:
        return
    GoalChange.objects.create(
        goal=goal,
        at=clock.now(),
        due_before=goal.due_on,
        due_after=plan.due_on,
        target_before=goal.target,
        target_after=plan.target,
    )


def _write(goal: Goal, plan: Plan) -> None:
    """Save the goal as the plan says, with its milestones."""
    goal.statement = plan.statement.strip()
    goal.measure = plan.measure.strip()
    goal.unit = plan.unit.strip()
    goal.topic = plan.topic
    goal.baseline = plan.baseline
    goal.target = plan.target
    goal.due_on = plan.due_on
    goal.private = plan.private
    goal.save()
    _write_steps(goal, plan.steps)


def _share(goal: Goal) -> None:
    """The partner hears once of an active goal that is not private."""
    if goal.state != GoalState.ACTIVE or goal.private or goal.shared_at:
        return
    goal.shared_at = clock.now()
    goal.save(update_fields=["shared_at"])
    mail.tell_set(goal)


def _write_steps(goal: Goal, steps: Iterable[Step]) -> None:
    """Save the milestones in the plan's order. Those that the plan names keep what is done."""
    known = _known_milestones(goal)
    written = [step for step in steps if step.title.strip()]
    kept = []
    for position, step in enumerate(written):
        milestone = known.get(step.public_id) or Milestone(goal=goal)
        _write_milestone(milestone, step, position)
        kept.append(milestone.pk)
    goal.milestones.exclude(pk__in=kept).delete()


def _write_milestone(milestone: Milestone, step: Step, position: int) -> None:
    milestone.position = position
    milestone.title = step.title.strip()
    milestone.due_on = step.due_on
    milestone.save()


def _known_milestones(goal: Goal) -> dict[UUID | None, Milestone]:
    """{public id: milestone} of the goal, under lock.

    Their positions are moved out of the way, so that no two ever share one.
    """
    goal.milestones.update(position=F("position") + PARKED)
    milestones = goal.milestones.select_for_update()
    return {milestone.public_id: milestone for milestone in milestones}
