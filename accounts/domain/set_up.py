"""The one-time link with which a person sets the first password.

`manage.py create_hr_admin` prints one.
"""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.domain.hr_admins import set_hr_admin
from accounts.domain.names import clean_email
from accounts.domain.people import create_person
from accounts.models import User
from common import audit
from common.errors import DomainError
from common.http import absolute

GOOD_FOR = timedelta(days=3)  # settings.PASSWORD_RESET_TIMEOUT, which the generator reads


class SetUpTokenGenerator(PasswordResetTokenGenerator):
    """Signed and expiring. Setting a password or signing in changes what is signed."""

    key_salt = "accounts.set_up_link"


tokens = SetUpTokenGenerator()


def link_for(person: User) -> str:
    """The full address of a set-up link.

    Valid until it is used, the person signs in, or GOOD_FOR has passed.
    """
    return absolute(reverse("account_set_up", args=[person.public_id, tokens.make_token(person)]))


def person_of(public_id: UUID, token: str) -> User | None:
    """Whose link this is; None when it is used, too old or incomplete, or for a leaver."""
    person = User.objects.filter(public_id=public_id, is_active=True).first()
    return person if person and tokens.check_token(person, token) else None


@transaction.atomic
def set_first_password(*, person: User, token: str, password: str) -> User:
    """Set the password and use up the link.

    DomainError when somebody else was faster with the same link.
    """
    locked = User.objects.locked(person)
    if not tokens.check_token(locked, token):
        raise DomainError(_("This link has already been used."))
    locked.set_password(password)
    locked.save(update_fields=["password"])
    audit.record("person.password_set_by_link", locked, actor=locked)
    return locked


@transaction.atomic
def make_hr_admin(*, email: str, name: str = "") -> tuple[User, bool]:
    """The active HR admin with this address, made or promoted; and whether the person is new.

    For the command line, so the actor is the application itself. DomainError for an address that is
    none.
    """
    address = clean_email(email)
    person = User.objects.select_for_update().filter(email=address).first()
    if person is None:
        name = name or name_in(address)
        return create_person(actor=None, email=address, name=name, is_hr_admin=True), True
    if not person.is_active:
        raise DomainError(
            _("This person has been deactivated. Reactivate them first, or choose somebody else.")
        )
    EmailAddress.objects.get_or_create(
        user=person, email=address, defaults={"verified": True, "primary": True}
    )
    return set_hr_admin(actor=None, person=person, value=True), False


def name_in(address: str) -> str:
    """ "Anna Berg" of "anna.berg@example.com"."""
    words = re.split(r"[._]", address.partition("@")[0])
    return " ".join(words).title()
