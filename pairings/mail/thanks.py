"""The mail to both of a pair whose program is closed."""

from __future__ import annotations

from notifications.models import OutboxMessage
from pairings.enums import PairingState
from pairings.mail.letters import pairing_of, send
from pairings.models import Pairing


def tell_completed(pairing: Pairing) -> None:
    """Thank both."""
    for person in pairing.people:
        send(
            recipient=person,
            kind="pairing_completed",
            key=f"completed:{person.pk}",
            pairing=pairing,
            context={"partner": pairing.partner_of(person)},
        )


def is_completed(message: OutboxMessage) -> bool:
    """The pair is completed."""
    pairing = pairing_of(message)
    return pairing is not None and pairing.state == PairingState.COMPLETED
