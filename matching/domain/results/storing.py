"""Storing what a run has found."""

from __future__ import annotations

from common import clock
from matching.domain.results import fast_insert
from matching.domain.results.collecting import Outcome
from matching.enums import RunState
from matching.models import MatchRun

COUNTED = ("pairs", "total", "worst", "median", "unmatched_mentors", "unmatched_mentees", "proven")
"""The figures that a change by hand can alter."""


def store(run: MatchRun, outcome: Outcome, *, digest: str) -> None:
    """running → done, with everything that was found.

    In the caller's transaction, under the run's lock.
    """
    _store_rows(run, outcome)
    run.statistics = outcome.statistics
    run.figures_as_found = {name: outcome.statistics[name] for name in COUNTED}
    run.input_digest = digest

    run.state = RunState.DONE
    run.progress = 100
    run.stage = ""
    run.claim = run.lease_until = None
    run.finished_at = clock.now()
    run.save()


def _store_rows(run: MatchRun, outcome: Outcome) -> None:
    run.proposals.all().delete()
    run.unmatched.all().delete()
    for proposal in outcome.proposals:
        proposal.run = run
    for unmatched in outcome.unmatched:
        unmatched.run = run
    fast_insert.insert(outcome.proposals)
    fast_insert.insert(outcome.unmatched)
