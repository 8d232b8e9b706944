"""What accounts writes to people: that their address has changed, or has not."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import AddressChange
from notifications import kinds, outbox
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import compose


def tell_address_confirmed(change: AddressChange) -> None:
    """Both the old and the new address hear that the new one signs in from now on."""
    _tell_both(change, "accounts.address_confirmed")


def tell_address_rejected(change: AddressChange) -> None:
    """Both addresses hear that the old one stays."""
    _tell_both(change, "accounts.address_rejected")


def _tell_both(change: AddressChange, kind: str) -> None:
    letter = compose(
        recipient=change.person, template=kind.replace(".", "/", 1), context={"change": change}
    )
    for which, address in (("old", change.old_email), ("new", change.new_email)):
        outbox.enqueue(
            recipient=change.person,
            kind=kind,
            dedupe_key=f"address:{change.public_id}:{which}",
            address=address,
            **letter.fields(),
        )


def sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample."""
    change = AddressChange(
        person=cast.reader, old_email="mara@old.example", new_email=cast.mentor.email
    )
    return {"change": change}


def register() -> None:
    """Declare these kinds; called when the application starts."""
    kinds.register(
        MessageKind(
            key="accounts.address_confirmed",
            label=_("Your address has changed"),
            occasion=_("To the person, at both addresses, when HR confirms a new address."),
            why="account",
            sample=sample,
        ),
        MessageKind(
            key="accounts.address_rejected",
            label=_("Your address stays as it was"),
            occasion=_("To the person, at both addresses, when HR keeps the old address."),
            why="account",
            sample=sample,
        ),
    )
