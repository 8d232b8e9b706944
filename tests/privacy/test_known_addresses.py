"""A stranger cannot find out which addresses are known, nor have mails sent to strangers."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.domain.people import create_person, deactivate
from accounts.models import User
from tests.accounts.sign_in_data import ASK_CODE, LOGIN, PASSWORD, RESET
from tests.smtp import SmtpSink

pytestmark = [pytest.mark.broad, pytest.mark.django_db]
WAYS = [(LOGIN, "login"), (ASK_CODE, "email"), (RESET, "email")]
NOBODY = "nobody@example.com"


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


@pytest.fixture
def mia() -> User:
    return create_person(actor=None, email="mia@example.com", name="Mia Okafor", password=PASSWORD)


def ask(path: str, field: str, address: str) -> Any:
    return Client().post(path, {field: address})


@pytest.mark.parametrize(("path", "field"), WAYS)
def test_unknown_address_gets_no_mail(path: str, field: str) -> None:
    ask(path, field, NOBODY)
    assert mail.outbox == []


@pytest.mark.parametrize(("path", "field"), WAYS)
def test_leaver_gets_no_mail(mia: User, path: str, field: str) -> None:
    deactivate(actor=None, person=mia)
    mail.outbox.clear()
    ask(path, field, mia.email)
    assert mail.outbox == []


@pytest.mark.parametrize(("path", "field"), WAYS)
def test_mail_server_away_gives_the_same_page(
    mia: User, smtp_sink: SmtpSink, path: str, field: str
) -> None:
    smtp_sink.stop()
    for address in (mia.email, NOBODY):
        answer = ask(path, field, address)
        assert answer.status_code == 503, address
        assert "The mail could not be sent" in answer.text


@pytest.mark.parametrize(("path", "field"), WAYS)
def test_refused_recipient_gives_the_same_page(
    mia: User, smtp_sink: SmtpSink, path: str, field: str
) -> None:
    smtp_sink.on_rcpt = lambda address: f"550 5.1.1 <{address}> unknown"
    assert ask(path, field, mia.email).status_code == ask(path, field, NOBODY).status_code == 302


@pytest.mark.parametrize(("path", "field"), WAYS)
def test_time_does_not_tell(mia: User, smtp_sink: SmtpSink, path: str, field: str) -> None:
    smtp_sink.delay = 2.0
    ask(path, field, NOBODY)  # what is slow the first time alone does not count

    began = time.monotonic()
    ask(path, field, mia.email)
    assert time.monotonic() - began < smtp_sink.delay

    smtp_sink.wait_for(1)
    assert [one.recipients for one in smtp_sink.messages] == [[mia.email]]


@pytest.mark.parametrize(("path", "field"), WAYS)
def test_database_does_not_tell_either(mia: User, path: str, field: str) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            ask(path, field, address)
        return len(captured)

    queries("first@example.com")
    assert abs(queries(mia.email) - queries(NOBODY)) <= 3
