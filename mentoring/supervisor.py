"""Keeps programs running until a signal stops it: the demo's web, worker and beat.

Each program has a session of its own, so that Ctrl-C reaches the supervisor alone. All programs
carry a mark in their environment, by which the next start finds what a killed supervisor left.
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

import psutil  # production lacks it

MARK = "UPSTREAM_SUPERVISED_BY"
STOP_SECONDS = 15.0
POLL_SECONDS = 0.2
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0  # a program that ran this long is started again after the shortest pause
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt_on_signals() -> None:
    """The first signal raises KeyboardInterrupt; no other one cuts the stopping short."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in SIGNALS:
        signal.signal(number, interrupt)


def check_port(host: str, port: int) -> None:
    """End with a sentence if no program could listen there."""
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise SystemExit(
            f"Port {port} cannot be used ({reason}): stop the program that uses it, or choose "
            f"another port, as in 'PORT={port + 1} make demo'."
        ) from error


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the process; ends with a sentence if another process holds it."""
    with path.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("It is running already: stop that one first.") from None
        yield


def stop_leftovers(mark: str) -> int:
    """Stop all processes that carry the mark, and return how many there were."""
    found = _processes_with(mark)
    for end in (psutil.Process.terminate, psutil.Process.kill):
        for process in found:
            with contextlib.suppress(psutil.Error):
                end(process)
        psutil.wait_procs(found, timeout=STOP_SECONDS)
    return len(found)


def _processes_with(mark: str) -> list[psutil.Process]:
    """All other processes that carry the mark in their environment."""
    found = []
    for process in psutil.process_iter(["environ"]):
        environment = process.info["environ"] or {}
        if environment.get(MARK) == mark and process.pid != os.getpid():
            found.append(process)
    return found


def _next_pause(pause: float, ran_for: float) -> float:
    """Seconds until the next start of a program, after the last pause and the seconds it ran."""
    return 1.0 if ran_for > STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE)


@dataclass
class Supervisor:
    """Runs programs by their names, starts those again that end, and stops all.

    Their output goes to `log`. `mark` must differ between installations on one machine.
    """

    programs: Mapping[str, Sequence[str]]
    mark: str
    log: Path
    say: Callable[[str], None]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self, *, ready: Callable[[], bool], on_ready: Callable[[], None]) -> None:
        """Run until KeyboardInterrupt. Calls `on_ready` once, when `ready` is true."""
        threads = [
            threading.Thread(target=self._keep_running, args=program, daemon=True)
            for program in self.programs.items()
        ]
        try:
            for thread in threads:
                thread.start()
            while not ready():
                time.sleep(POLL_SECONDS)
            on_ready()
            while True:
                signal.pause()
        except KeyboardInterrupt:
            pass
        finally:
            self._stop(threads)

    def _keep_running(self, name: str, command: Sequence[str]) -> None:
        """Run one program again and again; the pauses grow while it ends soon after its start."""
        pause = 0.5
        while not self.stopping.is_set():
            started = time.monotonic()
            reason = self._run_once(name, command)
            if self.stopping.is_set():
                return

            pause = _next_pause(pause, time.monotonic() - started)
            self.say(f"{name} ended ({reason}) and is started again in {pause:.0f} s.")
            self.stopping.wait(pause)

    def _run_once(self, name: str, command: Sequence[str]) -> str:
        """Run one program until it ends, and return how it ended."""
        process = self._start(command)
        self.processes[name] = process
        status = process.wait()
        if not self.stopping.is_set():
            # What is left of its children would be in the way.
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
        return f"signal {-status}" if status < 0 else f"exit status {status}"

    def _stop(self, threads: Sequence[threading.Thread]) -> None:
        """Ask all programs to end, and stop what is left after a while."""
        self.stopping.set()
        for process in list(self.processes.values()):
            process.terminate()  # gunicorn and Celery end their own children
        for thread in threads:
            thread.join(STOP_SECONDS)
        stop_leftovers(self.mark)

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                env={**os.environ, MARK: self.mark, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
