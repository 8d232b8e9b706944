"""The pages about a program's messages and about what needs the people who run it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from common import clock
from notifications.enums import MessageState
from notifications.models import OutboxMessage, Webhook
from tests.url_matrix.core import MANAGERS, Row, row

KEY = "url-matrix-failed"
HR = {"hr_admin"}
FORM = {
    "channel": "slack",
    "label": "#mentoring",
    "address": "https://hooks.slack.com/services/T/B/x",
}


def failed(world: Any) -> None:
    """A message of the program that was refused."""
    OutboxMessage.objects.create(
        recipient=world.people["mentor"],
        kind="programs.cancelled",
        scope=world.program.public_id,
        dedupe_key=KEY,
        subject="Hello",
        expires_at=clock.now(),
        state=MessageState.FAILED,
    )


def connected(world: Any) -> None:
    """A channel of the program."""
    Webhook.objects.create(scope=world.program.public_id, **FORM)


def of_program(name: str) -> Any:
    """The address of a page of the program."""
    return lambda world: reverse(name, args=[world.program.public_id])


def again_url(world: Any) -> str:
    message = OutboxMessage.objects.get(dedupe_key=KEY)
    return reverse("mentoring:message_retry", args=[world.program.public_id, message.public_id])


def disconnect_url(world: Any) -> str:
    webhook = Webhook.objects.get(scope=world.program.public_id)
    return reverse(
        "mentoring:channel_disconnect", args=[world.program.public_id, webhook.public_id]
    )


def test_url(world: Any) -> str:
    webhook = Webhook.objects.get(scope=world.program.public_id)
    return reverse("mentoring:channel_test", args=[world.program.public_id, webhook.public_id])


def address_url(world: Any) -> str:
    return reverse(
        "mentoring:address_works", args=[world.program.public_id, world.people["mentor"].public_id]
    )


def sample_url(world: Any) -> str:
    return reverse("mentoring:message_sample", args=[world.program.public_id, "programs.nudge"])


ROWS: list[Row] = [
    row("mentoring:needs_you", of_program("mentoring:needs_you"), MANAGERS),
    row("mentoring:address_works", address_url, MANAGERS, method="post"),
    row("mentoring:program_messages", of_program("mentoring:program_messages"), MANAGERS),
    row("mentoring:message_samples_list", of_program("mentoring:message_samples_list"), MANAGERS),
    row("mentoring:message_sample", sample_url, MANAGERS),
    row("mentoring:message_retry", again_url, MANAGERS, method="post", setup=failed),
    row(
        "mentoring:messages_resend",
        of_program("mentoring:messages_resend"),
        MANAGERS,
        method="post",
        data={"press": "0b5a6f0e-61a5-4f5b-9d3c-2f2f4f9a7a11"},
    ),
    row("mentoring:all_messages", lambda world: reverse("mentoring:all_messages"), HR, others=403),
    row(
        "mentoring:program_channels",
        of_program("mentoring:program_channels"),
        HR,
        refused={"coordinator": 403},
    ),
    row(
        "mentoring:channel_test",
        test_url,
        HR,
        refused={"coordinator": 403},
        method="post",
        setup=connected,
    ),
    row(
        "mentoring:channel_disconnect",
        disconnect_url,
        HR,
        refused={"coordinator": 403},
        method="post",
        setup=connected,
    ),
]
