"""Executing a match run in a worker, under the worker's claim."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.db import transaction
from django.utils.translation import gettext_noop

from common import audit, clock
from matching.domain import inputs, results
from matching.domain.run_settings import minimum_of
from matching.domain.runs.claims import LostClaimError, Reporter, claim, claimed
from matching.enums import RunState
from matching.models import MatchRun
from matching.solver import Cancelled, Problem, Result, build_problem, solve, verify
from programs.enums import Objective

log = structlog.get_logger(__name__)

BROKEN = gettext_noop(
    "Something went wrong while matching, and nothing has been changed. Please run it again."
)
UNPROVEN = gettext_noop(
    "The result did not pass its own check, so it was discarded. Please tell the person who "
    "manages the server."
)


def execute_run(run_id: int) -> bool:
    """Execute a run that is queued, or that a dead worker left; whether this call finished it.

    Not atomic as a whole: the claim and the progress are visible at once, the result is stored in
    one transaction. Calling it again, or twice at a time, changes nothing: one call wins the claim,
    and only that one may store a result.
    """
    run = claim(run_id)
    if run is None:
        return False
    try:
        with _without_garbage_collection():
            _find_pairs(run)
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


def _find_pairs(run: MatchRun) -> None:
    """Read, solve, check, explain and store, with reports of the progress in percent."""
    report = Reporter(run)
    report("people", 0)
    given = inputs.build(run)

    report("scores", 5)
    problem = build_problem(given.people, given.rules)
    result = _solve(run, problem, report)

    report("check", 70)
    _verify(problem, result)
    outcome = _explain(given, problem, result, report)
    _store(run, outcome, digest=given.digest())


def _solve(run: MatchRun, problem: Problem, report: Reporter) -> Result:
    def report_stage(stage: str, fraction: float) -> None:
        report(stage, 15 + round(55 * fraction))

    return solve(
        problem,
        objective="score" if run.objective == Objective.SCORE else "participation",
        floor=run.floor,
        minimum=minimum_of(run),
        progress=report_stage,
    )


def _verify(problem: Problem, result: Result) -> None:
    """Check the result independently of how it was found; UnprovenError if it is wrong."""
    wrong = verify(problem, result)
    if wrong:
        raise results.UnprovenError(wrong)


def _explain(
    given: inputs.MatchInput, problem: Problem, result: Result, report: Reporter
) -> results.Outcome:
    def report_reasons(fraction: float) -> None:
        report("reasons", 75 + round(20 * fraction))

    return results.collect(given, problem, result, tell=report_reasons)


@transaction.atomic
def _store(run: MatchRun, outcome: results.Outcome, *, digest: str) -> None:
    """Store the result, if this process still holds the claim."""
    locked = claimed(run).select_for_update(of=("self",)).select_related("program").first()
    if locked is None:
        raise LostClaimError
    if locked.cancel_requested:
        raise Cancelled

    results.store(locked, outcome, digest=digest)
    scope, pairs = locked.program.public_id, locked.statistics["pairs"]
    audit.record("match_run.finished", locked, actor=None, scope=scope, pairs=pairs)


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


def _end(run: MatchRun, state: RunState, problem: str = "") -> bool:
    """Set the final state; whether this process still held the claim."""
    ended = claimed(run).update(
        state=state, problem=problem, claim=None, lease_until=None, finished_at=clock.now()
    )
    return bool(ended)
