"""A coordinator's own words about an entry of *Needs you today*: one mail a person, once, and never
kept.

Their text goes into the outbox like every other message and is wiped there when it has been sent.
What stays is that they wrote, when, about which entry and to whom.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from common.http import absolute
from mentoring.needs.drafts import button_of, draft_of
from mentoring.needs.queue import Need, need_of
from mentoring.needs.written import KIND, NOT_ARRIVED
from notifications import kinds, outbox
from notifications.enums import Channel
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import Letter, compose
from notifications.models import OutboxMessage
from notifications.preferences import suppression
from programs.models import Program

GAP = timedelta(days=1)  # so long nobody writes about the same entry again
MOST_AN_HOUR = 40  # by one coordinator in one program
MOST_A_DAY = 3  # to one person in one program, about whatever

# where a mail leads, by the kind of its entry; a pair's page for all others
LINKS = {
    "unlogged": "meetings:session_log",
    "disagreement": "meetings:session_detail",
    "unanswered": "programs:enrolment",
}


def unreachable(people: Sequence[User]) -> list[User]:
    """Those of them to whose address no mail is sent at present."""
    refused = suppression.since_by_address()
    return [person for person in people if person.email in refused]


def letter(
    *, sender: User, recipient: User, program: Program, kind: str, subject: str, text: str
) -> Letter:
    """The mail as its recipient reads it.

    What is typed is plain text: it can make neither a button nor a labelled link.
    """
    with translation.override(recipient.locale):
        button = button_of(kind)
    context = {
        "subject": plain(subject),
        "words": plain(text),
        "button": button,
        "sender": sender.name,
        "program": program,
    }
    return compose(recipient=recipient, template="mentoring/word_by_hand", context=context)


def plain(text: str) -> str:
    """Without what the layout of mails would take for marks of its own: [[…]], and the line that
    begins the foot.
    """
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    return re.sub(r"\[(?=\[)", "[\u2060", "\n".join(lines)).strip()


@transaction.atomic
def write(
    *,
    actor: User,
    program: Program,
    need: Need,
    people: Sequence[User],
    subject: str,
    text: str,
    once: UUID,
) -> bool:
    """Send these words to each of `people`, by a mail of their own; False when this very form was
    sent before.

    Whose address is refused finds the subject in the inbox of the application. `once` names the
    form that was filled in. DomainError when the entry has been settled meanwhile, or somebody has
    written about it, or to them, too much of late.
    """
    Program.objects.select_for_update(of=("self",), no_key=True).get(pk=program.pk)  # one at a time
    about, now = str(need.about_id), clock.now()
    written = OutboxMessage.objects.filter(kind=KIND, scope=program.public_id)
    if written.filter(data__once=str(once)).exists():
        return False
    if need_of(program, need.kind, need.about_id) is None:
        raise DomainError(_("This has been settled in the meantime. Nothing was sent."))
    arrives = written.exclude(state__in=NOT_ARRIVED)
    if arrives.filter(data__need=need.kind, data__about=about, due_at__gt=now - GAP).exists():
        raise DomainError(
            _("Somebody has written about this within the last day. Give them time to answer.")
        )
    _keep_to_limits(written, actor, people)
    refused = {person.pk for person in unreachable(people)}
    data = {
        "program": str(program.public_id),
        "need": need.kind,
        "about": about,
        "by": actor.pk,
        "once": str(once),
    }
    drafts: list[outbox.Draft] = [
        {
            "recipient": person,
            "kind": KIND,
            "channel": Channel.INBOX if person.pk in refused else Channel.EMAIL,
            "dedupe_key": f"word:{need.kind}:{about}:{once}:{person.pk}",
            "scope": program.public_id,
            "data": data,
            **letter(
                sender=actor,
                recipient=person,
                program=program,
                kind=need.kind,
                subject=subject,
                text=text,
            ).fields(),  # type: ignore[typeddict-item]
        }
        for person in people
    ]
    if not outbox.enqueue_many(drafts):
        return False
    to = [str(person.public_id) for person in people]
    audit.record(
        "need.written",
        program,
        actor=actor,
        scope=program.public_id,
        need=need.kind,
        about=about,
        to=to,
    )
    return True


def _keep_to_limits(written: QuerySet[OutboxMessage], actor: User, people: Sequence[User]) -> None:
    """DomainError where so many mails have gone out in this program that one more would be
    noise.
    """
    now = clock.now()
    if (
        written.filter(data__by=actor.pk, due_at__gt=now - timedelta(hours=1)).count() + len(people)
        > MOST_AN_HOUR
    ):
        raise DomainError(
            _("You have written many mails within the last hour. Please go on a little later.")
        )
    for person in people:
        if (
            written.filter(recipient=person, due_at__gt=now - timedelta(days=1)).count()
            >= MOST_A_DAY
        ):
            problem = _(
                "%(name)s has had several of these mails within the last day. Please write "
                "tomorrow, or call."
            )
            raise DomainError(problem, params={"name": person.name})


def still_due(message: OutboxMessage) -> bool:
    """What it is about has not been settled while it waited for the end of somebody's quiet
    hours.
    """
    program = Program.objects.filter(public_id=message.data["program"]).first()
    return (
        program is not None
        and need_of(program, message.data["need"], UUID(message.data["about"])) is not None
    )


def link(message: OutboxMessage) -> str:
    """Where something can be done about it."""
    kind, about = message.data["need"], message.data["about"]
    if kind == "bounced":
        return absolute(reverse("accounts:profile"))
    return absolute(reverse(LINKS.get(kind, "mentoring:pair_home"), args=[about]))


def reply_to(message: OutboxMessage) -> str:
    """The address of the one who wrote it, as it is now; "" when they have left."""
    author: Any = (
        User.objects.active().filter(pk=message.data["by"]).values_list("email", flat=True).first()
    )
    return author or ""


def sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample: the draft about a pair that has not met."""
    need = Need(
        kind="not_met",
        title="",
        about="",
        about_id=uuid4(),
        since=cast.moment,
        url="",
        people=(),
    )
    draft = draft_of(need, cast.program, translation.get_language() or "en")
    return {
        "program": cast.program,
        "sender": "Cora Brandt",
        "subject": draft.subject,
        "words": draft.text,
        "button": button_of(need.kind),
    }


def register() -> None:
    """Declare this kind; called when the application starts.

    It is from one person to another: never in a summary, which would leave the words out, and not a
    reminder that may be turned off.
    """
    kinds.register(
        MessageKind(
            key=KIND,
            label=gettext_lazy("Written by hand"),
            occasion=gettext_lazy(
                "To those of a pair or program you choose, when you write to them from “Needs you "
                "today”."
            ),
            quiet=True,
            listed=True,
            still_due=still_due,
            link=link,
            reply_to=reply_to,
            sample=sample,
        )
    )
