"""Tasks of accounts: they take ids, load and delegate. Running one twice changes nothing."""

from __future__ import annotations

from celery import shared_task

from accounts.domain import own_calendar

# Work per calendar is bounded; this is for a machine that is very slow. It is tried again later.
SOFT_SECONDS, HARD_SECONDS = 90, 120


@shared_task(soft_time_limit=SOFT_SECONDS, time_limit=HARD_SECONDS)
def read_calendar(person_id: int) -> None:
    """Read somebody's own published calendar."""
    own_calendar.read(person_id)
