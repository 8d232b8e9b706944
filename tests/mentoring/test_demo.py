"""The demo itself: `manage.py demo` on a folder of its own, as a stranger would start and stop
it.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mentoring import embedded, supervisor
from tests.smtp import free_port

ROOT = Path(__file__).resolve().parents[2]
FIRST_START_SECONDS, SECOND_START_SECONDS = 180.0, 20.0


class Demo:
    """One demo on its own data; each start writes to a fresh log."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = free_port()
        self.log = var.parent / "output.txt"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        dropped = {"DATABASE_URL", "REDIS_URL", "TESTING", "BASE_URL", "CLOCK_FILE"}
        dropped |= set(embedded.new_secrets())
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        told = {"DEMO": "1", "VAR_DIR": str(self.var), "PORT": str(self.port)}
        with self.log.open("wb") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo"],
                cwd=ROOT,
                env=kept | told,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )
        return self.process

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until_it_says(self, words: str, seconds: float) -> None:
        assert self.process is not None
        end = time.monotonic() + seconds
        while words not in self.output():
            assert self.process.poll() is None, self.output()
            assert time.monotonic() < end, self.output()
            time.sleep(0.1)

    def wait_until_the_log_has(self, words: str, seconds: float) -> None:
        end = time.monotonic() + seconds
        while words not in (self.var / "demo.log").read_text(errors="replace"):
            assert time.monotonic() < end
            time.sleep(0.1)

    def status(self, path: str) -> int:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=20)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status

    def stop_everything(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        supervisor.stop_leftovers(str(self.var))
        embedded.stop_valkey(self.var)
        embedded.stop_postgres(self.var)


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Demo]:
    running = Demo(tmp_path / "v")
    yield running
    running.stop_everything()


@pytest.mark.slow
def test_the_demo_starts_survives_a_kill_and_leaves_nothing_behind(one: Demo) -> None:
    process = one.start()
    one.wait_until_it_says(
        f"Upstream is running at http://localhost:{one.port}", FIRST_START_SECONDS
    )
    assert "@" in one.output(), "the sign-ins"
    assert f"http://localhost:{one.port}/demo/mail/" in one.output()
    said = one.output()
    assert one.status("/") in {200, 302}
    assert one.status("/demo/mail/") in {200, 302}
    assert one.status("/static/vendor/no-such-file.css") == 404
    one.wait_until_the_log_has("ready.", 30)
    assert one.output() == said, "quiet after the sign-ins"

    process.kill()
    process.wait()
    process = one.start()
    one.wait_until_it_says("Upstream is running at", SECOND_START_SECONDS)
    assert "that a killed demo had left behind" in one.output()

    process.send_signal(signal.SIGTERM)
    assert process.wait(40) == 0
    assert one.output().rstrip().endswith("'make demo' goes on with it.")
    assert supervisor.stop_leftovers(str(one.var)) == 0
    assert not embedded.stop_postgres(one.var)
    assert not embedded.stop_valkey(one.var)


@pytest.mark.broad
def test_a_taken_port_ends_in_one_sentence(one: Demo) -> None:
    with socket.create_server(("127.0.0.1", one.port)):
        assert one.start().wait(60) == 1
    lines = one.output().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"Port {one.port} cannot be used")


@pytest.mark.broad
def test_a_wrong_port_is_said() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        env={**os.environ, "DEMO": "1", "PORT": "65536"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "PORT ('65536') is wrong: expected a whole number from 1 to 65535." in done.stderr


@pytest.mark.broad
def test_without_demo_in_the_environment_it_refuses() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        env={**os.environ, "DEMO": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The demo makes up people")
