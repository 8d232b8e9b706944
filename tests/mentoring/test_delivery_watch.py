"""HR admins are told once that messages do not go out, and once that they do again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from common import clock
from mentoring.workflows.delivery_watch import LATE, WELL, watch_delivery
from notifications import inbox, outbox, sender
from notifications.enums import Channel, MessageState
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.smtp import SmtpSink, free_port

pytestmark = pytest.mark.django_db
At = Callable[[datetime], None]


@pytest.fixture
def hr() -> User:
    return UserFactory(is_hr_admin=True, email="hr@example.com")


@pytest.fixture
def stuck(hr: User) -> OutboxMessage:
    """A message to somebody who is no HR admin."""
    message = outbox.enqueue(
        recipient=UserFactory(), kind="accounts.address_confirmed", subject="s", text="t", dedupe_key="stuck"
    )
    assert message is not None
    return message


def told(kind: str = LATE, **fields: Any) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(kind=kind, **fields))


def later(at: At, minutes: float) -> None:
    at(clock.now() + timedelta(minutes=minutes))


def test_nothing_waits_and_nobody_is_told(hr: User) -> None:
    assert watch_delivery() == 0
    assert told() == []


def test_one_alarm_however_often_it_is_looked_at(hr: User, stuck: OutboxMessage, at: At) -> None:
    UserFactory(is_hr_admin=True)
    UserFactory(is_hr_admin=True, is_active=False)
    later(at, 14)
    assert watch_delivery() == 0
    later(at, 2)
    assert watch_delivery() == 2
    assert {row.channel for row in told()} == {Channel.INBOX, Channel.EMAIL}
    assert "16 minutes" in told()[0].text
    for _ in range(3):
        later(at, 30)
        assert watch_delivery() == 0
    assert len(told()) == 4


def test_all_clear_comes_once_and_another_time_is_told_anew(hr: User, stuck: OutboxMessage, at: At) -> None:
    later(at, 16)
    watch_delivery()
    OutboxMessage.objects.filter(pk=stuck.pk).update(state=MessageState.CANCELLED, text="")
    assert watch_delivery() == 1
    assert watch_delivery() == 0
    assert {row.channel for row in told(WELL)} == {Channel.INBOX, Channel.EMAIL}
    OutboxMessage.objects.update(state=MessageState.CANCELLED, text="", html="")
    outbox.enqueue(recipient=hr, kind="accounts.address_confirmed", subject="s", text="t", dedupe_key="again")
    later(at, 16)
    assert watch_delivery() == 1
    assert len(told()) == 4


def test_between_calm_and_late_nothing_changes(hr: User, stuck: OutboxMessage, at: At) -> None:
    later(at, 10)
    assert watch_delivery() == 0
    later(at, 6)
    assert watch_delivery() == 1
    OutboxMessage.objects.filter(pk=stuck.pk).update(due_at=clock.now() - timedelta(minutes=10))
    assert watch_delivery() == 0
    assert told(WELL) == []


def test_the_alarms_own_mails_do_not_keep_it_up(hr: User, stuck: OutboxMessage, at: At) -> None:
    later(at, 16)
    watch_delivery()
    OutboxMessage.objects.filter(pk=stuck.pk).update(state=MessageState.CANCELLED, text="")
    later(at, 60)
    assert watch_delivery() == 1, "the all-clear"


def test_inbox_has_it_while_the_mail_server_is_away(hr: User, stuck: OutboxMessage, at: At, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    later(at, 16)
    watch_delivery()
    sender.send_due()
    (shown,) = inbox.messages_of(hr)
    assert (shown.kind, shown.channel) == (LATE, Channel.INBOX)
    assert inbox.unread_count(hr) == 1
    with SmtpSink() as sink:
        for name, value in sink.settings().items():
            setattr(settings, name, value)
        later(at, 10)
        sender.send_due()
        assert watch_delivery() == 1
        sender.send_due()
        assert [mail.subject for mail in sink.to("hr@example.com")][-1] == "Messages are going out again"
    assert [row.kind for row in inbox.messages_of(hr)] == [WELL, LATE], "each once, by whichever way it went"


def test_alarm_that_was_stuck_is_not_mailed_after_the_all_clear(hr: User, stuck: OutboxMessage, at: At) -> None:
    later(at, 16)
    watch_delivery()
    OutboxMessage.objects.filter(pk=stuck.pk).update(state=MessageState.CANCELLED, text="")
    watch_delivery()
    sender.send_due()
    states = {(row.channel, row.state) for row in told()}
    assert states == {(Channel.INBOX, MessageState.SENT), (Channel.EMAIL, MessageState.CANCELLED)}


def test_its_link_opens_without_signing_in(hr: User, stuck: OutboxMessage, at: At, client: Client) -> None:
    later(at, 16)
    watch_delivery()
    sender.send_due()
    assert inbox.open_message(told(channel=Channel.INBOX)[0]).endswith("/healthz")
