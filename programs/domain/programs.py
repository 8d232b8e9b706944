"""Making programs and changing what they are.

Their states are in states.py and can be had from here as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Company, User
from common import audit
from common.errors import DomainError
from programs.domain.eligibility import default_limits
from programs.domain.readiness import Check, is_ready, readiness
from programs.domain.states import (
    archive,
    cancel_program,
    close_program,
    lock,
    open_enrolment,
    start_closing,
    start_matching,
    start_running,
    unarchive,
)
from programs.enums import ProgramState, StaffRole
from programs.mail import staff as staff_mail
from programs.models import Program, ProgramStaff, Topic

__all__ = [
    "Check",
    "add_topic",
    "archive",
    "assign_staff",
    "cancel_program",
    "close_program",
    "create_program",
    "is_ready",
    "lock_k",
    "open_enrolment",
    "readiness",
    "remove_staff",
    "start_closing",
    "start_matching",
    "start_running",
    "unarchive",
    "update_program",
]

# what each step of the wizard may change; nothing else is ever written by it
STEP_FIELDS: dict[str, tuple[str, ...]] = {
    "purpose": (
        "name",
        "purpose",
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
    "surveys": ("anonymity_k", "retention_months"),
    "reminders": ("reminder_hours", "question_days"),
}
STEPS = (*STEP_FIELDS, "review")
# once people have been promised something, these steps stay as they are
FROZEN_WHEN_RUNNING = frozenset({"who", "rules", "agreement"})
ENDED = frozenset({ProgramState.CLOSED, ProgramState.CANCELLED})


@transaction.atomic
def create_program(*, actor: User, template_key: str, name: str) -> Program:
    """A draft, with the company's time zone and grades split in two.

    Its content is installed by `mentoring.content`.
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
    audit.record(
        "program.created", program, actor=actor, scope=program.public_id, template=template_key
    )
    return program


@transaction.atomic
def update_program(
    *,
    actor: User,
    program: Program,
    step: str,
    values: dict[str, Any],
    topics: Iterable[Topic] | None = None,
) -> Program:
    """Save one step of the wizard (`values` by field name; `topics` in the step "purpose") and mark
    it done.

    DomainError for a program that has ended, for rules that people have already been promised, and
    for another k once a survey round has promised one.
    """
    current = lock(program)
    if current.state in ENDED:
        raise DomainError(_("This program has ended and cannot be changed any more."))
    begun = current.state in {ProgramState.RUNNING, ProgramState.CLOSING}
    if begun and step in FROZEN_WHEN_RUNNING:
        raise DomainError(
            _(
                "The pairs have begun on these terms, so they stay as they are until the program "
                "ends."
            )
        )
    fields = [name for name in STEP_FIELDS[step] if name in values]
    if begun and any(
        values.get(name, getattr(current, name)) != getattr(current, name)
        for name in ("starts_on", "time_zone")
    ):
        raise DomainError(
            _("The program has begun: its first day and its time zone stay as they are.")
        )
    if (
        "anonymity_k" in fields
        and current.anonymity_k_locked
        and values["anonymity_k"] != current.anonymity_k
    ):
        raise DomainError(
            _("A survey has already promised this number, so it can no longer change.")
        )
    changed = [name for name in fields if getattr(current, name) != values[name]]
    for name in fields:
        setattr(current, name, values[name])
    if step not in current.wizard_done:
        current.wizard_done = [*current.wizard_done, step]
    current.save(update_fields=[*fields, "wizard_done"])
    if topics is not None:
        current.topics.set(topics)
    audit.record(
        "program.updated", current, actor=actor, scope=current.public_id, step=step, changed=changed
    )
    for name in (*fields, "wizard_done"):
        setattr(program, name, getattr(current, name))
    return current


@transaction.atomic
def add_topic(*, actor: User, program: Program, name: str, category: str) -> Topic:
    """A topic of this program's own, picked at once.

    One that exists already, by name, is picked instead of made twice.
    """
    name, category = " ".join(name.split()), " ".join(category.split())
    if not name:
        raise DomainError(_("Say what the topic is called."))
    known = Topic.objects.filter(name__iexact=name, program=None) | Topic.objects.filter(
        name__iexact=name, program=program
    )
    topic = known.first() or Topic.objects.create(
        name=name, category=category or _("Our own"), program=program
    )
    program.topics.add(topic)
    audit.record(
        "program.topic_added", program, actor=actor, scope=program.public_id, topic=topic.pk
    )
    return topic


@transaction.atomic
def assign_staff(*, actor: User, program: Program, person: User, role: StaffRole) -> ProgramStaff:
    """Make a person coordinator, safe contact or deputy.

    Twice changes nothing. DomainError for leavers and conflicts.

    A safe contact must not be a coordinator of the same program, or what they hear would reach
    those who run it.
    """
    lock(program)
    if not person.is_active:
        raise DomainError(_("%(name)s has left the company.") % {"name": person.name})
    held = set(program.staff.filter(person=person).values_list("role", flat=True))
    safe = {StaffRole.SAFE_CONTACT, StaffRole.SAFE_DEPUTY}
    if (role in safe and StaffRole.COORDINATOR in held) or (
        role == StaffRole.COORDINATOR and held & safe
    ):
        raise DomainError(
            _(
                "%(name)s cannot be both coordinator and safe contact: people must be able to "
                "speak about the program itself."
            )
            % {"name": person.name}
        )
    if role in safe and held & (safe - {role}):
        raise DomainError(_("%(name)s cannot be their own deputy.") % {"name": person.name})
    staff, made = ProgramStaff.objects.get_or_create(program=program, person=person, role=role)
    if made:
        staff_mail.tell_named(actor=actor, staff=staff)
        audit.record(
            "program.staff_assigned",
            program,
            actor=actor,
            scope=program.public_id,
            person=person.pk,
            role=str(role),
        )
    return staff


@transaction.atomic
def remove_staff(*, actor: User, staff: ProgramStaff) -> None:
    """Take a role of a program from somebody."""
    audit.record(
        "program.staff_removed",
        staff.program,
        actor=actor,
        scope=staff.program.public_id,
        person=staff.person_id,
        role=staff.role,
    )
    staff.delete()


@transaction.atomic
def lock_k(*, actor: User | None, program: Program) -> int:
    """Fix the smallest group shown, for good (a trigger in the database holds it); called with the
    first survey round.
    """
    current = lock(program)
    if not current.anonymity_k_locked:
        current.anonymity_k_locked = program.anonymity_k_locked = True
        current.save(update_fields=["anonymity_k_locked"])
        audit.record(
            "program.k_locked", current, actor=actor, scope=current.public_id, k=current.anonymity_k
        )
    return current.anonymity_k
