"""Keeps a few programs running until it is told to stop: the demo's web, worker and beat.

Each program runs in a session of its own, so that Ctrl-C reaches the supervisor alone, which then
stops them in order. All of them carry a mark in their environment. A supervisor that was killed
leaves them running; the next one finds them by the mark and stops them first. A pid file could not
tell them from a stranger with a recycled number; the mark can.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

MARK = "UPSTREAM_SUPERVISED_BY"
STOP_SECONDS = 15.0
POLL_SECONDS = 0.2
LONGEST_PAUSE = 30.0
STEADY_SECONDS = (
    60.0  # a program that ran this long starts again without the pauses of its earlier deaths
)

Say = Callable[[str], None]


class SupervisorError(Exception):
    """One sentence for the person at the terminal."""


@dataclass(frozen=True)
class Program:
    """What to run, under a short name for the log."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Running:
    """A program's present process, and when it may be started again after a death."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    next_start: float = 0.0


def check_port(host: str, port: int) -> None:
    """SupervisorError with a sentence when the port cannot be had."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As gunicorn will: connections of the run before that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SupervisorError(
                f"Port {port} cannot be used ({error.strerror}): stop the program that has it, "
                f"or choose another one, "
                f"as in 'PORT={port + 1} make demo'."
            ) from error


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold a lock that vanishes with the process; SupervisorError when another one holds it."""
    with path.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SupervisorError(
                "It is running already: see the other terminal, or stop that one first."
            ) from None
        yield


def stop_leftovers(mark: str) -> int:
    """Stop every process that carries the mark, as a killed supervisor leaves them; how many there
    were.
    """
    import psutil  # of the demo's packages, which production lacks

    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == mark:
                found.append(process)
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(found, timeout=STOP_SECONDS)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)
    return len(found)


class Supervisor:
    """Starts the programs in order, starts a dead one again, and stops all in reverse order.

    `mark` must differ between installations on one machine: the path of the data folder serves.
    """

    def __init__(self, programs: Sequence[Program], *, mark: str, say: Say) -> None:
        self.running = [Running(program) for program in programs]
        self.mark = mark
        self.say = say
        self.width = max((len(program.name) for program in programs), default=0)
        self.stopping = threading.Event()

    def run(
        self, *, ready: Callable[[], bool] | None = None, on_ready: Callable[[], None] | None = None
    ) -> None:
        """Keep the programs running until SIGINT, SIGTERM or SIGHUP, then stop them.

        Main thread only.

        `ready` is asked until it first says yes; then `on_ready` is called once.
        """
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._on_signal) for number in numbers}
        announced = on_ready is None
        try:
            while not self.stopping.is_set():
                for one in self.running:
                    self._look_after(one)
                if not announced and on_ready and (ready is None or ready()):
                    announced = True
                    on_ready()
                self.stopping.wait(POLL_SECONDS)
        finally:
            self.stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()

    def _look_after(self, one: Running) -> None:
        """Start what is not running, unless it has to wait."""
        now = time.monotonic()
        if one.process is not None:
            status = one.process.poll()
            if status is None:
                return
            _kill_group(
                one.process.pid, signal.SIGKILL
            )  # a dead parent's children would be in the way
            one.process = None
            steady = now - one.started > STEADY_SECONDS
            one.pause = 1.0 if steady or not one.pause else min(one.pause * 2, LONGEST_PAUSE)
            one.next_start = now + one.pause
            self.say(
                f"{one.program.name} ended ({_describe(status)}) and is started again in "
                f"{one.pause:.0f} s."
            )
        if now >= one.next_start:
            self._start(one)

    def _start(self, one: Running) -> None:
        environment = {
            **os.environ,
            **one.program.environment,
            MARK: self.mark,
            "PYTHONUNBUFFERED": "1",
        }
        one.started = time.monotonic()
        one.process = subprocess.Popen(
            list(one.program.command),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert one.process.stdout is not None
        threading.Thread(
            target=self._pass_on, args=(one.program.name, one.process.stdout), daemon=True
        ).start()

    def _pass_on(self, name: str, stream: IO[bytes]) -> None:
        """Every line with its program's name before it, until the program closes its output."""
        with stream:
            for line in stream:
                self.say(f"{name:<{self.width}} | {line.decode(errors='replace').rstrip()}")

    def stop(self) -> None:
        """Ask each program to end, the last one first; kill what does not within STOP_SECONDS."""
        self.stopping.set()
        for one in reversed(self.running):
            if one.process is None:
                continue
            # The leader alone: gunicorn and Celery end their own children in good order.
            with contextlib.suppress(ProcessLookupError):
                one.process.terminate()
        end = time.monotonic() + STOP_SECONDS
        for one in reversed(self.running):
            if one.process is None:
                continue
            try:
                one.process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{one.program.name} did not end by itself and is killed.")
            _kill_group(one.process.pid, signal.SIGKILL)
            one.process.wait()
            one.process = None


def _kill_group(leader: int, number: int) -> None:
    """Signal what is left of a session that we started; nothing may be."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def _describe(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit status {status}"
