"""Mails about a pair that is paused, goes on or has ended.

Both people read the same, so that nobody can tell who did it or why.
"""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from accounts.models import User
from common.http import absolute
from notifications.models import OutboxMessage
from pairings.mail.letters import send
from pairings.models import Pairing
from programs.domain.staff import people_who_run


def tell_paused(pairing: Pairing, moment: datetime) -> None:
    """Both learn that their pair is paused."""
    _tell_both(pairing, "paused", moment)


def tell_resumed(pairing: Pairing, moment: datetime, *, waiting: int) -> None:
    """Both learn that their pair goes on; `waiting` cancelled sessions can be put back."""
    _tell_both(pairing, "resumed", moment, waiting=waiting)


def tell_ended(pairing: Pairing, moment: datetime) -> None:
    """Both learn that their pair has ended."""
    _tell_both(pairing, "ended", moment)


def _tell_both(pairing: Pairing, change: str, moment: datetime, *, waiting: int = 0) -> None:
    for person in pairing.people:
        send(
            recipient=person,
            kind=f"pairing_{change}",
            key=f"{change}:{moment:%Y%m%d%H%M%S}:{person.pk}",
            pairing=pairing,
            context={"partner": pairing.partner_of(person), "waiting": waiting},
        )


def tell_ready(pairing: Pairing, recipient: User) -> None:
    """Tell the one who has not said it yet that the pair can go on; once per pause."""
    paused = pairing.paused_at or pairing.created_at
    send(
        recipient=recipient,
        kind="pairing_ready",
        key=f"ready:{paused:%Y%m%d%H%M%S}:{recipient.pk}",
        pairing=pairing,
    )


def tell_managers_paused(pairing: Pairing, why: str, moment: datetime) -> None:
    """The people who run the program learn that the directory has paused a pair."""
    for person in people_who_run(pairing.program):
        send(
            recipient=person,
            kind="paused_by_directory",
            key=f"directory:{moment:%Y%m%d%H%M%S}:{person.pk}",
            pairing=pairing,
            context={"why": why},
        )


def list_link(message: OutboxMessage) -> str:
    """The list of all pairs of the program."""
    pairing = Pairing.objects.select_related("program").get(public_id=message.data["pairing"])
    return absolute(reverse("meetings:pairing_list", args=[pairing.program.public_id]))
