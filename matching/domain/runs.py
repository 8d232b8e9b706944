"""Match runs: started by a coordinator, executed by a worker under a lease.

The database holds the state: `resume_runs` enqueues a run again if it is still queued, or if its
worker has died (its lease has expired). Leases use the database's clock, because they guard running
processes, for which tests and the demo cannot move time.
"""

from __future__ import annotations

import gc
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from common import audit, background, clock
from common.errors import DomainError
from matching.domain import inputs, results
from matching.domain.places import candidates
from matching.domain.run_settings import minimum_of, snapshot
from matching.enums import WORKING_RUN_STATES, RunState
from matching.models import MatchRun
from matching.solver import (
    COMPONENTS,
    FULL_SCORE,
    Cancelled,
    build_problem,
    solve,
    verify,
)
from programs.enums import Objective, PairRole, ProgramState
from programs.models import Program

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 3
BETWEEN_REPORTS = 0.5  # seconds
MATCHABLE = (ProgramState.ENROLLING, ProgramState.MATCHING, ProgramState.RUNNING)
BROKEN = gettext_noop(
    "Something went wrong while matching, and nothing has been changed. Please run it again."
)
KILLED = gettext_noop(
    "Matching was interrupted three times, so it has been stopped. Please tell the person who "
    "manages the server."
)
UNPROVEN = gettext_noop(
    "The result did not pass its own check, so it was discarded. Please tell the person who "
    "manages the server."
)


class LostClaimError(Exception):
    """Another worker has claimed this run, because this one's lease had expired."""


@transaction.atomic
def set_weights(
    *,
    actor: User,
    program: Program,
    weights: dict[str, int],
    objective: Objective,
    floor: bool,
    minimum_score: int | None = None,
) -> Program:
    """Set what the next run aims for.

    `weights` has a whole number from 0 to 100 for each component, not all 0. `minimum_score` (basis
    points, 0 to 10,000; None leaves it as it is) counts only with the aim of the best total. A
    floor counts only with the aim of as many pairs as possible and is ignored otherwise: with the
    best total it would return one single pair. DomainError for anything else.
    """
    _require_valid(weights, minimum_score)
    locked: Program = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    locked.weights = weights
    locked.objective = objective
    locked.floor = floor and objective == Objective.PARTICIPATION
    if minimum_score is not None:
        locked.minimum_score = minimum_score
    locked.save(update_fields=["weights", "objective", "floor", "minimum_score"])
    detail = {
        "weights": weights,
        "objective": str(objective),
        "floor": locked.floor,
        "minimum_score": locked.minimum_score,
    }
    audit.record("program.weights_set", locked, actor=actor, scope=locked.public_id, **detail)
    return locked


def _require_valid(weights: dict[str, int], minimum_score: int | None) -> None:
    if minimum_score is not None and not 0 <= minimum_score <= FULL_SCORE:
        raise DomainError(_("The smallest fit is a number from 0 to 100."))

    in_range = all(0 <= value <= 100 for value in weights.values())
    if set(weights) != set(COMPONENTS) or not in_range:
        raise DomainError(_("Every weight is a whole number from 0 to 100."))

    if not any(weights.values()):
        raise DomainError(_("Give at least one of them more than 0: something has to count."))


@transaction.atomic
def start_run(*, actor: User, program: Program) -> MatchRun:
    """Queue a run with the program's rules and weights as they are now, and enqueue its task.

    DomainError while another run of the program is queued or running, without approved people on
    both sides, and in a state of the program in which no pairs are made.
    """
    program = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    if program.state not in MATCHABLE:
        raise DomainError(_("Pairs are made once enrolment is open, and until the program closes."))
    roles = set(candidates(program).values_list("role", flat=True).distinct())
    if PairRole.MENTOR not in roles or PairRole.MENTEE not in roles:
        text = _("Approve at least one person on each side first: matching needs both sides.")
        raise DomainError(text)

    rules, weights = snapshot(program)
    try:
        with transaction.atomic():
            run = MatchRun.objects.create(
                program=program,
                objective=program.objective,
                floor=program.floor and program.objective == Objective.PARTICIPATION,
                rules=rules,
                weights=weights,
                started_by=actor,
            )
    except IntegrityError as error:
        raise DomainError(
            _("Matching is already running for this program. Wait for it, or cancel it."),
            code="busy",
        ) from error
    audit.record("match_run.started", run, actor=actor, scope=program.public_id)
    _enqueue(run)
    return run


@transaction.atomic
def cancel_run(*, actor: User, run: MatchRun) -> MatchRun:
    """Cancel a queued run at once, a running one at its worker's next report of progress.

    A run that has ended stays as it is.
    """
    locked: MatchRun = (
        MatchRun.objects.select_for_update(of=("self",)).select_related("program").get(pk=run.pk)
    )
    if locked.state not in WORKING_RUN_STATES:
        return locked
    locked.cancel_requested = True
    if locked.state == RunState.QUEUED:
        locked.state, locked.finished_at = RunState.CANCELLED, clock.now()
    locked.save(update_fields=["cancel_requested", "state", "finished_at"])
    audit.record("match_run.cancelled", locked, actor=actor, scope=locked.program.public_id)
    return locked


def execute_run(run_id: int) -> bool:
    """Execute a run that is queued, or that a dead worker left; whether this call finished it.

    Not atomic as a whole: the claim and the progress are visible at once, the result is stored in
    one transaction. Calling it again, or twice at a time, changes nothing: one call wins the claim,
    and only that one may store a result.
    """
    run = _claim(run_id)
    if run is None:
        return False
    try:
        with _without_garbage_collection():
            _work(run)
    except Cancelled:
        return _end(run, RunState.CANCELLED)
    except LostClaimError:
        log.warning("match_run_lost", run=run.pk)
        return False
    except Exception as error:
        log.exception("match_run_failed", run=run.pk, error=type(error).__name__)
        problem = UNPROVEN if isinstance(error, results.UnprovenError) else BROKEN
        return _end(run, RunState.FAILED, problem)
    return True


def resume_runs() -> int:
    """Enqueue the runs that wait and those whose worker's lease has expired; how many.

    A run whose workers have died MOST_ATTEMPTS times fails.
    """
    gone = MatchRun.objects.filter(state=RunState.RUNNING, lease_until__lt=Now())
    gone.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=RunState.FAILED, problem=KILLED, claim=None, lease_until=None, finished_at=clock.now()
    )
    waiting = MatchRun.objects.filter(
        Q(state=RunState.QUEUED) | Q(state=RunState.RUNNING, lease_until__lt=Now())
    )
    runs = list(waiting.order_by("pk"))
    for run in runs:
        _enqueue(run)
    return len(runs)


def _enqueue(run: MatchRun) -> None:
    background.enqueue_on_commit("matching.tasks.execute_run", run.pk)


def _claim(run_id: int) -> MatchRun | None:
    """Claim the run for this process; None if there is nothing to do.

    One UPDATE decides between two workers.
    """
    free = Q(state=RunState.QUEUED) | Q(state=RunState.RUNNING, lease_until__lt=Now())
    claim = uuid.uuid4()
    taken = MatchRun.objects.filter(free, pk=run_id, attempts__lt=MOST_ATTEMPTS).update(
        state=RunState.RUNNING,
        claim=claim,
        lease_until=Now() + LEASE,
        attempts=F("attempts") + 1,
        progress=0,
        stage="people",
    )
    return MatchRun.objects.select_related("program").get(pk=run_id) if taken else None


class Reporter:
    """Writes a run's progress and renews its lease, twice a second at most.

    It raises Cancelled or LostClaimError where the run was cancelled or claimed by another.
    """

    def __init__(self, run: MatchRun) -> None:
        self.run = run
        self.last = 0.0

    def __call__(self, stage: str, percent: int) -> None:
        """`percent` of the whole, 0 to 100."""
        if time.monotonic() - self.last < BETWEEN_REPORTS:
            return
        self.last = time.monotonic()
        mine = _claimed(self.run)
        reported = mine.filter(cancel_requested=False).update(
            progress=percent, stage=stage, lease_until=Now() + LEASE
        )
        if reported:
            return
        if mine.exists():
            raise Cancelled
        raise LostClaimError


def _work(run: MatchRun) -> None:
    tell = Reporter(run)
    tell("people", 0)
    given = inputs.build(run)
    tell("scores", 5)
    problem = build_problem(given.people, given.rules)
    result = solve(
        problem,
        objective="score" if run.objective == Objective.SCORE else "participation",
        floor=run.floor,
        minimum=minimum_of(run),
        progress=lambda stage, fraction: tell(stage, 15 + round(55 * fraction)),
    )

    tell("check", 70)
    wrong = verify(problem, result)
    if wrong:
        raise results.UnprovenError(wrong)

    outcome = results.collect(
        given, problem, result, tell=lambda fraction: tell("reasons", 75 + round(20 * fraction))
    )
    _store(run, outcome, digest=given.digest())


@transaction.atomic
def _store(run: MatchRun, outcome: results.Outcome, *, digest: str) -> None:
    """Store the result, if this process still holds the claim."""
    locked = _claimed(run).select_for_update(of=("self",)).select_related("program").first()
    if locked is None:
        raise LostClaimError
    if locked.cancel_requested:
        raise Cancelled

    results.store(locked, outcome, digest=digest)
    audit.record(
        "match_run.finished",
        locked,
        actor=None,
        scope=locked.program.public_id,
        pairs=locked.statistics["pairs"],
    )


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """A run makes no cyclic garbage, and looking for it among all its people takes long.

    With the collector, a run of 2,000 × 2,000 people takes 1.3 to 1.4 times the processor time
    (benchmarks/matching_page.py --collect-garbage).
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _claimed(run: MatchRun) -> QuerySet[MatchRun]:
    """The run, as long as this process holds the claim."""
    return MatchRun.objects.filter(pk=run.pk, claim=run.claim, state=RunState.RUNNING)


def _end(run: MatchRun, state: RunState, problem: str = "") -> bool:
    """Set the final state; whether this process still held the claim."""
    ended = _claimed(run).update(
        state=state, problem=problem, claim=None, lease_until=None, finished_at=clock.now()
    )
    return bool(ended)
