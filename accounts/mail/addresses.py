"""What accounts writes about a changed address: to both addresses, and to the HR admins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.mail.hr_admins import tell_hr_admins
from accounts.models import AddressChange, User
from common import tokens
from common.http import absolute
from notifications import kinds, outbox
from notifications.enums import MessageState
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage

PROPOSED, CONFIRMED, REJECTED = (
    "accounts.address_proposed",
    "accounts.address_confirmed",
    "accounts.address_rejected",
)
HR_CONFIRMED, HR_STOPPED = "accounts.address_hr_confirmed", "accounts.address_hr_stopped"
PURPOSE = "address-change"
OLD, NEW = "old", "new"


def tell_proposed(changes: Sequence[AddressChange], *, actor: User | None) -> None:
    """Both addresses hear of the change that waits, each with a link of its own.

    `actor` as in `outbox.enqueue`.
    """
    outbox.enqueue_many(
        draft | {"actor": actor} for change in changes for draft in _drafts(change, PROPOSED)
    )


def tell_confirmed(change: AddressChange) -> None:
    """Both the old and the new address hear that the new one signs in from now on."""
    outbox.enqueue_many(_drafts(change, CONFIRMED))


def tell_rejected(change: AddressChange) -> None:
    """Both addresses hear that the old one stays."""
    outbox.enqueue_many(_drafts(change, REJECTED))


def _drafts(change: AddressChange, kind: str) -> Iterator[outbox.Draft]:
    for which, address in ((OLD, change.old_email), (NEW, change.new_email)):
        letter = compose(
            recipient=change.person,
            template=kind.replace(".", "/", 1),
            context={"change": change, "is_old": which == OLD},
        )
        yield outbox.Draft(
            recipient=change.person,
            kind=kind,
            dedupe_key=_key(change, kind, which),
            address=address,
            data={"change": str(change.public_id), "which": which},
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
        )


def _key(change: AddressChange, kind: str, which: str) -> str:
    return f"address:{change.public_id}:{kind.rpartition('_')[2]}:{which}"


def told_before(changes: Sequence[AddressChange], moment: datetime) -> list[AddressChange]:
    """Those whose two mails about the proposal left before `moment` and did not come back."""
    keys = {
        change.pk: {_key(change, PROPOSED, which) for which in (OLD, NEW)} for change in changes
    }
    sent = OutboxMessage.objects.filter(
        dedupe_key__in=set().union(*keys.values()),
        state=MessageState.SENT,
        sent_at__lte=moment,
    )
    sent_keys = set(sent.values_list("dedupe_key", flat=True))
    return [change for change in changes if keys[change.pk] <= sent_keys]


def tell_hr_confirmed(changes: Sequence[AddressChange], *, by: User | None) -> None:
    """All HR admins hear of one decision, about one person or many; `by` is None without HR."""
    context = {"number": len(changes), "change": changes[0], "by": by}
    tell_hr_admins(HR_CONFIRMED, context, occasion=f"address:{changes[0].public_id}", actor=by)


def tell_hr_stopped(change: AddressChange) -> None:
    """All HR admins hear that somebody has stopped a change."""
    occasion = f"address:{change.public_id}"
    tell_hr_admins(HR_STOPPED, {"change": change}, occasion=occasion, actor=None)


def link(message: OutboxMessage) -> str:
    """To the page on which the change is stopped, or confirmed by the old address."""
    payload = [message.data["change"], message.data["which"]]
    return absolute(reverse("accounts:address_answer", args=[tokens.make(PURPOSE, payload)]))


def is_pending(message: OutboxMessage) -> bool:
    """The change still waits: neither decided nor replaced by another."""
    return AddressChange.objects.pending().filter(public_id=message.data["change"]).exists()


def list_link(_message: OutboxMessage) -> str:
    """To the list of changed addresses."""
    return absolute(reverse("accounts:address_change_list"))


def sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample, as the old address gets it."""
    change = AddressChange(
        public_id=UUID(int=0),
        person=cast.reader,
        old_email="mara@old.example",
        new_email=cast.mentor.email,
        created_at=cast.moment,
    )
    return {"change": change, "is_old": True, "number": 1, "by": cast.mentee}


def register() -> None:
    """Declare these kinds; called when the application starts."""
    kinds.register(
        MessageKind(
            key=PROPOSED,
            label=_("A new address for signing in"),
            occasion=_(
                "To the person, at both addresses, when an import or HR names another address."
            ),
            why="account",
            most_in_all=180,
            still_due=is_pending,
            link=link,
            sample=sample,
        ),
        MessageKind(
            key=CONFIRMED,
            label=_("Your address has changed"),
            occasion=_("To the person, at both addresses, when a new address is confirmed."),
            why="account",
            sample=sample,
        ),
        MessageKind(
            key=REJECTED,
            label=_("Your address stays as it was"),
            occasion=_("To the person, at both addresses, when the old address is kept."),
            why="account",
            sample=sample,
        ),
        MessageKind(
            key=HR_CONFIRMED,
            label=_("A changed address is confirmed"),
            occasion=_("To all HR admins, when somebody’s new address is confirmed."),
            why="hr",
            most_to_one=60,
            most_in_all=None,
            link=list_link,
            sample=sample,
        ),
        MessageKind(
            key=HR_STOPPED,
            label=_("A changed address was stopped"),
            occasion=_("To all HR admins, when somebody stops the change of an address."),
            why="hr",
            link=list_link,
            sample=sample,
        ),
    )
