"""Naming one person by name, in every form in which somebody names somebody."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from accounts.forms.person_field import Named, PersonField
from accounts.models import User
from accounts.models.people import normalise
from accounts.search import MOST_FOUND
from tests.factories import UserFactory
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db
FIND = "accounts:person_find"


def person(name: str, **fields: Any) -> User:
    """Somebody of that name, as the directory stores them."""
    made: User = UserFactory(name=name, **fields)
    normalise(made).save()
    return made


@pytest.mark.parametrize(
    "text",
    ["Ana García", "garcia ana", "GARCÍA, Ana", "Ana", "ana.g@example.com", "Müller-Ana", "anita"],
)
def test_a_name_is_found_in_any_order_and_without_accents(text: str) -> None:
    ana = person("Ana García Mueller", email="ana.g@example.com", preferred_name="Anita")
    assert ana in User.objects.search(text)


@pytest.mark.parametrize("text", ["marketing", "director", "berlin", "ana.g", "E77", "example.com"])
def test_only_names_are_found_unless_an_at_sign_is_typed(text: str) -> None:
    person(
        "Bo Lind",
        email="ana.g@example.com",
        department="Marketing",
        job_title="Director",
        location="Berlin",
        employee_id="E77",
    )
    assert not User.objects.search(text).exists()


@pytest.mark.parametrize(
    ("text", "chosen", "expected"),
    [
        ("Anna Berg", "", "anna"),  # the whole name of one person
        ("berg anna", "", "anna"),
        ("ANNA@example.com", "", "anna"),
        ("an", "bergmann", "bergmann"),  # chosen among several
        ("Anna Berg", "bergmann", "bergmann"),
        ("Anna Berg", "otto", "anna"),  # chosen before another name was typed
        ("Anna", "", "which"),
        ("Ot", "", "which"),  # the only one, but not the whole name: shown first
        ("Nobody", "", "nobody"),
        ("  ", "anna", "required"),
    ],
)
def test_a_text_names_one_person_or_is_asked_about(text: str, chosen: str, expected: str) -> None:
    people = {
        "anna": person("Anna Berg", email="anna@example.com"),
        "bergmann": person("Anna Bergmann"),
        "otto": person("Otto Lang"),
    }
    named = Named(text, str(people[chosen].public_id) if chosen else "")
    field = PersonField()
    if expected in people:
        assert field.clean(named) == people[expected]
    else:
        with pytest.raises(Exception) as refused:
            field.clean(named)
        assert refused.value.error_list[0].code == expected  # type: ignore[attr-defined]


def test_two_of_one_name_are_never_guessed() -> None:
    one, _other = person("Anna Berg", job_title="Buyer"), person("Anna Berg", job_title="Nurse")
    with pytest.raises(Exception, match="Choose whom you mean"):
        PersonField().clean(Named("Anna Berg"))
    assert PersonField().clean(Named("Anna Berg", str(one.public_id))) == one


def test_the_search_says_when_it_stops_and_tells_namesakes_apart(as_user: AsUser) -> None:
    for _ in range(MOST_FOUND + 1):
        person("Ann Holt", department="Law", job_title="Clerk")
    client = as_user(UserFactory())
    page = client.post(reverse(FIND), {"field": "person", "person": "holt"}).text
    assert "Showing the first 20" in page and page.count("Clerk") == MOST_FOUND
    assert 'name="person-chosen"' in page
    assert (
        "Nobody of that name"
        in client.post(reverse(FIND), {"field": "person", "person": "xx"}).text
    )
    assert client.post(reverse(FIND), {"field": '"><b>', "person": "xx"}).status_code == 400


@pytest.mark.parametrize("rows", [1, 3])
def test_the_search_takes_a_constant_number_of_queries(
    rows: int, as_user: AsUser, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        person(f"Ann Holt{number}")
    client = as_user(UserFactory())
    with django_assert_num_queries(3):  # session, reader, search
        client.post(reverse(FIND), {"field": "person", "person": "ann"})


@pytest.mark.parametrize("text", ["garcia an", "ana@"])
def test_the_search_uses_an_index(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = User.objects.active().search(text).order_by().explain()
    assert "user_search" in plan or "email" in plan.split("Filter")[0]


def test_a_form_without_javascript_comes_back_with_whom_it_could_be(as_user: AsUser) -> None:
    hr = UserFactory(is_hr_admin=True)
    person("Anna Berg")
    other = person("Anna Bergmann")
    client, url = as_user(hr), reverse("accounts:person_blocks", args=[UserFactory().public_id])
    page = client.post(url, {"person": "anna"})
    assert page.status_code == 422 and "Choose whom you mean" in page.text
    assert page.text.count('name="person-chosen"') == 2
    chosen = {"person": "anna", "person-chosen": str(other.public_id)}
    assert client.post(url, chosen).status_code == 303


def test_several_hr_admins_are_appointed_by_name(as_user: AsUser) -> None:
    hr, url = UserFactory(is_hr_admin=True), reverse("accounts:hr_admin_list")
    client = as_user(hr)
    for name in ("Ada Lowe", "Bo Lind"):
        other = person(name)
        first = client.post(url, {"person": name})
        assert first["Location"] == reverse("accounts:person_hr_admin", args=[other.public_id])
        assert client.post(first["Location"], {"rights": "give"})["Location"] == url
    assert User.objects.hr_admins().count() == 3
    again = client.post(url, {"person": "lowe ada"})
    assert again.status_code == 422 and "Ada Lowe is an HR admin already." in again.text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_hr_admins_take_a_constant_number_of_queries(
    rows: int, as_user: AsUser, django_assert_num_queries: Any
) -> None:
    admins = UserFactory.create_batch(rows, is_hr_admin=True)
    client = as_user(admins[0])
    with django_assert_num_queries(5):  # session, reader, navigation's two, admins
        client.get(reverse("accounts:hr_admin_list"))
