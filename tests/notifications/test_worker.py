"""The real thing: a Celery worker and beat in processes of their own, a real broker, a real SMTP
server.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.models import User
from common import background
from notifications.delivery import health
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.notifications import worker_kinds
from tests.notifications.conftest import REAL_RING, declare, put
from tests.smtp import SmtpSink

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def real_bell(bell: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """This test wants the broker."""
    monkeypatch.setattr(background, "enqueue", REAL_RING)
    monkeypatch.setattr(background, "_paused_until", 0.0)
    declare(worker_kinds.KIND, label="From the worker", link=lambda message: "")


@pytest.fixture
def anna(transactional_db: None) -> User:
    return UserFactory(email="anna@example.com")


def database_url() -> str:
    """The address of the test database."""
    values = connection.settings_dict
    name, user, password = (
        quote(str(values[key]), safe="") for key in ("NAME", "USER", "PASSWORD")
    )
    host, port = quote(str(values["HOST"]), safe=""), values["PORT"]
    return f"postgresql://{user}:{password}@/{name}?host={host}" + (f"&port={port}" if port else "")


@contextmanager
def worker(sink: SmtpSink, folder: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """`celery worker` on the test's database, broker, clock and mail server, until the block
    ends.
    """
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "REDIS_URL": django_settings.REDIS_URL,
        "EMAIL_URL": sink.url,
        "CLOCK_FILE": django_settings.CLOCK_FILE,
        "BEAT_SECONDS": "1",
        "LOG_LEVEL": "WARNING",
    }
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "celery",
        "-A",
        "mentoring",
        "worker",
        "-l",
        "WARNING",
    ]
    command += [
        "--without-gossip",
        "--without-mingle",
        "-I",
        "tests.notifications.worker_kinds",
        *options,
    ]
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            stop(process, signal.SIGTERM)


def stop(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal the worker and all its children; wait until it is gone."""
    if process.poll() is None:
        os.killpg(process.pid, number)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def wait(until: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def test_enqueued_message_leaves_through_a_real_worker(anna: User, tmp_path: Path) -> None:
    with SmtpSink() as sink, worker(sink, tmp_path, "-c", "1"):
        with transaction.atomic():
            message = put(anna, kind=worker_kinds.KIND, text="Go:\n[[link]]", data={"id": 42})
        sink.wait_for(1, 40)
        wait(lambda: OutboxMessage.objects.get().state == MessageState.SENT)
        assert sink.copies() == {message.message_id: 1}
        assert "https://upstream.example/42" in sink.messages[0].text


def test_beat_finds_what_nobody_enqueued_and_shows_signs_of_life(
    anna: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "enqueue", lambda *_: False)
    message = put(anna, kind=worker_kinds.KIND)
    assert health.heartbeat_age() is None
    with SmtpSink() as sink, worker(sink, tmp_path, "-c", "1", "-B", "-s", str(tmp_path / "beat")):
        sink.wait_for(1, 40)
        wait(lambda: health.heartbeat_age() is not None)
        age = health.heartbeat_age()
        assert age is not None and age < timedelta(seconds=10)
    assert sink.copies() == {message.message_id: 1}


def test_killed_worker_loses_nothing_and_doubles_at_most_the_one_it_was_sending(
    anna: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "enqueue", lambda *_: False)
    messages = [put(anna, str(number), kind=worker_kinds.KIND) for number in range(12)]
    beat = ("-c", "1", "-B", "-s", str(tmp_path / "beat"))
    with SmtpSink(delay=0.2) as sink:
        with worker(sink, tmp_path, *beat) as process:
            sink.wait_for(4, 40)
            stop(process, signal.SIGKILL)
        OutboxMessage.objects.filter(state=MessageState.LEASED).update(
            lease_until=Now() - timedelta(seconds=1)
        )
        with worker(sink, tmp_path, *beat):
            wait(lambda: not OutboxMessage.objects.exclude(state=MessageState.SENT).exists(), 60)
        copies = sink.copies()
    assert set(copies) == {message.message_id for message in messages}
    assert sum(copies.values()) - len(messages) in {0, 1}
