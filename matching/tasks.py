"""Doorbells of pairings: tasks take ids, load and delegate. Running one twice changes nothing."""

from __future__ import annotations

from celery import shared_task

from matching.domain import runs


@shared_task
def execute_run(run_id: int) -> None:
    """Work on a match run, if it still waits for somebody."""
    runs.execute_run(run_id)
