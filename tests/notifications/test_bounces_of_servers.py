"""Mails that came back, as the programs of several mail servers write them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accounts.models import User
from notifications.enums import MessageState
from notifications.mail import bounces
from notifications.models import OutboxMessage
from notifications.preferences import suppression
from tests.notifications.test_bounces import is_stopped, report

SAID = {
    "qmail": """Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{to}>:
{reason}

--- Below this line is a copy of the message.

Return-Path: <mentoring@company.example>
""",
    "Exim": """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {to}
    host mail.example [192.5.1.1]
    SMTP error from remote mail server after RCPT TO:<{to}>:
    {reason}

------ This is a copy of the message's headers. ------

Received: from web ([5.1.1.7]) by mx.example with esmtp (Exim 4.97)
""",
    "Exchange": """Delivery has failed to these recipients or groups:

{to}
The message couldn't be delivered.

Diagnostic information for administrators:
Generating server: mx.example
{to}
Remote Server returned '{reason}'

Original message headers:
""",
}
QUOTED = """Message-ID: {message_id}
From: Upstream <mentoring@company.example>
To: mara@example.com
Subject: 5.7.1 Hello
"""
REASONS = {
    "550 5.1.1 <x>: Recipient address rejected: User unknown": "suppressed",
    "Sorry, no mailbox here by that name. (#5.1.1)": "suppressed",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found": "suppressed",
    "550 unknown user": "suppressed",
    "550-5.1.1 The account does not exist": "suppressed",
    "Unrouteable address": "suppressed",
    "552 5.2.2 Mailbox full": "failed",
    "554 5.7.1 Refused by policy: no such user list": "failed",
    "550 Spam": "failed",
}


def plain(server: str, message: OutboxMessage, **changes: str) -> bytes:
    values = {
        "sender": "Mail Delivery System <MAILER-DAEMON@mx.example>",
        "to": "mara@example.com",
        "reason": "550 5.1.1 User unknown",
        "message_id": message.message_id,
        **changes,
    }
    headers = "From: {sender}\nTo: mentoring@company.example\nSubject: failure notice\n\n"
    return (headers + SAID[server] + QUOTED).format(**values).encode()


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("server", SAID)
def test_reports_that_are_mere_text(sent: OutboxMessage, server: str, reason: str) -> None:
    assert bounces.take(plain(server, sent, reason=reason)) == REASONS[reason]
    sent.refresh_from_db()
    assert sent.state == MessageState.FAILED
    assert is_stopped() == (REASONS[reason] == "suppressed")


@pytest.mark.parametrize("server", SAID)
@pytest.mark.parametrize(
    "changes",
    [
        {"sender": "Mara <mara@example.com>"},
        {"message_id": "<somebody@else.example>"},
        {"message_id": f"<{'A' * 36}@example.com>"},
    ],
    ids=str,
)
def test_text_that_anybody_can_write_stops_nobody_s_mail(
    sent: OutboxMessage, server: str, changes: dict[str, str]
) -> None:
    assert bounces.take(plain(server, sent, **changes)) == "ignored"
    assert not is_stopped()


def test_the_message_id_of_the_server_is_passed_over(sent: OutboxMessage) -> None:
    reason = f"550 5.1.1 User unknown\n  id <{'B' * 36}@mx.example>"
    assert bounces.take(plain("qmail", sent, reason=reason)) == "suppressed"


def test_a_text_about_a_delay_is_ignored(sent: OutboxMessage) -> None:
    raw = plain("qmail", sent, reason="451 4.7.1 Greylisted, we try again")
    assert bounces.take(raw) == "ignored"
    assert not is_stopped()


@pytest.mark.parametrize("kind", ["delivery-status", "global-delivery-status"])
@pytest.mark.parametrize(
    ("said", "diagnosis", "taken"),
    [
        ("5.0.0", "550 5.1.1 <x>: Recipient address rejected", "suppressed"),
        ("5.0.0", "550 no such user here", "suppressed"),
        ("5.0.0", "550 5.7.1 rejected by policy", "failed"),
        ("5.0.0", "550 rejected", "failed"),
        ("5.1.1", "550 5.7.1 rejected by policy", "suppressed"),
    ],
)
def test_the_code_that_says_most_counts(
    sent: OutboxMessage, kind: str, said: str, diagnosis: str, taken: str
) -> None:
    raw = report(sent, status=said).decode()
    raw = raw.replace("message/delivery-status", f"message/{kind}")
    start = raw.index("smtp; 550")
    end = raw.index("\r\n\r\n--B", start)
    raw = f"{raw[:start]}smtp; {diagnosis}{raw[end:]}"
    assert bounces.take(raw.encode()) == taken


UNICODE, ASCII = "dora@müller-söhne.example", "dora@xn--mller-shne-kcb9d.example"
ESCAPED = "dora@m\\x{FC}ller-s\\x{F6}hne.example"


@pytest.mark.parametrize("stored", [UNICODE, ASCII])
@pytest.mark.parametrize("reported", [UNICODE, ASCII, ESCAPED, ASCII.upper()])
@pytest.mark.parametrize("server", ["standard", "global", "Exim"])
def test_both_forms_of_a_domain_are_one_address(
    sent: OutboxMessage, person: User, stored: str, reported: str, server: str
) -> None:
    User.objects.filter(pk=person.pk).update(email=stored)
    if server == "Exim":
        raw = plain("Exim", sent, to=UNICODE if reported == ESCAPED else reported)
    else:
        raw = report(sent, to=reported, header_to="undisclosed-recipients:;")
    if server == "global":
        raw = raw.replace(b"message/delivery-status", b"message/global-delivery-status")
        raw = raw.replace(b"text/rfc822-headers", b"message/global-headers")
    assert bounces.take(raw) == "suppressed"
    assert suppression.reason_for(stored)


CASES = Path(__file__).resolve().parents[3] / "shared" / "data" / "cases"


@pytest.mark.skipif(not CASES.exists(), reason="the files of others are not here")
@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("40a-exim-global.eml", "magnus.lehmann@halden.example"),
        ("40b-exim-5.0.0.eml", "lars.marin@halden.example"),
        ("43-idn-bounce.eml", "dora@müller-söhne.example"),
    ],
)
def test_reports_of_other_servers(
    sent: OutboxMessage, person: User, name: str, address: str
) -> None:
    User.objects.filter(pk=person.pk).update(email=address)
    text = (CASES / name).read_text()
    raw = re.sub(r"Message-ID: <[^>]*>", f"Message-ID: {sent.message_id}", text)
    assert bounces.take(raw.encode()) == "suppressed"
    assert suppression.reason_for(address)
