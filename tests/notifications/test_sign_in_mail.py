"""Sign-in mail goes past the outbox, at once; a mail server that is away is said on the page."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.mail import sending
from accounts.models import Company, User
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.smtp import SmtpSink


@pytest.fixture
def known(person: User) -> User:
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def sent_on_the_open_connection() -> None:
    """Wait for the threads that send what the pages do not wait for."""
    for thread in threading.enumerate():
        if thread.name == sending.THREAD_NAME:
            thread.join()


def ask_for_code(client: Client, address: str) -> Any:
    return client.post(reverse("account_request_login_code"), {"email": address})


def test_code_is_sent_at_once_and_not_through_the_outbox(
    known: User, client: Client, smtp_sink: SmtpSink
) -> None:
    assert ask_for_code(client, known.email).status_code == 302
    sent_on_the_open_connection()
    assert [mail.recipients for mail in smtp_sink.messages] == [[known.email]]
    assert not OutboxMessage.objects.exists()


def test_a_code_names_neither_the_company_nor_whom_to_ask(
    known: User, client: Client, smtp_sink: SmtpSink
) -> None:
    Company.objects.create(id=1, name="Northwind")
    UserFactory(name="Hanna Roth", email="hanna@example.com", is_hr_admin=True)
    ask_for_code(client, known.email)
    sent_on_the_open_connection()
    (received,) = smtp_sink.messages
    assert "Northwind" not in str(received.mail)
    assert "hanna@" not in str(received.mail)


@pytest.mark.parametrize("address", ["mara@example.com", "nobody@example.com"])
def test_mail_server_away_is_said_on_the_page_whoever_asks(
    known: User, client: Client, smtp_sink: SmtpSink, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    smtp_sink.stop()
    answer = ask_for_code(client, address)
    assert answer.status_code == 503
    assert "try again in a few minutes" in answer.text
    assert address not in caplog.text


def test_refused_recipient_is_not_named_in_the_log(
    known: User, client: Client, smtp_sink: SmtpSink, caplog: pytest.LogCaptureFixture
) -> None:
    smtp_sink.on_rcpt = lambda address: f"550 5.1.1 <{address}> unknown"
    assert ask_for_code(client, known.email).status_code == 302
    sent_on_the_open_connection()
    assert "sign_in.mail_failed" in caplog.text
    assert known.email not in caplog.text
