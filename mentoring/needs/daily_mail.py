"""The daily mail: something new in *Needs you today*, sent only when there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from accounts.models import Company, User
from common import clock
from common.http import absolute
from common.timezones import to_wall
from mentoring.needs.queue import needs_of
from notifications import kinds, outbox
from notifications.delivery import webhooks
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import Letter, compose
from notifications.models import OutboxMessage
from programs.domain.staff import people_who_run
from programs.enums import ProgramState
from programs.models import Program

KIND = "mentoring.needs_you"
HOURS = range(8, 12)  # in the program's time zone; later than eight only after down time
FRIDAY = 4


LIFE = timedelta(days=1)
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
LIVE = [ProgramState.ENROLLING, ProgramState.MATCHING, ProgramState.RUNNING, ProgramState.CLOSING]


def tell_what_is_new() -> int:
    """Tell who runs a program, by mail and in its channels, that something new needs them.

    Returns how many messages were new. Running it again on the same day adds nothing.
    """
    now = clock.now()
    programs = _programs_at_time(now)
    last_told = _last_told(programs)

    told = 0
    for program in programs:
        last = last_told.get(program.public_id, BEFORE_ALL)
        if day_of(program, last) != day_of(program, now):
            told += _tell(program, since=last, now=now)
    return told


def _programs_at_time(now: datetime) -> list[Program]:
    """The live programs in which it is time for the mail."""
    live = Program.objects.filter(state__in=LIVE)
    return [program for program in live if is_time(program, now)]


def _last_told(programs: list[Program]) -> dict[UUID, datetime]:
    """{program's public id: when its people were last told}, without those who never were."""
    ids = [program.public_id for program in programs]
    messages = OutboxMessage.objects.filter(kind=KIND, scope__in=ids).order_by()
    return dict(messages.values_list("scope").annotate(at=Max("due_at")))


def is_time(program: Program, now: datetime) -> bool:
    """Whether it is a weekday's morning where the program is."""
    local = to_wall(now, program.time_zone)
    return local.weekday() <= FRIDAY and local.hour in HOURS


def day_of(program: Program, moment: datetime) -> str:
    """The day where the program is."""
    return to_wall(moment, program.time_zone).date().isoformat()


@transaction.atomic
def _tell(program: Program, *, since: datetime, now: datetime) -> int:
    """Tell of the entries that are newer than `since`; how many messages were new."""
    news = [need for need in needs_of(program) if need.news_at > since and not need.snoozed]
    number = len(news)
    if number == 0:
        return 0
    return _mail(program, number, now) + _post_in_channels(program, number, now)


def _mail(program: Program, number: int, now: datetime) -> int:
    """Mail everybody who runs the program; how many mails were new."""
    people = people_who_run(program)
    return outbox.enqueue_many(_draft(program, person, number, now) for person in people)


def _draft(program: Program, person: User, number: int, now: datetime) -> outbox.Draft:
    letter = _letter(program, person, number)
    return {
        "recipient": person,
        "kind": KIND,
        "dedupe_key": f"{_dedupe_key(program, now)}:{person.pk}",
        "scope": program.public_id,
        "data": _data(program, now),
        "expires_at": now + LIFE,
        **letter.fields(),  # type: ignore[typeddict-item]
    }


def _post_in_channels(program: Program, number: int, now: datetime) -> int:
    """Post in the program's channels at Slack and Teams; how many posts were new."""
    return webhooks.announce(
        scope=program.public_id,
        kind=KIND,
        dedupe_key=_dedupe_key(program, now),
        sentence=_sentence_for_company(program, number),
        data=_data(program, now),
        expires_at=now + LIFE,
    )


def _dedupe_key(program: Program, now: datetime) -> str:
    return f"needs-you:{program.public_id}:{day_of(program, now)}"


def _data(program: Program, now: datetime) -> dict[str, str]:
    return {"program": str(program.public_id), "day": day_of(program, now)}


def _letter(program: Program, recipient: User, number: int) -> Letter:
    context = {"program": program, "number": number}
    return compose(recipient=recipient, template="mentoring/needs_you", context=context)


def _sentence_for_company(program: Program, number: int) -> str:
    locale = Company.objects.values_list("locale", flat=True).first()
    with override(locale or "en"):
        return sentence_of(program, number)


def sentence_of(program: Program, number: int) -> str:
    """All that a channel at Slack or Teams gets, in the active language."""
    words = ngettext(
        "%(program)s: %(number)d thing needs you today.",
        "%(program)s: %(number)d things need you today.",
        number,
    )
    return words % {"program": program.name, "number": number}


def still_needed(message: OutboxMessage) -> bool:
    """Whether somebody still has something to do."""
    program = Program.objects.filter(public_id=message.data["program"], state__in=LIVE).first()
    if program is None:
        return False
    return any(not need.snoozed for need in needs_of(program))


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
