"""Slack and Teams: against a real HTTPS server, with the same promise as mail."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from notifications import outbox
from notifications.delivery import sender, webhooks
from notifications.enums import Channel, MessageState
from notifications.models import OutboxMessage, Webhook
from tests.factories import UserFactory
from tests.https import HttpsSink, answer
from tests.notifications.conftest import KIND, LINKED
from tests.support.types import At

SCOPE = uuid4()


@pytest.fixture
def service(https_sink: HttpsSink, settings: Any) -> HttpsSink:
    settings.WEBHOOK_HOSTS = ["localhost"]
    return https_sink


@pytest.fixture
def hr(db: None) -> Any:
    return UserFactory(is_hr_admin=True)


def connect(hr: Any, service: HttpsSink, channel: str = "slack") -> Webhook:
    return webhooks.connect(
        actor=hr,
        scope=SCOPE,
        channel=channel,
        label="#mentoring",
        address=service.url("/T0/secret"),
    )


def announce(
    key: str = "key", kind: str = LINKED, sentence: str = "Fluency & <more>: 2 things need you."
) -> int:
    return webhooks.announce(
        scope=SCOPE, kind=kind, dedupe_key=key, sentence=sentence, data={"id": 7}
    )


def test_sentence_reaches_slack_once(hr: Any, service: HttpsSink) -> None:
    connect(hr, service)
    assert announce() == 1
    assert announce() == 0
    assert sender.send_due() == {"sent": 1}
    assert sender.send_due() == {}
    (asked,) = service.requests
    assert (asked.method, asked.path, asked.headers["content-type"]) == (
        "POST",
        "/T0/secret",
        "application/json",
    )
    assert json.loads(asked.body) == {
        "text": "Fluency &amp; &lt;more&gt;: 2 things need "
        "you.\n<https://upstream.example/7?a=1&b=2|Open>",
        "unfurl_links": False,
    }
    message = OutboxMessage.objects.get()
    assert (message.state, message.channel, message.recipient, message.text) == (
        "sent",
        "slack",
        None,
        "",
    )


def test_sentence_reaches_teams_as_a_card(hr: Any, service: HttpsSink) -> None:
    connect(hr, service, "teams")
    announce(sentence="*Two* things [need](you) in A_B")
    assert sender.send_due() == {"sent": 1}
    body = json.loads(service.requests[0].body)
    card = body["attachments"][0]["content"]
    assert (body["type"], card["type"]) == ("message", "AdaptiveCard")
    assert card["body"][0]["text"] == r"\*Two\* things \[need\]\(you\) in A\_B"
    assert card["actions"][0]["url"] == "https://upstream.example/7?a=1&b=2"


def test_both_channels_get_it_and_other_programs_do_not(hr: Any, service: HttpsSink) -> None:
    for channel in ("slack", "teams"):
        connect(hr, service, channel)
    webhooks.connect(
        actor=hr, scope=uuid4(), channel="slack", label="x", address=service.url("/other")
    )
    assert announce() == 2
    assert sender.send_due() == {"sent": 2}
    assert {asked.path for asked in service.requests} == {"/T0/secret"}


@pytest.mark.parametrize(
    ("status", "state"),
    [(400, "failed"), (403, "failed"), (404, "failed"), (410, "failed"), (302, "failed")],
)
def test_service_that_refuses(hr: Any, service: HttpsSink, status: int, state: str) -> None:
    connect(hr, service)
    announce()
    service.answering = answer(status, b"no", Location=service.url("/elsewhere"))
    assert sender.send_due() == {state: 1}
    message = OutboxMessage.objects.get()
    assert str(status) in message.last_error
    assert "secret" not in message.last_error
    assert len(service.requests) == 1, "a redirect is not followed"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_service_that_is_busy_is_asked_again(
    hr: Any, service: HttpsSink, at: At, status: int
) -> None:
    connect(hr, service)
    announce()
    service.answering = answer(status)
    assert sender.send_due() == {"put_off": 1}
    service.answering = answer()
    at(clock.now() + timedelta(minutes=2))
    assert sender.send_due() == {"sent": 1}


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Take it and say nothing."""


@pytest.mark.parametrize("as_date", [False, True])
@pytest.mark.parametrize("status", [429, 503])
def test_service_says_how_long_to_wait(
    hr: Any, service: HttpsSink, at: At, status: int, as_date: bool
) -> None:
    """RFC 9110, section 10.2.3: seconds, or a date."""
    connect(hr, service)
    announce()
    start = clock.now()
    date = format_datetime(start + timedelta(minutes=30), usegmt=True)
    service.answering = answer(status, Retry_After=date if as_date else "1800")
    assert sender.send_due() == {"put_off": 1}
    service.answering = answer()
    at(start + timedelta(minutes=29))
    assert sender.send_due() == {}
    at(start + timedelta(minutes=31))
    assert sender.send_due() == {"sent": 1}


@pytest.mark.parametrize(
    ("wait", "minutes"),
    [
        ("", 2),
        ("soon", 2),
        ("-5", 2),
        ("0", 2),
        ("1e9", 2),
        ("99999999999", 25 * 60),
        ("9" * 5000, 2),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 25 * 60),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 2),
    ],
)
def test_what_cannot_be_a_time_to_wait(
    hr: Any, service: HttpsSink, at: At, wait: str, minutes: int
) -> None:
    connect(hr, service)
    announce()
    service.answering = answer(429, Retry_After=wait)
    assert sender.send_due() == {"put_off": 1}
    service.answering = answer()
    at(clock.now() + timedelta(minutes=minutes))
    assert sender.send_due() == {"sent": 1}


TEAMS_SAYS = (
    "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error {} "
    "with ContextId tcid=0,x=1.."
)


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, "1", "sent"),
        (200, "", "sent"),
        (202, "", "sent"),
        (
            200,
            "Thank you, it has been posted without an error",
            "sent",
        ),  # a workflow's own answer may be anything
        (200, json.dumps({"statusCode": 200, "isSuccessStatusCode": True}), "sent"),
        (200, json.dumps({"statusCode": 429, "isSuccessStatusCode": False}), "put_off"),
        (200, json.dumps({"statusCode": 400, "isSuccessStatusCode": False}), "failed"),
        (200, json.dumps([1]), "sent"),
        (200, TEAMS_SAYS.format(429), "put_off"),
        (200, TEAMS_SAYS.format(500), "put_off"),
        (200, TEAMS_SAYS.format(400), "failed"),
        (200, TEAMS_SAYS.format(413), "failed"),
        (200, "Webhook message delivery failed with error: something else", "failed"),
        (
            200,
            "System.Net.Http.HttpRequestException: Error while copying content to a stream.",
            "put_off",
        ),
    ],
)
def test_teams_says_ok_and_means_no(
    hr: Any, service: HttpsSink, status: int, body: str, state: str
) -> None:
    """Old connectors wrap what went wrong into a 200; workflows answer 202 with nothing."""
    connect(hr, service, "teams")
    announce()
    service.answering = answer(status, body.encode())
    assert sender.send_due() == {state: 1}
    said = OutboxMessage.objects.get().last_error
    assert (said == "") == (state == "sent")
    assert "tcid" not in said and "secret" not in said


@pytest.mark.parametrize(
    ("body", "shown"),
    [(b"no_service", True), (b"<html>something long</html>", False), (b"\xff", False)],
)
def test_slack_s_reason_is_shown(hr: Any, service: HttpsSink, body: bytes, shown: bool) -> None:
    connect(hr, service)
    announce()
    service.answering = answer(404, body)
    assert sender.send_due() == {"failed": 1}
    wanted = "The service answered 404 (no_service)." if shown else "The service answered 404."
    assert OutboxMessage.objects.get().last_error == wanted


def test_service_that_does_not_answer_leaves_it_unknown_and_is_not_asked_again(
    hr: Any, service: HttpsSink, at: At
) -> None:
    """A channel has nothing by which a second copy could be told from the first; its coordinators
    have the mail.
    """
    connect(hr, service)
    announce()
    service.answering = hang_up
    assert sender.send_due() == {"unknown": 1}
    service.answering = answer()
    at(clock.now() + timedelta(hours=2))
    assert sender.send_due() == {}
    assert len(service.requests) == 1
    message = OutboxMessage.objects.get()
    assert (message.state, message.resend_allowed, message.text) == ("unknown", False, "")


@pytest.mark.broad
def test_service_that_takes_too_long_is_not_asked_again(
    hr: Any, service: HttpsSink, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "SECONDS", 0.5)
    connect(hr, service)
    announce()
    service.answering = lambda handler: time.sleep(2)
    assert sender.send_due() == {"unknown": 1}
    at(clock.now() + timedelta(hours=2))
    assert sender.send_due() == {}
    assert len(service.requests) == 1


def test_sender_that_dies_while_it_posts_leaves_it_unknown(
    hr: Any, service: HttpsSink, at: At
) -> None:
    connect(hr, service)
    announce()
    message = sender.claim()
    assert message is not None and sender.begin_dialog(message)
    OutboxMessage.objects.update(lease_until=clock.now() - timedelta(minutes=1))
    assert sender.send_due() == {"reaped": 1}
    at(clock.now() + timedelta(hours=2))
    assert sender.send_due() == {}
    assert service.requests == []
    assert OutboxMessage.objects.get().state == "unknown"


def test_service_that_is_away_holds_up_no_mail(hr: Any, service: HttpsSink, smtp_sink: Any) -> None:
    connect(hr, service)
    announce()
    service.__exit__()
    outbox.enqueue(recipient=hr, kind=KIND, subject="S", text="T", dedupe_key="mail")
    assert sender.send_due() == {"put_off": 1, "sent": 1}


def test_disconnected_channel_gets_nothing_more(hr: Any, service: HttpsSink) -> None:
    webhook = connect(hr, service)
    announce()
    webhooks.disconnect(actor=hr, webhook=webhook)
    assert sender.send_due() == {"cancelled": 1}
    assert announce("2") == 0
    assert service.requests == []


def test_host_that_is_taken_off_the_list_is_not_asked_any_more(
    hr: Any, service: HttpsSink, settings: Any
) -> None:
    connect(hr, service)
    announce()
    settings.WEBHOOK_HOSTS = ["hooks.slack.com"]
    assert sender.send_due() == {"failed": 1}
    assert service.requests == []


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.slack.com/services/x",
        "https://evil.example/services/x",
        "https://hooks.slack.com.evil.example/x",
        "https://hooks.slack.com@evil.example/x",
        "https://evil.example/?hooks.slack.com",
        "https://127.0.0.1/",
        "https://logic.azure.com/",
        "hooks.slack.com/services/x",
        "javascript:alert(1)",
    ],
)
def test_address_that_is_no_webhook_is_refused(hr: Any, address: str) -> None:
    with pytest.raises(DomainError):
        webhooks.connect(actor=hr, scope=SCOPE, channel="slack", label="x", address=address)
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        " https://hooks.slack.com/services/T0/B0/x ",
        "https://prod-23.westeurope.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?sig=y",
        "https://default0.0a.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/x",
    ],
)
def test_address_of_a_service_is_taken(hr: Any, address: str) -> None:
    row = webhooks.connect(actor=hr, scope=SCOPE, channel="teams", label="x", address=address)
    assert Webhook.objects.get(pk=row.pk).address == address.strip()


def test_address_is_encrypted_and_stands_in_no_trail(hr: Any, service: HttpsSink) -> None:
    row = connect(hr, service)
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM notifications_webhook WHERE id = %s", [row.pk])
        assert "secret" not in cursor.fetchone()[0]
    assert "secret" not in str(list(AuditEntry.objects.values()))
    connect(hr, service)
    assert Webhook.objects.count() == 1, "connecting again replaces"
    call_command("rotate_encryption")
    assert Webhook.objects.get().address.endswith("/T0/secret")


@pytest.mark.parametrize("fields", [{"recipient": None}, {"channel": Channel.SLACK}])
def test_message_is_to_a_person_or_to_a_channel(person: Any, fields: dict[str, Any]) -> None:
    values = {
        "recipient": person,
        "kind": KIND,
        "dedupe_key": "x",
        "expires_at": clock.now(),
        "scope": SCOPE,
        **fields,
    }
    with pytest.raises(IntegrityError, match="person_or_a_channel"), transaction.atomic():
        OutboxMessage.objects.create(**values)


def test_state_of_a_channel_s_message_is_in_nobody_s_inbox(hr: Any, service: HttpsSink) -> None:
    connect(hr, service)
    announce()
    sender.send_due()
    assert OutboxMessage.objects.get().state == MessageState.SENT
    assert not OutboxMessage.objects.visible_to(hr).exists()
