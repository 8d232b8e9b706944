"""`DEMO=1 manage.py demo`, or `make demo`: the application with invented people, until Ctrl-C."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

from mentoring import embedded
from mentoring.demo import database
from mentoring.supervisor import (
    Supervisor,
    check_port,
    interrupt_on_signals,
    only_one,
    stop_leftovers,
)

WEB = (
    "gunicorn mentoring.wsgi:application --workers 2 --threads 4 --graceful-timeout 5 "
    "--no-control-socket --log-level warning"
)
CELERY = "celery --quiet --app mentoring"
WORKER = f"{CELERY} worker --concurrency 2 --without-gossip --without-mingle --loglevel INFO"
BEAT = f"{CELERY} beat --pidfile= --loglevel WARNING"


class Command(BaseCommand):
    """Runs Postgres, Valkey, web, worker and beat until a signal."""

    help = "Run the demo: embedded Postgres and Valkey, web, worker and beat, with invented people."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *_args: Any, **_options: Any) -> None:
        require_demo()
        self.var = Path(settings.VAR_DIR).absolute()
        self.own_postgres = not os.environ.get("DATABASE_URL")
        self.own_valkey = not os.environ.get("REDIS_URL")
        interrupt_on_signals()
        run_dir = embedded.make_folders(self.var)
        with only_one(run_dir / "demo.lock"):
            self.prepare_start()
            try:
                self.run(run_dir)
            except KeyboardInterrupt:
                self.say("Stopped before the start was complete; the next start continues it.")
                sys.exit(130)
            finally:
                self.stop_servers()

    def prepare_start(self) -> None:
        """Stop what a killed demo has left behind; end if another program uses the port."""
        if count := stop_leftovers(str(self.var)):
            self.say(f"Stopped {count} processes that a killed demo had left behind.")
        check_port(settings.DEMO_HOST, settings.DEMO_PORT)

    def run(self, run_dir: Path) -> None:
        """Everything between the start of the servers and the signal that ends the demo."""
        self.start_servers()
        self.say("Bringing the database and the demo company up to date ...")
        sign_ins = prepare(self.say)
        log = self.var / "demo.log"
        log.write_bytes(b"")
        supervisor = Supervisor(programs(run_dir), str(self.var), log, self.say)
        supervisor.run(ready=web_listens, on_ready=lambda: self.announce(sign_ins, log))

    def start_servers(self) -> None:
        """Start those servers that the environment does not name."""
        self.say("Starting Postgres and Valkey ...")
        if self.own_postgres:
            embedded.start_postgres(self.var)
        if self.own_valkey:
            embedded.start_valkey(self.var)

    def announce(self, sign_ins: str, log: Path) -> None:
        """Who the visitor can be, and where to look; nothing but problems is printed after this."""
        self.say(f"\n{sign_ins}\n")
        self.say(f"Upstream is running at {settings.BASE_URL}")
        self.say(f"All mail can be read at {settings.BASE_URL}/demo/mail/")
        self.say(f"What the programs say is in {log}")
        self.say("Ctrl-C stops it.")

    def stop_servers(self) -> None:
        """Stop the servers that this demo has started or adopted."""
        self.say("Stopping ...")
        if self.own_valkey:
            embedded.stop_valkey(self.var)
        if self.own_postgres:
            embedded.stop_postgres(self.var)
        self.say("Stopped. The data is kept in var/; 'make demo' goes on with it.")

    def say(self, text: str) -> None:
        """Print at once. A closed terminal, or a reader such as `head`, must not end the demo."""
        with contextlib.suppress(OSError, ValueError):
            self.stdout.write(text)
            self.stdout.flush()


def require_demo() -> None:
    """End with a sentence unless this is a demo."""
    if not settings.DEMO:
        sys.exit(
            "The demo makes up people and shows everyone's mail: it runs only with DEMO=1 in "
            "the environment."
        )


def programs(run_dir: Path) -> dict[str, list[str]]:
    """Web, worker and beat; through this Python, so that no PATH matters."""
    commands = {
        "web": [*shlex.split(WEB), "--bind", f"{settings.DEMO_HOST}:{settings.DEMO_PORT}"],
        "worker": shlex.split(WORKER),
        "beat": [*shlex.split(BEAT), "--schedule", str(run_dir / "beat-schedule")],
    }
    return {name: [sys.executable, "-m", *command] for name, command in commands.items()}


def prepare(say: Callable[[str], None]) -> str:
    """Bring tables, static files and the invented company up to date; returns the sign-ins."""
    database.bring_up_to_date(say)
    call_command("createcachetable", verbosity=0)
    collect_static()
    sign_ins = io.StringIO()
    call_command("seed_demo", stdout=sign_ins)
    connections.close_all()
    return sign_ins.getvalue()


def collect_static() -> None:
    """Hash and compress the static files if one is newer than the last time."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists() or manifest.stat().st_mtime < static_changed_at():
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)


def static_changed_at() -> float:
    """When a static file was last changed, in seconds since 1970."""
    changes = []
    for folder in settings.STATICFILES_DIRS:
        changes += [path.stat().st_mtime for path in Path(folder).rglob("*")]
    return max(changes)


def web_listens() -> bool:
    """Whether the web program accepts requests."""
    with socket.socket() as connection:
        return connection.connect_ex((settings.DEMO_HOST, settings.DEMO_PORT)) == 0
