"""What the tests of changed addresses share."""

from __future__ import annotations

from typing import Any

from accounts.domain import addresses, people
from accounts.models import AddressChange, User
from tests.factories import UserFactory

OLD, NEW = "junior@example.com", "attacker@example.com"


def hr_admin(**fields: Any) -> User:
    return UserFactory(is_hr_admin=True, **fields)


def proposed(hr: User | None = None) -> tuple[User, User, AddressChange]:
    """An HR admin has entered another address for a junior."""
    hr = hr or hr_admin()
    junior = people.create_person(actor=hr, email=OLD, name="Jo Junior")
    people.edit_by_hr(actor=hr, person=junior, employee_id="", grade=None, email=NEW)
    return hr, junior, AddressChange.objects.get(person=junior)


def address_of(junior: User) -> str:
    return User.objects.get(pk=junior.pk).email


def moving_company(hr: User | None, number: int = 3) -> list[User]:
    """People whose mail domain an import has changed."""
    staff = [UserFactory(email=f"p{one}@old.example") for one in range(number)]
    changes = [(one.pk, one.email, one.email.replace("@old", "@new")) for one in staff]
    addresses.propose(actor=hr, changes=changes)
    return staff
