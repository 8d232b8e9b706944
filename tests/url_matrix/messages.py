"""The pages about a program's messages and about what needs the people who run it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from notifications.models import Webhook
from tests.url_matrix.core import MANAGERS, Row, row

HR = {"hr_admin"}
FORM = {
    "channel": "slack",
    "label": "#mentoring",
    "address": "https://hooks.slack.com/services/T/B/x",
}


def connected(world: Any) -> None:
    """A channel of the program."""
    Webhook.objects.create(scope=world.program.public_id, **FORM)


def of_program(name: str) -> Any:
    """The address of a page of the program."""
    return lambda world: reverse(name, args=[world.program.public_id])


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
