"""Changed e-mail addresses: found by an import, and decided by an HR admin one by one.

Both the old and the new address are told.
"""

from __future__ import annotations

from collections.abc import Sequence

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.domain.names import clean_email
from accounts.enums import AddressChangeState
from accounts.mail import addresses as address_mail
from accounts.models import AddressChange, User
from accounts.models.people import normalise
from common import audit, clock
from common.errors import DomainError
from notifications.preferences import suppression


@transaction.atomic
def propose(*, actor: User | None, changes: Sequence[tuple[int, str, str]]) -> list[AddressChange]:
    """Changes (person's id, old, new) that wait for an HR admin.

    An older one that waits for the same person is replaced.
    """
    if not changes:
        return []
    withdraw(person_ids=[person_id for person_id, _old, _new in changes])
    made = AddressChange.objects.bulk_create(
        AddressChange(person_id=person_id, old_email=old, new_email=new)
        for person_id, old, new in changes
    )
    audit.record_many("address_change.proposed", made, actor=actor)
    return made


def withdraw(*, person_ids: Sequence[int]) -> int:
    """Changes that wait for these people are no longer needed. How many they were."""
    waiting = AddressChange.objects.pending().filter(person__in=person_ids)
    touched: int = waiting.update(state=AddressChangeState.WITHDRAWN, decided_at=clock.now())
    return touched


@transaction.atomic
def confirm(*, actor: User, change: AddressChange) -> AddressChange:
    """The new address signs in from now on. The person's sign-ins end, both addresses are told.

    DomainError when it has been decided already, when the person's address is no longer the old
    one, or when the new one belongs to somebody else by now. Nobody confirms a change of their own
    address, nor that of somebody deactivated: no message would reach them, and the address is the
    key to private notes.
    """
    locked = lock_pending(change)
    person = User.objects.select_for_update().get(pk=locked.person_id)
    new = clean_email(locked.new_email)
    _check_may_confirm(locked, person, new, actor)

    _give_address(person, new)
    # HR has looked at this address: what came back from it before no longer counts
    suppression.release(new)
    decide(locked, AddressChangeState.CONFIRMED, actor)
    audit.record("address_change.confirmed", locked, actor=actor, person=person.pk)
    address_mail.tell_address_confirmed(locked)
    return locked


def _give_address(person: User, email: str) -> None:
    """Let the person sign in with this address alone, and end their sign-ins."""
    person.email = email
    person.session_epoch = F("session_epoch") + 1
    normalise(person).save(update_fields=["email", "session_epoch", "sort_key", "search_text"])
    EmailAddress.objects.filter(user=person).delete()
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)


def _check_may_confirm(change: AddressChange, person: User, new: str, actor: User) -> None:
    """DomainError for the reasons of `confirm`."""
    if person.pk == actor.pk:
        raise DomainError(_("This is your own address. Ask another HR admin to confirm it."))
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
    address_mail.tell_address_rejected(locked)
    return locked


def lock_pending(change: AddressChange) -> AddressChange:
    """The row, locked. DomainError unless it is still to be decided."""
    locked: AddressChange = (
        AddressChange.objects.select_for_update(of=("self",))
        .select_related("person")
        .get(pk=change.pk)
    )
    if locked.state != AddressChangeState.PENDING:
        state = AddressChangeState(locked.state).label
        raise DomainError(_("This has already been decided: %(state)s."), params={"state": state})
    return locked


def decide(change: AddressChange, state: AddressChangeState, actor: User) -> None:
    """Write the decision."""
    change.state, change.decided_by, change.decided_at = state, actor, clock.now()
    change.save(update_fields=["state", "decided_by", "decided_at"])
