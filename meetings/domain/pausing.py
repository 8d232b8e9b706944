"""A pair pauses, goes on, or ends.

Neither of the two is told who did it: both read the same message.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from meetings.domain import calendar_cleanup, put_back
from pairings.domain import offers
from pairings.domain.locks import lock_pairing, may_meet
from pairings.enums import RUNNING_STATES, PairingState
from pairings.mail import pauses as pause_mail
from pairings.models import Pairing

Why = Literal["reporting_line", "leaver"]  # the two are in one reporting line, or one has left


@transaction.atomic
def pause(*, actor: User, pairing: Pairing) -> Pairing:
    """active → paused, with one neutral message to both; a paused pair stays as it is.

    Scheduled sessions are cancelled without a name and leave both calendars. They can be put back
    once the pair goes on. DomainError in any other state.
    """
    locked = lock_pairing(pairing)
    _require_member(locked, actor)
    if locked.state == PairingState.PAUSED:
        return locked
    _require(locked, PairingState.ACTIVE)
    moment = _pause(locked)
    _record("pairing.paused", locked)
    pause_mail.tell_paused(locked, moment)
    return locked


@transaction.atomic
def resume(*, actor: User, pairing: Pairing) -> Pairing:
    """The actor is ready to go on; paused → active once both are. An active pair stays as it is.

    DomainError if the pair may not go on: one has left, or they are in one reporting line.
    """
    locked = lock_pairing(pairing)
    _require_member(locked, actor)
    if locked.state == PairingState.ACTIVE:
        return locked
    _require(locked, PairingState.PAUSED)
    _require_may_meet(locked)

    _set_ready(locked, actor)
    if locked.mentor_ready_at and locked.mentee_ready_at:
        _go_on(locked)
        pause_mail.tell_resumed(locked, clock.now(), waiting=put_back.waiting(locked).count())
    else:
        pause_mail.tell_ready(locked, locked.partner_of(actor))
    locked.save()
    _record("pairing.ready_to_go_on", locked, state=locked.state)
    return locked


def _set_ready(pairing: Pairing, actor: User) -> None:
    """Keep since when the actor is ready."""
    field = "mentor_ready_at" if actor.pk == pairing.mentor_id else "mentee_ready_at"
    if getattr(pairing, field) is None:
        setattr(pairing, field, clock.now())


@transaction.atomic
def end(*, actor: User, pairing: Pairing) -> Pairing:
    """active or paused → ended, for good; an ended pair stays as it is.

    Scheduled sessions are cancelled without a name.
    """
    locked = lock_pairing(pairing)
    _require_member(locked, actor)
    if locked.state == PairingState.ENDED:
        return locked
    _require(locked, *RUNNING_STATES)
    moment = _end(locked)
    pause_mail.tell_ended(locked, moment)
    return locked


@transaction.atomic
def end_for_program(*, pairing: Pairing) -> Pairing:
    """The program is cancelled: an offer becomes void, an active or paused pair ends.

    Every other state stays. The pair gets no mail: the letter of the program tells them.
    """
    locked = lock_pairing(pairing)
    if locked.state == PairingState.OFFERED:
        return offers.void(pairing=locked)
    if locked.state in RUNNING_STATES:
        _end(locked)
    return locked


@transaction.atomic
def pause_for_directory(*, pairing: Pairing, why: Why) -> Pairing:
    """A directory import gave a reason: an offer becomes void; active → paused, managers told.

    Every other state stays as it is. Running it twice changes nothing.
    """
    locked = lock_pairing(pairing)
    if locked.state == PairingState.OFFERED:
        return offers.void(pairing=locked)
    if locked.state != PairingState.ACTIVE:
        return locked
    moment = _pause(locked, by_directory=True)
    _record("pairing.paused_by_directory", locked, why=why)
    pause_mail.tell_paused(locked, moment)
    pause_mail.tell_managers_paused(locked, why, moment)
    return locked


def _end(pairing: Pairing) -> datetime:
    """The pair ends now; when that is."""
    moment = pairing.stop(PairingState.ENDED)
    calendar_cleanup.cancel_open_sessions(pairing)
    _record("pairing.ended", pairing)
    return moment


def _record(verb: str, pairing: Pairing, **detail: str) -> None:
    """An audit entry without an actor: nobody may read who paused or ended (docs/safety.md)."""
    audit.record(verb, pairing, actor=None, scope=pairing.program.public_id, **detail)


def _pause(pairing: Pairing, *, by_directory: bool = False) -> datetime:
    """The pair pauses now; when that is."""
    moment = clock.now()
    pairing.state = PairingState.PAUSED
    pairing.paused_at = moment
    pairing.paused_by_directory = by_directory
    pairing.mentor_ready_at = pairing.mentee_ready_at = None
    pairing.save()
    calendar_cleanup.cancel_open_sessions(pairing)
    return moment


def _go_on(pairing: Pairing) -> None:
    pairing.state = PairingState.ACTIVE
    pairing.paused_at, pairing.resumed_at = None, clock.now()
    pairing.paused_by_directory = False
    pairing.mentor_ready_at = pairing.mentee_ready_at = None


def _require(pairing: Pairing, *states: PairingState) -> None:
    if pairing.state in states:
        return
    text = _("That is no longer possible: this pair is now “%(state)s”.")
    state = PairingState(pairing.state).label
    raise DomainError(text, code="wrong_state", params={"state": state})


def _require_member(pairing: Pairing, actor: User) -> None:
    if not pairing.has_member(actor):
        raise DomainError(_("Only the two people of a pair can do that."), code="not_of_pair")


def _require_may_meet(pairing: Pairing) -> None:
    if not may_meet(pairing):
        raise DomainError(
            _("This pair cannot go on at the moment. Your coordinator can tell you more."),
            code="may_not_meet",
        )
