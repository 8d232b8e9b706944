"""Rules about people, delegates, blocks and calendar addresses, at their edges."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain import blocks, company, hr_admins, people, profile
from accounts.domain.calendars import feed
from accounts.models import CalendarFeed, Company, Delegation, Grade, PairBlock, User
from common.errors import DomainError
from common.models import AuditEntry
from notifications.models import OutboxMessage
from tests.factories import GradeFactory, UserFactory
from tests.support.pages import text_of, url_of
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr() -> User:
    return UserFactory(is_hr_admin=True, grade=None, name="Hanna Recht")


@pytest.fixture
def client(hr: User, as_user: AsUser) -> Client:
    return as_user(hr)


def recorded(verb: str) -> int:
    return AuditEntry.objects.filter(verb=verb).count()


# people


def test_reactivating_somebody_active_changes_and_records_nothing(hr: User) -> None:
    person = UserFactory()
    people.reactivate(actor=hr, person=person)
    assert recorded("person.reactivated") == 0
    people.deactivate(actor=hr, person=person)
    people.reactivate(actor=hr, person=person)
    people.reactivate(actor=hr, person=person)
    assert person.is_active
    assert recorded("person.reactivated") == 1


def test_giving_rights_that_somebody_has_changes_and_records_nothing(hr: User) -> None:
    other = UserFactory(is_hr_admin=True)
    epoch = other.session_epoch
    hr_admins.set_hr_admin(actor=hr, person=other, value=True)
    assert (other.session_epoch, recorded("person.hr_admin_made")) == (epoch, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "TAKEN@example.com"), ("employee_id", "E-1"), ("email", "no address")],
)
def test_new_person_needs_an_address_and_an_id_of_their_own(
    client: Client, field: str, value: str
) -> None:
    UserFactory(email="taken@example.com", employee_id="E-1")
    form = {"name": "Nina Neu", "email": "nina@example.com", "time_zone": "Europe/Berlin"}
    before = User.objects.count()
    assert client.post(reverse("accounts:person_new"), form | {field: value}).status_code == 422
    assert User.objects.count() == before


@pytest.mark.parametrize(
    ("field", "value"), [("email", "taken@example.com"), ("employee_id", "E-1")]
)
def test_what_somebody_else_has_is_an_error_of_its_field(
    client: Client, field: str, value: str
) -> None:
    UserFactory(email="taken@example.com", employee_id="E-1")
    person = UserFactory(email="nina@example.com", employee_id="E-2")
    form = {"email": "nina@example.com", "employee_id": "E-2"} | {field: value}
    response = client.post(url_of("accounts:person_edit", person), form)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    person.refresh_from_db()
    assert (person.email, person.employee_id) == ("nina@example.com", "E-2")


@pytest.mark.parametrize("same", [True, False])
def test_grade_chosen_by_hand_is_no_longer_derived(hr: User, same: bool) -> None:
    person = UserFactory(grade_is_derived=True)
    grade = person.grade if same else GradeFactory(rank=9)
    people.edit_by_hr(
        actor=hr,
        person=person,
        employee_id=person.employee_id or "",
        grade=grade,
        email=person.email,
    )
    assert (person.grade, person.grade_is_derived) == (grade, same)
    assert recorded("person.edited") == int(not same)


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("hired", ["Cleo New", "Ada Old", "Bo None"]),
        ("grade", ["Ada Old", "Cleo New", "Bo None"]),
        ("grade_up", ["Cleo New", "Ada Old", "Bo None"]),
        ("name", ["Cleo New", "Bo None", "Ada Old"]),
    ],
)
def test_what_is_unknown_comes_last_in_the_list(
    client: Client, sort: str, names: list[str]
) -> None:
    for name, hired_on, rank in (
        ("Ada Old", date(2001, 1, 1), 5),
        ("Bo None", None, None),
        ("Cleo New", date(2025, 1, 1), 2),
    ):
        grade = GradeFactory(rank=rank) if rank else None
        last, first = reversed(name.lower().split())
        person = {"name": name, "hired_on": hired_on, "grade": grade, "sort_key": f"{last} {first}"}
        UserFactory(department="Law", **person)
    page = client.get(reverse("accounts:people_list"), {"sort": sort, "department": "Law"})
    assert [person.name for person in page.context["page"]] == names
    alone = client.get(reverse("accounts:people_list"), {"grade": "-", "department": "Law"})
    assert [person.name for person in alone.context["page"]] == ["Bo None"]


# kept apart


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("nobody@example.com", "Nobody here has this name or address"),
        ("nina@example.com", "Nobody is paired with themselves"),
    ],
)
def test_block_needs_another_person(client: Client, address: str, problem: str) -> None:
    person = UserFactory(email="nina@example.com")
    response = client.post(url_of("accounts:person_blocks", person), {"person": address})
    assert response.status_code == 422
    assert problem in text_of(response)
    assert not PairBlock.objects.exists()


def test_block_is_listed_with_both_and_its_end_is_recorded(hr: User) -> None:
    one, other, third = UserFactory(), UserFactory(), UserFactory()
    row = blocks.block(actor=hr, one=other, other=one)
    assert [list(blocks.blocks_of(person)) for person in (one, other, third)] == [[row], [row], []]
    blocks.unblock(actor=hr, pair_block=row)
    assert not PairBlock.objects.exists()
    assert (recorded("pair_block.added"), recorded("pair_block.removed")) == (1, 1)


# delegates


def test_fourth_delegate_is_refused_and_one_of_three_is_no_fourth() -> None:
    mentee = UserFactory()
    for number in range(profile.MOST_DELEGATES):
        UserFactory(email=f"d{number}@example.com")
        profile.name_delegate(actor=mentee, email=f"d{number}@example.com")
    mails = OutboxMessage.objects.count()
    profile.name_delegate(actor=mentee, email=" D0@example.com ")
    assert OutboxMessage.objects.count() == mails, "named already: nobody is told again"
    UserFactory(email="d9@example.com")
    with pytest.raises(DomainError, match="You have 3 delegates"):
        profile.name_delegate(actor=mentee, email="d9@example.com")
    profile.remove_delegate(
        actor=mentee, delegation=Delegation.objects.get(delegate__email="d0@example.com")
    )
    profile.name_delegate(actor=mentee, email="d9@example.com")
    assert Delegation.objects.count() == profile.MOST_DELEGATES


@pytest.mark.parametrize("address", ["me@example.com", "left@example.com", "nobody@example.com"])
def test_delegate_is_an_active_colleague(address: str) -> None:
    mentee = UserFactory(email="me@example.com")
    UserFactory(email="left@example.com", is_active=False)
    with pytest.raises(DomainError):
        profile.name_delegate(actor=mentee, email=address)
    assert not Delegation.objects.exists()


# the calendar's address


def test_calendar_address_is_good_until_the_next_one_and_is_kept_as_a_hash() -> None:
    person = UserFactory()
    first = feed.renew(actor=person)
    second = feed.renew(actor=person)
    found = [feed.person_of(token) for token in (first, second, "", second[:-1])]
    assert found == [None, person, None, None]
    assert second not in str(CalendarFeed.objects.values().get())
    people.deactivate(actor=None, person=person)
    assert feed.person_of(second) is None


def test_calendar_address_is_taken_back_once() -> None:
    person = UserFactory()
    token = feed.renew(actor=person)
    assert feed.revoke(actor=person)
    assert not feed.revoke(actor=person)
    assert feed.person_of(token) is None
    assert recorded("calendar_feed.revoked") == 1


# the company


@pytest.mark.parametrize(("before", "after"), [("UTC", "Asia/Tokyo"), ("Europe/Paris",) * 2])
def test_first_set_up_gives_its_zone_to_a_person_without_one(
    hr: User, before: str, after: str
) -> None:
    User.objects.filter(pk=hr.pk).update(time_zone=before)
    for zone in ("Asia/Tokyo", "Asia/Seoul"):
        words = {"name": "Firm", "product_name": "Up", "locale": "en"}
        company.set_up(actor=hr, time_zone=zone, **words)
    hr.refresh_from_db()
    assert hr.time_zone == after, "the second time changes the company alone"
    assert company.company().time_zone == "Asia/Seoul"
    assert (recorded("company.set_up"), recorded("company.changed")) == (1, 1)


def test_set_up_with_a_grade_twice_saves_nothing(hr: User) -> None:
    words = {"name": "Firm", "product_name": "Up", "locale": "en", "time_zone": "UTC"}
    with pytest.raises(DomainError, match="There is already a grade"):
        company.set_up(actor=hr, grades=["Junior", "Senior", "junior"], **words)
    assert not Company.objects.exists()
    assert not Grade.objects.exists()


# signed out


def test_page_of_somebody_signed_out_leads_to_sign_in_and_back() -> None:
    response = Client().get(reverse("accounts:profile"))
    assert response.status_code == 302
    where = response.headers["Location"]
    assert where == f"{reverse('account_login')}?next={reverse('accounts:profile')}"
