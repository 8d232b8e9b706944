"""The personal mail that a coordinator writes about an entry of *Needs you today*.

Each recipient gets one mail, once. Its text goes into the outbox like every other message and is
wiped there when it has been sent. What stays: that they wrote, when, about which entry, to whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from mentoring.needs.kinds import Need
from mentoring.needs.past_mails import KIND, NOT_ARRIVED
from mentoring.needs.queue import need_of
from notifications import kinds, outbox
from notifications.enums import Channel
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import Letter, compose
from notifications.models import OutboxMessage
from notifications.preferences import suppression
from programs.models import Program

GAP = timedelta(days=1)  # nobody writes about the same entry again within this time
MOST_AN_HOUR = 40  # by one coordinator in one program
MOST_A_DAY = 3  # to one person in one program, about any entry

# The page behind the button, by the kind of the entry; the pair's page for all others.
LINKS = {
    "unlogged": "meetings:session_log",
    "disagreement": "meetings:session_detail",
    "unanswered": "programs:enrolment",
}


def unreachable(people: Sequence[User]) -> list[User]:
    """Those of them to whom no mail can be sent at present."""
    refused = suppression.since_by_address()
    return [person for person in people if person.email in refused]


@dataclass(frozen=True)
class PersonalMail:
    """What a coordinator has typed about an entry."""

    program: Program
    need: Need
    subject: str
    text: str

    def letter(self, *, sender: User, recipient: User) -> Letter:
        """The mail as its recipient reads it."""
        with translation.override(recipient.locale):
            button = button_of(self.need.kind)
        context = {
            "subject": self.subject,
            "text": self.text,
            "button": button,
            "sender": sender.name,
            "program": self.program,
        }
        return compose(recipient=recipient, template="mentoring/personal_mail", context=context)


@transaction.atomic
def send(*, actor: User, mail: PersonalMail, people: Sequence[User], once: UUID) -> bool:
    """Send the mail to each of `people` separately; False if it was sent before.

    `once` is the id of the form that was filled in. People whose address is refused find the
    subject in their inbox in the application. DomainError when the entry has been settled, or when
    too much was written recently: about it, by the actor, or to one of the people.
    """
    written = _lock_written(mail.program)
    if written.filter(data__once=str(once)).exists():
        return False

    _check_entry(written, mail.program, mail.need)
    _check_author(written, actor, len(people))
    _check_recipients(written, people)

    if not outbox.enqueue_many(_drafts(actor, mail, people, once)):
        return False
    _record(actor, mail, people)
    return True


def _lock_written(program: Program) -> QuerySet[OutboxMessage]:
    """The personal mails of a program. No other is written there until the transaction ends."""
    Program.objects.select_for_update(of=("self",), no_key=True).get(pk=program.pk)
    return OutboxMessage.objects.filter(kind=KIND, scope=program.public_id)


def _record(actor: User, mail: PersonalMail, people: Sequence[User]) -> None:
    """The entry in the audit trail: about what and to whom, without the text."""
    audit.record(
        "need.written",
        mail.program,
        actor=actor,
        scope=mail.program.public_id,
        need=mail.need.kind,
        about=str(mail.need.about_id),
        to=[str(person.public_id) for person in people],
    )


def _drafts(
    actor: User, mail: PersonalMail, people: Sequence[User], once: UUID
) -> list[outbox.Draft]:
    """One message for each person: by mail, or in the inbox where mail does not arrive."""
    drafts: list[outbox.Draft] = []
    refused = unreachable(people)
    for person in people:
        draft = _draft(actor, mail, person, once)
        draft["channel"] = Channel.INBOX if person in refused else Channel.EMAIL
        drafts.append(draft)
    return drafts


def _draft(actor: User, mail: PersonalMail, person: User, once: UUID) -> outbox.Draft:
    kind, about = mail.need.key
    return {
        "recipient": person,
        "kind": KIND,
        "dedupe_key": f"personal-mail:{kind}:{about}:{once}:{person.pk}",
        "scope": mail.program.public_id,
        "data": _data(actor, mail, once),
        **mail.letter(sender=actor, recipient=person).fields(),  # type: ignore[typeddict-item]
    }


def _data(actor: User, mail: PersonalMail, once: UUID) -> dict[str, Any]:
    """What is kept of a message when its text is wiped."""
    kind, about = mail.need.key
    return {
        "program": str(mail.program.public_id),
        "need": kind,
        "about": about,
        "by": actor.pk,
        "once": str(once),
    }


def _check_entry(written: QuerySet[OutboxMessage], program: Program, need: Need) -> None:
    """DomainError when the entry is settled, or somebody has just written about it."""
    if need_of(program, need.kind, need.about_id) is None:
        raise DomainError(_("This has been settled in the meantime. Nothing was sent."))

    kind, about = need.key
    same_entry = written.filter(data__need=kind, data__about=about)
    recent = same_entry.filter(due_at__gt=clock.now() - GAP)
    if recent.exclude(state__in=NOT_ARRIVED).exists():
        raise DomainError(
            _("Somebody has written about this within the last day. Give them time to answer.")
        )


def _check_author(written: QuerySet[OutboxMessage], author: User, number: int) -> None:
    """DomainError when `number` more mails would be too many for the author."""
    hour_ago = clock.now() - timedelta(hours=1)
    last_hour = written.filter(data__by=author.pk, due_at__gt=hour_ago)
    if last_hour.count() + number > MOST_AN_HOUR:
        raise DomainError(
            _("You have written many mails within the last hour. Please go on a little later.")
        )


def _check_recipients(written: QuerySet[OutboxMessage], people: Sequence[User]) -> None:
    """DomainError when one of the people has had too many mails."""
    last_day = written.filter(due_at__gt=clock.now() - timedelta(days=1))
    for person in people:
        if last_day.filter(recipient=person).count() >= MOST_A_DAY:
            raise _had_several(person)


def _had_several(person: User) -> DomainError:
    problem = _(
        "%(name)s has had several of these mails within the last day. Please write "
        "tomorrow, or call."
    )
    return DomainError(problem, params={"name": person.name})


def still_due(message: OutboxMessage) -> bool:
    """Whether the entry is still open after the recipient's quiet hours."""
    data = message.data
    program = Program.objects.filter(public_id=data["program"]).first()
    if program is None:
        return False
    return need_of(program, data["need"], UUID(data["about"])) is not None


def link(message: OutboxMessage) -> str:
    """The page where the recipient can do something about it."""
    kind, about = message.data["need"], message.data["about"]
    if kind == "bounced":
        return absolute(reverse("accounts:profile"))
    page = LINKS.get(kind, "mentoring:pair_home")
    return absolute(reverse(page, args=[about]))


def reply_to(message: OutboxMessage) -> str:
    """The author's present address; "" when they have left."""
    author = User.objects.active().filter(pk=message.data["by"]).first()
    return author.email if author else ""


def sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample: the draft about a pair that has not met."""
    draft = draft_of(_need_of_sample(cast), cast.program, translation.get_language() or "en")
    return {
        "program": cast.program,
        "sender": "Cora Brandt",
        "subject": draft.subject,
        "text": draft.text,
        "button": button_of("not_met"),
    }


def _need_of_sample(cast: Cast) -> Need:
    return Need(
        kind="not_met",
        title="",
        about="",
        about_id=uuid4(),
        since=cast.moment,
        url="",
        people=(),
    )


def register() -> None:
    """Declare this kind; called when the application starts.

    It is from one person to another: never in a summary, which would leave the text out, and not a
    reminder that may be turned off.
    """
    kinds.register(
        MessageKind(
            key=KIND,
            label=gettext_lazy("Personal mail"),
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
