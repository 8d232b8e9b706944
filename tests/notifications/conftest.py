"""What the tests of notifications share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import notifications.kinds
from accounts.models import User
from common import background
from notifications import outbox
from notifications.delivery import sender
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.smtp import SmtpSink

KIND, NUDGE, LINKED = "tests.news", "tests.nudge", "tests.linked"
REAL_RING = background.enqueue


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three kinds of messages that exist in these tests alone."""
    monkeypatch.setattr(notifications.kinds, "_kinds", dict(notifications.kinds._kinds))
    monkeypatch.setattr(sender, "_away_until", 0.0)
    declare(KIND, label="News")
    declare(NUDGE, label="Nudge", nudges=2)
    declare(
        LINKED,
        label="Something to open",
        link=lambda m: f"https://upstream.example/{m.data['id']}?a=1&b=2",
    )


@pytest.fixture(autouse=True)
def bell(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What would have been published; the tests that want the real broker undo this."""
    rung: list[tuple[Any, ...]] = []
    monkeypatch.setattr(
        background, "enqueue", lambda task, *args: bool(rung.append((task, *args))) or True
    )
    return rung


def declare(key: str, **fields: Any) -> None:
    """Declare a kind of the tests, or change some fields of it."""
    notifications.kinds.register(replace(notifications.kinds.find(key), **fields))


@pytest.fixture
def person(db: None) -> User:
    return UserFactory(email="mara@example.com", name="Mara Example")


def put(recipient: User, key: str = "key", **fields: Any) -> OutboxMessage:
    """A message in the outbox."""
    values = {
        "kind": KIND,
        "subject": f"About {key}",
        "text": f"Text of {key}",
        "html": f"<p>{key}</p>",
    } | fields
    message = outbox.enqueue(recipient=recipient, dedupe_key=key, **values)
    assert message is not None
    return message


@pytest.fixture
def sent(person: User, smtp_sink: SmtpSink) -> OutboxMessage:
    """A message that the mail server has accepted."""
    message = put(person)
    assert sender.send_due() == {"sent": 1}
    message.refresh_from_db()
    return message
