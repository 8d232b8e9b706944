"""Offers: the mentor (the junior) is asked first, the mentee after; every other outcome is the same
neutral line to both.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import absences
from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from pairings.domain import agreements, locks
from pairings.domain.locks import lock_pairing
from pairings.enums import PairingState
from pairings.mail import offers as offer_mail
from pairings.models import Pairing
from programs.enums import EnrolmentState
from programs.models import Enrolment, Program

log = structlog.get_logger(__name__)

OFFER_DAYS = 7
"""Days that each side has for an answer."""
SIDES = ("mentor", "mentee")
AFTER_RETURN = timedelta(days=3)


@transaction.atomic
def accept(*, actor: User, pairing: Pairing) -> Pairing:
    """The person asked says yes.

    After the mentor's yes the mentee is asked; after the mentee's the pair is active.

    Where the place has gone meanwhile (capacity, enrolment, company left) the offer becomes void
    and the pair is handed back in that state. Saying yes twice changes nothing. DomainError for
    anybody else, and once the offer has ended.
    """
    locked = lock_pairing(pairing)
    if _has_accepted(locked, actor):
        return locked
    _require_asked(locked, actor)
    if is_too_late(locked) or not _has_room(locked):
        return void(pairing=locked)
    offer_mail.cancel_offer(locked)
    if actor.pk == locked.mentor_id:
        locked.mentor_accepted_at = clock.now()
        locked.offer_expires_at = clock.now() + timedelta(days=OFFER_DAYS)
        locked.save()
        offer_mail.ask_mentee(locked, nudges(clock.now()))
    else:
        locked.mentee_accepted_at = locked.activated_at = clock.now()
        locked.state = PairingState.ACTIVE
        locked.save()
        agreements.write_first_version(locked)
        offer_mail.tell_active(locked)
        # only here: a yes to an offer that then came to nothing would tell who said no
        audit.record("pairing.active", locked, actor=actor, scope=locked.program.public_id)
    return locked


@transaction.atomic
def decline(*, actor: User, pairing: Pairing) -> Pairing:
    """ "Ask for someone else", no reason asked.

    offered → void; both are free for the next run. Twice changes nothing.
    """
    locked = lock_pairing(pairing)
    if locked.state == PairingState.VOID and actor.pk in (locked.mentor_id, locked.mentee_id):
        return locked
    _require_asked(locked, actor)
    return void(pairing=locked)


@transaction.atomic
def void(*, pairing: Pairing) -> Pairing:
    """An offer ends without a pair.

    Whoever knew of it reads one neutral line. `pairing` is locked by the caller.
    """
    offer_mail.cancel_offer(pairing)
    pairing.state = PairingState.VOID
    pairing.stopped_at = clock.now()
    pairing.save()
    offer_mail.tell_not_come_about(pairing)
    # names nobody, whatever the outcome was: an audit page must not tell who declined
    audit.record("pairing.void", pairing, actor=None, scope=pairing.program.public_id)
    return pairing


def expire_offers() -> int:
    """Offers whose deadline has passed become void, one transaction each.

    How many; running it again changes nothing.

    Whoever is away when the time is up has some days more after the return. One that fails is
    logged and keeps no other from expiring.
    """
    expired = 0
    for pairing in list(
        Pairing.objects.filter(
            state=PairingState.OFFERED, offer_expires_at__lte=clock.now()
        ).order_by("pk")
    ):
        try:
            expired += _expire(pairing)
        except Exception:
            log.exception("offer_not_expired", pairing=pairing.pk)
    return expired


@transaction.atomic
def _expire(pairing: Pairing) -> bool:
    locked = lock_pairing(pairing)
    if not is_too_late(locked):
        return False
    back = absences.back_at(locked.mentee if locked.mentor_accepted_at else locked.mentor)
    if back is not None:
        locked.offer_expires_at = back + AFTER_RETURN
        locked.save(update_fields=["offer_expires_at"])
        return False
    void(pairing=locked)
    return True


def voids_by_side(program: Program) -> dict[str, int] | None:
    """On which side offers of a program have ended without a yes (declined or not answered):
    {"mentor", "mentee"}.

    Beside the list of pairs, small counts would name people, and so would the difference between
    yesterday's and today's. So offers are counted in the order in which they ended, and in batches:
    each of at least the program's smallest group, and with both sides in it. What is not a whole
    batch yet is not counted. None before the first batch.
    """
    ended = Pairing.objects.filter(program=program, state=PairingState.VOID).order_by(
        "stopped_at", "pk"
    )
    shown: Counter[str] = Counter()
    batch: Counter[str] = Counter()
    for accepted_at in ended.values_list("mentor_accepted_at", flat=True):
        batch["mentor" if accepted_at is None else "mentee"] += 1
        if batch.total() >= program.anonymity_k and len(batch) == len(SIDES):
            shown.update(batch)
            batch.clear()
    return {side: shown[side] for side in SIDES} if shown else None


def _has_accepted(pairing: Pairing, actor: User) -> bool:
    if pairing.state == PairingState.VOID:
        return False
    mine = {
        pairing.mentor_id: pairing.mentor_accepted_at,
        pairing.mentee_id: pairing.mentee_accepted_at,
    }
    return mine.get(actor.pk) is not None


def _require_asked(pairing: Pairing, actor: User) -> None:
    asked = pairing.mentor_id if pairing.mentor_accepted_at is None else pairing.mentee_id
    if pairing.state == PairingState.OFFERED and actor.pk == asked:
        return
    if _has_accepted(pairing, actor):
        raise DomainError(
            _("You have already said yes to this match, so that is how it stands."),
            code="not_asked",
        )
    raise DomainError(_("This match can no longer be answered."), code="not_asked")


def is_too_late(pairing: Pairing) -> bool:
    """The offer waits for an answer, and its time is over."""
    is_open = pairing.state == PairingState.OFFERED
    return (
        is_open and pairing.offer_expires_at is not None and pairing.offer_expires_at <= clock.now()
    )


def _has_room(pairing: Pairing) -> bool:
    """Both still take part, in no reporting line, and other pairs that have begun leave each a
    place.

    Counted under the enrolments' locks.
    """
    if not locks.may_meet(pairing):
        return False
    return _side_has_room(pairing, pairing.mentor_enrolment, "mentor_enrolment") and _side_has_room(
        pairing, pairing.mentee_enrolment, "mentee_enrolment"
    )


def _side_has_room(pairing: Pairing, enrolment: Enrolment, field: str) -> bool:
    begun = Pairing.objects.filter(
        **{field: enrolment}, state__in=[PairingState.ACTIVE, PairingState.PAUSED]
    )
    taken = begun.exclude(pk=pairing.pk).count()
    return enrolment.state == EnrolmentState.APPROVED and taken < enrolment.capacity


NUDGE_DAYS = (3, 6)
"""Days after the question at which somebody who has not answered is reminded: twice at most."""


def nudges(asked_at: datetime) -> list[datetime]:
    """When somebody who was asked at that moment is reminded."""
    return [asked_at + timedelta(days=days) for days in NUDGE_DAYS]


def offers_end() -> datetime:
    """When an offer that is made now expires."""
    return clock.now() + timedelta(days=OFFER_DAYS)
