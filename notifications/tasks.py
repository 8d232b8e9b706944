"""The worker's part: doorbells. What there is to do stands in Postgres, and each task may run twice."""

from __future__ import annotations

from celery import shared_task

from notifications import health, sender


@shared_task(ignore_result=True)
def send_due() -> None:
    """Send everything that is due; beat asks for it every minute."""
    sender.send_due()


@shared_task(ignore_result=True)
def deliver(message_id: int) -> None:
    """Send this one message, if it is due and nobody else is sending it."""
    sender.deliver(message_id)


@shared_task(ignore_result=True)
def heartbeat() -> None:
    """Write down that beat asks and a worker answers."""
    health.beat()
