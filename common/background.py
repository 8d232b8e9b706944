"""Enqueueing Celery tasks, by name.

Postgres knows the work already, and the minute's round finds it there: a task that could not be
enqueued loses nothing.
"""

from __future__ import annotations

import time
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu.pools import producers

log = structlog.get_logger(__name__)

# After a broker failure, this process does not try again for so long, so that no page waits twice.
PAUSE_SECONDS = 30.0
_paused_until = 0.0

# Celery's own publishing waits six seconds for a broker that is down, and longer for one that
# hangs. A page must not.
IMPATIENT = {
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
    "max_retries": 1,
    "interval_start": 0,
    "interval_max": 0.1,
}


def enqueue_on_commit(task: str, *args: Any) -> None:
    """Enqueue a task, named as "app.tasks.function", once the transaction has been committed.

    The arguments are ids. Never raises.
    """
    transaction.on_commit(lambda: enqueue(task, *args), robust=True)


def enqueue(task: str, *args: Any) -> bool:
    """Enqueue a task now. Return whether the broker accepted it.

    Waits for a second at most, and after a failure not again within PAUSE_SECONDS.
    """
    global _paused_until  # noqa: PLW0603 - one switch per process
    if time.monotonic() < _paused_until:
        return False

    try:
        connection = current_app.connection_for_write(transport_options=IMPATIENT)
        with producers[connection].acquire(block=True, timeout=1) as producer:
            current_app.send_task(task, args=args, producer=producer, retry=False)
    except Exception as error:  # noqa: BLE001 - kombu's, redis' and system errors share no base
        _paused_until = time.monotonic() + PAUSE_SECONDS
        log.warning("broker_away", task=task, error=type(error).__name__)
        return False
    return True
