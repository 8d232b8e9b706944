"""The reminder to sign: to the one who has not signed, never to the one who waits. Two at most."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.http import absolute
from notifications import outbox
from notifications.kinds import registry
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage
from pairings.enums import PairingState
from pairings.models import AgreementVersion

KIND = "pairings.agreement_nudge"
LIFE = timedelta(
    days=3
)  # then it says nothing that the next reminder, or the coordinator, does not say


def key(version: AgreementVersion, number: int, person: User) -> str:
    """One reminder of a version to a person."""
    return f"agreement:{version.public_id}:{number}:{person.public_id}"


def draft(
    version: AgreementVersion, person: User, *, number: int, due_at: datetime
) -> outbox.Draft:
    """The message. Needs the version's pairing with its two people and its program."""
    pairing = version.pairing
    other = pairing.mentee if person.pk == pairing.mentor_id else pairing.mentor
    context = {"program": pairing.program, "person": person, "other": other}
    letter = compose(recipient=person, template="pairings/agreement_nudge", context=context)
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
    version = (
        AgreementVersion.objects.select_related("pairing")
        .filter(public_id=message.data["version"])
        .first()
    )
    return (
        version is not None
        and version.pairing.state == PairingState.ACTIVE
        and not version.pairing.agreement_versions.filter(number__gt=version.number).exists()
        and not version.signatures.filter(person_id=message.recipient_id).exists()
    )


def link(message: OutboxMessage) -> str:
    """The page on which it is signed."""
    return absolute(reverse("pairings:agreement", args=[message.data["pairing"]]))


def register() -> None:
    """Tell the outbox about this kind; called when the application starts."""
    registry.register(
        KIND, label=_("Please sign the agreement"), still_due=is_unsigned, link=link, is_nudge=True
    )
