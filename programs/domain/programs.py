"""Creating programs and changing their settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Company, User
from common import audit
from common.errors import DomainError
from programs.domain.eligibility import default_limits
from programs.domain.states import lock
from programs.enums import ProgramState
from programs.models import Program, Topic

# step of the wizard: the fields that it may change
STEP_FIELDS: dict[str, tuple[str, ...]] = {
    "purpose": (
        "name",
        "purpose",
        "invitation",
        "sponsor",
        "mentor_label",
        "mentors_label",
        "mentee_label",
        "mentees_label",
    ),
    "dates": (
        "time_zone",
        "starts_on",
        "ends_on",
        "enrolment_deadline",
        "planned_sessions",
        "interval_weeks",
        "session_minutes",
        "driver",
    ),
    "who": ("mentor_max_grade", "mentee_min_grade", "departments", "open_call"),
    "rules": (
        "grade_gap",
        "require_common_language",
        "min_overlap_minutes",
        "forbid_same_department",
        "allow_former_pairs",
    ),
    "agreement": ("agreement_text",),
    "surveys": ("anonymity_k",),
    "reminders": ("reminder_hours", "question_days"),
}
STEPS = (*STEP_FIELDS, "review")
# these steps cannot change once pairs have agreed to the terms
FROZEN_WHEN_RUNNING = frozenset({"who", "rules", "agreement"})
BEGUN = frozenset({ProgramState.RUNNING, ProgramState.CLOSING})
ENDED = frozenset({ProgramState.CLOSED, ProgramState.CANCELLED})


@transaction.atomic
def create_program(*, actor: User, template_key: str, name: str) -> Program:
    """A draft with the company's time zone, and its grades split into two halves.

    `mentoring.content` installs the content.
    """
    name = name.strip()
    if not name:
        raise DomainError(_("Give the program a name."))
    company = Company.objects.first()
    lower, upper = default_limits()
    program = Program.objects.create(
        name=name,
        template_key=template_key,
        time_zone=company.time_zone if company else "UTC",
        mentor_max_grade=lower,
        mentee_min_grade=upper,
    )
    _record("program.created", program, actor, template=template_key)
    return program


def _record(verb: str, program: Program, actor: User | None, **detail: Any) -> None:
    """Write to the program's audit trail."""
    audit.record(verb, program, actor=actor, scope=program.public_id, **detail)


@transaction.atomic
def update_program(
    *,
    actor: User,
    program: Program,
    step: str,
    values: dict[str, Any],
    topics: Iterable[Topic] | None = None,
) -> Program:
    """Save one step of the wizard and mark it as done.

    `values` go by field name; `topics` belong to the step "purpose". DomainError for a program
    that has ended, for terms that people have agreed to, and for another k once it is promised.
    """
    current = lock(program)
    _refuse_frozen(current, step, values)

    own_values = {name: values[name] for name in STEP_FIELDS[step] if name in values}
    changed = [name for name in own_values if _changes(current, own_values, name)]
    done = current.wizard_done
    own_values["wizard_done"] = done if step in done else [*done, step]
    for name, value in own_values.items():
        setattr(current, name, value)
        setattr(program, name, value)
    current.save(update_fields=own_values.keys())
    if topics is not None:
        current.topics.set(topics)
    _record("program.updated", current, actor, step=step, changed=changed)
    return current


def _changes(program: Program, values: dict[str, Any], name: str) -> bool:
    """Whether the values give this field another value."""
    return name in values and values[name] != getattr(program, name)


def _refuse_frozen(program: Program, step: str, values: dict[str, Any]) -> None:
    """DomainError where the program's state no longer permits these values."""
    if program.state in ENDED:
        raise DomainError(_("This program has ended and cannot be changed any more."))
    if program.state in BEGUN:
        _refuse_once_begun(program, step, values)
    if program.anonymity_k_locked and _changes(program, values, "anonymity_k"):
        raise DomainError(
            _("A survey has already promised this number, so it can no longer change.")
        )


def _refuse_once_begun(program: Program, step: str, values: dict[str, Any]) -> None:
    """DomainError for terms that pairs have agreed to, and for another first day."""
    if step in FROZEN_WHEN_RUNNING:
        text = _(
            "The pairs have begun on these terms, so they stay as they are until the program ends."
        )
        raise DomainError(text)
    if _changes(program, values, "starts_on") or _changes(program, values, "time_zone"):
        raise DomainError(
            _("The program has begun: its first day and its time zone stay as they are.")
        )


@transaction.atomic
def add_topic(*, actor: User, program: Program, name: str, category: str) -> Topic:
    """Add a topic to the program; a known one of the same name is used again."""
    name = " ".join(name.split())
    if not name:
        raise DomainError(_("Say what the topic is called."))

    topic = _known_topic(program, name)
    if topic is None:
        category = " ".join(category.split()) or _("Our own")
        topic = Topic.objects.create(name=name, category=category, program=program)
    program.topics.add(topic)
    _record("program.topic_added", program, actor, topic=topic.pk)
    return topic


def _known_topic(program: Program, name: str) -> Topic | None:
    """The topic of this name that the program can use: one of its own, or a common one."""
    available = Topic.objects.filter(Q(program=None) | Q(program=program))
    return available.filter(name__iexact=name).first()


@transaction.atomic
def lock_k(*, actor: User | None, program: Program) -> int:
    """Fix the smallest group shown and return it; called when the first survey round opens.

    From then on a trigger in the database refuses another value.
    """
    current = lock(program)
    if not current.anonymity_k_locked:
        current.anonymity_k_locked = program.anonymity_k_locked = True
        current.save(update_fields=["anonymity_k_locked"])
        _record("program.k_locked", current, actor, k=current.anonymity_k)
    return current.anonymity_k
