"""Mails about naming and removing an assistant for one's calendar.

Both get one. For the person who did it, it is marked as read at once.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Delegation, User
from common import clock
from common.http import absolute
from notifications import kinds, outbox
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import Letter, compose
from notifications.models import OutboxMessage

NAMED, REMOVED = "accounts.delegate_named", "accounts.delegate_removed"


def tell_named(delegation: Delegation) -> None:
    """The delegate learns what is theirs to do from now on; the mentee has it in writing.

    Whom an unsent message would have told that it is over learns nothing new.
    """
    _tell(delegation, NAMED, undoes=REMOVED)


def tell_removed(delegation: Delegation) -> None:
    """The delegate learns that it is over; the mentee has it in writing.

    Neither is told who has not been told of the naming yet.
    """
    _tell(delegation, REMOVED, undoes=NAMED)


def _tell(delegation: Delegation, kind: str, *, undoes: str) -> None:
    """Write to both, unless the message that this one undoes has not been sent yet."""
    for person in (delegation.delegate, delegation.mentee):
        unsent = outbox.cancel(key_prefix=_prefix(delegation, undoes, person), reason="undone")
        if not unsent:
            _tell_one(delegation, kind, person)


def _prefix(delegation: Delegation, kind: str, person: User) -> str:
    """How the keys of the messages of one kind to one of the two begin."""
    return f"delegation:{delegation.mentee_id}-{delegation.delegate_id}:{kind}:{person.pk}:"


def _tell_one(delegation: Delegation, kind: str, person: User) -> None:
    """Write to one of the two, unless they are deactivated."""
    if not person.is_active:
        return
    mine = person.pk == delegation.mentee_id
    letter = _letter(delegation, kind, person, mine=mine)
    message = outbox.enqueue(
        recipient=person,
        kind=kind,
        actor=delegation.mentee,
        dedupe_key=f"{_prefix(delegation, kind, person)}{delegation.public_id}",
        data={"mine": mine},
        **letter.fields(),
    )
    if message and mine:
        message.read_at = clock.now()
        message.save(update_fields=["read_at"])


def _letter(delegation: Delegation, kind: str, person: User, *, mine: bool) -> Letter:
    context = {"mentee": delegation.mentee, "delegate": delegation.delegate, "mine": mine}
    return compose(recipient=person, template=kind.replace(".", "/", 1), context=context)


def link(message: OutboxMessage) -> str:
    """To the mentee's own page of delegates, or to the calendar for others."""
    page = "accounts:delegates" if message.data["mine"] else "meetings:delegate_home"
    return absolute(reverse(page))


def sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample: the reader is named as the delegate."""
    return {"mentee": cast.mentee, "delegate": cast.reader, "mine": False}


def register() -> None:
    """Declare these kinds; called when the application starts."""
    kinds.register(
        MessageKind(
            key=NAMED,
            label=_("An assistant for the calendar"),
            occasion=_(
                "To the assistant and the one whose times they handle, when they are named."
            ),
            why="account",
            quiet=True,
            digest=True,
            most_in_all=20,
            link=link,
            sample=sample,
        ),
        MessageKind(
            key=REMOVED,
            label=_("No longer an assistant for the calendar"),
            occasion=_("To the assistant and the one whose times they handled, when that is over."),
            why="account",
            quiet=True,
            digest=True,
            # A delegate can always be removed: the limits of naming bound this one.
            most_to_one=None,
            most_in_all=None,
            link=link,
            sample=sample,
        ),
    )
