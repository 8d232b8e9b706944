"""`DEMO=1 manage.py demo`: the whole application with invented people, until Ctrl-C.

`make demo` calls it.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from mentoring import embedded, supervisor

PREPARE_SECONDS = 900.0


class Command(BaseCommand):
    help = "Run the demo: embedded Postgres and Valkey, web, worker and beat, with invented people."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--prepare", action="store_true", help="only bring data and files up to date, then end"
        )

    def handle(self, *_args: Any, prepare: bool, **_options: Any) -> None:
        if not settings.DEMO:
            sys.exit(
                "The demo makes up people and shows everyone's mail: it runs only with DEMO=1 in "
                "the environment."
            )
        if prepare:
            prepare_data()
            return
        try:
            Demo(say=self._say).run()
        except (supervisor.SupervisorError, embedded.EmbeddedError) as error:
            sys.exit(str(error))
        except KeyboardInterrupt:
            self._say("Stopped before the start was complete; the next start goes on from here.")
            sys.exit(130)

    def _say(self, line: str) -> None:
        """One line at once; a reader that has gone away (`| head`, a closed terminal) must not end
        the demo.
        """
        try:
            self.stdout.write(line)
            self.stdout.flush()
        except (OSError, ValueError):
            return


class Demo:
    """One run of the demo, from the first check to the last server stopped."""

    def __init__(self, *, say: supervisor.Say) -> None:
        self.say = say
        self.var = Path(settings.VAR_DIR).absolute()
        self.host = os.environ.get("HOST") or "127.0.0.1"
        self.port = port_number(os.environ.get("PORT") or "8000")
        self.address = os.environ.get("BASE_URL") or f"http://localhost:{self.port}"
        self.own_postgres = not os.environ.get("DATABASE_URL")
        self.own_valkey = not os.environ.get("REDIS_URL")

    def run(self) -> None:
        """Blocks until a signal.

        Raises SupervisorError or EmbeddedError with a sentence, KeyboardInterrupt on early Ctrl-C.
        """
        signal.signal(signal.SIGTERM, interrupt)
        signal.signal(signal.SIGHUP, interrupt)
        run_dir = embedded.make_folders(self.var)
        with supervisor.only_one(run_dir / "demo.lock"):
            if count := supervisor.stop_leftovers(str(self.var)):
                self.say(f"Stopped {count} processes that a killed demo had left behind.")
            supervisor.check_port(self.host, self.port)
            try:
                self.start_servers()
                self.prepare()
                programs = supervisor.Supervisor(
                    self.programs(run_dir), mark=str(self.var), say=self.say
                )
                programs.run(ready=self.web_answers, on_ready=self.announce)
            finally:
                self.stop_servers()

    def start_servers(self) -> None:
        """Postgres and Valkey, unless the environment names others; the programs get the
        addresses.
        """
        if self.own_postgres:
            self.say("Starting Postgres ...")
            os.environ["DATABASE_URL"] = embedded.start_postgres(self.var)
        if self.own_valkey:
            self.say("Starting Valkey ...")
            os.environ["REDIS_URL"] = embedded.start_valkey(self.var)
        os.environ["BASE_URL"] = self.address
        os.environ["VAR_DIR"] = str(self.var)

    def stop_servers(self) -> None:
        """A second Ctrl-C must not cut this short."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self.say("Stopping ...")
        if self.own_valkey:
            embedded.stop_valkey(self.var)
        if self.own_postgres:
            embedded.stop_postgres(self.var)
        self.say("Stopped. The data is kept in var/; 'make demo' goes on with it.")

    def prepare(self) -> None:
        """Migrations, the invented company, static files: in a process that already sees the
        addresses.
        """
        self.say("Bringing the database and the demo company up to date ...")
        command = [sys.executable, "manage.py", "demo", "--prepare"]
        with subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env={**os.environ, supervisor.MARK: str(self.var)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as process:
            try:
                output = self.follow(process)
            except BaseException:
                process.terminate()
                raise
        if process.returncode:
            if "No space left on device" in output:
                raise embedded.EmbeddedError(
                    "The disk is full: the demo's data could not be written."
                )
            raise embedded.EmbeddedError(
                "The demo's data could not be prepared: see the lines above."
            )

    def follow(self, process: subprocess.Popen[str]) -> str:
        """Pass the lines on as they come; all of them at the end."""
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            self.say(f"setup  | {line.rstrip()}")
        process.wait(PREPARE_SECONDS)
        return "".join(lines)

    def programs(self, run_dir: Path) -> list[supervisor.Program]:
        """Web, worker, beat; each through this Python, so that no PATH matters."""
        celery = [sys.executable, "-m", "celery", "--quiet", "--app", "mentoring"]
        web = [
            sys.executable,
            "-m",
            "gunicorn",
            "mentoring.wsgi:application",
            "--bind",
            f"{self.host}:{self.port}",
        ]
        web += [
            "--workers",
            "2",
            "--threads",
            "4",
            "--graceful-timeout",
            "5",
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
            str(run_dir / "beat-schedule"),
            "--pidfile=",
            "--loglevel",
            "WARNING",
        ]
        # Celery warns root at each start; the demo's worker reads JSON alone, which is what the
        # warning is about.
        quiet = {"PYTHONWARNINGS": "ignore:You're running the worker"}
        return [
            supervisor.Program("web", web),
            supervisor.Program("worker", worker, quiet),
            supervisor.Program("beat", beat),
        ]

    def web_answers(self) -> bool:
        """Whether the web program answers at all, be it that the worker is not up yet."""
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host  # noqa: S104 - compared, not bound
        connection = http.client.HTTPConnection(host, self.port, timeout=10)
        try:
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            return connection.getresponse().status > 0
        except OSError:
            return False
        finally:
            connection.close()

    def announce(self) -> None:
        """The address, and whom one can be."""
        self.say("")
        for line in sign_ins_file().read_text(encoding="utf-8").splitlines():
            self.say(f"  {line}")
        self.say("")
        self.say(f"  Upstream is running at {self.address}")
        self.say("  Ctrl-C stops it.")
        self.say("")


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """TERM ends the start-up as Ctrl-C does."""
    raise KeyboardInterrupt


def port_number(text: str) -> int:
    """SupervisorError when it is none."""
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise supervisor.SupervisorError(
        f"PORT ({text!r}) is wrong: expected a whole number from 1 to 65535."
    )


def sign_ins_file() -> Path:
    """What seed_demo printed at the last start."""
    return Path(settings.VAR_DIR) / "demo-sign-ins.txt"


def prepare_data() -> None:
    """Everything that a start needs done; each step does nothing when there is nothing to do."""
    call_command("migrate", interactive=False, verbosity=1 if sys.stdout.isatty() else 0)
    call_command("createcachetable", verbosity=0)
    collect_static()
    said = io.StringIO()
    call_command("seed_demo", stdout=said)
    sign_ins_file().write_text(said.getvalue(), encoding="utf-8")


def collect_static() -> None:
    """Hash and compress the static files when one has changed since the last time."""
    total = hashlib.sha256()
    for folder in settings.STATICFILES_DIRS:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                total.update(str(path).encode() + b"\0" + path.read_bytes())
    stamp = Path(settings.STATIC_ROOT).parent / "staticfiles.stamp"
    if not (
        stamp.exists()
        and stamp.read_text() == total.hexdigest()
        and Path(settings.STATIC_ROOT).exists()
    ):
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(total.hexdigest())
