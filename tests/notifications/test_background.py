"""Enqueueing: a broker that is away or hangs must not break a page or hold it up."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from kombu.pools import reset

from accounts.models import User
from common import background
from mentoring import embedded
from mentoring.celery import app
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.notifications.conftest import REAL_RING, put
from tests.smtp import free_port


@pytest.fixture(autouse=True)
def broker(bell: list[Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`broker(url)`: publish there."""
    monkeypatch.setattr(background, "enqueue", REAL_RING)
    monkeypatch.setattr(background, "_paused_until", 0.0)
    before = app.conf.broker_url

    def use(url: str) -> None:
        app.conf.broker_url = app.conf.broker_write_url = url

    yield use
    app.conf.broker_url = app.conf.broker_write_url = before
    reset()


def quiet(monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the process keeps quiet now; the quiet time is then over."""
    was = background._paused_until > time.monotonic()
    monkeypatch.setattr(background, "_paused_until", 0.0)
    return was


@pytest.mark.django_db(transaction=True)
def test_broker_that_is_down_breaks_nothing_and_takes_no_time(broker: Any) -> None:
    broker(f"redis://127.0.0.1:{free_port()}/0")
    person: User = UserFactory()
    started = time.monotonic()
    with transaction.atomic():
        for number in range(50):
            put(person, str(number))
    assert time.monotonic() - started < 2
    assert OutboxMessage.objects.count() == 50


@pytest.mark.broad
@pytest.mark.django_db(transaction=True)
def test_broker_that_hangs_holds_up_one_request_for_a_second(broker: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        broker(f"redis://127.0.0.1:{server.getsockname()[1]}/0")
        person: User = UserFactory()
        started = time.monotonic()
        with transaction.atomic():
            for number in range(50):
                put(person, str(number))
        assert time.monotonic() - started < 3
    assert OutboxMessage.objects.count() == 50


@pytest.mark.slow
def test_broker_that_comes_back_is_used_again(
    broker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = embedded.start_valkey(tmp_path, options=["--save", ""])
    broker(url)
    try:
        assert background.enqueue("notifications.tasks.deliver", 1)
        embedded.stop_valkey(tmp_path)
        assert not background.enqueue("notifications.tasks.deliver", 2)
        assert quiet(monkeypatch)
        embedded.start_valkey(tmp_path, options=["--save", ""])
        assert background.enqueue("notifications.tasks.deliver", 3)
        with app.connection_for_write() as connection:
            assert connection.default_channel.client.llen("mail") == 1
    finally:
        embedded.stop_valkey(tmp_path)


@pytest.mark.django_db(transaction=True)
def test_a_failed_transaction_enqueues_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[Any] = []
    monkeypatch.setattr(background, "enqueue", lambda *args: rung.append(args))
    with pytest.raises(RuntimeError), transaction.atomic():
        background.enqueue_on_commit("notifications.tasks.send_due")
        raise RuntimeError
    assert rung == []
    with transaction.atomic():
        background.enqueue_on_commit("notifications.tasks.send_due")
    assert len(rung) == 1
