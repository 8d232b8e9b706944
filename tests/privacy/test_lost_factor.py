"""No HR admin alone gets past somebody's second factor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.domain import factor_resets, factors, hr_admins
from accounts.domain.people import create_person
from accounts.models import FactorReset, User
from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from notifications.models import OutboxMessage
from tests.accounts.factor_data import give_app
from tests.factories import UserFactory
from tests.privacy.address_data import hr_admin
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(db: None) -> User:
    """Somebody with a second factor."""
    person = create_person(actor=None, email="mia@example.com", name="Mia Okafor")
    give_app(person)
    return person


def test_one_asks_another_confirms(contact: User, as_user: AsUser, client: Client) -> None:
    one, other = hr_admin(), hr_admin()
    session = Client()
    session.force_login(contact, backend="allauth.account.auth_backends.AuthenticationBackend")
    url = reverse("accounts:person_factor", args=[contact.public_id])
    as_user(one).post(url, {"decision": "request"})
    assert factors.has_one(contact)
    told = OutboxMessage.objects.filter(kind="accounts.factor_reset_requested")
    assert {message.recipient_id for message in told} == {one.pk, other.pk}

    as_user(other).post(url, {"decision": "confirm"})
    assert not Authenticator.objects.exists()
    assert session.get("/me/profile/").status_code == 302, "still signed in"
    (mail,) = OutboxMessage.objects.filter(kind="accounts.factor_reset")
    assert mail.recipient == contact
    assert one.name in mail.text
    assert other.name in mail.text
    done = AuditEntry.objects.filter(verb__startswith="factor_reset.").order_by("id")
    assert [(entry.verb, entry.actor_id, entry.detail) for entry in done] == [
        ("factor_reset.requested", one.pk, {"person": contact.pk}),
        ("factor_reset.confirmed", other.pk, {"person": contact.pk}),
    ]


def test_who_asked_does_not_confirm(contact: User, as_user: AsUser) -> None:
    hr = hr_admin()
    reset = factor_resets.request(actor=hr, person=contact)
    with pytest.raises(DomainError, match="Another HR admin"):
        factor_resets.confirm(actor=hr, reset=reset)
    url = reverse("accounts:person_factor", args=[contact.public_id])
    page = as_user(hr)
    assert 'value="confirm"' not in page.get(url).text
    assert page.post(url, {"decision": "confirm"}).status_code == 422
    assert factors.has_one(contact)


def test_nor_does_an_hr_admin_of_less_than_72_hours(contact: User, at: At) -> None:
    reset = factor_resets.request(actor=hr_admin(), person=contact)
    fresh = hr_admins.set_hr_admin(actor=None, person=UserFactory(), value=True)
    with pytest.raises(DomainError, match="72 hours"):
        factor_resets.confirm(actor=fresh, reset=reset)
    at(clock.now() + timedelta(hours=72))
    factor_resets.confirm(actor=User.objects.get(pk=fresh.pk), reset=reset)
    assert not factors.has_one(contact)


def test_nor_for_one_of_less_than_72_hours(contact: User) -> None:
    fresh = hr_admins.set_hr_admin(actor=None, person=UserFactory(), value=True)
    reset = factor_resets.request(actor=fresh, person=contact)
    with pytest.raises(DomainError, match="asks anew"):
        factor_resets.confirm(actor=hr_admin(), reset=reset)


def test_nor_does_somebody_whom_they_have_made_an_hr_admin(contact: User, at: At) -> None:
    hr = hr_admin()
    puppet = hr_admins.set_hr_admin(actor=hr, person=UserFactory(), value=True)
    at(clock.now() + timedelta(hours=73))
    reset = factor_resets.request(actor=hr, person=contact)
    with pytest.raises(DomainError, match="has made the other an HR admin"):
        factor_resets.confirm(actor=User.objects.get(pk=puppet.pk), reset=reset)
    assert factors.has_one(contact)


def test_nobody_decides_about_their_own(contact: User) -> None:
    hr = hr_admin()
    give_app(hr)
    with pytest.raises(DomainError, match="your own"):
        factor_resets.request(actor=hr, person=hr)
    reset = factor_resets.request(actor=hr_admin(), person=hr)
    with pytest.raises(DomainError, match="your own"):
        factor_resets.confirm(actor=hr, reset=reset)


def test_it_is_asked_for_and_decided_once(contact: User) -> None:
    one, other = hr_admin(), hr_admin()
    reset = factor_resets.request(actor=one, person=contact)
    with pytest.raises(DomainError, match="already"):
        factor_resets.request(actor=other, person=contact)
    factor_resets.reject(actor=other, reset=reset)
    with pytest.raises(DomainError, match="already been decided"):
        factor_resets.confirm(actor=other, reset=reset)
    assert factors.has_one(contact)
    with pytest.raises(DomainError, match="no second factor"):
        factor_resets.request(actor=one, person=other)


def test_the_database_refuses_a_second_request_and_a_decision_by_one(contact: User) -> None:
    hr = hr_admin()
    made = factor_resets.request(actor=hr, person=contact)
    with pytest.raises(IntegrityError, match="factor_reset_one_pending"), transaction.atomic():
        FactorReset.objects.create(person=contact, requested_by=hr)
    decided = FactorReset.objects.filter(pk=made.pk)
    with pytest.raises(IntegrityError, match="factor_reset_by_two"), transaction.atomic():
        decided.update(state="confirmed", decided_by=hr)


def test_the_command_line_resets_where_there_are_no_two(contact: User) -> None:
    with pytest.raises(CommandError, match="Nobody"):
        call_command("reset_second_factor", "nobody@example.com")
    call_command("reset_second_factor", "Mia@example.com")
    assert not Authenticator.objects.exists()
    assert "on the server" in OutboxMessage.objects.get(kind="accounts.factor_reset").text
