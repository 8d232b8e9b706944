"""A pair's agreement: the program's text plus what the two add.

Both sign a version; a change asks both again.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from pairings.domain.locks import lock_pairing
from pairings.enums import PairingState
from pairings.mail import offers as offer_mail
from pairings.models import AgreementVersion, Pairing, Signature

FIELDS = ("boundaries", "confidentiality", "cadence", "channel")
"""What the pair adds, in the order of the page."""


@dataclass(frozen=True)
class Additions:
    """What the pair adds to the program's text; empty where it adds nothing."""

    boundaries: str = ""
    confidentiality: str = ""
    cadence: str = ""
    channel: str = ""

    def stripped(self) -> Additions:
        """Without space around, and with one kind of line end, so that only real changes count."""
        values = {name: getattr(self, name).replace("\r\n", "\n").strip() for name in FIELDS}
        return Additions(**values)


@dataclass(frozen=True)
class Piece:
    """A run of words that is in both versions, or only in the old or the new one."""

    kind: Literal["same", "removed", "added"]
    text: str


def additions_of(version: AgreementVersion | None) -> Additions:
    """What a version (or nothing yet) adds."""
    return (
        Additions()
        if version is None
        else Additions(**{name: getattr(version, name) for name in FIELDS})
    )


def current(pairing: Pairing) -> AgreementVersion | None:
    """The newest version, signed or not; None for a pair that has none yet."""
    return pairing.agreement_versions.order_by("-number").first()


def is_signed(pairing: Pairing) -> bool:
    """Both have signed one and the same version.

    A later change does not undo that: it asks for new signatures.
    """
    mine = Signature.objects.filter(version__pairing=pairing, person=pairing.mentor_id)
    theirs = Signature.objects.filter(version__pairing=pairing, person=pairing.mentee_id)
    return mine.filter(version__in=theirs.values("version")).exists()


def write_first_version(pairing: Pairing) -> AgreementVersion:
    """Version 1: the program's text alone, for both to sign or to add to.

    Got or made, in the caller's transaction.
    """
    version, _made = AgreementVersion.objects.get_or_create(
        pairing=pairing, number=1, defaults={"text": pairing.program.agreement_text}
    )
    return version


@transaction.atomic
def propose_version(
    *, actor: User, pairing: Pairing, base_number: int, additions: Additions, sign_it: bool = False
) -> AgreementVersion:
    """Write the next version, built on version `base_number` (0: there was none); the other is
    asked to sign.

    `sign_it` signs it for its author in the same transaction. DomainError: code "conflict" when the
    other has written a version in the meantime, "unchanged" when nothing differs, "wrong_state" for
    a pair that has ended.
    """
    locked = _lock(pairing, actor)
    newest = current(locked)
    number = newest.number if newest else 0
    if number != base_number:
        raise DomainError(
            _(
                "%(name)s has changed this agreement while you were writing. What you wrote is "
                "still below."
            ),
            code="conflict",
            params={"name": _partner(locked, actor).short_name},
        )
    additions = additions.stripped()
    if (
        newest is not None
        and additions_of(newest) == additions
        and newest.text == locked.program.agreement_text
    ):
        raise DomainError(
            _("Nothing has changed yet. Write what you want to add, or go back and sign."),
            code="unchanged",
        )
    version = AgreementVersion.objects.create(
        pairing=locked,
        number=number + 1,
        text=locked.program.agreement_text,
        written_by=actor,
        **{name: getattr(additions, name) for name in FIELDS},
    )
    audit.record(
        "agreement.proposed",
        version,
        actor=actor,
        scope=locked.program.public_id,
        number=version.number,
    )
    if sign_it:
        _sign(version, actor)
    offer_mail.tell_agreement_changed(locked, version.number, _partner(locked, actor))
    return version


@transaction.atomic
def sign(*, actor: User, pairing: Pairing, number: int) -> Signature:
    """Sign version `number` (0: there was none, so the program's text is version 1).

    Twice changes nothing.

    DomainError when that is no longer the newest version: nobody signs what they have not read.
    """
    locked = _lock(pairing, actor)
    newest = current(locked) or write_first_version(locked)
    if number != newest.number and not (
        number == 0 and newest.number == 1 and newest.written_by_id is None
    ):
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
    locked = lock_pairing(pairing)
    if actor.pk not in (locked.mentor_id, locked.mentee_id):
        raise DomainError(_("Only the two people of a pair can do that."), code="not_of_pair")
    if locked.state not in (PairingState.ACTIVE, PairingState.PAUSED):
        raise DomainError(
            _("This pair has ended, so its agreement stays as it is."), code="wrong_state"
        )
    return locked


def _partner(pairing: Pairing, actor: User) -> User:
    return pairing.mentee if actor.pk == pairing.mentor_id else pairing.mentor


def difference(old: str, new: str) -> list[Piece]:
    """What turns `old` into `new`, word by word, for marking as removed and added."""
    before, after = _words(old), _words(new)
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(before[a:b])))
            continue
        if b > a:
            pieces.append(Piece("removed", "".join(before[a:b])))
        if d > c:
            pieces.append(Piece("added", "".join(after[c:d])))
    return pieces


def _words(text: str) -> list[str]:
    """Words, each with the space that follows it; line ends stand alone."""
    words: list[str] = []
    for line in text.splitlines(keepends=True):
        words += [word + " " for word in line.split(" ")[:-1]] + [line.split(" ")[-1]]
    return [word for word in words if word]
