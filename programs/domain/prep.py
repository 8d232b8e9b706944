"""The prep pack: short steps for each role, ticked off, and the mentee's pledge."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from common import audit, clock
from programs.models import Enrolment, PrepAnswer, PrepStep, PrepTick


@dataclass(frozen=True)
class PrepLine:
    """A step of the pack, whether it is ticked, and what the person answered for themselves."""

    step: PrepStep
    done: bool
    answer: str


def prep_pack(enrolment: Enrolment) -> list[PrepLine]:
    """The steps of the enrolment's role in their order. Three queries."""
    ticked = set(enrolment.prep_ticks.values_list("step_id", flat=True))
    steps = PrepStep.objects.filter(program=enrolment.program_id, role=enrolment.role)
    answers = {answer.step_id: answer.text for answer in enrolment.prep_answers.all()}
    return [PrepLine(step, step.pk in ticked, answers.get(step.pk, "")) for step in steps]


@transaction.atomic
def tick(*, actor: User, enrolment: Enrolment, step: PrepStep, done: bool) -> None:
    """Tick a step of the person's own pack, or take the tick back; twice changes nothing."""
    if done:
        _tick, made = PrepTick.objects.get_or_create(enrolment=enrolment, step=step)
        if made:
            _record("enrolment.prep_ticked", enrolment, actor, step=step.pk)
    else:
        PrepTick.objects.filter(enrolment=enrolment, step=step).delete()
        _record("enrolment.prep_unticked", enrolment, actor, step=step.pk)


@transaction.atomic
def answer(*, actor: User, enrolment: Enrolment, step: PrepStep, text: str) -> None:
    """Keep what the person answers for themselves; an empty text deletes it."""
    text = text.strip()
    if text:
        PrepAnswer.objects.update_or_create(enrolment=enrolment, step=step, defaults={"text": text})
    else:
        PrepAnswer.objects.filter(enrolment=enrolment, step=step).delete()
    _record("enrolment.prep_answered", enrolment, actor, step=step.pk)


@transaction.atomic
def pledge(*, actor: User, enrolment: Enrolment) -> Enrolment:
    """The mentee promises to listen, not to fix, not to assess; the first time counts."""
    current: Enrolment = Enrolment.objects.locked().get(pk=enrolment.pk)
    if current.pledged_at is None:
        current.pledged_at = clock.now()
        current.save(update_fields=["pledged_at"])
        _record("enrolment.pledged", current, actor)
    enrolment.pledged_at = current.pledged_at
    return current


def _record(verb: str, enrolment: Enrolment, actor: User, **detail: int) -> None:
    """Write to the audit trail of the program."""
    audit.record(verb, enrolment, actor=actor, scope=enrolment.program.public_id, **detail)
