"""The worker's tasks. What there is to do is in Postgres, and each task may run twice."""

from __future__ import annotations

from celery import shared_task

from common import background
from notifications.delivery import health, sender

ROUND_SECONDS = 30.0
SENDERS = 2  # threads of one round


@shared_task(ignore_result=True)
def send_due() -> None:
    """Send everything that is due; beat asks for it every minute.

    A long round ends early and enqueues the next one, so that other tasks run in between.
    """
    if sender.send_due(seconds=ROUND_SECONDS, threads=SENDERS)["unfinished"]:
        background.enqueue("notifications.tasks.send_due")


@shared_task(ignore_result=True)
def deliver(message_id: int) -> None:
    """Send this one message, if it is due and nobody else is sending it."""
    sender.deliver(message_id)


@shared_task(ignore_result=True)
def heartbeat() -> None:
    """Record that beat asks and a worker answers."""
    health.beat()
