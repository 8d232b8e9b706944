"""No HR admin alone can take over somebody's account by changing the address that signs in."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as django_mail
from django.test import Client
from django.urls import reverse

from accounts.directory.apply import write_address_changes
from accounts.domain import addresses, hr_admins, people, set_up
from accounts.enums import AddressChangeState
from accounts.models import AddressChange, User
from common import clock
from common.errors import DomainError
from common.models import AuditEntry
from mentoring.workflows import leavers
from notifications.delivery import sender
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.privacy.address_data import NEW, OLD, address_of, hr_admin, moving_company, proposed
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def links() -> dict[str, str]:
    """The link in the mail to each address."""
    sender.send_due()
    sent = {}
    for mail in django_mail.outbox:
        found = re.search(r"https?://\S+(/addresses/\S+/)", str(mail.body))
        if found:
            sent[mail.to[0]] = found[1]
    return sent


def test_proposed_address_lets_nobody_in_before_it_is_confirmed(client: Client) -> None:
    proposed()
    client.post(reverse("account_request_login_code"), {"email": NEW})
    assert not any("code" in mail.subject.lower() for mail in django_mail.outbox)
    assert not EmailAddress.objects.filter(email=NEW).exists()


def test_who_entered_an_address_does_not_confirm_it(as_user: AsUser) -> None:
    hr, junior, change = proposed()
    with pytest.raises(DomainError, match="Another HR admin"):
        addresses.confirm(actor=hr, change=change)
    url = reverse("accounts:address_change_detail", args=[change.public_id])
    page = as_user(hr)
    assert 'value="confirm"' not in page.get(url).text
    assert page.post(url, {"decision": "confirm"}).status_code == 422
    assert address_of(junior) == OLD


def test_nor_does_an_hr_admin_of_less_than_72_hours(at: At) -> None:
    _hr, junior, change = proposed()
    fresh = hr_admins.set_hr_admin(actor=None, person=UserFactory(), value=True)
    with pytest.raises(DomainError, match="72 hours"):
        addresses.confirm(actor=fresh, change=change)
    at(clock.now() + timedelta(hours=72))
    addresses.confirm(actor=User.objects.get(pk=fresh.pk), change=change)
    assert address_of(junior) == NEW


@pytest.mark.parametrize("steps", [1, 2])
def test_nor_does_somebody_whom_they_have_made_an_hr_admin(at: At, steps: int) -> None:
    hr = maker = hr_admin()
    for _step in range(steps):
        maker = hr_admins.set_hr_admin(actor=maker, person=UserFactory(), value=True)
    at(clock.now() + timedelta(hours=73))
    _hr, junior, change = proposed(hr)
    puppet = User.objects.get(pk=maker.pk)
    with pytest.raises(DomainError, match="has made the other an HR admin"):
        addresses.confirm(actor=puppet, change=change)
    assert address_of(junior) == OLD


def test_nor_does_who_made_the_one_who_entered_it_an_hr_admin(at: At) -> None:
    hr = hr_admin()
    puppet = hr_admins.set_hr_admin(actor=hr, person=UserFactory(), value=True)
    at(clock.now() + timedelta(hours=73))
    _puppet, junior, change = proposed(User.objects.get(pk=puppet.pk))
    with pytest.raises(DomainError, match="has made the other an HR admin"):
        addresses.confirm(actor=hr, change=change)
    assert address_of(junior) == OLD


@pytest.mark.parametrize("steps", [1, 2])
@pytest.mark.parametrize("direct_one_asks", [True, False])
def test_nor_do_two_whom_the_same_third_has_made_hr_admins(
    at: At, steps: int, direct_one_asks: bool
) -> None:
    third = hr_admin()
    direct = hr_admins.set_hr_admin(actor=third, person=UserFactory(), value=True)
    other = third
    for _step in range(steps):
        other = hr_admins.set_hr_admin(actor=other, person=UserFactory(), value=True)
    at(clock.now() + timedelta(hours=73))
    asks, confirms = (direct, other) if direct_one_asks else (other, direct)
    _asks, junior, change = proposed(User.objects.get(pk=asks.pk))
    with pytest.raises(DomainError, match="the same person has made you both"):
        addresses.confirm(actor=User.objects.get(pk=confirms.pk), change=change)
    assert address_of(junior) == OLD


def test_whom_the_command_line_has_made_an_hr_admin_was_made_by_nobody(at: At) -> None:
    first = hr_admin()
    second = hr_admins.set_hr_admin(actor=first, person=UserFactory(), value=True)
    at(clock.now() + timedelta(hours=73))
    set_up.make_hr_admin(email=second.email)
    _hr, junior, change = proposed(first)
    with pytest.raises(DomainError, match="less than 72 hours"):
        addresses.confirm(actor=User.objects.get(pk=second.pk), change=change)
    at(clock.now() + timedelta(hours=73))
    addresses.confirm(actor=User.objects.get(pk=second.pk), change=change)
    assert address_of(junior) == NEW


def test_what_a_new_hr_admin_enters_is_confirmed_by_no_hr_admin() -> None:
    fresh = hr_admins.set_hr_admin(actor=None, person=UserFactory(), value=True)
    _fresh, junior, change = proposed(fresh)
    with pytest.raises(DomainError, match="at the old address"):
        addresses.confirm(actor=hr_admin(), change=change)
    assert address_of(junior) == OLD


def test_taking_the_rights_in_between_does_not_hide_who_gave_them(at: At) -> None:
    hr, between, last = hr_admin(), UserFactory(), UserFactory()
    hr_admins.set_hr_admin(actor=hr, person=between, value=True)
    hr_admins.set_hr_admin(actor=between, person=last, value=True)
    hr_admins.set_hr_admin(actor=hr, person=between, value=False)
    hr_admins.set_hr_admin(actor=last, person=between, value=True)
    at(clock.now() + timedelta(hours=73))
    _hr, junior, change = proposed(hr)
    for puppet in (between, last):
        with pytest.raises(DomainError, match="has made the other an HR admin"):
            addresses.confirm(actor=User.objects.get(pk=puppet.pk), change=change)
    assert address_of(junior) == OLD


def test_deactivated_hr_admins_lose_the_rights_for_good_and_all_hear_of_it(at: At) -> None:
    hr, other = hr_admin(), hr_admin()
    leavers.deactivate(actor=hr, person=other)
    told = OutboxMessage.objects.filter(kind="accounts.hr_rights_changed")
    assert set(told.values_list("address", flat=True)) == {hr.email, other.email}
    at(clock.now() + 30 * DAY)
    people.reactivate(actor=hr, person=other)
    other.refresh_from_db()
    assert (other.is_hr_admin, other.hr_admin_since) == (False, None)


@pytest.mark.parametrize("file_of", ["who uploads", "who applies"])
def test_who_uploads_or_applies_an_import_does_not_confirm_its_addresses(file_of: str) -> None:
    first, second = hr_admin(), hr_admin()
    uploads, applies = (first, second) if file_of == "who uploads" else (second, first)
    person = UserFactory(email="p@old.example")
    plan = SimpleNamespace(
        addresses=[(SimpleNamespace(id=person.pk, email=person.email), NEW)], withdrawn=[]
    )
    write_address_changes(plan, actor=applies, uploaded_by=uploads)  # type: ignore[arg-type]
    change = AddressChange.objects.get()
    assert change.requested_by == uploads
    for one in (uploads, applies):
        with pytest.raises(DomainError, match="yourself"):
            addresses.confirm(actor=one, change=change)
    assert addresses.confirm(actor=hr_admin(), change=change).state == "confirmed"


def test_nobody_confirms_their_own_address() -> None:
    hr = hr_admin()
    other = hr_admin()
    people.edit_by_hr(actor=other, person=hr, employee_id="", grade=None, email=NEW)
    with pytest.raises(DomainError, match="your own"):
        addresses.confirm(actor=hr, change=AddressChange.objects.get())


def test_a_second_hr_admin_confirms_and_all_are_told() -> None:
    _hr, junior, change = proposed()
    second, third = hr_admin(), hr_admin()
    addresses.confirm(actor=second, change=change)
    assert address_of(junior) == NEW
    told = OutboxMessage.objects.filter(kind="accounts.address_hr_confirmed")
    assert {second.pk, third.pk} <= set(told.values_list("recipient", flat=True))
    entry = AuditEntry.objects.get(verb="address_change.confirmed")
    assert (entry.actor_id, entry.detail["by"]) == (second.pk, "hr")


def test_both_addresses_hear_at_once_and_the_old_one_can_confirm(client: Client) -> None:
    _hr, junior, _change = proposed()
    found = links()
    assert set(found) == {OLD, NEW}
    for address in (OLD, NEW):
        client.get(found[address])
        assert address_of(junior) == OLD, "opening a link changes nothing"
    assert 'value="confirm"' not in client.get(found[NEW]).text
    client.post(found[NEW], {"answer": "confirm"})
    assert address_of(junior) == OLD, "the new address cannot confirm itself"
    client.post(found[OLD], {"answer": "confirm"})
    assert address_of(junior) == NEW


@pytest.mark.parametrize("address", [OLD, NEW])
def test_each_address_can_stop_it_and_hr_is_told(client: Client, at: At, address: str) -> None:
    hr, junior, change = proposed()
    answer = client.post(links()[address], {"answer": "stop"})
    assert "The old address stays" in answer.text
    change.refresh_from_db()
    assert change.state == AddressChangeState.STOPPED
    assert OutboxMessage.objects.filter(kind="accounts.address_hr_stopped", recipient=hr).exists()
    at(clock.now() + 4 * DAY)
    assert addresses.apply_waited() == 0
    assert address_of(junior) == OLD
    with pytest.raises(DomainError, match="already"):
        addresses.confirm(actor=hr_admin(), change=change)


def test_nobody_objects_within_72_hours(at: At) -> None:
    _hr, junior, _change = proposed()
    sender.send_due()
    start = clock.now()
    at(start + timedelta(hours=71, minutes=59))
    assert addresses.apply_waited() == 0
    at(start + timedelta(hours=72, minutes=1))
    assert addresses.apply_waited() == 1
    assert addresses.apply_waited() == 0
    assert address_of(junior) == NEW
    assert AuditEntry.objects.get(verb="address_change.confirmed").detail["by"] == "waited"


@pytest.mark.parametrize("state", ["suppressed", "failed", "cancelled", "missed", "unknown"])
@pytest.mark.parametrize("which", [OLD, NEW])
def test_waiting_does_not_help_where_a_mail_did_not_arrive(at: At, which: str, state: str) -> None:
    _hr, junior, change = proposed()
    sender.send_due()
    told = OutboxMessage.objects.filter(kind="accounts.address_proposed", address=which)
    assert told.update(state=state, sent_at=None) == 1
    at(clock.now() + 30 * DAY)
    assert addresses.apply_waited() == 0
    assert address_of(junior) == OLD
    addresses.confirm(actor=hr_admin(), change=change)
    assert address_of(junior) == NEW


def test_waiting_begins_when_the_mails_have_left(at: At) -> None:
    _hr, junior, _change = proposed()
    at(clock.now() + 4 * DAY)
    sender.send_due()
    assert addresses.apply_waited() == 0
    at(clock.now() + 3 * DAY + timedelta(minutes=1))
    assert addresses.apply_waited() == 1
    assert address_of(junior) == NEW


@pytest.mark.parametrize("number", [1, 5])
def test_changes_whose_mails_did_not_arrive_cost_no_query_each(
    at: At, django_assert_num_queries: Any, number: int
) -> None:
    moving_company(hr_admin(), number)
    at(clock.now() + 4 * DAY)
    with django_assert_num_queries(2):
        assert addresses.apply_waited() == 0


def test_what_was_stopped_once_does_not_take_effect_by_waiting(client: Client, at: At) -> None:
    hr, junior, _change = proposed()
    client.post(links()[OLD], {"answer": "stop"})
    people.edit_by_hr(actor=hr, person=junior, employee_id="", grade=None, email=NEW)
    sender.send_due()
    at(clock.now() + 4 * DAY)
    assert addresses.apply_waited() == 0
    assert address_of(junior) == OLD


def test_an_older_link_stops_the_change_that_has_replaced_it(client: Client) -> None:
    hr, junior, _change = proposed()
    link = links()[OLD]
    other = "another@example.com"
    people.edit_by_hr(actor=hr, person=junior, employee_id="", grade=None, email=other)
    page = client.get(link).text
    assert other in page
    assert "The old address stays" not in page
    client.post(link, {"answer": "stop"})
    assert AddressChange.objects.get(new_email=other).state == AddressChangeState.STOPPED


@pytest.mark.parametrize("seen", [True, False])
def test_an_older_link_confirms_only_the_address_that_was_shown(client: Client, seen: bool) -> None:
    """An HR admin enters another address while the person looks at the first one."""
    hr, junior, change = proposed()
    link = links()[OLD]
    form = {"answer": "confirm"} | ({"seen": str(change.public_id)} if seen else {})
    other = "another@example.com"
    people.edit_by_hr(actor=hr, person=junior, employee_id="", grade=None, email=other)
    answer = client.post(link, form)
    assert address_of(junior) == OLD
    assert answer.status_code == 422
    assert other in answer.text
    newer = AddressChange.objects.get(new_email=other)
    client.post(link, {"answer": "confirm", "seen": str(newer.public_id)})
    assert address_of(junior) == other


def test_a_link_to_what_was_replaced_reassures_nobody(client: Client) -> None:
    hr, junior, _change = proposed()
    link = links()[NEW]
    other = "another@example.com"
    people.edit_by_hr(actor=hr, person=junior, employee_id="", grade=None, email=other)
    page = client.get(link).text
    assert "has been replaced" in page
    assert "The old address stays" not in page


def test_waiting_does_not_help_where_the_address_belongs_to_another_by_now(at: At) -> None:
    _hr, junior, change = proposed()
    sender.send_due()
    people.create_person(actor=None, email=NEW, name="Somebody Else")
    at(clock.now() + 4 * DAY)
    assert addresses.apply_waited() == 0
    change.refresh_from_db()
    assert (change.state, address_of(junior)) == (AddressChangeState.WITHDRAWN, OLD)


def test_address_of_somebody_deactivated_is_not_confirmed(at: At, client: Client) -> None:
    hr, junior, change = proposed()
    found = links()
    leavers.deactivate(actor=hr, person=junior)
    with pytest.raises(DomainError, match="deactivated"):
        addresses.confirm(actor=hr_admin(), change=change)
    client.post(found[OLD], {"answer": "confirm"})
    at(clock.now() + 4 * DAY)
    assert addresses.apply_waited() == 0
    assert address_of(junior) == OLD


def test_deactivating_in_the_same_minute_does_not_stop_the_warning() -> None:
    hr, junior, change = proposed()
    addresses.confirm(actor=hr_admin(), change=change)
    leavers.deactivate(actor=hr, person=junior)
    sender.send_due()
    sent = OutboxMessage.objects.filter(kind="accounts.address_confirmed", state="sent")
    assert {message.address for message in sent} == {OLD, NEW}


def test_an_import_from_the_command_line_is_confirmed_by_one_hr_admin() -> None:
    moving_company(None, 2)
    change = AddressChange.objects.first()
    assert change is not None
    assert addresses.confirm(actor=hr_admin(), change=change).state == "confirmed"


@pytest.mark.parametrize("given", [True, False])
def test_rights_of_an_hr_admin_are_told_to_all_of_them(given: bool) -> None:
    actor, third = hr_admin(), hr_admin()
    person = UserFactory() if given else hr_admin()
    hr_admins.set_hr_admin(actor=actor, person=person, value=given)
    told = OutboxMessage.objects.filter(kind="accounts.hr_rights_changed")
    assert set(told.values_list("recipient", flat=True)) == {actor.pk, third.pk, person.pk}
    verb = "person.hr_admin_made" if given else "person.hr_admin_unmade"
    assert AuditEntry.objects.filter(verb=verb, actor_id=actor.pk).exists()
