"""Sending, against a real SMTP server that answers, refuses, vanishes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from common import clock
from notifications import outbox, tasks
from notifications.delivery import health, outcomes, sender
from notifications.enums import Channel, MessageState
from notifications.models import OutboxMessage, SuppressedAddress
from notifications.preferences import suppression
from tests.factories import UserFactory
from tests.notifications.conftest import KIND, LINKED, NUDGE, declare, put
from tests.smtp import SmtpSink
from tests.support.types import At

MINUTE = timedelta(minutes=1)


def again(message: OutboxMessage) -> OutboxMessage:
    message.refresh_from_db()
    return message


def later(at: At, delta: timedelta) -> None:
    at(clock.now() + delta)


def test_message_arrives_once_with_its_headers(person: User, smtp_sink: SmtpSink) -> None:
    message = put(
        person,
        kind=LINKED,
        text="Go:\n[[link]]\n",
        html='<a href="[[link]]">Go</a>',
        data={"id": 5},
    )
    assert sender.send_due() == {"sent": 1}
    assert sender.send_due() == {}
    (mail,) = smtp_sink.messages
    assert mail.recipients == ["mara@example.com"]
    assert mail.message_id == message.message_id
    assert mail.mail["Auto-Submitted"] == "auto-generated"
    assert "https://upstream.example/5?a=1&b=2" in mail.text
    assert 'href="https://upstream.example/5?a=1&amp;b=2"' in mail.html
    assert "[[link]]" not in mail.text + mail.html


def test_body_is_wiped_after_sending(person: User, smtp_sink: SmtpSink) -> None:
    message = put(person, attachments=[outbox.Attachment("a.ics", b"BEGIN", "text/calendar")])
    sender.send_due()
    again(message)
    assert (message.state, message.text, message.html, message.attachments) == (
        MessageState.SENT,
        "",
        "",
        [],
    )
    assert message.sent_at is not None
    assert message.subject


def test_dots_long_lines_and_other_alphabets_arrive_unchanged(
    person: User, smtp_sink: SmtpSink
) -> None:
    text = ".\n..\n.dot\nGrüße, 你好, مرحبا\n" + "x" * 3000 + "\n"
    put(person, subject="Grüße 你好 " + "long " * 30, text=text)
    sender.send_due()
    assert smtp_sink.messages[0].text.startswith(text)
    assert smtp_sink.messages[0].subject.startswith("Grüße 你好 long")


def test_attachments_arrive(person: User, smtp_sink: SmtpSink) -> None:
    ics = "BEGIN:VCALENDAR\r\nSUMMARY:Gespräch\r\nEND:VCALENDAR\r\n".encode()
    put(
        person,
        attachments=[
            outbox.Attachment("invite.ics", ics, "text/calendar; method=REQUEST", alternative=True),
            outbox.Attachment("blob.bin", bytes(range(256)), "application/octet-stream"),
        ],
    )
    sender.send_due()
    mail = smtp_sink.messages[0].mail
    parts = {part.get_filename(): part for part in mail.iter_attachments()}
    assert parts["blob.bin"].get_payload(decode=True) == bytes(range(256))
    assert parts["invite.ics"].get_payload(decode=True) == ics
    kinds = [
        (part.get_content_type(), part.get_param("method"))
        for part in mail.walk()
        if not part.is_multipart()
    ]
    assert kinds.count(("text/calendar", "REQUEST")) == 2


def test_other_address_gets_it_when_named(person: User, smtp_sink: SmtpSink) -> None:
    put(person, address="old@example.com")
    sender.send_due()
    assert smtp_sink.messages[0].recipients == ["old@example.com"]


def test_changed_address_is_used(person: User, smtp_sink: SmtpSink) -> None:
    put(person)
    User.objects.filter(pk=person.pk).update(email="new@example.com")
    sender.send_due()
    assert smtp_sink.messages[0].recipients == ["new@example.com"]


def test_future_message_waits_for_its_time(person: User, smtp_sink: SmtpSink, at: At) -> None:
    put(person, due_at=clock.now() + timedelta(hours=1))
    assert sender.send_due() == {}
    later(at, timedelta(minutes=61))
    assert sender.send_due() == {"sent": 1}


def test_expired_message_is_missed_and_never_sent(
    person: User, smtp_sink: SmtpSink, at: At
) -> None:
    message = put(person, expires_at=clock.now() + timedelta(hours=1))
    later(at, timedelta(hours=2))
    assert sender.send_due() == {"missed": 1}
    assert again(message).state == MessageState.MISSED
    assert smtp_sink.dialogs == 0


def test_message_that_expires_between_claim_and_dialog_is_missed(
    person: User, smtp_sink: SmtpSink, at: At
) -> None:
    put(person, expires_at=clock.now() + timedelta(hours=1))
    message = sender.claim()
    assert message is not None
    later(at, timedelta(hours=2))
    with sender.Transport() as transport:
        assert sender.process(message, transport) == MessageState.MISSED


def test_cancelled_message_is_not_sent(person: User, smtp_sink: SmtpSink) -> None:
    put(person, "a:1")
    outbox.cancel(key_prefix="a:")
    assert sender.send_due() == {}
    assert smtp_sink.dialogs == 0


def test_message_cancelled_after_its_claim_is_not_sent(person: User, smtp_sink: SmtpSink) -> None:
    stored = put(person, "a:1")
    message = sender.claim()
    assert message is not None
    assert outbox.cancel(key_prefix="a:", reason="moved") == 1
    with sender.Transport() as transport:
        assert sender.process(message, transport) == "lost_lease"
    assert again(stored).state == MessageState.CANCELLED
    assert smtp_sink.dialogs == 0


def test_message_no_longer_due_is_cancelled(person: User, smtp_sink: SmtpSink) -> None:
    declare(KIND, still_due=lambda message: message.data["wanted"])
    no, yes = put(person, "no", data={"wanted": False}), put(person, "yes", data={"wanted": True})
    assert sender.send_due() == {"cancelled": 1, "sent": 1}
    assert (again(no).state, again(yes).state) == (MessageState.CANCELLED, MessageState.SENT)


def test_fault_in_one_kind_does_not_hold_up_the_others(person: User, smtp_sink: SmtpSink) -> None:
    declare(NUDGE, still_due=lambda message: bool(1 / 0))
    broken, fine = put(person, "1", kind=NUDGE), put(person, "2")
    assert sender.send_due() == {"put_off": 1, "sent": 1}
    assert (again(broken).state, again(fine).state) == (MessageState.QUEUED, MessageState.SENT)
    assert "ZeroDivisionError" in broken.last_error
    assert broken.try_at > clock.now()


def test_nothing_goes_to_somebody_who_has_left(person: User, smtp_sink: SmtpSink) -> None:
    message = put(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert sender.send_due() == {"cancelled": 1}
    assert (again(message).state, message.text) == (MessageState.CANCELLED, "")
    assert smtp_sink.dialogs == 0


def test_unknown_mailbox_suppresses_the_address_for_a_week(
    person: User, smtp_sink: SmtpSink, at: At
) -> None:
    smtp_sink.on_rcpt = lambda _address: "550 5.1.1 No such user here"
    first = put(person, "1")
    assert sender.send_due() == {"suppressed": 1}
    assert again(first).state == MessageState.SUPPRESSED
    assert "550" in first.last_error
    second = put(person, "2")
    assert sender.send_due() == {"suppressed": 1}
    assert again(second).state == MessageState.SUPPRESSED
    smtp_sink.on_rcpt = lambda _address: ""
    later(at, timedelta(days=8))
    put(person, "3")
    assert sender.send_due() == {"sent": 3}


def test_released_address_gets_mail_again(person: User, smtp_sink: SmtpSink) -> None:
    suppression.suppress("MARA@example.com", "550 5.1.1")
    assert suppression.release("Mara@example.com")
    assert not suppression.release("mara@example.com")
    put(person)
    assert sender.send_due() == {"sent": 1}


def test_other_refusal_fails_without_suppressing(person: User, smtp_sink: SmtpSink) -> None:
    smtp_sink.on_data = lambda _address: "554 5.7.1 Looks like spam"
    message = put(person)
    assert sender.send_due() == {"failed": 1}
    assert again(message).state == MessageState.FAILED
    assert "spam" in message.last_error
    assert not SuppressedAddress.objects.exists()


def test_refusal_of_one_does_not_hold_up_the_next(person: User, smtp_sink: SmtpSink) -> None:
    bad = UserFactory(email="bad@example.com")
    smtp_sink.on_rcpt = lambda address: "550 5.1.1 no" if address.startswith("bad") else ""
    put(bad, "1")
    put(person, "2")
    assert sender.send_due() == {"suppressed": 1, "sent": 1}
    assert smtp_sink.connections == 1


def test_server_that_refuses_our_sender_fails_no_message_and_ends_the_round(
    person: User, smtp_sink: SmtpSink, at: At
) -> None:
    """A new rule at the mail server, or a wrong MAIL_FROM: every message would get the same answer,
    and none is to blame.
    """
    smtp_sink.on_mail = lambda _address: "550 5.7.1 Sender address rejected"
    messages = [put(person, str(number)) for number in range(3)]
    assert sender.send_due() == {"put_off": 1}
    assert [again(message).state for message in messages] == [MessageState.QUEUED] * 3
    assert [message.attempts for message in messages] == [1, 0, 0]
    assert "Sender address rejected" in messages[0].last_error
    assert messages[0].try_at > clock.now()
    assert not SuppressedAddress.objects.exists()
    later(at, timedelta(minutes=20))
    age = health.oldest_due_age()
    assert age is not None
    assert age > timedelta(minutes=15), "so that HR is told"
    smtp_sink.on_mail = lambda _address: ""
    assert sender.send_due() == {"sent": 3}


def test_mail_too_large_for_the_server_fails_alone(person: User, smtp_sink: SmtpSink) -> None:
    """aiosmtpd says so at MAIL, from the size that we announce."""
    assert smtp_sink.controller is not None
    smtp_sink.controller.SMTP_kwargs["data_size_limit"] = 100_000
    large = put(
        person,
        "1",
        attachments=[outbox.Attachment("a.bin", bytes(300_000), "application/octet-stream")],
    )
    small = put(person, "2")
    assert sender.send_due() == {"failed": 1, "sent": 1}
    assert [again(message).state for message in (large, small)] == [
        MessageState.FAILED,
        MessageState.SENT,
    ]
    assert "552" in large.last_error


@pytest.mark.parametrize("where", ["on_rcpt", "on_data"])
def test_put_off_by_the_server_then_taken(
    person: User, smtp_sink: SmtpSink, at: At, where: str
) -> None:
    setattr(smtp_sink, where, lambda _address: "451 4.7.1 Greylisted")
    message = put(person)
    assert sender.send_due() == {"put_off": 1}
    assert (again(message).state, message.dialog_at) == (MessageState.QUEUED, None)
    assert message.text
    assert sender.send_due() == {}, "not again before a minute has passed"
    setattr(smtp_sink, where, lambda _address: "")
    later(at, MINUTE)
    assert sender.send_due() == {"sent": 1}
    assert len(smtp_sink.messages) == 1


def test_backoff_doubles_from_a_minute_to_an_hour(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    waits = [
        (outcomes.next_try(attempts) - now) / MINUTE for attempts in (1, 2, 3, 4, 5, 6, 7, 8, 500)
    ]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_server_away_ends_the_round_and_loses_nothing(
    person: User, smtp_sink: SmtpSink, at: At
) -> None:
    messages = [put(person, str(number)) for number in range(3)]
    smtp_sink.stop()
    assert sender.send_due() == {"put_off": 1}
    assert [again(message).state for message in messages] == [MessageState.QUEUED] * 3
    assert [message.attempts for message in messages] == [1, 0, 0]
    smtp_sink.start()
    later(at, MINUTE)
    assert sender.send_due() == {"sent": 3}
    assert len(smtp_sink.messages) == 3


def test_service_not_available_ends_the_round(person: User, smtp_sink: SmtpSink) -> None:
    smtp_sink.on_rcpt = lambda _address: "421 4.3.2 Shutting down"
    put(person, "1")
    put(person, "2")
    assert sender.send_due() == {"put_off": 1}


def test_deliver_sends_one_message_and_only_when_it_is_due(
    person: User, smtp_sink: SmtpSink
) -> None:
    first, second = put(person, "1"), put(person, "2")
    future = put(person, "3", due_at=clock.now() + timedelta(hours=1))
    for message in (second, second, future):
        sender.deliver(message.pk)
    states = [again(message).state for message in (first, second, future)]
    assert states == [MessageState.QUEUED, MessageState.SENT, MessageState.QUEUED]
    assert len(smtp_sink.messages) == 1


def test_deliver_rests_while_the_server_is_away_and_the_round_does_not(
    person: User, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = put(person, "1"), put(person, "2")
    smtp_sink.stop()
    sender.deliver(first.pk)
    smtp_sink.start()
    sender.deliver(second.pk)
    assert [again(message).state for message in (first, second)] == [MessageState.QUEUED] * 2
    assert [message.attempts for message in (first, second)] == [1, 0]
    assert sender.send_due() == {"sent": 1}
    monkeypatch.setattr(sender, "_away_until", 0.0)
    put(person, "3")
    sender.deliver(again(OutboxMessage.objects.get(dedupe_key="3")).pk)
    assert len(smtp_sink.messages) == 2


def test_inbox_message_is_delivered_without_mail(person: User, smtp_sink: SmtpSink) -> None:
    message = put(person, channel=Channel.INBOX)
    assert sender.send_due() == {"sent": 1}
    assert again(message).state == MessageState.SENT
    assert smtp_sink.dialogs == 0


@pytest.mark.broad
def test_command_sends_and_says_so(
    person: User, smtp_sink: SmtpSink, capsys: pytest.CaptureFixture[str]
) -> None:
    put(person)
    call_command("send_due")
    call_command("send_due")
    assert capsys.readouterr().out.splitlines() == ["sent: 1", "Nothing was due."]


def test_round_keeps_one_connection(person: User, smtp_sink: SmtpSink) -> None:
    for number in range(5):
        put(person, str(number))
    assert sender.send_due() == {"sent": 5}
    assert smtp_sink.connections == 1


@pytest.mark.broad
def test_long_round_stops_and_rings_for_the_rest(
    person: User, smtp_sink: SmtpSink, bell: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    smtp_sink.delay = 0.15
    messages = [put(person, str(number)) for number in range(3)]
    monkeypatch.setattr(tasks, "ROUND_SECONDS", 0.1)
    tasks.send_due()
    assert bell == [("notifications.tasks.send_due",)]
    assert [again(message).state for message in messages] == [
        MessageState.SENT,
        MessageState.QUEUED,
        MessageState.QUEUED,
    ]
    tasks.send_due()
    tasks.send_due()
    assert len(smtp_sink.messages) == 3


def test_claims_take_the_longest_waiting_first(person: User, smtp_sink: SmtpSink) -> None:
    now: Any = clock.now()
    for key, minutes in (("b", 2), ("c", 1), ("a", 3)):
        put(person, key, due_at=now - minutes * MINUTE)
    sender.send_due()
    assert [mail.subject for mail in smtp_sink.messages] == ["About a", "About b", "About c"]
