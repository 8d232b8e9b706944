"""Telling HR admins when messages do not go out, and when they do again: once each, in the inbox and by mail."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import clock
from common.http import absolute
from notifications import health, outbox, registry
from notifications.enums import Channel
from notifications.models import OutboxMessage
from notifications.rendering import compose

LATE, WELL = "mentoring.delivery_late", "mentoring.delivery_well"
LIMIT = timedelta(minutes=15)
CALM = timedelta(minutes=5)  # below the limit, so that the two do not take turns
LIFE = timedelta(days=1)


@transaction.atomic
def watch_delivery() -> int:
    """Look at the oldest message that is due; how many HR admins were told something.

    One alarm and one all-clear for each time that messages stop, however often this runs, or twice at once. The alarm's own
    mails do not count: they may be stuck too.
    """
    age, now = health.oldest_due_age(besides=(LATE, WELL)) or timedelta(), clock.now()
    if CALM < age <= LIMIT:
        return 0
    if (health.late_since() is None) == (age <= CALM):
        return 0  # as it was
    since = health.lock_late_since()
    if (since is None) == (age <= CALM):
        return 0  # another process has just told them
    if since is None:
        health.set_late_since(now)
        return _tell(LATE, now, {"minutes": int(age.total_seconds() // 60)})
    health.set_late_since(None)
    return _tell(WELL, since, {"since": since})


def _tell(kind: str, since: datetime, context: dict[str, Any]) -> int:
    """Both ways to every HR admin."""
    people = list(User.objects.active().filter(is_hr_admin=True))
    drafts: list[outbox.Draft] = []
    for person in people:
        letter = compose(recipient=person, template=kind.replace(".", "/"), context=context)
        draft: outbox.Draft = {
            "recipient": person,
            "kind": kind,
            "dedupe_key": f"{kind}:{since.isoformat()}:{person.public_id}",
            "data": {"since": since.isoformat()},
            "expires_at": clock.now() + LIFE,
            **letter.fields(),  # type: ignore[typeddict-item]
        }
        drafts += [{**draft, "channel": channel} for channel in (Channel.INBOX, Channel.EMAIL)]
    outbox.enqueue_many(drafts)
    return len(people)


def is_still_late(message: OutboxMessage) -> bool:
    """A mail that was stuck itself says nothing new once all is well; the inbox keeps it as a record."""
    since = health.late_since()
    return message.channel == Channel.INBOX or (since is not None and since.isoformat() == message.data["since"])


def link(message: OutboxMessage) -> str:
    """What is there and what is not."""
    return absolute(reverse("mentoring:healthz"))


def register() -> None:
    """Tell the outbox about these kinds; called when the application starts."""
    registry.register(LATE, label=_("Messages are not going out"), still_due=is_still_late, link=link)
    registry.register(WELL, label=_("Messages are going out again"), link=link)
