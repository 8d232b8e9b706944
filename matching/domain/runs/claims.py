"""Which worker executes a run: its claim, the lease that it renews, and its reports of progress.

Leases use the database's clock, because they guard running processes, for which tests and the demo
cannot move time.
"""

from __future__ import annotations

import time
import uuid
from datetime import timedelta

from django.db.models import F, QuerySet
from django.db.models.functions import Now

from matching.enums import RunState
from matching.models import MatchRun
from matching.solver import Cancelled

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 3
BETWEEN_REPORTS = 0.5  # seconds


class LostClaimError(Exception):
    """Another worker has claimed this run, because this one's lease had expired."""


def abandoned() -> QuerySet[MatchRun]:
    """Running runs whose worker has died: its lease has expired."""
    return MatchRun.objects.filter(state=RunState.RUNNING, lease_until__lt=Now())


def waiting() -> QuerySet[MatchRun]:
    """Runs that a worker may claim: queued or abandoned."""
    return MatchRun.objects.filter(state=RunState.QUEUED) | abandoned()


def claim(run_id: int) -> MatchRun | None:
    """Claim the run for this process; None if there is nothing to do.

    One UPDATE decides between two workers.
    """
    taken = (
        waiting()
        .filter(pk=run_id, attempts__lt=MOST_ATTEMPTS)
        .update(
            state=RunState.RUNNING,
            claim=uuid.uuid4(),
            lease_until=Now() + LEASE,
            attempts=F("attempts") + 1,
            progress=0,
            stage="people",
        )
    )
    if not taken:
        return None
    return MatchRun.objects.select_related("program").get(pk=run_id)


def claimed(run: MatchRun) -> QuerySet[MatchRun]:
    """The run, as long as this process holds the claim."""
    return MatchRun.objects.filter(pk=run.pk, claim=run.claim, state=RunState.RUNNING)


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

        own = claimed(self.run)
        running_on = own.filter(cancel_requested=False)
        if running_on.update(progress=percent, stage=stage, lease_until=Now() + LEASE):
            return
        if own.exists():
            raise Cancelled
        raise LostClaimError
