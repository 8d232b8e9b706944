"""The assistant who keeps a mentee's calendar, as named on the enrolment page."""

from __future__ import annotations

from accounts.domain import profile
from accounts.models import Delegation, User


def name_delegate(*, person: User, delegate: User | None) -> None:
    """Make `delegate` the assistant whom this page shows; None removes the one there is.

    Within the caller's transaction. DomainError as in `accounts.domain.profile.name_delegate`.
    """
    held = shown_delegate(person)
    before = held.delegate_id if held else None
    after = delegate.pk if delegate else None
    if before == after:
        return
    if held:
        profile.remove_delegate(actor=person, delegation=held)
    if delegate:
        profile.name_delegate(actor=person, email=delegate.email)


def shown_delegate(person: User) -> Delegation | None:
    """The one that the enrolment page shows: whom the person named first."""
    return (
        Delegation.objects.filter(mentee=person).select_related("delegate").order_by("pk").first()
    )
