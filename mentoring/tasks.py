"""The minute's round: queries find everything that is due. Celery only starts it."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from celery import shared_task

from accounts.domain.addresses import apply_waited
from accounts.domain.own_calendar import enqueue_due_calendars
from concerns.due.telling import tell_deputies, tell_safe_contacts
from feedback.domain.reminders import nudge_due, tell_many
from feedback.domain.response import refresh_bands
from feedback.domain.rounds import close_due_rounds, open_due_rounds
from feedback.domain.storage import rewrite_tables
from goals.due.silence import remind_of_silent_goals
from matching.domain.runs import resume_runs
from meetings.due.booking import nudge_drivers
from meetings.due.commitments import remind_of_commitments
from meetings.due.sessions import enqueue_due_reminders
from mentoring.needs.daily_mail import tell_what_is_new
from mentoring.people_import.worker import resume_imports, work_on
from mentoring.workflows.closing import finish_closings
from mentoring.workflows.delivery_watch import watch_delivery
from pairings.domain.offers import expire_offers
from pairings.due.agreements import nudge_unsigned

log = structlog.get_logger(__name__)

# Each function finds what is due of its own; running it twice changes nothing.
STEPS: tuple[Callable[[], int], ...] = (
    enqueue_due_reminders,
    open_due_rounds,
    nudge_due,
    tell_many,
    close_due_rounds,
    rewrite_tables,
    refresh_bands,
    expire_offers,
    finish_closings,
    resume_runs,
    resume_imports,
    enqueue_due_calendars,
    apply_waited,
    nudge_unsigned,
    nudge_drivers,
    remind_of_commitments,
    remind_of_silent_goals,
    tell_deputies,
    tell_safe_contacts,
    tell_what_is_new,
    watch_delivery,
)


@shared_task
def find_due_work() -> None:
    """One round of all STEPS."""
    run_steps(STEPS)


@shared_task
def work_on_import(import_id: int) -> None:
    """Check or apply one directory import. Running it twice, or twice at once, changes nothing."""
    work_on(import_id)


def run_steps(steps: tuple[Callable[[], int], ...]) -> dict[str, int | None]:
    """{name: how much was done, None where it failed}."""
    done = {step.__name__: _run(step) for step in steps}
    worked = {name: number for name, number in done.items() if number}
    if worked:
        log.info("due_work", **worked)
    return done


def _run(step: Callable[[], int]) -> int | None:
    """How much a step did. A step that fails is logged and keeps no other from running."""
    try:
        return step()
    except Exception:
        log.exception("due_work_failed", step=step.__name__)
        return None
