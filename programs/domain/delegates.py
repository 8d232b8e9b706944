"""The assistant who keeps a mentee's calendar, as named on the enrolment page.

(All of them: accounts' own page.)
"""

from __future__ import annotations

from accounts.domain import profile
from accounts.models import Delegation, User


def name_delegate(*, person: User, delegate: User | None) -> None:
    """Make `delegate` the assistant whom this page shows: the first one is replaced, None takes
    them off.

    Within the caller's transaction. DomainError as in `accounts.domain.profile.name_delegate`.
    """
    held = shown_delegate(person)
    if (held.delegate_id if held else None) == (delegate.pk if delegate else None):
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
