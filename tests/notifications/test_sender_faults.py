"""Mail servers and senders that die half-way: what is resent, how often, and what stays unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from accounts.models import User
from common import clock
from notifications import kinds, outbox
from notifications.delivery import outcomes, sender
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from tests.notifications.conftest import KIND, NUDGE, declare, put
from tests.smtp import DIE_AFTER_TAKING, DIE_BEFORE_TAKING, SmtpSink
from tests.support.types import At

MINUTE = timedelta(minutes=1)


def again(message: OutboxMessage) -> OutboxMessage:
    message.refresh_from_db()
    return message


def later(at: At, delta: timedelta) -> None:
    at(clock.now() + delta)


@pytest.mark.parametrize(("ending", "copies"), [(DIE_BEFORE_TAKING, 1), (DIE_AFTER_TAKING, 2)])
def test_server_dies_after_the_mail_unknown_then_resent_once(
    person: User, smtp_sink: SmtpSink, at: At, ending: str, copies: int
) -> None:
    smtp_sink.on_data = lambda _address: ending
    message = put(person)
    assert sender.send_due() == {"unknown": 1}
    assert again(message).state == MessageState.UNKNOWN
    smtp_sink.on_data = lambda _address: ""
    later(at, MINUTE)
    assert sender.send_due() == {"sent": 1}
    assert again(message).state == MessageState.SENT
    assert smtp_sink.copies() == {message.message_id: copies}


def test_server_dies_twice_and_it_stays_unknown(person: User, smtp_sink: SmtpSink, at: At) -> None:
    smtp_sink.on_data = lambda _address: DIE_AFTER_TAKING
    message = put(person)
    sender.send_due()
    later(at, MINUTE)
    assert sender.send_due() == {"unknown": 1}
    later(at, timedelta(hours=2))
    assert sender.send_due() == {}
    assert (again(message).state, message.text, message.resend_allowed) == (
        MessageState.UNKNOWN,
        "",
        False,
    )
    assert smtp_sink.copies() == {message.message_id: 2}


def test_resending_that_is_put_off_is_tried_again(
    person: User, smtp_sink: SmtpSink, at: At
) -> None:
    smtp_sink.on_data = lambda _address: DIE_BEFORE_TAKING
    message = put(person)
    sender.send_due()
    smtp_sink.on_data = lambda _address: "451 later"
    later(at, MINUTE)
    assert sender.send_due() == {"put_off": 1}
    assert again(message).state == MessageState.UNKNOWN
    smtp_sink.on_data = lambda _address: ""
    later(at, timedelta(minutes=2))
    assert sender.send_due() == {"sent": 1}


def test_nudge_of_unknown_fate_is_not_resent(person: User, smtp_sink: SmtpSink, at: At) -> None:
    smtp_sink.on_data = lambda _address: DIE_AFTER_TAKING
    message = put(person, kind=NUDGE)
    assert sender.send_due() == {"unknown": 1}
    later(at, timedelta(hours=2))
    assert sender.send_due() == {}
    assert (again(message).state, message.text) == (MessageState.UNKNOWN, "")


def test_unknown_message_past_its_point_stays_unknown(
    person: User, smtp_sink: SmtpSink, at: At
) -> None:
    smtp_sink.on_data = lambda _address: DIE_AFTER_TAKING
    message = put(person, expires_at=clock.now() + timedelta(hours=1))
    sender.send_due()
    later(at, timedelta(hours=2))
    assert sender.send_due() == {}
    assert (again(message).state, message.resend_allowed, message.text) == (
        MessageState.UNKNOWN,
        False,
        "",
    )


def test_cancelled_message_of_unknown_fate_is_not_resent(
    person: User, smtp_sink: SmtpSink, at: At
) -> None:
    smtp_sink.on_data = lambda _address: DIE_AFTER_TAKING
    message = put(person, "a:1")
    sender.send_due()
    outbox.cancel(key_prefix="a:")
    later(at, MINUTE)
    assert sender.send_due() == {}
    assert again(message).state == MessageState.UNKNOWN


def expire_lease(message: OutboxMessage) -> None:
    OutboxMessage.objects.filter(pk=message.pk).update(lease_until=Now() - timedelta(seconds=1))


def test_reaper_leaves_a_living_sender_alone(person: User) -> None:
    message = put(person)
    assert sender.claim() is not None
    assert sender.claim() is None
    assert sender.reap() == 0
    assert again(message).state == MessageState.LEASED


def test_moving_the_clock_takes_no_lease_from_a_living_sender(person: User, at: At) -> None:
    put(person)
    sender.claim()
    later(at, timedelta(days=3))
    assert sender.reap() == 0


def test_sender_died_before_the_dialog_and_the_message_is_sent(
    person: User, smtp_sink: SmtpSink
) -> None:
    message = put(person)
    sender.claim()
    expire_lease(message)
    assert sender.send_due() == {"reaped": 1, "sent": 1}
    assert smtp_sink.copies() == {message.message_id: 1}


def test_sender_died_in_the_dialog_and_the_message_is_resent_once(
    person: User, smtp_sink: SmtpSink
) -> None:
    message = put(person)
    for _ in range(2):
        claimed = sender.claim()
        assert claimed is not None
        assert sender.begin_dialog(claimed)
        expire_lease(message)
        assert sender.reap() == 1
        assert again(message).state == MessageState.UNKNOWN
    assert (message.resend_allowed, message.text) == (False, "")
    assert sender.send_due() == {}


def test_sender_died_before_resending_and_it_is_still_resent(
    person: User, smtp_sink: SmtpSink
) -> None:
    message = put(person)
    claimed = sender.claim()
    assert claimed is not None
    sender.begin_dialog(claimed)
    expire_lease(message)
    sender.reap()
    assert sender.claim() is not None
    expire_lease(message)
    assert sender.send_due() == {"reaped": 1, "sent": 1}


def test_sender_of_a_nudge_died_in_the_dialog_and_it_is_not_resent(
    person: User, smtp_sink: SmtpSink
) -> None:
    message = put(person, kind=NUDGE)
    claimed = sender.claim()
    assert claimed is not None
    sender.begin_dialog(claimed)
    expire_lease(message)
    assert sender.send_due() == {"reaped": 1}
    assert (again(message).state, message.text) == (MessageState.UNKNOWN, "")


@pytest.mark.parametrize("killed", [False, True])
def test_the_only_reminder_of_its_kind_is_resent_once(
    person: User, smtp_sink: SmtpSink, at: At, monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    declare(NUDGE, nudges=1)
    message = put(person, kind=NUDGE)
    if killed:
        claimed = sender.claim()
        assert claimed is not None
        sender.begin_dialog(claimed)
        expire_lease(message)
        sender.reap()
    else:
        smtp_sink.on_data = lambda _address: DIE_AFTER_TAKING
        assert sender.send_due() == {"unknown": 1}
        smtp_sink.on_data = lambda _address: ""
    assert (again(message).state, message.resend_allowed) == (MessageState.UNKNOWN, True)
    later(at, MINUTE)
    assert sender.send_due() == {"sent": 1}
    assert set(smtp_sink.copies()) == {message.message_id}


def test_sender_that_comes_back_late_changes_nothing(person: User, smtp_sink: SmtpSink) -> None:
    message = put(person)
    slow = sender.claim()
    assert slow is not None
    expire_lease(message)
    assert sender.send_due() == {"reaped": 1, "sent": 1}
    assert not sender.begin_dialog(slow)
    assert outcomes.finish(slow, MessageState.FAILED) == "lost_lease"
    assert outcomes.put_off(slow, "late") == "lost_lease"
    assert outcomes.uncertain(slow, "late") == "lost_lease"
    assert again(message).state == MessageState.SENT


@pytest.mark.parametrize("kind", [KIND, NUDGE])
def test_lease_that_ends_while_the_reaper_works_is_not_taken_for_a_talk(
    person: User, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    message = put(person, kind=kind)
    assert sender.claim() is not None
    OutboxMessage.objects.filter(pk=message.pk).update(resend_allowed=False)
    keys_where = kinds.keys_where

    def slow(condition: Any) -> list[str]:
        expire_lease(message)
        return keys_where(condition)

    with monkeypatch.context() as patched:
        patched.setattr(kinds, "keys_where", slow)
        assert sender.reap() == 0
    assert again(message).state == MessageState.LEASED
    assert sender.send_due() == {"reaped": 1, "sent": 1}


def test_address_that_cannot_be_written_ends_no_round(person: User, smtp_sink: SmtpSink) -> None:
    broken = put(person, "1", address=f"mara@{'x' * 70}.example")
    put(person, "2")
    assert sender.send_due() == {"put_off": 1, "sent": 1}
    assert (again(broken).state, broken.dialog_at) == (MessageState.QUEUED, None)
