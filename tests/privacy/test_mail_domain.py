"""A company's new mail domain is one decision, about the people that were shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain import addresses, hr_admins
from accounts.models import User
from common import clock
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.privacy.address_data import address_of, hr_admin, moving_company
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


def press_for_all(client: Client, url: str) -> Any:
    """Open the page of a mail domain and press its button."""
    return client.post(url, {"seen": client.get(url).context["seen"]})


@pytest.mark.broad
def test_a_new_mail_domain_is_one_decision_of_a_second_hr_admin(as_user: AsUser) -> None:
    first, second = hr_admin(), hr_admin()
    staff = moving_company(first)
    url = reverse("accounts:address_domain", args=["old.example", "new.example"])
    assert "@new.example" in as_user(second).get(url).text
    assert press_for_all(as_user(first), url).status_code == 422
    assert {address_of(person) for person in staff} == {f"p{one}@old.example" for one in range(3)}
    assert press_for_all(as_user(second), url).status_code == 303
    assert {address_of(person) for person in staff} == {f"p{one}@new.example" for one in range(3)}
    told = OutboxMessage.objects.filter(kind="accounts.address_hr_confirmed", recipient=first)
    assert told.count() == 1


@pytest.mark.broad
@pytest.mark.parametrize("seen", ["of the page", ""])
def test_who_was_added_after_the_list_was_read_is_not_confirmed_with_it(
    as_user: AsUser, seen: str
) -> None:
    first, second = hr_admin(), hr_admin()
    staff = moving_company(first, 12)
    url = reverse("accounts:address_domain", args=["old.example", "new.example"])
    page = as_user(second)
    shown = page.get(url).context["seen"]
    victim = UserFactory(email="junior@old.example")
    addresses.propose(actor=first, changes=[(victim.pk, victim.email, "junior@new.example")])
    answer = page.post(url, {"seen": shown if seen else ""})
    assert answer.status_code == 422
    assert "has changed since you opened it" in answer.text
    assert "junior@new.example" in answer.text, "whoever is new is in the part that is shown"
    assert {address_of(person)[-12:] for person in (*staff, victim)} == {"@old.example"}
    assert page.post(url, {"seen": answer.context["seen"]}).status_code == 303
    assert {address_of(person)[-12:] for person in (*staff, victim)} == {"@new.example"}


@pytest.mark.parametrize("number", [2, 6])
def test_a_list_of_one_requester_costs_the_same_for_few_and_many(
    as_user: AsUser, number: int, django_assert_max_num_queries: Any, at: At
) -> None:
    maker = hr_admin()
    for _step in range(3):
        maker = hr_admins.set_hr_admin(actor=maker, person=UserFactory(), value=True)
    at(clock.now() + timedelta(hours=73))
    moving_company(User.objects.get(pk=maker.pk), number)
    page = as_user(hr_admin())
    url = reverse("accounts:address_domain", args=["old.example", "new.example"])
    page.get(url)
    with django_assert_max_num_queries(16):
        assert page.get(url).status_code == 200


def test_a_new_mail_domain_covers_nobody_whose_name_changes_too() -> None:
    first, second = hr_admin(), hr_admin()
    moving_company(first, 2)
    victim = UserFactory(email="junior@old.example")
    changes = [(victim.pk, victim.email, "attacker@new.example")]
    addresses.propose(actor=first, changes=changes)
    domains = ("old.example", "new.example")
    done = addresses.confirm_domain(
        actor=second,
        old_domain=domains[0],
        new_domain=domains[1],
        seen=addresses.fingerprint(addresses.waiting_of_domain(*domains)),
    )
    assert done == 2
    assert address_of(victim) == "junior@old.example"


def test_a_mail_domain_that_only_looks_like_another_is_shown_as_it_is(as_user: AsUser) -> None:
    first, second = hr_admin(), hr_admin()
    person = UserFactory(email="p@corp.example")
    changes = [(person.pk, person.email, "p@c\u043erp.example")]
    addresses.propose(actor=first, changes=changes)
    url = reverse("accounts:address_domain", args=["corp.example", "c\u043erp.example"])
    assert "xn--" in as_user(second).get(url).text


def test_an_address_that_only_looks_like_another_is_shown_as_it_is(as_user: AsUser) -> None:
    person = UserFactory(email="p@corp.example")
    changes = [(person.pk, person.email, "p@c\u043erp.example")]
    change = addresses.propose(actor=hr_admin(), changes=changes)[0]
    url = reverse("accounts:address_change_detail", args=[change.public_id])
    assert "xn--" in as_user(hr_admin()).get(url).text
