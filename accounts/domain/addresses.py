"""Changed e-mail addresses, found by an import or entered by HR.

An address is the key to private notes, so no one person alone decides about it. It is confirmed by
the old address, or by a second HR admin, or it takes effect after WAIT unless somebody stops it by
the link in the mails to both addresses. Until then the old address stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.domain import hr_admins
from accounts.domain.names import clean_email
from accounts.enums import AddressChangeState
from accounts.mail import addresses as address_mail
from accounts.models import AddressChange, User
from accounts.models.people import normalise
from common import audit, clock
from common.errors import DomainError
from notifications.preferences import suppression

WAIT = timedelta(hours=72)
LINK_LIFE = timedelta(days=30)


@transaction.atomic
def propose(
    *,
    actor: User | None,
    changes: Sequence[tuple[int, str, str]],
    is_import: bool = False,
    applied_by: User | None = None,
) -> list[AddressChange]:
    """Changes (person's id, old, new) that wait. Both addresses of each are told, with a stop link.

    Neither `actor` nor `applied_by` confirms them. An older one that waits for the same person is
    replaced. Without `is_import`, DomainError when the actor has caused too many of these mails
    within a day (notifications/outbox/limits.py).
    """
    if not changes:
        return []
    withdraw(person_ids=[person_id for person_id, _old, _new in changes])
    made = AddressChange.objects.bulk_create(
        AddressChange(
            person_id=person_id,
            old_email=old,
            new_email=new,
            requested_by=actor,
            applied_by=applied_by,
        )
        for person_id, old, new in changes
    )
    audit.record_many("address_change.proposed", made, actor=actor)
    address_mail.tell_proposed(made, actor=None if is_import else actor)
    return made


def withdraw(*, person_ids: Sequence[int]) -> int:
    """Changes that wait for these people are no longer needed. How many they were."""
    waiting = AddressChange.objects.pending().filter(person__in=person_ids)
    touched: int = waiting.update(state=AddressChangeState.WITHDRAWN, decided_at=clock.now())
    return touched


@transaction.atomic
def confirm(*, actor: User, change: AddressChange) -> AddressChange:
    """A second HR admin confirms: the new address signs in from now on.

    DomainError as for `_apply`, and for an HR admin who may not confirm it (see
    `why_not_to_confirm`).
    """
    locked = lock_pending(change)
    reason = why_not_to_confirm(locked, actor)
    if reason:
        raise DomainError(reason)
    _apply(locked, by="hr", actor=actor)
    address_mail.tell_hr_confirmed([locked], by=actor)
    return locked


def why_not_to_confirm(change: AddressChange, actor: User) -> str:
    """Why this HR admin may not confirm it; "" where they may."""
    return reasons_not_to_confirm([change], actor)[0]


def reasons_not_to_confirm(changes: Sequence[AddressChange], actor: User) -> list[str]:
    """The same for several changes. The queries grow with who has entered them, not with them."""
    requesters: dict[int | None, User] = {
        person.pk: person
        for change in changes
        for person in (change.requested_by, change.applied_by)
        if person is not None
    }
    about = {pk: _why_not_second(person, actor) for pk, person in requesters.items()}
    return [
        _why_not_first(change, actor)
        or about.get(change.requested_by_id, "")
        or about.get(change.applied_by_id, "")
        for change in changes
    ]


def _why_not_first(change: AddressChange, actor: User) -> str:
    """Why the HR admin may not confirm it, whoever has entered it; "" where they may."""
    if change.person_id == actor.pk:
        return _("This is your own address. Ask another HR admin to confirm it.")
    if actor.pk in (change.requested_by_id, change.applied_by_id):
        return _("You have entered this address yourself. Another HR admin confirms it.")
    if not hr_admins.is_seasoned(actor):
        return _("You have been an HR admin for less than 72 hours. Another HR admin confirms it.")
    return ""


def _why_not_second(requested_by: User, actor: User) -> str:
    """Why the two HR admins do not count as two who decide independently; "" where they do."""
    who = {"name": requested_by.name}
    if not hr_admins.are_independent(actor, requested_by):
        return (
            _(
                "%(name)s has entered this address, and one of you has made the other an HR admin,"
                " or the same person has made you both. Another HR admin confirms it."
            )
            % who
        )
    if not hr_admins.is_seasoned(requested_by):
        return (
            _(
                "%(name)s has entered this address and has not been an HR admin for 72 hours. The"
                " person can confirm it at the old address."
            )
            % who
        )
    return ""


@transaction.atomic
def confirm_domain(*, actor: User, old_domain: str, new_domain: str, seen: str) -> int:
    """Confirm all waiting changes from one mail domain to another, as one decision; how many.

    Those of people who cannot get theirs (deactivated, taken by somebody else) stay as they are.
    DomainError where the HR admin may confirm none of them, or where they are others than those of
    the fingerprint `seen`.
    """
    changes = waiting_of_domain(old_domain, new_domain)
    if fingerprint(changes) != seen:
        raise DomainError(
            _("The list has changed since you opened it. Please look at it again, then confirm it.")
        )
    reasons = reasons_not_to_confirm(changes, actor)
    if changes and all(reasons):
        raise DomainError(reasons[0])
    confirmed = []
    for change, reason in zip(changes, reasons, strict=True):
        if not reason and _can_be_applied(change):
            locked = lock_pending(change)
            _apply(locked, by="hr", actor=actor)
            confirmed.append(locked)
    if confirmed:
        address_mail.tell_hr_confirmed(confirmed, by=actor)
    return len(confirmed)


def fingerprint(changes: Sequence[AddressChange]) -> str:
    """Tells one list of changes from another. A change itself is never edited."""
    ids = sorted(str(change.public_id) for change in changes)
    return hashlib.sha256(",".join(ids).encode()).hexdigest()


def waiting_of_domain(old_domain: str, new_domain: str) -> list[AddressChange]:
    """Waiting changes that keep what is before the @, and move from one domain to another.

    The newest first: they are looked at before they are confirmed.
    """
    waiting = (
        AddressChange.objects.pending()
        .filter(
            old_email__endswith=f"@{old_domain}",
            new_email__endswith=f"@{new_domain}",
        )
        .with_requesters()
        .select_related("person")
        .order_by("-created_at", "-pk")
    )
    return [change for change in waiting if change.moves_domain]


@transaction.atomic
def confirm_by_old_address(*, change: AddressChange) -> AddressChange:
    """Whoever reads mail at the old address says that the new one is theirs."""
    locked = lock_pending(change)
    _apply(locked, by="old_address", actor=None)
    address_mail.tell_hr_confirmed([locked], by=None)
    return locked


@transaction.atomic
def stop(*, change: AddressChange) -> AddressChange:
    """Whoever reads mail at one of the two addresses says no: the old address stays.

    The next imports do not ask about the same address again. All HR admins are told.
    """
    locked = lock_pending(change)
    decide(locked, AddressChangeState.STOPPED, None)
    audit.record("address_change.stopped", locked, actor=None, person=locked.person_id)
    address_mail.tell_rejected(locked)
    address_mail.tell_hr_stopped(locked)
    return locked


def apply_waited() -> int:
    """Changes that nobody has stopped within WAIT take effect; how many. A step of the round.

    Both mails must have left WAIT ago and not have come back: who has not been told could not
    object. Where that fails, or such a change was stopped or rejected before, HR decides.
    """
    due = AddressChange.objects.pending().filter(
        created_at__lte=clock.now() - WAIT,
        person__is_active=True,
    )
    told = address_mail.told_before(list(due), clock.now() - WAIT)
    return sum(_apply_waited(change) for change in told)


@transaction.atomic
def _apply_waited(change: AddressChange) -> bool:
    try:
        locked = lock_pending(change)
    except DomainError:
        return False  # decided meanwhile
    told = address_mail.told_before([locked], clock.now() - WAIT)
    if not told or _was_refused_before(locked):
        return False
    if not _can_be_applied(locked):
        decide(locked, AddressChangeState.WITHDRAWN, None)
        return False
    _apply(locked, by="waited", actor=None)
    address_mail.tell_hr_confirmed([locked], by=None)
    return True


def _was_refused_before(change: AddressChange) -> bool:
    """Whether the same address was stopped or rejected for this person."""
    refused = AddressChange.objects.filter(
        person=change.person_id,
        new_email=change.new_email,
        state__in=[AddressChangeState.STOPPED, AddressChangeState.REJECTED],
    )
    return refused.exists()


def _apply(locked: AddressChange, *, by: str, actor: User | None) -> None:
    """The new address signs in from now on. The person's sign-ins end, both addresses are told.

    DomainError when the person's address is no longer the old one, when the new one belongs to
    somebody else by now, or for somebody deactivated: no message would reach them.
    """
    person = User.objects.select_for_update().get(pk=locked.person_id)
    new = clean_email(locked.new_email)
    _check_can_be_applied(locked, person, new)
    _give_address(person, new)
    # the address has been looked at: what came back from it before no longer counts
    suppression.release(new)
    decide(locked, AddressChangeState.CONFIRMED, actor)
    audit.record("address_change.confirmed", locked, actor=actor, person=person.pk, by=by)
    address_mail.tell_confirmed(locked)


def _give_address(person: User, email: str) -> None:
    """Let the person sign in with this address alone, and end their sign-ins."""
    person.email = email
    person.session_epoch = F("session_epoch") + 1
    normalise(person).save(update_fields=["email", "session_epoch", "sort_key", "search_text"])
    EmailAddress.objects.filter(user=person).delete()
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)


def _can_be_applied(change: AddressChange) -> bool:
    person = User.objects.get(pk=change.person_id)
    try:
        _check_can_be_applied(change, person, clean_email(change.new_email))
    except DomainError:
        return False
    return True


def _check_can_be_applied(change: AddressChange, person: User, new: str) -> None:
    """DomainError for the reasons of `_apply`."""
    if not person.is_active:
        raise DomainError(
            _("This person is deactivated, so nobody could tell them. Reactivate them first.")
        )
    if person.email != change.old_email:
        raise DomainError(
            _("This person’s address has changed in the meantime. Import the directory again.")
        )
    if is_taken(new, but=person):
        raise DomainError(_("Somebody else now has the address %(email)s."), params={"email": new})


def is_taken(email: str, *, but: User | None = None) -> bool:
    """Whether somebody (`but` this person) has the address, as the main one or another.

    Case makes no difference.
    """
    people, addresses = User.objects.all(), EmailAddress.objects.all()
    if but is not None:
        people, addresses = people.exclude(pk=but.pk), addresses.exclude(user=but)
    is_main = people.filter(email=email).exists()
    return is_main or bool(addresses.filter(email__iexact=email).exists())


@transaction.atomic
def reject(*, actor: User, change: AddressChange) -> AddressChange:
    """The old address stays, both addresses are told. DomainError when it is decided already.

    The next imports do not ask about the same address again.
    """
    locked = lock_pending(change)
    decide(locked, AddressChangeState.REJECTED, actor)
    audit.record("address_change.rejected", locked, actor=actor, person=locked.person_id)
    address_mail.tell_rejected(locked)
    return locked


def lock_pending(change: AddressChange) -> AddressChange:
    """The row, locked. DomainError unless it is still to be decided."""
    locked: AddressChange = (
        AddressChange.objects.with_requesters()
        .select_for_update(of=("self",))
        .select_related("person")
        .get(pk=change.pk)
    )
    if locked.state != AddressChangeState.PENDING:
        state = AddressChangeState(locked.state).label
        raise DomainError(_("This has already been decided: %(state)s."), params={"state": state})
    return locked


def decide(change: AddressChange, state: AddressChangeState, actor: User | None) -> None:
    """Write the decision; `actor` is None where no HR admin made it."""
    change.state, change.decided_by, change.decided_at = state, actor, clock.now()
    change.save(update_fields=["state", "decided_by", "decided_at"])
