"""HR's pages about people."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain import addresses, people
from accounts.models import AddressChange, Grade, PairBlock, User
from tests.factories import EnrolmentFactory, GradeFactory, PairingFactory, UserFactory
from tests.support.pages import text_of
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr() -> User:
    return UserFactory(
        is_hr_admin=True, email="hr@example.com", name="Hanna Recht", department="People"
    )


@pytest.fixture
def client(hr: User, as_user: AsUser) -> Client:
    return as_user(hr)


def names(client: Client, **query: Any) -> list[str]:
    response = client.get(reverse("accounts:people_list"), query)
    return [person.name for person in response.context["page"].object_list]


@pytest.fixture
def company(hr: User) -> list[User]:
    made = [
        ("Zoë Ångström", "Sales", "Berlin", 1),
        ("Adam Zimmer", "Sales", "London", 5),
        ("Mia Otto", "", "Berlin", 3),
    ]
    rows = []
    for name, department, location, rank in made:
        email = f"{name.split()[0].lower().replace('ë', 'e')}@example.com"
        row = people.create_person(
            actor=hr, email=email, name=name, department=department, location=location
        )
        row.grade = GradeFactory(rank=rank)
        row.save()
        rows.append(row)
    return rows


@pytest.mark.broad
def test_people_list_searches_filters_and_sorts(client: Client, company: list[User]) -> None:
    assert names(client, q="zoe") == ["Zoë Ångström"]
    assert names(client, q="ANGSTR") == ["Zoë Ångström"]
    assert names(client, department="Sales", sort="name") == ["Zoë Ångström", "Adam Zimmer"]
    assert names(client, location="Berlin", department="-") == ["Mia Otto"]
    assert names(client, grade=str(company[1].grade_id)) == ["Adam Zimmer"]
    assert names(client, sort="grade_up", department="Sales") == ["Zoë Ångström", "Adam Zimmer"]
    assert names(client, sort="grade", q="recht hanna", who="hr") == ["Hanna Recht"]
    User.objects.filter(pk=company[0].pk).update(is_active=False)
    assert "Zoë Ångström" not in names(client)
    assert names(client, who="inactive") == ["Zoë Ångström"]
    assert len(names(client, who="all")) == 4


def test_people_list_filters_nothing_by_nonsense(client: Client, company: list[User]) -> None:
    assert (
        len(names(client, grade="x", department="Nowhere", sort="shoe", who="?", page="999")) == 4
    )


def test_people_list_empty_says_what_to_do(client: Client) -> None:
    assert "Nobody fits" in text_of(client.get(reverse("accounts:people_list"), {"q": "nobody"}))


@pytest.mark.parametrize("count", [1, 3])
def test_people_list_queries(client: Client, count: int, django_assert_num_queries: Any) -> None:
    for _n in range(count):
        UserFactory(manager=UserFactory())
    with django_assert_num_queries(10):
        client.get(reverse("accounts:people_list"))


@pytest.mark.parametrize("count", [1, 3])
def test_person_detail_queries(
    client: Client, hr: User, count: int, django_assert_num_queries: Any
) -> None:
    person = UserFactory(manager=UserFactory())
    for _n in range(count):
        UserFactory(manager=person)
        first, second = sorted([person, UserFactory()], key=lambda one: one.pk)
        PairBlock.objects.create(first=first, second=second)
        EnrolmentFactory(person=person)
    with django_assert_num_queries(10):
        client.get(reverse("accounts:person_detail", args=[person.public_id]))
    with django_assert_num_queries(4):
        client.get(
            reverse("mentoring:person_programs", args=[person.public_id]),
            headers={"HX-Request": "true"},
        )


@pytest.mark.parametrize("count", [1, 3])
def test_address_change_list_queries(
    client: Client, hr: User, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        addresses.propose(
            actor=hr, changes=[(UserFactory().pk, "old@example.com", f"new{number}@example.com")]
        )
        done = UserFactory()
        AddressChange.objects.create(
            person=done, old_email="a@x.de", new_email="b@x.de", state="rejected", decided_by=hr
        )
    with django_assert_num_queries(8):
        client.get(reverse("accounts:address_change_list"))


@pytest.mark.parametrize("count", [1, 3])
def test_grades_queries(client: Client, count: int, django_assert_num_queries: Any) -> None:
    for rank in range(count):
        GradeFactory(rank=rank + 10)
    with django_assert_num_queries(5):
        client.get(reverse("accounts:grades"))


@pytest.mark.parametrize("count", [1, 3])
def test_person_blocks_queries(client: Client, count: int, django_assert_num_queries: Any) -> None:
    person = UserFactory()
    for _n in range(count):
        PairBlock.objects.create(first=person, second=UserFactory())
    with django_assert_num_queries(6):
        client.get(reverse("accounts:person_blocks", args=[person.public_id]))


def test_people_export_has_the_same_people(client: Client, company: list[User]) -> None:
    UserFactory(name="=cmd()", department="Sales")
    text = text_of(
        client.get(reverse("accounts:people_export"), {"department": "Sales", "format": "csv"})
    )
    assert "Adam Zimmer" in text
    assert "Mia Otto" not in text
    assert "'=cmd()" in text
    content = b"".join(
        client.get(reverse("accounts:people_export"), {"format": "xlsx"}).streaming_content
    )
    assert openpyxl.load_workbook(io.BytesIO(content)).active.max_row == 6


def test_people_list_answers_htmx_with_the_rows(client: Client, company: list[User]) -> None:
    text = text_of(
        client.get(reverse("accounts:people_list"), {"q": "mia"}, headers={"HX-Request": "true"})
    )
    assert 'id="rows"' in text
    assert "Mia Otto" in text


@pytest.mark.broad
def test_person_new_and_edit(client: Client) -> None:
    data = {"name": "Nina Neu", "email": "nina@example.com", "time_zone": "Europe/Berlin"}
    assert client.post(reverse("accounts:person_new"), data).status_code == 303
    nina = User.objects.get(email="nina@example.com")
    again = client.post(reverse("accounts:person_new"), data)
    assert again.status_code == 422
    assert "already here" in text_of(again)
    edit = reverse("accounts:person_edit", args=[nina.public_id])
    assert client.post(edit, {"employee_id": "N1", "email": "nina@example.com"}).status_code == 303
    response = client.post(
        edit, {"employee_id": "N1", "email": "nina.neu@example.com"}, follow=True
    )
    assert "waits to be confirmed" in text_of(response)
    nina.refresh_from_db()
    assert (nina.employee_id, nina.email) == ("N1", "nina@example.com")
    UserFactory(employee_id="N2")
    assert client.post(edit, {"employee_id": "N2", "email": "nina@example.com"}).status_code == 422


def test_person_hr_admin_asks_and_protects_oneself(client: Client, hr: User) -> None:
    other = UserFactory()
    url = reverse("accounts:person_hr_admin", args=[other.public_id])
    assert "Make" in text_of(client.get(url))
    for _pressed_twice in range(2):
        client.post(url, {"rights": "give"})
        other.refresh_from_db()
        assert other.is_hr_admin
    own = reverse("accounts:person_hr_admin", args=[hr.public_id])
    response = client.post(own, {"rights": "take"})
    assert response.status_code == 422
    assert "your own" in text_of(response)


def test_person_deactivate_pauses_pairs(client: Client) -> None:
    pairing = PairingFactory()
    url = reverse("mentoring:person_deactivate", args=[pairing.mentor.public_id])
    assert "1 pair pauses" in text_of(client.get(url))
    assert client.post(url).status_code == 303
    pairing.refresh_from_db()
    assert (pairing.state, User.objects.get(pk=pairing.mentor_id).is_active) == ("paused", False)
    back = reverse("mentoring:person_reactivate", args=[pairing.mentor.public_id])
    assert "can sign in again" in text_of(client.post(back, follow=True))
    assert User.objects.get(pk=pairing.mentor_id).is_active


def test_person_deactivate_of_oneself_is_refused(client: Client, hr: User) -> None:
    response = client.post(reverse("mentoring:person_deactivate", args=[hr.public_id]))
    assert response.status_code == 422
    assert "yourself" in text_of(response)


def test_person_blocks_are_added_and_removed(client: Client) -> None:
    one, other = UserFactory(), UserFactory(name="Otto Other")
    url = reverse("accounts:person_blocks", args=[one.public_id])
    assert client.post(url, {"person": "nobody@example.com"}).status_code == 422
    assert client.post(url, {"person": one.email}).status_code == 422
    assert client.post(url, {"person": other.email.upper()}).status_code == 303
    assert "Otto Other" in text_of(client.get(url))
    assert "Otto Other" in text_of(
        client.get(reverse("accounts:person_detail", args=[one.public_id]))
    )
    block = PairBlock.objects.get()
    client.post(reverse("accounts:person_block_remove", args=[other.public_id, block.public_id]))
    assert not PairBlock.objects.exists()


def test_person_block_of_others_is_not_removed_from_a_third_page(client: Client) -> None:
    block = PairBlock.objects.create(first=UserFactory(), second=UserFactory())
    client.post(
        reverse("accounts:person_block_remove", args=[UserFactory().public_id, block.public_id])
    )
    assert PairBlock.objects.exists()


def test_person_detail_of_oneself_shows_no_blocks() -> None:
    one = UserFactory()
    PairBlock.objects.create(first=one, second=UserFactory(name="Otto Other"))
    client = Client()
    client.force_login(one, backend="allauth.account.auth_backends.AuthenticationBackend")
    text = text_of(client.get(reverse("accounts:person_detail", args=[one.public_id])))
    assert one.email in text
    assert "Otto Other" not in text
    assert "paired" not in text


def test_grades_page(client: Client) -> None:
    url = reverse("accounts:grades")
    client.post(url, {"action": "add", "name": "Junior"})
    client.post(url, {"action": "add", "name": "Senior"})
    junior = Grade.objects.get(name="Junior")
    client.post(url, {"action": "up", "grade": junior.pk})
    assert list(Grade.objects.values_list("name", flat=True))[-1] == "Junior"
    client.post(url, {"action": "rename", "grade": junior.pk, "name": "Youngest"})
    assert client.post(url, {"action": "add", "name": "youngest"}).status_code == 422
    assert (
        client.post(url, {"action": "rename", "grade": junior.pk, "name": "senior"}).status_code
        == 422
    )
    UserFactory(grade=junior)
    assert client.post(url, {"action": "remove", "grade": junior.pk}).status_code == 422
    assert client.post(url, {"action": "remove", "grade": "x"}).status_code == 404
    client.post(url, {"action": "remove", "grade": Grade.objects.get(name="Senior").pk})
    assert not Grade.objects.filter(name="Senior").exists()


@pytest.mark.parametrize(
    ("decision", "email"), [("confirm", "new@example.com"), ("reject", "old@example.com")]
)
def test_address_change_is_decided(client: Client, hr: User, decision: str, email: str) -> None:
    person = people.create_person(actor=hr, email="old@example.com", name="Anna Berg")
    first = UserFactory(is_hr_admin=True)
    changes = [(person.pk, person.email, "new@example.com")]
    change = addresses.propose(actor=first, changes=changes)[0]
    url = reverse("accounts:address_change_detail", args=[change.public_id])
    shown = text_of(client.get(url))
    assert "old@example.com" in shown
    assert "new@example.com" in shown
    assert client.post(url, {"decision": "maybe"}).status_code == 200
    assert client.post(url, {"decision": decision}).status_code == 303
    assert User.objects.get(pk=person.pk).email == email
    assert client.post(url, {"decision": decision}).status_code == 422
    assert "Anna Berg" in text_of(client.get(reverse("accounts:address_change_list")))
