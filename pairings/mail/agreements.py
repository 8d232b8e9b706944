"""Mails about an agreement: a version to sign, and reminders to those who have not signed it.

There are two reminders at most, and none to the one who has signed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import User
from notifications import outbox
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage
from pairings.mail.letters import send
from pairings.models import AgreementVersion, Pairing

KIND = "pairings.agreement_nudge"
LIFE = timedelta(days=3)  # the next reminder, or the coordinator, then says the same


def tell_changed(pairing: Pairing, number: int, *, actor: User) -> None:
    """The other of the pair has a version to read and sign. Its text is on the page alone.

    Unsent messages about earlier versions are not sent.
    """
    recipient = pairing.partner_of(actor)
    outbox.cancel(key_prefix=f"pairing:{pairing.public_id}:agreement:", reason="newer version")
    send(
        actor=actor,
        recipient=recipient,
        kind="agreement_changed",
        key=f"agreement:{number}:{recipient.pk}",
        pairing=pairing,
    )


def key(version: AgreementVersion, number: int, person: User) -> str:
    """One reminder of a version to a person."""
    return f"agreement:{version.public_id}:{number}:{person.public_id}"


def draft(
    version: AgreementVersion, person: User, *, number: int, due_at: datetime
) -> outbox.Draft:
    """The reminder. Needs the version's pairing with its two people and its program."""
    pairing = version.pairing
    letter = compose(
        recipient=person,
        template="pairings/agreement_nudge",
        context={
            "program": pairing.program,
            "person": person,
            "partner": pairing.partner_of(person),
        },
    )
    return {
        "recipient": person,
        "kind": KIND,
        "dedupe_key": key(version, number, person),
        "scope": pairing.program.public_id,
        "data": {"pairing": str(pairing.public_id), "version": str(version.public_id)},
        "due_at": due_at,
        "expires_at": due_at + LIFE,
        **letter.fields(),
    }


def is_unsigned(message: OutboxMessage) -> bool:
    """The pair is active, this version is the newest, and its reader has not signed it."""
    unsigned = AgreementVersion.objects.unsigned().not_signed_by(message.recipient_id)
    return unsigned.filter(public_id=message.data["version"]).exists()
