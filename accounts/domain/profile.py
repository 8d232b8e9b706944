"""What people say about themselves, and who handles their calendar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.mail import delegates as delegate_mail
from accounts.models import Delegation, User
from accounts.models.people import normalise
from common import audit
from common.errors import DomainError

# What a person may change; everything else comes from the directory.
OWN_FIELDS = ("preferred_name", "pronouns", "time_zone", "locale", "join_link", "languages")
MOST_DELEGATES = 3


@transaction.atomic
def save_profile(
    *,
    actor: User,
    preferred_name: str,
    pronouns: str,
    time_zone: str,
    locale: str,
    languages: Sequence[str],
    join_link: str = "",
) -> User:
    """Change one's own profile. The audit entry names the fields, not their contents."""
    person = User.objects.locked(actor)
    before = {field: getattr(person, field) for field in OWN_FIELDS}
    person.preferred_name, person.pronouns = preferred_name.strip(), pronouns.strip()
    person.time_zone, person.locale, person.languages = time_zone, locale, list(languages)
    person.join_link = join_link
    normalise(person).save()
    _record_changes(person, before)
    return person


def _record_changes(person: User, before: dict[str, Any]) -> None:
    """Tell the audit trail which of the own fields differ from `before`, if any."""
    changed = [field for field in OWN_FIELDS if getattr(person, field) != before[field]]
    if changed:
        audit.record("person.profile_changed", person, actor=person, fields=changed)


@transaction.atomic
def name_delegate(*, actor: User, email: str) -> Delegation:
    """Let somebody handle the times of the actor's sessions; both are told.

    Named already: nothing happens. DomainError for an address that nobody here has, for oneself,
    and for more than MOST_DELEGATES. Inside the company it is no secret who has which address.
    """
    # no_key: otherwise two who name each other at the same moment would wait for each other
    mentee = User.objects.locked(actor, no_key=True)
    delegate = _future_delegate(email, mentee)
    existing = Delegation.objects.filter(mentee=mentee, delegate=delegate).first()
    if existing:
        return existing
    _require_room_for_another(mentee)

    delegation = Delegation.objects.create(mentee=mentee, delegate=delegate)
    audit.record("delegation.given", delegation, actor=actor, delegate=delegate.pk)
    delegate_mail.tell_named(delegation)
    return delegation


def _future_delegate(email: str, mentee: User) -> User:
    """The person with this address. DomainError if there is none, or it is the mentee."""
    delegate = User.objects.active().with_email(email).first()
    if delegate is None:
        raise DomainError(_("Nobody here has this address. Check it, or ask HR to add the person."))
    if delegate.pk == mentee.pk:
        raise DomainError(_("You handle your own calendar anyway. Name somebody else."))
    return delegate


def _require_room_for_another(mentee: User) -> None:
    """DomainError for somebody who has MOST_DELEGATES already."""
    if Delegation.objects.filter(mentee=mentee).count() >= MOST_DELEGATES:
        raise DomainError(
            _("You have %(most)s delegates. Remove one before you name another."),
            params={"most": MOST_DELEGATES},
        )


@transaction.atomic
def remove_delegate(*, actor: User, delegation: Delegation) -> None:
    """The delegate no longer sees or handles anything. Both are told."""
    audit.record("delegation.taken_back", delegation, actor=actor, delegate=delegation.delegate_id)
    delegate_mail.tell_removed(delegation)
    delegation.delete()
