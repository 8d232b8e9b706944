"""Enqueueing runs that wait, and runs whose worker has died."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from common import background, clock
from matching.domain.runs.claims import MOST_ATTEMPTS, abandoned, waiting
from matching.enums import RunState
from matching.models import MatchRun

KILLED = gettext_noop(
    "Matching was interrupted three times, so it has been stopped. Please tell the person who "
    "manages the server."
)


def enqueue(run: MatchRun) -> None:
    """Enqueue the task that executes the run."""
    background.enqueue_on_commit("matching.tasks.execute_run", run.pk)


def resume_runs() -> int:
    """Enqueue the runs that wait and those whose worker's lease has expired; how many.

    A run whose workers have died MOST_ATTEMPTS times fails.
    """
    _end_often_abandoned_runs()
    runs = list(waiting().order_by("pk"))
    for run in runs:
        enqueue(run)
    return len(runs)


def _end_often_abandoned_runs() -> None:
    abandoned().filter(attempts__gte=MOST_ATTEMPTS).update(
        state=RunState.FAILED, problem=KILLED, claim=None, lease_until=None, finished_at=clock.now()
    )
