"""HR sets up a channel at Slack or Teams: sees what will be posted, sends a test, and reads what
became of it.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from common import clock
from common.models import AuditEntry
from mentoring.messages import channel_test
from notifications.delivery import sender
from notifications.models import OutboxMessage, Webhook
from programs.models import Program
from tests.factories import ProgramFactory, UserFactory
from tests.https import HttpsSink, answer
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return ProgramFactory(name="Digital & fluent")


@pytest.fixture
def service(https_sink: HttpsSink, settings: Any) -> HttpsSink:
    settings.WEBHOOK_HOSTS = ["localhost"]
    return https_sink


@pytest.fixture
def hr(as_user: AsUser) -> Any:
    return as_user(UserFactory(is_hr_admin=True, name="Hanna Reich", email="hanna@example.com"))


def url(program: Program) -> str:
    return reverse("mentoring:program_channels", args=[program.public_id])


def connect(hr: Any, program: Program, service: HttpsSink, channel: str = "slack") -> Webhook:
    form = {"channel": channel, "label": "#mentoring", "address": service.url("/T0/very-secret")}
    assert hr.post(url(program), form).status_code == 303
    return Webhook.objects.get(scope=program.public_id, channel=channel)


def press(hr: Any, program: Program, webhook: Webhook) -> Any:
    return hr.post(reverse("mentoring:channel_test", args=[program.public_id, webhook.public_id]))


def page(hr: Any, program: Program) -> str:
    return " ".join(hr.get(url(program)).content.decode().split())


@pytest.mark.parametrize("channel", ["slack", "teams"])
def test_a_test_arrives_there_and_the_page_says_so(
    hr: Any, program: Program, service: HttpsSink, channel: str
) -> None:
    webhook = connect(hr, program, service, channel)
    assert "Hanna Reich" in page(hr, program), "who connected it"
    assert "Nothing has been posted yet" in page(hr, program)
    assert press(hr, program, webhook).status_code == 303
    shown = page(hr, program)
    assert "Waiting" in shown
    assert "every 2s" in shown, "it is looked at again until it is over"
    assert sender.send_due()["sent"] == 1
    shown = page(hr, program)
    assert "Sent" in shown
    assert "every 2s" not in shown
    (asked,) = service.requests
    words = json.dumps(json.loads(asked.body))
    assert "This is a test" in words
    assert "Digital" in words
    assert reverse("mentoring:needs_you", args=[program.public_id]) in words
    assert AuditEntry.objects.filter(verb="webhook.tested").count() == 1


def test_what_the_service_refuses_is_said_in_its_words_and_without_the_secret(
    hr: Any, program: Program, service: HttpsSink
) -> None:
    webhook = connect(hr, program, service)
    service.answering = answer(404, b"no_service")
    press(hr, program, webhook)
    sender.send_due()
    shown = page(hr, program)
    assert "Refused by Slack" in shown
    assert "mail server" not in shown
    assert "The service answered 404 (no_service)." in shown
    listed = hr.get(
        reverse("mentoring:program_messages", args=[program.public_id])
    ).content.decode()
    assert "Refused by Slack" in listed
    assert "very-secret" not in shown


def test_pressing_twice_posts_once(hr: Any, program: Program, service: HttpsSink) -> None:
    webhook = connect(hr, program, service)
    for _ in range(3):
        assert press(hr, program, webhook).status_code == 303
    assert sender.send_due()["sent"] == 1
    assert len(service.requests) == 1


def test_a_test_goes_to_that_channel_alone(hr: Any, program: Program, service: HttpsSink) -> None:
    webhook = connect(hr, program, service)
    connect(hr, program, service, "teams")
    press(hr, program, webhook)
    assert list(OutboxMessage.objects.values_list("channel", flat=True)) == ["slack"]


def test_a_test_that_waited_too_long_is_not_posted(
    hr: Any, program: Program, service: HttpsSink, at: At
) -> None:
    press(hr, program, connect(hr, program, service))
    at(clock.now() + channel_test.LIFE + timedelta(minutes=1))
    sender.send_due()
    assert service.requests == []
    assert "Missed its time" in page(hr, program)


def test_another_program_s_channel_is_not_there(
    hr: Any, program: Program, service: HttpsSink
) -> None:
    webhook = connect(hr, program, service)
    assert press(hr, ProgramFactory(), webhook).status_code == 404
    assert not OutboxMessage.objects.exists()


def test_what_an_alert_looks_like_is_shown_before_anything_is_connected(
    hr: Any, program: Program
) -> None:
    assert "Digital &amp; fluent: 2 things need you today." in page(hr, program)


def test_constant_queries(
    hr: Any, program: Program, service: HttpsSink, django_assert_max_num_queries: Any
) -> None:
    for channel in ("slack", "teams"):
        press(hr, program, connect(hr, program, service, channel))
    with django_assert_max_num_queries(16):
        hr.get(url(program))
