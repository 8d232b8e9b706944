"""Telling those who run a program, once a day and only when there is news, that something needs
them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from accounts.models import Company
from common import clock
from common.http import absolute
from common.timezones import to_wall
from mentoring.needs.queue import needs_of
from notifications import kinds, outbox
from notifications.delivery import webhooks
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage
from programs.domain.staff import people_who_run
from programs.enums import ProgramState
from programs.models import Program

KIND = "mentoring.needs_you"
HOURS = range(8, 12)  # in the program's zone: in the morning, also when nobody looked at eight
FRIDAY = 4
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
LIVE = [ProgramState.ENROLLING, ProgramState.MATCHING, ProgramState.RUNNING, ProgramState.CLOSING]


def tell_what_is_new() -> int:
    """Mail to the coordinators, and a sentence to the program's channels; how many messages were
    new.

    Running it again on the same day adds nothing.
    """
    now = clock.now()
    programs = [
        program for program in Program.objects.filter(state__in=LIVE) if is_time(program, now)
    ]
    told = OutboxMessage.objects.filter(
        kind=KIND, scope__in=[program.public_id for program in programs]
    ).order_by()
    last = dict(told.values_list("scope").annotate(at=Max("due_at")))
    return sum(
        _tell(program, last.get(program.public_id, BEFORE_ALL), now)
        for program in programs
        if program.public_id not in last
        or day_of(program, last[program.public_id]) != day_of(program, now)
    )


def is_time(program: Program, now: datetime) -> bool:
    """A weekday's morning where the program is."""
    local = to_wall(now, program.time_zone)
    return local.weekday() <= FRIDAY and local.hour in HOURS


def day_of(program: Program, moment: datetime) -> str:
    """The day where the program is."""
    return to_wall(moment, program.time_zone).date().isoformat()


@transaction.atomic
def _tell(program: Program, since: datetime, now: datetime) -> int:
    """Of what came up after `since`, when they were told last."""
    number = len([need for need in needs_of(program) if need.news_at > since and not need.asleep])
    if not number:
        return 0
    day = day_of(program, now)
    key, data = (
        f"needs-you:{program.public_id}:{day}",
        {"program": str(program.public_id), "day": day},
    )
    drafts: list[outbox.Draft] = []
    for person in people_who_run(program):
        letter = compose(
            recipient=person,
            template="mentoring/needs_you",
            context={"program": program, "number": number},
        )
        drafts.append(
            {
                "recipient": person,
                "kind": KIND,
                "dedupe_key": f"{key}:{person.pk}",
                "scope": program.public_id,
                "data": data,
                "expires_at": now + timedelta(days=1),
                **letter.fields(),
            }
        )
    with override(Company.objects.values_list("locale", flat=True).first() or "en"):
        sentence = sentence_of(program, number)
    in_channels = webhooks.announce(
        scope=program.public_id,
        kind=KIND,
        dedupe_key=key,
        sentence=sentence,
        data=data,
        expires_at=now + timedelta(days=1),
    )
    return outbox.enqueue_many(drafts) + in_channels


def sentence_of(program: Program, number: int) -> str:
    """All that a channel at Slack or Teams gets, in the language in force."""
    words = ngettext(
        "%(program)s: %(number)d thing needs you today.",
        "%(program)s: %(number)d things need you today.",
        number,
    )
    return words % {"program": program.name, "number": number}


def still_needed(message: OutboxMessage) -> bool:
    """Somebody still has something to do."""
    program = Program.objects.filter(public_id=message.data["program"], state__in=LIVE).first()
    return program is not None and any(not need.asleep for need in needs_of(program))


def link(message: OutboxMessage) -> str:
    """The queue."""
    return absolute(reverse("mentoring:needs_you", args=[message.data["program"]]))


def sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample."""
    return {"program": cast.program, "number": 2}


def register() -> None:
    """Declare this kind; called when the application starts."""
    kinds.register(
        MessageKind(
            key=KIND,
            label=_("Something needs you"),
            occasion=_(
                "To the coordinators, on the morning of a weekday, if something new needs them."
            ),
            why="manager",
            quiet=True,
            digest=True,
            listed=True,
            still_due=still_needed,
            link=link,
            sample=sample,
        )
    )
