"""Telling HR admins when messages do not go out, and when they do again, in the inbox and by mail;
never in quick turns.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import clock
from common.http import absolute
from notifications import kinds, outbox
from notifications.delivery import health
from notifications.delivery.health import Alarm
from notifications.enums import Channel
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage

LATE, WELL = "mentoring.delivery_late", "mentoring.delivery_well"
LIMIT = timedelta(minutes=15)
CALM = timedelta(minutes=5)  # below the limit, so that the two do not take turns
WELL_FOR = timedelta(hours=1)
AGAIN = timedelta(hours=6)
LIFE = timedelta(days=1)


@transaction.atomic
def watch_delivery() -> int:
    """Look at the oldest message that is held up; how many HR admins were told something.

    The same however often this runs, or twice at once. The alarm's own mails do not count: they may
    be stuck too.
    """
    age, now = health.held_up_age(besides=(LATE, WELL)) or timedelta(), clock.now()
    before = health.alarm()
    if step(before, age=age, now=now)[0] == before:
        return 0
    before = health.lock_alarm()
    after, tell = step(before, age=age, now=now)
    health.set_alarm(after)
    if tell == "late":
        return _tell(
            LATE,
            now,
            {"minutes": int(age.total_seconds() // 60), "hours": int(age.total_seconds() // 3600)},
        )
    if tell == "well":
        assert before.late_since is not None
        return _tell(WELL, before.late_since, {"since": before.late_since})
    return 0


def step(alarm: Alarm, *, age: timedelta, now: datetime) -> tuple[Alarm, str]:
    """What is to be remembered after a look at the oldest message, and what is told: "late", "well"
    or "".

    Late: it waits for more than LIMIT. Told at once, and while this lasts or comes back, again
    after AGAIN. Well: nothing has waited for longer than CALM, at no look, for WELL_FOR. Only after
    that may a new alarm come sooner than after AGAIN.
    """
    if age > LIMIT:
        if alarm.told_at is None or now - alarm.told_at >= AGAIN:
            return Alarm(late_since=alarm.late_since or now, told_at=now), "late"
        return replace(alarm, well_since=None), ""
    if alarm.late_since is None:
        return alarm, ""
    if age > CALM:
        return replace(alarm, well_since=None), ""
    since = alarm.well_since or now
    return (Alarm(), "well") if now - since >= WELL_FOR else (replace(alarm, well_since=since), "")


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
    """A mail that was stuck itself says nothing new once all is well, or a later one has been
    written.

    The inbox keeps each as a record.
    """
    told = health.alarm().told_at
    return message.channel == Channel.INBOX or (
        told is not None and told.isoformat() == message.data["since"]
    )


def link(message: OutboxMessage) -> str:
    """What is there and what is not."""
    return absolute(reverse("mentoring:healthz"))


def sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample."""
    return {"minutes": 17, "since": cast.moment}


def register() -> None:
    """Declare these kinds; called when the application starts.

    Alarms are sent at once, at night too. As mail may be what is broken, they go to the inbox
    besides.
    """
    kinds.register(
        MessageKind(
            key=LATE,
            label=_("Messages are not going out"),
            occasion=_("To HR admins, when messages have not gone out for a quarter of an hour."),
            why="hr",
            own_inbox_copy=True,
            still_due=is_still_late,
            link=link,
            sample=sample,
        ),
        MessageKind(
            key=WELL,
            label=_("Messages are going out again"),
            occasion=_("To HR admins, when messages have gone out again for an hour."),
            why="hr",
            own_inbox_copy=True,
            link=link,
            sample=sample,
        ),
    )
