"""The states of a program and the steps from one to the next."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from programs.domain.readiness import readiness
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.mail import enrolments as enrolment_mail
from programs.models import Program, ProgramClosing

S = ProgramState

# verb: (states it may start from, state it leads to)
TRANSITIONS: dict[str, tuple[frozenset[ProgramState], ProgramState]] = {
    "open_enrolment": (frozenset({S.DRAFT, S.MATCHING}), S.ENROLLING),
    "start_matching": (frozenset({S.ENROLLING}), S.MATCHING),
    "start_running": (frozenset({S.MATCHING}), S.RUNNING),
    "start_closing": (frozenset({S.RUNNING}), S.CLOSING),
    "resume_running": (frozenset({S.CLOSING}), S.RUNNING),
    "close_program": (frozenset({S.CLOSING}), S.CLOSED),
    "cancel_program": (frozenset({S.DRAFT, S.ENROLLING, S.MATCHING, S.RUNNING}), S.CANCELLED),
}
DEEDS = {  # the words of the audit trail
    "open_enrolment": "enrolment_opened",
    "start_matching": "matching_started",
    "start_running": "started",
    "start_closing": "closing_started",
    "resume_running": "resumed",
    "close_program": "closed",
    "cancel_program": "cancelled",
}


def lock(program: Program) -> Program:
    """The program as it is now, its row held until the end of the transaction."""
    row: Program = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    return row


def allowed(program: Program, verb: str) -> bool:
    """True if the state permits the verb; other conditions are checked when it is done."""
    starts_from, _leads_to = TRANSITIONS[verb]
    return ProgramState(program.state) in starts_from


def _move(
    verb: str,
    *,
    program: Program,
    actor: User | None,
    check: Callable[[Program], None] | None = None,
) -> Program:
    """Make a transition on the locked program; the caller's object gets the new state too.

    DomainError if the state forbids it. `check` may raise a DomainError of its own before anything
    has changed.
    """
    current = lock(program)
    refuse_unless_allowed(current, verb)
    if check:
        check(current)

    before = current.state
    _starts_from, current.state = TRANSITIONS[verb]
    current.save(update_fields=["state"])
    program.state = current.state
    after = str(current.state)
    _record(f"program.{DEEDS[verb]}", current, actor, before=before, after=after)
    return current


def refuse_unless_allowed(program: Program, verb: str) -> None:
    """DomainError if the state forbids the verb."""
    if allowed(program, verb):
        return
    state = ProgramState(program.state).label
    text = _(
        "This cannot be done now: the program is %(state)s. Load the page again to see "
        "where it stands."
    )
    raise DomainError(text % {"state": str(state).lower()})


def _record(verb: str, program: Program, actor: User | None, **detail: str) -> None:
    """Write to the program's audit trail."""
    audit.record(verb, program, actor=actor, scope=program.public_id, **detail)


def _ready(program: Program) -> None:
    """DomainError while the readiness checklist misses something."""
    missing = [check.title for check in readiness(program) if check.blocks and not check.done]
    if missing:
        raise DomainError(
            _("Not ready yet. Still missing: %(what)s.") % {"what": "; ".join(missing)}
        )


def _approved_on_both_sides(program: Program) -> None:
    """DomainError without an approved mentor and an approved mentee."""
    approved = program.enrolments.filter(state=EnrolmentState.APPROVED)
    roles = set(approved.values_list("role", flat=True))
    if roles != {PairRole.MENTOR, PairRole.MENTEE}:
        raise DomainError(
            _("Approve at least one person on each side first: matching needs both sides.")
        )


@transaction.atomic
def open_enrolment(*, actor: User, program: Program) -> Program:
    """Draft, or matching (to let more people in) → enrolling.

    DomainError while the readiness checklist misses something.
    """
    return _move("open_enrolment", program=program, actor=actor, check=_ready)


@transaction.atomic
def start_matching(*, actor: User, program: Program) -> Program:
    """Enrolling → matching: nobody applies any more.

    DomainError without an approved mentor and an approved mentee.
    """
    return _move("start_matching", program=program, actor=actor, check=_approved_on_both_sides)


@transaction.atomic
def start_running(*, actor: User | None, program: Program) -> Program:
    """Matching → running: pairs may meet. Called when the first pairs are published."""
    return _move("start_running", program=program, actor=actor)


@transaction.atomic
def start_closing(*, actor: User | None, program: Program) -> Program:
    """Running → closing: the closing survey and the last sessions."""
    return _move("start_closing", program=program, actor=actor)


def _not_about_to_close(program: Program) -> None:
    """DomainError while somebody has closed the program and that has not taken effect yet."""
    if ProgramClosing.objects.filter(program=program).exists():
        raise DomainError(_("Undo closing the program first."))


@transaction.atomic
def resume_running(*, actor: User, program: Program) -> Program:
    """Closing → running again: pairs can be made as before.

    DomainError while the program is about to be closed.
    """
    return _move("resume_running", program=program, actor=actor, check=_not_about_to_close)


@transaction.atomic
def close_program(*, actor: User | None, program: Program) -> Program:
    """Closing → closed, for good."""
    return _move("close_program", program=program, actor=actor)


@transaction.atomic
def cancel_program(*, actor: User, program: Program) -> Program:
    """Any state before closing → cancelled; those who take part are told.

    The pairs are the caller's to end (workflows).
    """
    current = _move("cancel_program", program=program, actor=actor)
    enrolment_mail.tell_cancelled(program=current)
    return current


@transaction.atomic
def archive(*, actor: User, program: Program) -> Program:
    """Take a closed or cancelled program off the list; `unarchive` brings it back."""
    current = lock(program)
    if current.state not in {S.CLOSED, S.CANCELLED}:
        raise DomainError(_("Only a closed or cancelled program can be archived."))
    current.archived_at = clock.now()
    current.save(update_fields=["archived_at"])
    _record("program.archived", current, actor)
    return current


@transaction.atomic
def unarchive(*, actor: User, program: Program) -> Program:
    """Bring an archived program back to the list."""
    current = lock(program)
    current.archived_at = None
    current.save(update_fields=["archived_at"])
    _record("program.unarchived", current, actor)
    return current
