"""Everything that may go wrong while messages are sent, caused for real: killed workers, hung
brokers, broken mail servers.

    python scripts/faults.py [--only NAME ...] [--quick] [--jobs 2]
    python scripts/faults.py --self-check    against senders that are broken on purpose

For each fault a row: how many messages were due, sent, missed (visibly, as their point was lost),
of unknown fate (visibly), lost and duplicated; "excused" is how many second copies the promise
allows, because the mail server had accepted the mail when the talk was cut. Counted at the mail
server, by Message-ID and by address, and in the database. Exit status 1 unless nothing is lost, and
nothing duplicated beyond the excused ones, which carry the same Message-ID.

Starts a Postgres of its own under var/faults; each fault has a database, a Valkey, a mail server,
workers and beat to itself.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mentoring import embedded, supervisor  # noqa: E402 - needs the path above
from tests.faults.catalogue import FAULTS, POSTGRES  # noqa: E402

TEMPLATE = "faults_template"
LONGEST = 480  # seconds that one fault may take, on a machine that does other things too
COLUMNS = ("due", "sent", "missed", "unknown", "lost", "duplicated", "excused")
SELF_CHECKS = [(name, broken) for name, fault in FAULTS.items() for broken in fault.breaks]


@dataclass(frozen=True)
class Run:
    """One fault to cause, perhaps against a broken sender."""

    name: str
    broken: str = ""
    quick: bool = False

    @property
    def label(self) -> str:
        """For the table."""
        return f"{self.name} ({self.broken})" if self.broken else FAULTS[self.name].title


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=FAULTS,
        help="this fault alone; may be given several times",
    )
    parser.add_argument("--quick", action="store_true", help="fewer kills, fewer nights")
    parser.add_argument("--jobs", type=int, default=2, help="faults at a time")
    parser.add_argument(
        "--self-check",
        action="store_true",
        help="with broken senders, each of which must be noticed",
    )
    parser.add_argument(
        "--logs", action="store_true", help="show the programs' logs of faults that show something"
    )
    given = parser.parse_args()
    names = given.only or list(FAULTS)
    if given.self_check:
        runs = [Run(name, broken, quick=True) for name, broken in SELF_CHECKS if name in names]
    else:
        runs = [Run(name, quick=given.quick) for name in names]
    with own_folder() as folder:
        results = Bench(folder, logs=given.logs).run(runs, given.jobs)
    # a fault that could not be carried through has noticed nothing
    good = [result["held"] != given.self_check and not result["crashed"] for result in results]
    bad = [run for run, fine in zip(runs, good, strict=True) if not fine]
    print(verdict(len(runs), bad, self_check=given.self_check))
    return 1 if bad else 0


def verdict(number: int, bad: list[Run], *, self_check: bool) -> str:
    """The last line."""
    if not bad:
        return (
            f"All {number} broken senders were noticed."
            if self_check
            else f"The promise held in all {number} faults."
        )
    names = ", ".join(run.label for run in bad)
    return f"NOT NOTICED: {names}." if self_check else f"THE PROMISE DID NOT HOLD: {names}."


@contextlib.contextmanager
def own_folder() -> Iterator[Path]:
    """var/faults, or one beside it while another run is using that; nothing of it is left."""
    for folder in (ROOT / "var" / "faults", ROOT / "var" / f"faults-{os.getpid()}"):
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock, contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            embedded.stop_postgres(folder)
            try:
                yield folder
            finally:
                embedded.stop_postgres(folder)
                shutil.rmtree(embedded.runtime_dir(folder), ignore_errors=True)
                shutil.rmtree(folder, ignore_errors=True)
            return
    raise SystemExit("No folder under var/ could be claimed.")


class Bench:
    """The Postgres of all runs, and the faults one after the other, or side by side."""

    def __init__(self, folder: Path, *, logs: bool) -> None:
        self.folder = folder
        self.logs = logs
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "REDIS_URL", "FAULTS_BREAK"}
        }
        self.environment |= embedded.new_secrets() | {
            "TESTING": "1",
            "FAULTS_POSTGRES": str(folder),
        }
        self.environment["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"
        self.server = ""

    def run(self, runs: list[Run], jobs: int) -> list[dict[str, Any]]:
        """The tallies, in the order of `runs`."""
        self.prepare()
        print(
            f"{'fault':50}" + "".join(f"{name:>11}" for name in COLUMNS) + f"{'seconds':>9}",
            flush=True,
        )
        done: dict[int, dict[str, Any]] = {}
        together = [number for number, run in enumerate(runs) if not FAULTS[run.name].alone]
        with ThreadPoolExecutor(jobs) as pool:
            done |= zip(
                together,
                pool.map(lambda number: self.cause(number, runs[number]), together),
                strict=True,
            )
        for number, run in enumerate(runs):
            if number not in done:
                done[number] = self.cause(number, run)
        return [done[number] for number in range(len(runs))]

    def prepare(self) -> None:
        """A server with one database that has all tables."""
        shutil.rmtree(self.folder / "postgres", ignore_errors=True)
        self.server = embedded.start_postgres(self.folder, name=TEMPLATE, options=POSTGRES)
        environment = self.environment | {
            "DATABASE_URL": self.server,
            "REDIS_URL": "redis://127.0.0.1:1/0",
        }
        for words in (["migrate", "--verbosity", "0"], ["createcachetable"]):
            subprocess.run(
                [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True
            )

    def cause(self, number: int, run: Run) -> dict[str, Any]:
        """One fault in a process of its own; its tally."""
        folder = self.folder / f"{number}"
        folder.mkdir()
        name = f"faults_{number}"
        with psycopg.connect(self.server, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        url = urlunsplit(urlsplit(self.server)._replace(path=f"/{name}"))
        command = [sys.executable, "-W", "ignore", "-m", "tests.faults", run.name, str(folder), url]
        environment = self.environment | ({"FAULTS_BREAK": run.broken} if run.broken else {})
        started = time.monotonic()
        child = subprocess.Popen(
            [*command, *(["--quick"] if run.quick else [])],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            out, err = child.communicate(timeout=LONGEST)
            result = json.loads(out.splitlines()[-1])
        except (subprocess.TimeoutExpired, ValueError, IndexError) as error:
            os.killpg(child.pid, signal.SIGKILL)
            err = child.communicate()[1]
            problem = f"no tally: {type(error).__name__}\n{err}"
            result = {
                "held": False,
                "crashed": True,
                "problems": [problem],
                "seconds": round(time.monotonic() - started, 1),
            }
        finally:
            supervisor.stop_leftovers(str(folder))
            embedded.stop_valkey(folder)
        self.show(run, result, err)
        return result

    def show(self, run: Run, result: dict[str, Any], logs: str) -> None:
        """The row, and what is wrong."""
        figures = result | {"excused": result.get("allowed", "?")}
        row = (
            f"{run.label:50}"
            + "".join(f"{figures.get(name, '?'):>11}" for name in COLUMNS)
            + f"{result['seconds']:>9}"
        )
        if not result["held"]:
            some = result["problems"][: 3 if run.broken else 20]
            row += "".join(f"\n    {problem}" for problem in some)
            row += f"\n{logs}" if self.logs or not run.broken else ""
        print(row, flush=True)


if __name__ == "__main__":
    sys.exit(main())
