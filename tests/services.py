"""A pytest plugin that gives the tests a Postgres, a Valkey and secrets, unless the environment
already names them.

Loaded by `-p tests.services`, so that it comes before pytest-django reads the settings. The
controller starts the servers and stops them; xdist's workers inherit their addresses and take a
Redis database each. Nothing of an earlier run counts: servers that a killed one left behind are
stopped and their data is thrown away.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from pathlib import Path
from typing import IO

import pytest

from mentoring import embedded

ROOT = Path(__file__).resolve().parent.parent
REDIS_DATABASES = 16
# After a power cut the data may be lost; no test needs it.
FAST_AND_UNSAFE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


class Services:
    """The servers of one run, in a folder that is theirs alone."""

    def __init__(self) -> None:
        self.lock: IO[str] | None = None
        self.folder: Path | None = None

    def claim(self) -> Path:
        """var/test, or a folder beside it while another run is using that."""
        for folder in (ROOT / "var" / "test", ROOT / "var" / f"test-{os.getpid()}"):
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / "lock").open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                continue
            self.lock, self.folder = lock, folder
            return folder
        raise pytest.UsageError("No folder for the test services could be claimed under var/.")

    def start(self) -> None:
        """Put the addresses of fresh servers into the environment."""
        folder = self.claim()
        self.stop_servers()
        for data in ("postgres", "valkey"):
            shutil.rmtree(folder / data, ignore_errors=True)
        if not os.environ.get("DATABASE_URL"):
            os.environ["DATABASE_URL"] = embedded.start_postgres(folder, options=FAST_AND_UNSAFE)
        if not os.environ.get("REDIS_URL"):
            os.environ["REDIS_URL"] = embedded.start_valkey(folder, options=["--save", ""])

    def stop_servers(self) -> None:
        """Stop what runs on this folder's data, whoever started it."""
        assert self.folder is not None
        embedded.stop_postgres(self.folder)
        embedded.stop_valkey(self.folder)

    def stop(self) -> None:
        """Stop the servers; does nothing when none was started."""
        if self.folder is None:
            return
        self.stop_servers()
        if self.folder.name != "test":
            shutil.rmtree(self.folder, ignore_errors=True)
            shutil.rmtree(embedded.runtime_dir(self.folder), ignore_errors=True)
        self.folder = None
        if self.lock:
            self.lock.close()


SERVICES = Services()


def redis_url_of(worker: str, url: str) -> str:
    """The address with the database number of an xdist worker such as "gw1", counted on from the
    number in `url`.

    Works for redis://host/0 and for redis+socket:///path?virtual_host=0.
    """
    pattern = r"(?<=virtual_host=)\d+" if "virtual_host=" in url else r"(?<=[^/]/)\d+(?=$|\?)"
    found = re.search(pattern, url)
    if found is None:
        raise pytest.UsageError(
            "REDIS_URL needs a database number, as in redis://localhost:6379/0."
        )
    number = (int(found[0]) + int(worker.removeprefix("gw"))) % REDIS_DATABASES
    return url[: found.start()] + str(number) + url[found.end() :]


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """The earliest moment of a run that can still fail in words."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ["REDIS_URL"] = redis_url_of(worker, os.environ["REDIS_URL"])
        return
    os.environ["TESTING"] = "1"
    os.environ.setdefault("VAR_DIR", str(ROOT / "var" / "test"))
    for name, value in embedded.new_secrets().items():
        os.environ.setdefault(name, value)
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return
    try:
        SERVICES.start()
    except embedded.EmbeddedError as error:
        SERVICES.stop()
        raise pytest.UsageError(str(error)) from error


def pytest_unconfigure() -> None:
    """After the last test, and after Ctrl-C."""
    SERVICES.stop()
