"""Closing a program: it takes effect a day later, and until then it can be undone.

Until then nothing else changes, so undoing has nothing to restore. What it does to the pairs is in
`mentoring.workflows.closing`.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from common.timezones import to_utc
from programs.domain import states
from programs.enums import ProgramState
from programs.models import Program, ProgramClosing

UNDO_WITHIN = timedelta(hours=24)
NEAR_THE_END = timedelta(days=14)


def is_near_the_end(program: Program) -> bool:
    """The program's last day is near or over, so closing it is the next thing to do."""
    if program.ends_on is None:
        return True
    return program.ends_on - clock.today(program.time_zone) <= NEAR_THE_END


def sessions_end(program: Program, closes_at: datetime) -> datetime:
    """The end of the program's last day, or `closes_at` if that is later."""
    if program.ends_on is None:
        return closes_at
    day_after = program.ends_on + timedelta(days=1)
    return max(to_utc(day_after, time(), program.time_zone), closes_at)


@transaction.atomic
def plan_closing(*, actor: User, program: Program, keep_sessions: bool) -> ProgramClosing:
    """A closing program will be closed after UNDO_WITHIN; a second time changes nothing.

    `keep_sessions`: those until the program's last day stay in the calendars. DomainError in any
    other state.
    """
    current = states.lock(program)
    states.refuse_unless_allowed(current, "close_program")
    known = ProgramClosing.objects.filter(program=current).first()
    if known is not None:
        return known

    closes_at = clock.now() + UNDO_WITHIN
    closing = ProgramClosing.objects.create(
        program=current,
        decided_by=actor,
        closes_at=closes_at,
        sessions_until=sessions_end(current, closes_at) if keep_sessions else closes_at,
    )
    _record("program.closing_planned", current, actor)
    return closing


@transaction.atomic
def undo_closing(*, actor: User, program: Program) -> None:
    """The program goes on as before; a second time changes nothing.

    DomainError once it is closed.
    """
    current = states.lock(program)
    if current.state == ProgramState.CLOSED:
        raise DomainError(
            _("The program is closed by now, and everybody has been thanked: it stays closed.")
        )
    deleted, _by_model = ProgramClosing.objects.filter(program=current).delete()
    if deleted:
        _record("program.closing_undone", current, actor)


def close_due_programs() -> int:
    """Close the programs whose time to undo it is over; how many."""
    due = Program.objects.filter(
        state=ProgramState.CLOSING, planned_closing__closes_at__lte=clock.now()
    )
    return sum(_close_if_due(program) for program in due.order_by("pk"))


@transaction.atomic
def _close_if_due(program: Program) -> bool:
    """Close one, unless somebody has undone it meanwhile."""
    current = states.lock(program)
    due = ProgramClosing.objects.filter(program=current, closes_at__lte=clock.now())
    closing = due.select_related("decided_by").first()
    if closing is None or current.state != ProgramState.CLOSING:
        return False
    states.close_program(actor=closing.decided_by, program=current)
    return True


def _record(verb: str, program: Program, actor: User) -> None:
    audit.record(verb, program, actor=actor, scope=program.public_id)
