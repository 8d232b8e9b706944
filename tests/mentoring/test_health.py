"""/healthz tells what is there and what is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from common import clock
from mentoring.celery import app
from notifications.delivery import health

pytestmark = pytest.mark.django_db


def test_healthz_with_everything_there(client: Client) -> None:
    health.beat()
    response = client.get("/healthz?strict=1")
    assert response.status_code == 200
    assert response.json() == {
        "healthy": True,
        "database": "ok",
        "worker": "ok",
        "messages": "ok",
        "redis": "ok",
    }


def test_healthz_without_a_worker_serves_and_says_so(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()["worker"]) == (200, "never seen")
    assert client.get("/healthz?strict=1").status_code == 503


@pytest.mark.broad
def test_healthz_with_redis_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    response = client.get("/healthz")
    assert (response.status_code, response.json()["redis"]) == (200, "away")


def test_healthz_tells_of_a_message_that_waits(client: Client) -> None:
    from notifications.models import OutboxMessage
    from tests.factories import UserFactory

    due = clock.now() - timedelta(minutes=20)
    fields: dict[str, Any] = {
        "kind": "feedback.told_us",
        "dedupe_key": "k",
        "subject": "s",
        "text": "t",
        "created_at": due,
    }
    OutboxMessage.objects.create(
        recipient=UserFactory(),
        due_at=due,
        try_at=due,
        expires_at=due + timedelta(days=1),
        **fields,
    )
    assert "waits for 12" in client.get("/healthz").json()["messages"]


def test_one_mailbox_that_puts_mail_off_is_well_while_others_get_theirs(client: Client) -> None:
    test_healthz_tells_of_a_message_that_waits(client)
    from notifications.models import OutboxMessage

    OutboxMessage.objects.update(last_error="450 4.2.0 greylisted", attempts=3)
    assert "waits for 12" in client.get("/healthz").json()["messages"]
    OutboxMessage.objects.create(
        recipient=OutboxMessage.objects.get().recipient,
        kind="feedback.told_us",
        dedupe_key="gone",
        expires_at=clock.now(),
        state="sent",
        sent_at=clock.now(),
    )
    assert client.get("/healthz").json()["messages"] == "ok"
