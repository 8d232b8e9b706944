"""A pair's agreement: the program's text and the pair's additions.

Both sign a version. After a change both are asked again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from pairings.domain.locks import lock_pairing
from pairings.enums import RUNNING_STATES
from pairings.mail import agreements as agreement_mail
from pairings.models import AgreementVersion, Pairing, Signature
from pairings.models.pairing import signed_by_both
from programs.labels import with_labels

FIELDS = ("boundaries", "confidentiality", "cadence", "channel")
"""The pair's additions, in the order of the page."""


@dataclass(frozen=True)
class Additions:
    """What the pair adds to the program's text; empty where it adds nothing."""

    boundaries: str = ""
    confidentiality: str = ""
    cadence: str = ""
    channel: str = ""

    def stripped(self) -> Additions:
        """Without outer spaces and with one kind of line end, so that only real changes count."""
        values = {name: getattr(self, name).replace("\r\n", "\n").strip() for name in FIELDS}
        return Additions(**values)


@dataclass(frozen=True)
class Piece:
    """Words that are in both versions, or only in the old or the new one."""

    kind: Literal["same", "removed", "added"]
    text: str


def additions_of(version: AgreementVersion | None) -> Additions:
    """What a version adds; nothing for None."""
    if version is None:
        return Additions()
    return Additions(**{name: getattr(version, name) for name in FIELDS})


def current(pairing: Pairing) -> AgreementVersion | None:
    """The newest version, signed or not; None when there is none yet."""
    return pairing.agreement_versions.order_by("-number").first()


def is_signed(pairing: Pairing) -> bool:
    """Whether both have signed one version. See `signed_by_both`."""
    return Pairing.objects.filter(signed_by_both(), pk=pairing.pk).exists()


def program_text(pairing: Pairing) -> str:
    """The program's text, in its words for the two sides."""
    return with_labels(pairing.program.agreement_text, pairing.program)


def write_first_version(pairing: Pairing) -> AgreementVersion:
    """Version 1, the program's text alone: made if it is not there yet."""
    version, _made = AgreementVersion.objects.get_or_create(
        pairing=pairing, number=1, defaults={"text": program_text(pairing)}
    )
    return version


@transaction.atomic
def propose_version(
    *, actor: User, pairing: Pairing, base_number: int, additions: Additions, sign_it: bool = False
) -> AgreementVersion:
    """Write the version after `base_number` (0: there was none), and ask the partner to sign it.

    `sign_it` also signs it for the actor. DomainError: code "conflict" when the partner has written
    a version in the meantime, "unchanged" when nothing differs, "wrong_state" when the pair has
    ended.
    """
    locked = _lock(pairing, actor)
    partner = locked.partner_of(actor)
    newest = current(locked)
    number = newest.number if newest else 0
    if number != base_number:
        raise _conflict(partner)
    additions = additions.stripped()
    if newest is not None and not _differs(newest, locked, additions):
        raise DomainError(
            _("Nothing has changed yet. Write what you want to add, or go back and sign."),
            code="unchanged",
        )

    version = _write(locked, number + 1, additions, actor)
    if sign_it:
        _sign(version, actor)
    agreement_mail.tell_changed(locked, version.number, actor=actor)
    return version


def _conflict(partner: User) -> DomainError:
    """The partner has written a version since the actor opened the form."""
    text = _(
        "%(name)s has changed this agreement while you were writing. What you wrote is still below."
    )
    return DomainError(text, code="conflict", params={"name": partner.short_name})


def _differs(newest: AgreementVersion, pairing: Pairing, additions: Additions) -> bool:
    """A new version would differ: in its additions, or in the program's text."""
    return additions_of(newest) != additions or newest.text != program_text(pairing)


def _write(pairing: Pairing, number: int, additions: Additions, actor: User) -> AgreementVersion:
    version = AgreementVersion.objects.create(
        pairing=pairing,
        number=number,
        text=program_text(pairing),
        written_by=actor,
        **asdict(additions),
    )
    audit.record(
        "agreement.proposed",
        version,
        actor=actor,
        scope=pairing.program.public_id,
        number=version.number,
    )
    return version


@transaction.atomic
def sign(*, actor: User, pairing: Pairing, number: int) -> Signature:
    """Sign version `number` (0: there was none, so the program's text is version 1).

    Signing twice changes nothing. DomainError when it is no longer the newest version: nobody signs
    what they have not read.
    """
    locked = _lock(pairing, actor)
    newest = current(locked) or write_first_version(locked)
    is_bare_first = newest.number == 1 and newest.written_by_id is None
    has_read = number == newest.number or (number == 0 and is_bare_first)
    if not has_read:
        raise DomainError(
            _("There is a newer version of this agreement. Read what has changed, then sign."),
            code="newer_version",
        )
    return _sign(newest, actor)


def _sign(version: AgreementVersion, actor: User) -> Signature:
    signature, made = Signature.objects.get_or_create(
        version=version, person=actor, defaults={"signed_at": clock.now()}
    )
    if made:
        scope = version.pairing.program.public_id
        audit.record("agreement.signed", version, actor=actor, scope=scope, number=version.number)
    return signature


def _lock(pairing: Pairing, actor: User) -> Pairing:
    """The pair under lock. DomainError for a stranger, and when the pair has ended."""
    locked = lock_pairing(pairing)
    if not locked.has_member(actor):
        raise DomainError(_("Only the two people of a pair can do that."), code="not_of_pair")
    if locked.state not in RUNNING_STATES:
        raise DomainError(
            _("This pair has ended, so its agreement stays as it is."), code="wrong_state"
        )
    return locked


def difference(old: str, new: str) -> list[Piece]:
    """What turns `old` into `new`, word by word, for marking as removed and added."""
    before, after = _words(old), _words(new)
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)

    pieces: list[Piece] = []
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        removed = "".join(before[old_start:old_end])
        added = "".join(after[new_start:new_end])
        if kind == "equal":
            pieces.append(Piece("same", added))
        else:
            pieces += [Piece("removed", removed), Piece("added", added)]
    return [piece for piece in pieces if piece.text]


def _words(text: str) -> list[str]:
    """Words, each with the space that follows it; line ends are words of their own."""
    words: list[str] = []
    for line in text.splitlines(keepends=True):
        *first, last = line.split(" ")
        words += [word + " " for word in first]
        words.append(last)
    return [word for word in words if word]
