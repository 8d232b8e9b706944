"""What accounts writes to people: that their address has changed, or has not."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import AddressChange
from notifications import outbox
from notifications.kinds import registry
from notifications.mail.rendering import compose

KINDS = {
    "accounts.address_confirmed": _("Your address has changed"),
    "accounts.address_rejected": _("Your address stays as it was"),
}


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
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
        )


for _kind, _label in KINDS.items():
    registry.register(_kind, label=_label)
