"""Making, deactivating, HR admins, addresses, blocks."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.domain import addresses, blocks, hr_admins, people
from accounts.enums import AddressChangeState
from accounts.models import AddressChange, PairBlock, User
from common.errors import DomainError
from common.models import AuditEntry
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr() -> User:
    return UserFactory(is_hr_admin=True, email="hr@example.com")


def test_a_new_person_can_sign_in_and_be_found(hr: User) -> None:
    person = people.create_person(
        actor=hr, email=" Anna.Müller@Example.com ".replace("ü", "ue"), name=" Anna  Müller "
    )
    assert (person.email, person.name, person.sort_key) == (
        "anna.mueller@example.com",
        "Anna Müller",
        "muller anna",
    )
    address = EmailAddress.objects.get(user=person)
    assert (address.email, address.verified, address.primary) == (person.email, True, True)
    assert list(User.objects.search("MULLER ann")) == [person]
    assert list(User.objects.search("müll")) == [person]
    assert list(User.objects.search("muell")) == [person]
    assert list(User.objects.search("ull")) == []
    assert AuditEntry.objects.filter(verb="person.created", actor_id=hr.pk).count() == 1


@pytest.mark.parametrize(
    ("email", "fields"),
    [("HR@example.com", {}), ("none", {}), ("", {}), ("new@example.com", {"employee_id": "E1"})],
)
def test_addresses_and_ids_belong_to_one_person(
    hr: User, email: str, fields: dict[str, Any]
) -> None:
    UserFactory(employee_id="E1")
    with pytest.raises(DomainError):
        people.create_person(actor=hr, email=email, name="Somebody", **fields)
    assert User.objects.count() == 2


@pytest.mark.parametrize("words", ["100% & x:*", "' | !", "((", "\\", "a" * 500, "😀"])
def test_any_search_is_a_search(words: str) -> None:
    assert list(User.objects.search(words)) == []


@pytest.mark.parametrize("fields", [{"email": "Upper@example.com"}, {"employee_id": ""}])
def test_the_database_keeps_addresses_and_ids_clean(fields: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(**fields)


def test_nobody_is_their_own_manager() -> None:
    person = UserFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=person.pk).update(manager=person)


def test_deactivating_ends_sign_ins_and_happens_once(hr: User, as_user: AsUser) -> None:
    person = UserFactory()
    client = as_user(person)
    assert client.get(reverse("mentoring:home")).status_code == 200
    people.deactivate(actor=hr, person=person)
    people.deactivate(actor=hr, person=person)
    assert client.get(reverse("mentoring:home")).status_code == 302
    people.reactivate(actor=hr, person=person)
    assert client.get(reverse("mentoring:home")).status_code == 302, (
        "the old session must not come back to life"
    )
    assert list(
        AuditEntry.objects.filter(verb__startswith="person.").values_list("verb", flat=True)
    ) == [
        "person.deactivated",
        "person.reactivated",
    ]


def test_nobody_deactivates_themselves_or_the_last_hr_admin(hr: User) -> None:
    with pytest.raises(DomainError, match="yourself"):
        people.deactivate(actor=hr, person=hr)
    with pytest.raises(DomainError, match="only HR admin"):
        people.deactivate(actor=None, person=hr)
    other = UserFactory(is_hr_admin=True)
    people.deactivate(actor=other, person=hr)
    assert not User.objects.get(pk=hr.pk).is_active


def test_the_last_hr_admin_stays_one(hr: User, as_user: AsUser) -> None:
    with pytest.raises(DomainError, match="only HR admin"):
        hr_admins.set_hr_admin(actor=None, person=hr, value=False)
    with pytest.raises(DomainError, match="your own"):
        hr_admins.set_hr_admin(actor=hr, person=hr, value=False)
    other = hr_admins.set_hr_admin(actor=hr, person=UserFactory(), value=True)
    client = as_user(other)
    hr_admins.set_hr_admin(actor=hr, person=other, value=False)
    assert client.get(reverse("accounts:people_list")).status_code == 302, (
        "signed out with the rights"
    )


def test_an_inactive_person_becomes_no_hr_admin(hr: User) -> None:
    with pytest.raises(DomainError, match="deactivated"):
        hr_admins.set_hr_admin(actor=hr, person=UserFactory(is_active=False), value=True)


@pytest.fixture
def change() -> AddressChange:
    """A new address that another HR admin has entered."""
    first = UserFactory(is_hr_admin=True)
    person = people.create_person(actor=first, email="old@example.com", name="Anna Berg")
    changes = [(person.pk, "old@example.com", "new@example.com")]
    return addresses.propose(actor=first, changes=changes)[0]


def test_confirming_an_address(hr: User, change: AddressChange, as_user: AsUser) -> None:
    client = as_user(change.person)
    addresses.confirm(actor=hr, change=change)
    person = User.objects.get(pk=change.person_id)
    assert person.email == "new@example.com"
    assert list(
        EmailAddress.objects.filter(user=person).values_list("email", "verified", "primary")
    ) == [("new@example.com", True, True)]
    assert list(User.objects.search("new@")) == [person]
    assert client.get(reverse("mentoring:home")).status_code == 302, "sign-ins end"
    told = OutboxMessage.objects.filter(kind="accounts.address_confirmed")
    assert sorted(message.address or message.recipient.email for message in told) == [
        "new@example.com",
        "old@example.com",
    ]
    assert AuditEntry.objects.filter(verb="address_change.confirmed", actor_id=hr.pk).exists()
    with pytest.raises(DomainError, match="already"):
        addresses.reject(actor=hr, change=change)


def test_rejecting_an_address(hr: User, change: AddressChange, as_user: AsUser) -> None:
    client = as_user(change.person)
    addresses.reject(actor=hr, change=change)
    assert User.objects.get(pk=change.person_id).email == "old@example.com"
    assert client.get(reverse("mentoring:home")).status_code == 200
    assert OutboxMessage.objects.filter(kind="accounts.address_rejected").count() == 2
    with pytest.raises(DomainError, match="already"):
        addresses.confirm(actor=hr, change=change)


def test_an_address_that_somebody_has_by_now_is_not_confirmed(
    hr: User, change: AddressChange
) -> None:
    people.create_person(actor=hr, email="new@example.com", name="Somebody Else")
    with pytest.raises(DomainError, match="Somebody else"):
        addresses.confirm(actor=hr, change=change)
    assert User.objects.get(pk=change.person_id).email == "old@example.com"


def test_nobody_confirms_their_own_address(change: AddressChange) -> None:
    with pytest.raises(DomainError, match="your own"):
        addresses.confirm(actor=change.person, change=change)


def test_one_change_waits_at_a_time(hr: User, change: AddressChange) -> None:
    addresses.propose(
        actor=hr, changes=[(change.person_id, "old@example.com", "newer@example.com")]
    )
    change.refresh_from_db()
    assert change.state == AddressChangeState.WITHDRAWN
    with pytest.raises(IntegrityError), transaction.atomic():
        AddressChange.objects.create(
            person=change.person, old_email="a@example.com", new_email="b@example.com"
        )


def test_hr_sets_id_grade_and_address_right(hr: User) -> None:
    person = UserFactory(grade_is_derived=True)
    people.edit_by_hr(
        actor=hr, person=person, employee_id="X1", grade=None, email="Other@example.com"
    )
    person.refresh_from_db()
    assert (person.employee_id, person.grade, person.grade_is_derived) == ("X1", None, False)
    assert person.email != "other@example.com"
    assert AddressChange.objects.get(person=person).new_email == "other@example.com"
    with pytest.raises(DomainError):
        people.edit_by_hr(
            actor=hr, person=UserFactory(), employee_id="X1", grade=None, email="q@example.com"
        )


def test_a_block_exists_once_whichever_way_it_is_entered(hr: User) -> None:
    one, other = UserFactory(), UserFactory()
    first = blocks.block(actor=hr, one=one, other=other)
    assert blocks.block(actor=hr, one=other, other=one) == first
    assert list(blocks.blocks_of(other)) == [first]
    with pytest.raises(DomainError):
        blocks.block(actor=hr, one=one, other=one)
    blocks.unblock(actor=hr, pair_block=first)
    assert not PairBlock.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        PairBlock.objects.create(
            first=max(one, other, key=lambda p: p.pk), second=min(one, other, key=lambda p: p.pk)
        )


@pytest.mark.parametrize("role", ["nobody", "stranger", "hr"])
def test_who_sees_whom(role: str, hr: User, change: AddressChange) -> None:
    stranger = UserFactory()
    inactive = UserFactory(is_hr_admin=True, is_active=False)
    reader = {"nobody": inactive, "stranger": stranger, "hr": hr}[role]
    everybody = User.objects.count()
    assert (
        User.objects.visible_to(reader).count()
        == {"nobody": 0, "stranger": 1, "hr": everybody}[role]
    )
    assert AddressChange.objects.visible_to(reader).count() == (1 if role == "hr" else 0)
    assert reader.has_perm("accounts.list_people") == (role == "hr")
