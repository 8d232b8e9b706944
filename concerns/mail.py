"""What safe contacts and deputies read in their mailbox; no mail goes to an author.

No row of the outbox names a thread or has the time at which it was written: there is one mail per
person and day, at the same hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.http import absolute
from concerns.models import Concern
from notifications import kinds, outbox
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage

WAITING = "concerns.waiting"
OVERDUE = "concerns.overdue"


def tell(kind: str, *, person: User, day: date) -> None:
    """One mail of this kind to a person on a day, however many threads there are."""
    letter = compose(recipient=person, template=kind.replace(".", "/", 1), context={})
    outbox.enqueue(
        recipient=person,
        kind=kind,
        dedupe_key=f"{kind}:{person.public_id}:{day:%Y%m%d}",
        **letter.fields(),
    )


def _still_waits(message: OutboxMessage) -> bool:
    """Something waits for the person."""
    return Concern.objects.visible_to(message.recipient).waiting().exists()


def _link(_message: OutboxMessage) -> str:
    """The list of threads, behind sign-in."""
    return absolute(reverse("concerns:thread_list"))


def _sample(_cast: Cast) -> Mapping[str, Any]:
    """The mails have no values."""
    return {}


def register() -> None:
    """Declare these kinds; called when the application starts."""
    kinds.register(
        MessageKind(
            key=WAITING,
            label=_("Somebody has written to you in confidence"),
            occasion=_(
                "To a safe contact, or a deputy who may read, on the morning after somebody has "
                "written."
            ),
            why="listens",
            quiet=True,
            digest=True,
            still_due=_still_waits,
            link=_link,
            sample=_sample,
        ),
        MessageKind(
            key=OVERDUE,
            label=_("You may read as deputy of a safe contact"),
            occasion=_(
                "To a deputy, on the morning after the safe contact's day to read or answer is "
                "over."
            ),
            why="listens",
            quiet=True,
            digest=True,
            still_due=_still_waits,
            link=_link,
            sample=_sample,
        ),
    )
