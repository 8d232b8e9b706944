"""An HR admin cannot change somebody's address, the key to their private notes, without both
addresses hearing of it.
"""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as django_mail
from django.test import Client
from django.urls import reverse

from accounts.domain import addresses, people
from accounts.models import AddressChange, User
from common.errors import DomainError
from mentoring.workflows import leavers
from notifications.delivery import sender
from notifications.models import OutboxMessage
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NEW = "attacker@example.com"


def proposed() -> tuple[User, User, AddressChange]:
    hr = UserFactory(is_hr_admin=True)
    junior = people.create_person(actor=hr, email="junior@example.com", name="Jo Junior")
    people.edit_by_hr(actor=hr, person=junior, employee_id="", grade=None, email=NEW)
    return hr, junior, AddressChange.objects.get()


def test_proposed_address_lets_nobody_in_before_it_is_confirmed(client: Client) -> None:
    proposed()
    client.post(reverse("account_request_login_code"), {"email": NEW})
    assert [m.to for m in django_mail.outbox] == [[NEW]]
    assert "code" not in django_mail.outbox[0].subject.lower()
    assert not EmailAddress.objects.filter(email=NEW).exists()


def test_address_of_somebody_deactivated_is_not_confirmed() -> None:
    hr, junior, change = proposed()
    leavers.deactivate(actor=hr, person=junior)
    with pytest.raises(DomainError, match="deactivated"):
        addresses.confirm(actor=hr, change=change)
    junior.refresh_from_db()
    assert junior.email == "junior@example.com"


def test_deactivating_in_the_same_minute_does_not_stop_the_warning() -> None:
    hr, junior, change = proposed()
    addresses.confirm(actor=hr, change=change)
    leavers.deactivate(actor=hr, person=junior)
    sender.send_due()
    sent = OutboxMessage.objects.filter(kind="accounts.address_confirmed", state="sent")
    assert {message.address for message in sent} == {"junior@example.com", NEW}
