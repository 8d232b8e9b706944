"""The minute's round: everything that has come due is found here by queries; see docs/architecture.md."""

from celery import shared_task


@shared_task
def find_due_work() -> None:
    """Open and close survey rounds, queue reminders, take up work whose doorbell was lost. Running it twice changes nothing."""
