"""The whole system in processes of its own: web, worker and beat on a fresh database, with a broker
and a mail server.

    with System(folder) as system:
        page.goto(system.url)
        system.sink.wait_for(1)
        system.move_to(moment)             # the clock of all processes
        system.manage("create_hr_admin", "hr@example.com")

Only the machine's Postgres is shared (a database of its own is made on it); Valkey is its own. What
a killed run left behind in the same folder is stopped first. No pytest in here.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from mentoring import embedded, supervisor
from tests.smtp import SmtpSink, free_port

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
STOP_SECONDS = 15.0
LOG_LINES = 60


class SystemBrokenError(Exception):
    """The system did not start, or a program of it ended."""


class System:
    """One running installation.

    `folder` holds its logs, clock and Valkey; its name names the database.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sink = SmtpSink()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.clock_file = folder / "clock-offset"
        self.database = f"upstream_{folder.name}".replace("-", "_")
        self.server_url = os.environ["DATABASE_URL"]
        self.environment: dict[str, str] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> System:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- starting and stopping --------------------------------------------------------------------

    def start(self) -> None:
        """Everything up, the web answering and the worker's heartbeat seen."""
        supervisor.stop_leftovers(str(self.folder))
        embedded.stop_valkey(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.sink.start()
        self.environment = os.environ | {
            "DATABASE_URL": self.new_database(),
            "REDIS_URL": embedded.start_valkey(self.folder, options=["--save", ""]),
            "EMAIL_URL": self.sink.url,
            "BASE_URL": self.url,
            "CLOCK_FILE": str(self.clock_file),
            "VAR_DIR": str(self.folder),
            "BEAT_SECONDS": "1",
            "TESTING": "1",
            "LOG_LEVEL": "INFO",
            "DJANGO_SETTINGS_MODULE": "tests.e2e.real_settings",
            "PYTHONUNBUFFERED": "1",
            supervisor.MARK: str(self.folder),
        }
        self.manage("migrate", "--verbosity", "0")
        self.manage("createcachetable")
        for name, command in self.commands().items():
            self.run(name, command)
        self.wait(
            lambda: self.status("/healthz") == http.client.OK,
            "the health page says that all is well",
        )

    def commands(self) -> dict[str, list[str]]:
        """As the demo's and the image's: web, worker, beat."""
        celery = ["-m", "celery", "--quiet", "--app", "mentoring"]
        web = [
            "-m",
            "gunicorn",
            "mentoring.wsgi:application",
            "--bind",
            f"127.0.0.1:{self.port}",
            "--workers",
            "1",
        ]
        web += [
            "--threads",
            "8",
            "--graceful-timeout",
            "3",
            "--no-control-socket",
            "--log-level",
            "warning",
        ]
        worker = [
            *celery,
            "worker",
            "--concurrency",
            "2",
            "--without-gossip",
            "--without-mingle",
            "--loglevel",
            "INFO",
        ]
        beat = [
            *celery,
            "beat",
            "--schedule",
            str(self.folder / "beat"),
            "--pidfile=",
            "--loglevel",
            "WARNING",
        ]
        # Celery warns root at each start
        quiet = ["-W", "ignore:You're running the worker"]
        return {"web": web, "worker": [*quiet, *worker], "beat": beat}

    def run(self, name: str, words: list[str]) -> None:
        """Start one program; its log is NAME.log."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *words],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self) -> None:
        """Nothing of it is left, except the logs."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # a session that this object has started
            process.wait(5)
        self.processes = {}
        self.sink.stop()
        embedded.stop_valkey(self.folder)
        shutil.rmtree(embedded.runtime_dir(self.folder), ignore_errors=True)
        self.drop_database()

    # --- the database -----------------------------------------------------------------------------

    def new_database(self) -> str:
        """The address of an empty database on the tests' server."""
        self.drop_database()
        with psycopg.connect(self.server_url, dbname="postgres", autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.database)))
        return urlunsplit(urlsplit(self.server_url)._replace(path=f"/{self.database}"))

    def drop_database(self) -> None:
        """Whoever is still connected is cut off."""
        with psycopg.connect(self.server_url, dbname="postgres", autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                    sql.Identifier(self.database)
                )
            )

    # --- what a test does with it -----------------------------------------------------------------

    def manage(self, *words: str) -> str:
        """`manage.py WORDS`; what it printed. SystemBrokenError when it fails."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemBrokenError(f"manage.py {' '.join(words)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def move_to(self, moment: datetime) -> None:
        """From now on all processes believe that it is `moment` (aware)."""
        draft = self.clock_file.with_suffix(".draft")
        draft.write_text(str((moment - datetime.now(UTC)).total_seconds()), encoding="ascii")
        draft.replace(self.clock_file)

    def now(self) -> datetime:
        """What all processes believe it is."""
        offset = (
            float(self.clock_file.read_text(encoding="ascii")) if self.clock_file.exists() else 0.0
        )
        return datetime.now(UTC) + timedelta(seconds=offset)

    def status(self, path: str) -> int:
        """The status of a page, 0 while nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def wait(self, until: Callable[[], bool], what: str, seconds: float = START_SECONDS) -> None:
        """Until something is so; SystemBrokenError when a program has ended or it takes too
        long.
        """
        end = time.monotonic() + seconds
        while not until():
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise SystemBrokenError(
                        f"{name} ended with status {process.returncode}.\n{self.logs()}"
                    )
            if time.monotonic() > end:
                raise SystemBrokenError(
                    f"Waited {seconds:.0f} s in vain until {what}.\n{self.logs()}"
                )
            time.sleep(0.1)

    def logs(self) -> str:
        """The end of each program's log."""
        told = []
        for path in sorted(self.folder.glob("*.log")):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:]
            told.append("\n".join([f"--- {path.name} ---", *lines]))
        return "\n".join(told)
