"""Personal mails about what needs the people who run a program."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from meetings.domain import pausing
from notifications.preferences import suppression
from pairings.models import Pairing
from tests.factories import PairingFactory
from tests.url_matrix.core import MANAGERS, Row, row


def paused(world: Any) -> None:
    """Pause another pair: one of the two cannot be mailed, and the other reads German."""
    pairing = PairingFactory(program=world.program)
    pausing.pause(actor=pairing.mentee, pairing=pairing)
    suppression.suppress(pairing.mentor.email, "550 5.1.1 unknown")
    type(pairing.mentee).objects.filter(pk=pairing.mentee_id).update(locale="de")


def about_pair(world: Any) -> str:
    pairing = Pairing.objects.filter(program=world.program, state="paused").latest("pk")
    return reverse(
        "mentoring:need_write", args=[world.program.public_id, "paused", pairing.public_id]
    )


def about_address(world: Any) -> str:
    pairing = Pairing.objects.filter(program=world.program, state="paused").latest("pk")
    return reverse(
        "mentoring:need_write", args=[world.program.public_id, "bounced", pairing.mentor.public_id]
    )


ROWS: list[Row] = [
    row("mentoring:need_write", about_pair, MANAGERS, setup=paused),
    row("mentoring:need_write", about_address, MANAGERS, setup=paused),
    row("mentoring:need_write", about_pair, MANAGERS, method="post", setup=paused),
]
