"""Starting and cancelling match runs."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from matching.domain.places import candidates
from matching.domain.run_settings import snapshot
from matching.domain.runs.resuming import enqueue
from matching.enums import WORKING_RUN_STATES, RunState
from matching.models import MatchRun
from programs.enums import Objective, PairRole, ProgramState
from programs.models import Program

MATCHABLE = (ProgramState.ENROLLING, ProgramState.MATCHING, ProgramState.RUNNING)


@transaction.atomic
def start_run(*, actor: User, program: Program) -> MatchRun:
    """Queue a run with the program's rules and weights as they are now, and enqueue its task.

    DomainError while another run of the program is queued or running, without approved people on
    both sides, and in a state of the program in which no pairs are made.
    """
    program = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    if program.state not in MATCHABLE:
        raise DomainError(_("Pairs are made once enrolment is open, and until the program closes."))
    _require_both_sides(program)

    run = _create(actor, program)
    audit.record("match_run.started", run, actor=actor, scope=program.public_id)
    enqueue(run)
    return run


def _require_both_sides(program: Program) -> None:
    roles = set(candidates(program).values_list("role", flat=True).distinct())
    if PairRole.MENTOR not in roles or PairRole.MENTEE not in roles:
        text = _("Approve at least one person on each side first: matching needs both sides.")
        raise DomainError(text)


def _create(actor: User, program: Program) -> MatchRun:
    """A queued run. DomainError (code "busy") if one is queued or running: a constraint says so."""
    rules, weights = snapshot(program)
    run = MatchRun(
        program=program,
        objective=program.objective,
        floor=program.floor and program.objective == Objective.PARTICIPATION,
        rules=rules,
        weights=weights,
        started_by=actor,
    )
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as error:
        text = _("Matching is already running for this program. Wait for it, or cancel it.")
        raise DomainError(text, code="busy") from error
    return run


@transaction.atomic
def cancel_run(*, actor: User, run: MatchRun) -> MatchRun:
    """Cancel a queued run at once, a running one at its worker's next report of progress.

    A run that has ended stays as it is.
    """
    locked: MatchRun = MatchRun.objects.locked().get(pk=run.pk)
    if locked.state not in WORKING_RUN_STATES:
        return locked

    locked.cancel_requested = True
    if locked.state == RunState.QUEUED:
        locked.state = RunState.CANCELLED
        locked.finished_at = clock.now()
    locked.save(update_fields=["cancel_requested", "state", "finished_at"])
    audit.record("match_run.cancelled", locked, actor=actor, scope=locked.program.public_id)
    return locked
