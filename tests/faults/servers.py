"""Faults of Valkey and Postgres."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time

from mentoring import embedded
from tests.faults.catalogue import POSTGRES
from tests.faults.crowd import TAKEN, Crowd
from tests.faults.ledger import Tally
from tests.faults.site import InVainError, Site

BATCH = 40
RESTARTS = 3
FLUSHES = 5
HUNG_SECONDS = 8.0
PATIENCE_SECONDS = 3.0  # a page must not wait longer


def _begin(site: Site) -> Crowd:
    """A worker in the middle of a batch."""
    crowd = Crowd(site)
    site.sink.delay = 0.05
    crowd.put(BATCH)
    site.worker(2)
    site.beat()
    crowd.wait_for(5)
    return crowd


def valkey_restart(site: Site) -> Tally:
    """Stopped in the middle of a batch, and started without any of its data; more fell due
    meanwhile.

    Twice.
    """
    crowd = _begin(site)
    for _ in range(2):
        embedded.stop_valkey(site.folder)
        site.settle()  # so that no round of before sends what comes now
        crowd.put(BATCH)
        time.sleep(1)
        site.start_valkey()
        with contextlib.suppress(InVainError):  # the ledger finds what is missing
            crowd.wait_for(len(crowd.due) - BATCH // 2)
    return crowd.tally()


def valkey_flush(site: Site) -> Tally:
    """Everything is gone from it: four times in the middle of a batch, and once with a bell that no
    worker has heard yet.
    """
    crowd = _begin(site)
    for number in range(1, FLUSHES):
        crowd.wait_for(number * BATCH // 5)
        site.flush_valkey()
    site.settle()
    site.end_worker()
    crowd.put(BATCH)
    site.flush_valkey()
    site.worker(2)
    return crowd.tally()


def valkey_hang(site: Site) -> Tally:
    """It keeps its connections and answers nothing; more fell due meanwhile."""
    crowd = _begin(site)
    assert site.hang_valkey(hung=True) == 1
    site.settle()
    started = time.monotonic()
    crowd.put(BATCH)
    taken = time.monotonic() - started
    time.sleep(max(HUNG_SECONDS - taken, 0))
    site.hang_valkey(hung=False)
    tally = crowd.tally()
    if taken > PATIENCE_SECONDS:
        tally.problems.append(f"Whoever put the messages into the outbox waited for {taken:.1f} s.")
    return tally


def postgres_restart(site: Site) -> Tally:
    """`pg_ctl stop -m immediate`, each time when the mail server has a mail and has not yet said
    so; then it starts again.
    """
    # As in production, the lease outlasts the wait for a database that restarts (COMMIT_PAUSES):
    # with a shorter one a mail whose outcome is not written yet would be sent by somebody else.
    site.environment["FAULTS_LEASE_SECONDS"] = "20"
    crowd = Crowd(site)
    site.sink.delay = 0.05
    crowd.put(BATCH)
    stopped = threading.Event()
    left = iter(range(RESTARTS))

    def stop(step: str, _address: str, _port: int) -> None:
        if (
            step == TAKEN
            and not stopped.is_set()
            and crowd.arrived % 8 == 0
            and next(left, None) is not None
        ):
            pid_file = site.postgres / "postgres" / "postmaster.pid"
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGQUIT)
            stopped.set()

    site.sink.on_step = stop
    site.worker(2)
    site.beat()
    for _ in range(RESTARTS):
        site.wait(stopped.is_set, "a mail is taken")
        time.sleep(0.5)
        embedded.start_postgres(site.postgres, options=POSTGRES)
        stopped.clear()
    return crowd.tally()
