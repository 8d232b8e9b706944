"""Offers: the mentor (the junior) is asked first, then the mentee.

Every outcome but a pair is told to both in the same neutral sentence.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.domain import absences
from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from pairings.domain import agreements, locks
from pairings.domain.locks import lock_pairing
from pairings.enums import RUNNING_STATES, PairingState
from pairings.mail import offers as offer_mail
from pairings.models import Pairing
from programs.enums import EnrolmentState
from programs.models import Enrolment

log = structlog.get_logger(__name__)

OFFER_DAYS = 7
"""Days that each side has to answer."""
AFTER_RETURN = timedelta(days=3)


@transaction.atomic
def accept(*, actor: User, pairing: Pairing) -> Pairing:
    """The person asked says yes: then the mentee is asked, or after both the pair is active.

    If there is no place any more (capacity, enrolment, a leaver) the offer becomes void, and the
    pair is returned in that state. Saying yes twice changes nothing. DomainError for anybody who is
    not asked, and once the offer has ended.
    """
    locked = lock_pairing(pairing)
    if _has_accepted(locked, actor):
        return locked
    _require_asked(locked, actor)
    if is_too_late(locked) or not _has_room(locked):
        return void(pairing=locked)

    offer_mail.cancel_offer(locked)
    if actor.pk == locked.mentor_id:
        _ask_mentee(locked)
    else:
        _begin(locked, actor)
    return locked


def _ask_mentee(pairing: Pairing) -> None:
    """The mentor has accepted: the mentee is asked, with a time limit of their own."""
    now = clock.now()
    pairing.mentor_accepted_at = now
    pairing.offer_expires_at = now + timedelta(days=OFFER_DAYS)
    pairing.save()
    offer_mail.ask_mentee(pairing, nudges(now))


def _begin(pairing: Pairing, actor: User) -> None:
    """Both have accepted: the pair is active."""
    pairing.mentee_accepted_at = pairing.activated_at = clock.now()
    pairing.state = PairingState.ACTIVE
    pairing.save()
    agreements.write_first_version(pairing)
    offer_mail.tell_active(pairing)
    # Only now: an entry for one yes would tell who said no, if the offer ended without a pair.
    audit.record("pairing.active", pairing, actor=actor, scope=pairing.program.public_id)


@transaction.atomic
def decline(*, actor: User, pairing: Pairing) -> Pairing:
    """Ask for someone else, without a reason: offered → void. Declining twice changes nothing."""
    locked = lock_pairing(pairing)
    if locked.state == PairingState.VOID and locked.has_member(actor):
        return locked
    _require_asked(locked, actor)
    return void(pairing=locked)


@transaction.atomic
def void(*, pairing: Pairing) -> Pairing:
    """An offer ends without a pair; everybody who knew of it reads the same neutral sentence.

    The caller has locked `pairing`.
    """
    offer_mail.cancel_offer(pairing)
    pairing.stop(PairingState.VOID)
    offer_mail.tell_not_come_about(pairing)
    # Without an actor: the audit page must not tell who declined.
    audit.record("pairing.void", pairing, actor=None, scope=pairing.program.public_id)
    return pairing


def expire_offers() -> int:
    """Offers that nobody answered in time become void, one transaction each; how many.

    A person who is away at that moment gets some more days after their return. An offer that fails
    is logged, and the others still expire. Running it again changes nothing.
    """
    late = Pairing.objects.filter(state=PairingState.OFFERED, offer_expires_at__lte=clock.now())
    expired = 0
    for pairing in list(late.order_by("pk")):
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
    asked = locked.mentee if locked.mentor_accepted_at else locked.mentor
    back = absences.back_at(asked)
    if back is not None:
        locked.offer_expires_at = back + AFTER_RETURN
        locked.save(update_fields=["offer_expires_at"])
        return False
    void(pairing=locked)
    return True


def _has_accepted(pairing: Pairing, actor: User) -> bool:
    """The actor has said yes to an offer that still stands."""
    if pairing.state == PairingState.VOID:
        return False
    if actor.pk == pairing.mentor_id:
        return pairing.mentor_accepted_at is not None
    return actor.pk == pairing.mentee_id and pairing.mentee_accepted_at is not None


def _require_asked(pairing: Pairing, actor: User) -> None:
    """DomainError unless the offer waits for the actor's answer."""
    asked = pairing.mentor_id if pairing.mentor_accepted_at is None else pairing.mentee_id
    if pairing.state == PairingState.OFFERED and actor.pk == asked:
        return
    if _has_accepted(pairing, actor):
        raise DomainError(
            _("You have already said yes to this match."),
            code="not_asked",
        )
    raise DomainError(_("This match can no longer be answered."), code="not_asked")


def is_too_late(pairing: Pairing) -> bool:
    """The offer waits for an answer, and its time is over."""
    expires_at = pairing.offer_expires_at
    if pairing.state != PairingState.OFFERED or expires_at is None:
        return False
    return expires_at <= clock.now()


def _has_room(pairing: Pairing) -> bool:
    """Both still take part, may meet, and have a place beside their other pairs.

    Counted under the locks of the enrolments.
    """
    if not locks.may_meet(pairing):
        return False
    begun = Pairing.objects.filter(state__in=RUNNING_STATES).exclude(pk=pairing.pk)
    of_mentor = begun.filter(mentor_enrolment=pairing.mentor_enrolment)
    of_mentee = begun.filter(mentee_enrolment=pairing.mentee_enrolment)
    return _takes_one_more(pairing.mentor_enrolment, of_mentor) and _takes_one_more(
        pairing.mentee_enrolment, of_mentee
    )


def _takes_one_more(enrolment: Enrolment, begun: QuerySet[Pairing]) -> bool:
    """The enrolment is approved, and its pairs that have begun leave a place."""
    return enrolment.state == EnrolmentState.APPROVED and begun.count() < enrolment.capacity


NUDGE_DAYS = (3, 6)
"""Days after the question on which a person who has not answered is reminded."""


def nudges(asked_at: datetime) -> list[datetime]:
    """When a person who was asked at that moment is reminded."""
    return [asked_at + timedelta(days=days) for days in NUDGE_DAYS]


def offers_end() -> datetime:
    """When an offer that is made now expires."""
    return clock.now() + timedelta(days=OFFER_DAYS)
