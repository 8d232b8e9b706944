"""Telling those who run a program, once a day and only when there is news, that something needs them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from accounts.models import Company, User
from common import clock
from common.http import absolute
from common.timezones import to_wall
from mentoring.reporting.needs_you import needs_of
from notifications import outbox, registry, webhooks
from notifications.models import OutboxMessage
from notifications.rendering import compose
from programs.enums import ProgramState, StaffRole
from programs.models import Program

KIND = "mentoring.needs_you"
HOURS = range(8, 12)  # in the program's zone: in the morning, also when nobody looked at eight
FRIDAY, MONDAY = 4, 0
LIVE = [ProgramState.ENROLLING, ProgramState.MATCHING, ProgramState.RUNNING, ProgramState.CLOSING]


def tell_what_is_new() -> int:
    """Mail to the coordinators, and a sentence to the program's channels; how many messages were new.

    Running it again on the same day adds nothing.
    """
    now, told = clock.now(), 0
    programs = [program for program in Program.objects.filter(state__in=LIVE) if is_time(program, now)]
    done = set(
        OutboxMessage.objects.filter(
            kind=KIND, scope__in=[one.public_id for one in programs], due_at__gt=now - DAY
        ).values_list("data__day", "scope")
    )
    for program in programs:
        if (day_of(program, now), program.public_id) not in done:
            told += _tell(program, now)
    return told


DAY = timedelta(days=1)


def is_time(program: Program, now: datetime) -> bool:
    """A weekday's morning where the program is."""
    local = to_wall(now, program.time_zone)
    return local.weekday() <= FRIDAY and local.hour in HOURS


def day_of(program: Program, now: datetime) -> str:
    """Today, where the program is."""
    return to_wall(now, program.time_zone).date().isoformat()


@transaction.atomic
def _tell(program: Program, now: datetime) -> int:
    """Of what came up since the last working day's morning."""
    monday = to_wall(now, program.time_zone).weekday() == MONDAY
    since = now - (3 if monday else 1) * DAY - timedelta(hours=len(HOURS))
    number = len([need for need in needs_of(program) if need.since > since])
    if not number:
        return 0
    day = day_of(program, now)
    key, data = f"needs-you:{program.public_id}:{day}", {"program": str(program.public_id), "day": day}
    drafts: list[outbox.Draft] = []
    for person in managers(program):
        letter = compose(recipient=person, template="mentoring/needs_you", context={"program": program, "number": number})
        drafts.append(
            {
                "recipient": person,
                "kind": KIND,
                "dedupe_key": f"{key}:{person.pk}",
                "scope": program.public_id,
                "data": data,
                "expires_at": now + DAY,
                **letter.fields(),
            }
        )
    with override(Company.objects.values_list("locale", flat=True).first() or "en"):
        sentence = ngettext(
            "%(program)s: %(number)d thing needs you today.", "%(program)s: %(number)d things need you today.", number
        )
    values = {"program": program.name, "number": number}
    in_channels = webhooks.announce(scope=program.public_id, kind=KIND, dedupe_key=key, sentence=sentence % values, data=data)
    return outbox.enqueue_many(drafts) + in_channels


def managers(program: Program) -> list[User]:
    """The program's coordinators; HR admins where there are none."""
    mine = Q(program_roles__program=program, program_roles__role=StaffRole.COORDINATOR)
    return list(User.objects.active().filter(mine).distinct()) or list(User.objects.active().filter(is_hr_admin=True))


def still_needed(message: OutboxMessage) -> bool:
    """Somebody still has something to do."""
    program = Program.objects.filter(public_id=message.data["program"], state__in=LIVE).first()
    return program is not None and bool(needs_of(program))


def link(message: OutboxMessage) -> str:
    """The queue."""
    return absolute(reverse("mentoring:needs_you", args=[message.data["program"]]))


def register() -> None:
    """Tell the outbox about this kind; called when the application starts."""
    registry.register(KIND, label=_("Something needs you"), still_due=still_needed, link=link)
