"""An installation for one fault: a database and a Valkey of its own, a mail server, workers and
beats that can be killed.

The process that does the damage is itself a part of the installation: it stands for the web, which
puts messages into the outbox and rings.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import django
import psutil
from redis import Redis

from mentoring import embedded, supervisor
from tests.smtp import SmtpSink

ROOT = Path(__file__).resolve().parents[2]
SETTLE_SECONDS, QUICK_SECONDS = 90.0, 30.0
LOG_LINES = 40

Program = subprocess.Popen[bytes]


class InVainError(Exception):
    """Something that was waited for did not come."""


class Site:
    """`folder` holds logs, clock and Valkey.

    `database` is an address with all tables and nobody in it.
    """

    def __init__(self, folder: Path, database: str, *, quick: bool = False) -> None:
        self.folder = folder
        self.database = database
        self.quick = quick
        self.postgres = Path(os.environ["FAULTS_POSTGRES"])  # the folder of the server
        self.sink = SmtpSink()
        self.workers: list[Program] = []
        self.beats: list[Program] = []
        self.environment: dict[str, str] = {}

    def __enter__(self) -> Site:
        self.sink.start()
        os.environ |= {
            "DATABASE_URL": self.database,
            "REDIS_URL": self.start_valkey(),
            "EMAIL_URL": self.sink.url,
            "CLOCK_FILE": str(self.folder / "clock-offset"),
            "VAR_DIR": str(self.folder),
            "BEAT_SECONDS": "1",
            "TESTING": "1",
            "LOG_LEVEL": "INFO",
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "PYTHONUNBUFFERED": "1",
        }
        self.environment = os.environ | {supervisor.MARK: str(self.folder)}
        django.setup()
        from tests.faults import kinds  # noqa: F401 - registers the kinds in this process too

        return self

    def __exit__(self, *_: object) -> None:
        for program in [*self.beats, *self.workers]:
            kill(program)
        self.sink.stop()
        self.hang_valkey(hung=False)
        embedded.stop_valkey(self.folder)
        shutil.rmtree(embedded.runtime_dir(self.folder), ignore_errors=True)

    # --- programs ---------------------------------------------------------------------------------

    def worker(self, processes: int = 1) -> Program:
        """One more worker."""
        words = [
            "worker",
            "--concurrency",
            str(processes),
            "--hostname",
            f"w{len(self.workers)}-{time.monotonic_ns()}@%h",
        ]
        words += [
            "--without-gossip",
            "--without-mingle",
            "--loglevel",
            "INFO",
            "--include",
            "tests.faults.kinds",
        ]
        self.workers.append(self._run("worker", words))
        return self.workers[-1]

    def end_worker(self) -> None:
        """The oldest worker ends in good order."""
        program = self.workers.pop(0)
        program.terminate()
        program.wait(30)

    def beat(self) -> Program:
        """One more beat."""
        words = [
            "beat",
            "--schedule",
            str(self.folder / f"beat{len(self.beats)}"),
            "--pidfile=",
            "--loglevel",
            "WARNING",
        ]
        self.beats.append(self._run("beat", words))
        return self.beats[-1]

    def _run(self, log: str, words: list[str]) -> Program:
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "celery",
            "--quiet",
            "--app",
            "mentoring",
            *words,
        ]
        with (self.folder / f"{log}.log").open("ab") as stream:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def worker_at(self, port: int) -> Program | None:
        """The worker that talks with the mail server from this port."""
        return next((worker for worker in self.workers if port in self.ports_of(worker)), None)

    def ports_of(self, worker: Program) -> list[int]:
        """The ports from which a worker and its children talk with the mail server."""
        ports = []
        with contextlib.suppress(psutil.Error):
            leader = psutil.Process(worker.pid)
            for process in [leader, *leader.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    ports += [
                        one.laddr.port
                        for one in process.net_connections("tcp")
                        if one.raddr
                        and one.raddr.port == self.sink.port
                        and one.status == psutil.CONN_ESTABLISHED
                    ]
        return ports

    # --- servers ----------------------------------------------------------------------------------

    def start_valkey(self) -> str:
        """An empty one, under the same address as before."""
        return embedded.start_valkey(self.folder, options=["--save", ""])

    def flush_valkey(self) -> None:
        """Everything in it is gone."""
        assert Redis(unix_socket_path=str(self._socket)).flushall()

    def hang_valkey(self, *, hung: bool) -> int:
        """It keeps its connections and answers nothing, or goes on; how many processes that
        were.
        """
        found = 0
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if "valkey-server" in process.name() and str(self._socket) in " ".join(
                    process.cmdline()
                ):
                    process.send_signal(signal.SIGSTOP if hung else signal.SIGCONT)
                    found += 1
        return found

    @property
    def _socket(self) -> Path:
        return embedded.runtime_dir(self.folder) / "valkey.sock"

    # --- time -------------------------------------------------------------------------------------

    def move_to(self, moment: datetime) -> None:
        """From now on all processes believe that it is `moment`."""
        from common import clock

        clock.move_to(moment)

    def wait(self, until: Callable[[], Any], what: str, seconds: float | None = None) -> None:
        """Until something is so.

        A database that is away answers later. InVainError when it takes too long.
        """
        from django.db import InterfaceError, OperationalError, connection

        seconds = seconds or (QUICK_SECONDS if self.quick else SETTLE_SECONDS)
        end = time.monotonic() + seconds
        while True:
            try:
                if until():
                    return
            except (OperationalError, InterfaceError):
                connection.close()
            if time.monotonic() > end:
                raise InVainError(f"Waited {seconds:.0f} s in vain until {what}.")
            time.sleep(0.05)

    def settle(self) -> None:
        """Until nothing that is due waits any more, or for so long that the ledger shall find what
        still does.
        """
        from common import clock
        from notifications.models import OutboxMessage

        waiting = OutboxMessage.objects.waiting() | OutboxMessage.objects.filter(state="leased")
        with contextlib.suppress(InVainError):
            self.wait(
                lambda: not waiting.filter(due_at__lte=clock.now()).exists(), "all is settled"
            )

    def logs(self) -> str:
        """The end of each log."""
        told = []
        for path in sorted(self.folder.glob("*.log")):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:]
            told.append("\n".join([f"--- {path.name} ---", *lines]))
        return "\n".join(told)


def kill(program: Program) -> None:
    """SIGKILL to a program and its children, which we have started in a session of their own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait(10)
