"""The supervisor with trivial programs, as a real process that gets real signals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from mentoring import supervisor

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]

# A program with a child of its own, as gunicorn and Celery have; both write their pid.
PROGRAM = """
import os, pathlib, subprocess, sys, time
folder = pathlib.Path(sys.argv[1])
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
(folder / f"pid-{os.getpid()}").touch()
(folder / f"pid-{child.pid}").touch()
print("hello from the program", flush=True)
time.sleep(600)
"""

SUPERVISOR = """
import os, pathlib, sys
from mentoring import supervisor
folder = pathlib.Path(sys.argv[1])
say = lambda line: print(line, flush=True)
with supervisor.only_one(folder / "lock"):
    if count := supervisor.stop_leftovers(str(folder)):
        say(f"leftovers: {count}")
    command = [sys.executable, str(folder / "program.py"), str(folder)]
    supervisor.interrupt_on_signals()
    log = folder / "log.txt"
    one = supervisor.Supervisor({"one": command}, mark=str(folder), log=log, say=say)
    one.run(ready=lambda: True, on_ready=lambda: say("ready"))
say("stopped")
"""


class Trial:
    """A supervisor process with its output in a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "program.py").write_text(PROGRAM)
        (folder / "supervisor.py").write_text(SUPERVISOR)
        self.log = folder / "output.txt"
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as stream:
            process = subprocess.Popen(
                [sys.executable, str(self.folder / "supervisor.py"), str(self.folder)],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def output(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def programs_log(self) -> str:
        path = self.folder / "log.txt"
        return path.read_text() if path.exists() else ""

    def pids(self) -> set[int]:
        return {int(path.name.removeprefix("pid-")) for path in self.folder.glob("pid-*")}

    def alive(self) -> set[int]:
        return {
            pid
            for pid in self.pids()
            if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"
        }


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    one = Trial(tmp_path)
    yield one
    for process in one.processes:
        if process.poll() is None:
            process.kill()
        process.wait()
    supervisor.stop_leftovers(str(tmp_path))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_everything(trial: Trial, number: signal.Signals) -> None:
    process = trial.start()
    wait_for(lambda: len(trial.alive()) == 2 and "hello" in trial.programs_log())
    process.send_signal(number)
    assert process.wait(20) == 0
    assert not trial.alive()
    assert trial.programs_log() == "hello from the program\n"
    assert trial.output() == "ready\nstopped\n"


def test_a_killed_supervisor_recovers(trial: Trial) -> None:
    process = trial.start()
    wait_for(lambda: len(trial.alive()) == 2)
    first = trial.alive()
    process.kill()
    process.wait()
    assert trial.alive() == first, (
        "the programs outlive a killed supervisor; that is what the next start must mend"
    )
    second = trial.start()
    wait_for(lambda: len(trial.alive()) == 2 and not trial.alive() & first)
    assert "leftovers: 2" in trial.output()
    second.terminate()
    assert second.wait(20) == 0
    assert not trial.alive()


def test_a_dead_program_is_started_again(trial: Trial) -> None:
    process = trial.start()
    wait_for(lambda: len(trial.alive()) == 2)
    first = trial.alive()
    os.kill(min(first), signal.SIGKILL)
    wait_for(lambda: len(trial.alive() - first) == 2)
    assert "one ended (signal 9) and is started again in 1 s." in trial.output()
    assert not trial.alive() & first, "its child is gone too"
    process.terminate()
    assert process.wait(20) == 0


def test_a_second_one_is_refused(trial: Trial) -> None:
    trial.start()
    wait_for(lambda: len(trial.alive()) == 2)
    assert trial.start().wait(20) == 1
    assert "It is running already" in trial.output()
    assert len(trial.alive()) == 2


class Pauses:
    """In place of the event that stops: records the pauses, and stops after some."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.seen: list[float] = []

    def is_set(self) -> bool:
        return len(self.seen) == self.count

    def wait(self, seconds: float) -> None:
        self.seen.append(seconds)


def test_pauses_grow_and_are_forgotten(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said: list[str] = []
    durations = [1.0] * 7 + [supervisor.STEADY_SECONDS + 1]
    clock = iter([moment for seconds in durations for moment in (0.0, seconds)])
    monkeypatch.setattr(supervisor, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    one = supervisor.Supervisor({}, mark="m", log=tmp_path / "log.txt", say=said.append)
    one.stopping = pauses = Pauses(len(durations))  # type: ignore[assignment]
    one._keep_running("x", ["false"])
    assert pauses.seen == [1, 2, 4, 8, 16, 30, 30, 1]
    assert said[0] == "x ended (exit status 1) and is started again in 1 s."


def test_a_taken_port_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            SystemExit,
            match=f"Port {port} cannot be used .*PORT={port + 1} make demo",
        ):
            supervisor.check_port("127.0.0.1", port)
    supervisor.check_port("127.0.0.1", port)
