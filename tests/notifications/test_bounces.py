"""Mails that came back: what counts, what does not, and what becomes of the address."""

from __future__ import annotations

import io
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command

from accounts.domain import addresses
from accounts.models import AddressChange, User
from common import clock
from notifications import kinds
from notifications.delivery import sender
from notifications.enums import MessageState
from notifications.mail import bounces, message_ids, return_paths
from notifications.models import OutboxMessage, SuppressedAddress
from notifications.preferences import suppression
from tests.factories import UserFactory
from tests.notifications.conftest import LINKED, declare, put
from tests.smtp import SmtpSink
from tests.support.types import At

REPORT = """\
From: MAILER-DAEMON@mx.example
To: mentoring@company.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: {kind}

This is a MIME-encapsulated message.

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
X-Postfix-Queue-ID: 4F2

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: Recipient address rejected:
    User unknown

--B
Content-Type: {quoted}

Message-ID: {message_id}
From: Upstream <mentoring@company.example>
To: {header_to}
Subject: Hello

--B--
"""
IS_REPORT = "multipart/report; report-type=delivery-status; boundary=B"


def report(message: OutboxMessage, **changes: str) -> bytes:
    """What a mail server sends back."""
    values = {
        "kind": IS_REPORT,
        "to": "mara@example.com",
        "header_to": "mara@example.com",
        "action": "failed",
        "status": "5.1.1",
        "quoted": "text/rfc822-headers",
        "message_id": message.message_id,
    }
    return REPORT.format(**values | changes).replace("\n", "\r\n").encode()


def is_stopped() -> bool:
    return bool(suppression.reason_for("mara@example.com"))


@pytest.mark.parametrize("quoted", ["text/rfc822-headers", "message/rfc822"])
def test_unknown_mailbox_is_written_down_and_gets_nothing_more(
    sent: OutboxMessage, person: User, quoted: str
) -> None:
    assert bounces.take(report(sent, quoted=quoted)) == "suppressed"
    sent.refresh_from_db()
    assert (sent.state, sent.sent_at) == (MessageState.FAILED, None)
    assert "5.1.1" in sent.last_error
    assert "User unknown" in sent.last_error
    put(person, "2")
    assert sender.send_due() == {"suppressed": 1}
    assert bounces.take(report(sent)) == "suppressed", "twice changes nothing"
    assert SuppressedAddress.objects.count() == 1


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "5.3.4", "5.1.8"])
def test_refusal_for_another_reason_does_not_stop_the_address(
    sent: OutboxMessage, status: str
) -> None:
    assert bounces.take(report(sent, status=status)) == "failed"
    sent.refresh_from_db()
    assert sent.state == MessageState.FAILED
    assert not is_stopped()


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "delayed", "status": "4.4.1"},
        {"action": "delivered", "status": "2.0.0"},
        {"status": "later"},
        {"message_id": "<somebody@else.example>"},
        {"quoted": "text/plain"},
    ],
    ids=str,
)
def test_what_is_no_report_about_a_message_of_ours_is_ignored(
    sent: OutboxMessage, changes: dict[str, str]
) -> None:
    assert bounces.take(report(sent, **changes)) == "ignored"
    sent.refresh_from_db()
    assert sent.state == MessageState.SENT
    assert not is_stopped()


# What somebody else may know of a message: its public id (a coordinator's page has it), and the
# Message-ID of another one.
FORGED = {
    "the public id alone": lambda sent, other: f"<{sent.public_id}@example.com>",
    "a made-up proof": lambda sent, other: named(sent.public_id.bytes + bytes(11)),
    "the proof of another message": lambda sent, other: named(
        sent.public_id.bytes + inside(other)[16:]
    ),
    "half of the proof": lambda sent, other: named(inside(sent)[:22]),
    "another public id": lambda sent, other: named(other.public_id.bytes + inside(sent)[16:]),
}


def inside(message: OutboxMessage) -> bytes:
    """What stands before the @."""
    return urlsafe_b64decode(message.message_id.partition("@")[0].removeprefix("<"))


def named(content: bytes) -> str:
    return f"<{urlsafe_b64encode(content).decode()}@example.com>"


@pytest.mark.parametrize("how", FORGED)
def test_made_up_message_id_stops_nobody_s_mail(sent: OutboxMessage, how: str) -> None:
    other = put(UserFactory(), "other")
    assert bounces.take(report(sent, message_id=FORGED[how](sent, other))) == "ignored"
    sent.refresh_from_db()
    assert sent.state == MessageState.SENT
    assert not is_stopped()


def test_message_id_is_not_folded_and_reads_back(person: User, settings: Any) -> None:
    settings.MAIL_FROM = "Upstream <mentoring@mentoring.company.example>"
    for number in range(50):
        message = put(person, str(number))
        assert len(f"Message-ID: {message.message_id}") <= 78
        assert message_ids.read(f" {message.message_id}\r\n") == message.public_id


def test_message_id_of_a_message_that_is_gone(sent: OutboxMessage) -> None:
    sent.delete()
    assert bounces.take(report(sent)) == "unknown"
    assert not is_stopped()


def test_message_id_says_nothing_of_the_key_and_survives_its_change(
    sent: OutboxMessage, settings: Any
) -> None:
    raw, settings.SECRET_KEY_FALLBACKS = report(sent), [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, since yesterday"
    assert bounces.take(raw) == "suppressed"


@pytest.mark.parametrize("status", ["4.2.2", "4.4.7", "4.7.1", "4.1.1"])
def test_soft_bounce_does_not_stop_the_address_however_often(
    sent: OutboxMessage, status: str
) -> None:
    for _ in range(5):
        assert bounces.take(report(sent, status=status)) == "failed"
    assert not is_stopped()


def test_message_that_was_not_sent_yet_cannot_come_back(person: User) -> None:
    assert bounces.take(report(put(person))) == "unknown"
    assert not is_stopped()


def test_old_report_is_not_believed(sent: OutboxMessage, at: At) -> None:
    at(clock.now() + bounces.BELIEVED_FOR + timedelta(days=1))
    assert bounces.take(report(sent)) == "unknown"


def test_report_about_an_earlier_address_does_not_stop_the_present_one(
    sent: OutboxMessage, person: User
) -> None:
    User.objects.filter(pk=person.pk).update(email="new@example.com")
    assert bounces.take(report(sent)) == "failed"
    assert not SuppressedAddress.objects.exists()


def test_forwarded_mail_that_came_back_counts_for_the_address_it_was_sent_to(
    sent: OutboxMessage,
) -> None:
    assert bounces.take(report(sent, to="m.example@elsewhere.example")) == "suppressed"
    assert is_stopped()
    assert not suppression.reason_for("m.example@elsewhere.example")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Content-Type: multipart/report; boundary=B\r\n\r\n--B",
        b"x" * (bounces.MOST_BYTES + 1),
    ],
)
def test_rubbish_is_ignored(db: None, raw: bytes) -> None:
    assert bounces.take(raw) == "ignored"


def test_summary_that_came_back_takes_its_messages_along(person: User, smtp_sink: SmtpSink) -> None:
    declare(LINKED, digest=True)
    for number in range(2):
        put(
            person,
            str(number),
            kind=LINKED,
            data={"id": 1},
            due_at=clock.now() - timedelta(hours=2),
        )
    sender.send_due()
    assert bounces.take(report(OutboxMessage.objects.get(kind=kinds.DIGEST))) == "suppressed"
    sender.send_due()
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"failed"}


def test_confirmed_new_address_gets_mail(
    sent: OutboxMessage, person: User, smtp_sink: SmtpSink
) -> None:
    bounces.take(report(sent))
    suppression.suppress("new@example.com", "550 5.1.1 no such user, before it was made")
    change = AddressChange.objects.create(
        person=person, old_email=person.email, new_email="new@example.com"
    )
    addresses.confirm(actor=UserFactory(is_hr_admin=True), change=change)
    assert not suppression.reason_for("new@example.com")
    put(User.objects.get(pk=person.pk), "2")
    sender.send_due()
    assert "new@example.com" in [mail.recipients[0] for mail in smtp_sink.messages]


def test_command_reads_files_and_folders(
    sent: OutboxMessage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1").write_bytes(report(sent))
    (tmp_path / "2.eml").write_bytes(b"Subject: hello\r\n\r\nI am away.")
    call_command("read_bounces", tmp_path / "new", tmp_path / "2.eml")
    assert capsys.readouterr().out.splitlines() == ["ignored: 1", "suppressed: 1"]


def test_command_reads_a_pipe(
    sent: OutboxMessage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(report(sent))))
    call_command("read_bounces")
    assert capsys.readouterr().out == "suppressed: 1\n"


@pytest.fixture
def return_path(person: User, smtp_sink: SmtpSink, settings: Any) -> str:
    """The envelope sender of a mail, where each has one of its own."""
    settings.RETURN_PATH = "bounces+*@company.example"
    put(person)
    sender.send_due()
    return smtp_sink.messages[0].sender


def report_to(address: str, header: str = "To") -> bytes:
    """A report about the only message, sent to an address."""
    raw = report(OutboxMessage.objects.get())
    return raw.replace(b"To: mentoring@company.example", f"{header}: {address}".encode(), 1)


def test_who_has_read_the_message_id_in_an_answer_cannot_stop_a_person_s_mail(
    return_path: str,
) -> None:
    of_another_message = return_paths.of(uuid4())
    for address in ("bounces@company.example", of_another_message):
        assert bounces.take(report_to(address)) == "ignored"
    assert not is_stopped()


@pytest.mark.parametrize("header", ["To", "Delivered-To", "X-Original-To", "Envelope-To"])
def test_report_to_the_envelope_sender_of_its_message_counts(
    return_path: str, header: str, settings: Any
) -> None:
    assert return_path.startswith("bounces+")
    assert len(return_path.partition("@")[0]) <= 64
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, since yesterday"
    assert bounces.take(report_to(return_path.upper(), header)) == "suppressed"
    assert is_stopped()


def test_mail_comes_back_to_another_address_than_the_sender_s(
    person: User, smtp_sink: SmtpSink, settings: Any
) -> None:
    settings.RETURN_PATH = "bounces@company.example"
    put(person)
    sender.send_due()
    (mail,) = smtp_sink.messages
    assert mail.sender == "bounces@company.example"
    assert str(mail.mail["From"]) == settings.MAIL_FROM
