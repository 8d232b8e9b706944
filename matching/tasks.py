"""Tasks of matching: they take ids, load and delegate. Running one twice changes nothing."""

from __future__ import annotations

from celery import shared_task

from matching.domain import runs


@shared_task
def execute_run(run_id: int) -> None:
    """Execute a match run, unless another worker has claimed or finished it."""
    runs.execute_run(run_id)
