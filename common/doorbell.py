"""Telling the worker that there is something to do.

Postgres knows it already, so a bell that nobody hears loses nothing.
"""

from __future__ import annotations

import time
from typing import Any

import structlog
from django.db import transaction
from kombu.pools import producers

log = structlog.get_logger(__name__)

# how long a process does not ring again after the broker was away, so that no page waits twice
QUIET_SECONDS = 30.0
_quiet_until = 0.0

# Celery's own publishing waits six seconds for a broker that is down and longer for one that hangs.
# A page must not.
IMPATIENT = {
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
    "max_retries": 1,
    "interval_start": 0,
    "interval_max": 0.1,
}


def ring_on_commit(task: Any, *args: Any) -> None:
    """Publish a Celery task with these arguments (ids) once the present transaction has been
    committed.

    Never raises: when the broker is away, beat finds the work by its query within a minute.
    """
    transaction.on_commit(lambda: ring(task, *args), robust=True)


def ring(task: Any, *args: Any) -> bool:
    """Publish now; whether the broker took it.

    Waits for a second at most, and not again within QUIET_SECONDS.
    """
    global _quiet_until  # noqa: PLW0603 - one switch of the process
    if time.monotonic() < _quiet_until:
        return False
    try:
        connection = task.app.connection_for_write(transport_options=IMPATIENT)
        with producers[connection].acquire(block=True, timeout=1) as producer:
            task.apply_async(args=args, producer=producer, retry=False)
    except Exception as error:  # noqa: BLE001 - kombu's, redis' and the operating system's errors share no base
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("broker_away", task=task.name, error=type(error).__name__)
        return False
    return True
