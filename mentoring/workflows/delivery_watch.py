"""Telling HR admins when messages do not go out, and when they do again."""

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
CALM = timedelta(minutes=5)  # below LIMIT, so that late and well do not alternate quickly
WELL_FOR = timedelta(hours=1)
AGAIN = timedelta(hours=6)
LIFE = timedelta(days=1)


@transaction.atomic
def watch_delivery() -> int:
    """Look at the oldest message that is held up; how many HR admins were told something.

    Running it again, or twice at once, tells nobody twice. The alarm's own mails do not count as
    held up, as they may be stuck too.
    """
    now = clock.now()
    age = health.held_up_age(besides=(LATE, WELL)) or timedelta()
    seen = health.alarm()
    unchanged = step(seen, age=age, now=now)[0] == seen
    if unchanged:
        return 0

    before = health.lock_alarm()
    after, tell = step(before, age=age, now=now)
    health.set_alarm(after)
    if tell == "late":
        return _tell_late(age, now)
    if tell == "well":
        return _tell_well(before)
    return 0


def _tell_late(age: timedelta, now: datetime) -> int:
    seconds = int(age.total_seconds())
    return _tell(LATE, now, {"minutes": seconds // 60, "hours": seconds // 3600})


def _tell_well(before: Alarm) -> int:
    """Tell of the end of the alarm that there was before."""
    assert before.late_since is not None
    return _tell(WELL, before.late_since, {"since": before.late_since})


def step(alarm: Alarm, *, age: timedelta, now: datetime) -> tuple[Alarm, str]:
    """The alarm after a look at the oldest message, and what to tell: "late", "well" or "".

    Late: it waits for longer than LIMIT. HR is told at once, and again after AGAIN while this lasts
    or comes back. Well: for WELL_FOR, no look has found a message waiting for longer than CALM.
    Only then may a new alarm come sooner than after AGAIN.
    """
    if age > LIMIT:
        return _late(alarm, now)
    if alarm.late_since is None:
        return alarm, ""
    if age > CALM:
        return replace(alarm, well_since=None), ""

    since = alarm.well_since or now
    if now - since >= WELL_FOR:
        return Alarm(), "well"
    return replace(alarm, well_since=since), ""


def _late(alarm: Alarm, now: datetime) -> tuple[Alarm, str]:
    if alarm.told_at is not None and now - alarm.told_at < AGAIN:
        return replace(alarm, well_since=None), ""
    late_since = alarm.late_since or now
    return Alarm(late_since=late_since, told_at=now), "late"


def _tell(kind: str, since: datetime, context: dict[str, Any]) -> int:
    """Tell every HR admin, in the inbox and by mail."""
    people = User.objects.active().filter(is_hr_admin=True)
    drafts: list[outbox.Draft] = []
    for person in people:
        draft = _draft(kind, person, since, context)
        drafts.append({**draft, "channel": Channel.INBOX})
        drafts.append({**draft, "channel": Channel.EMAIL})
    outbox.enqueue_many(drafts)
    return len(people)


def _draft(kind: str, person: User, since: datetime, context: dict[str, Any]) -> outbox.Draft:
    letter = compose(recipient=person, template=kind.replace(".", "/"), context=context)
    return {
        "recipient": person,
        "kind": kind,
        "dedupe_key": f"{kind}:{since.isoformat()}:{person.public_id}",
        "data": {"since": since.isoformat()},
        "expires_at": clock.now() + LIFE,
        **letter.fields(),  # type: ignore[typeddict-item]
    }


def is_still_late(message: OutboxMessage) -> bool:
    """A mail that was stuck itself is not sent once all is well, or a later one has been written.

    The inbox keeps each as a record.
    """
    if message.channel == Channel.INBOX:
        return True
    told_at = health.alarm().told_at
    return told_at is not None and told_at.isoformat() == message.data["since"]


def link(message: OutboxMessage) -> str:
    """The health page: what works and what does not."""
    return absolute(reverse("mentoring:healthz"))


def sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample."""
    return {"minutes": 17, "since": cast.moment}


def register() -> None:
    """Declare these kinds; called when the application starts.

    Alarms are sent at once, at night too, and to the inbox as well, as mail may be what is broken.
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
