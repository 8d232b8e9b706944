"""The set-up of an empty installation."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Company, Grade, User
from common.models import AuditEntry
from tests.factories import ProgramFactory, UserFactory
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db
VALID = {
    "name": "Nordwind AG",
    "product_name": "Rückenwind",
    "time_zone": "Europe/Berlin",
    "locale": "de",
    "grades": "Junior\n\n Senior \nPrincipal",
}


@pytest.fixture
def admin() -> User:
    return UserFactory(is_hr_admin=True, time_zone="UTC", grade=None)


def names() -> list[str]:
    return list(Grade.objects.order_by("rank").values_list("name", flat=True))


def test_empty_installation_leads_its_first_hr_admin_to_the_setup(
    as_user: AsUser, admin: User
) -> None:
    assert as_user(admin).get("/").headers["Location"] == "/setup/"


def test_empty_installation_leads_nobody_else_there(as_user: AsUser) -> None:
    assert as_user(UserFactory()).get("/").status_code == 200


def test_setup_saves_and_says_what_comes_next(as_user: AsUser, admin: User) -> None:
    client = as_user(admin)
    response = client.post("/setup/", VALID)
    assert (response.status_code, response.headers["Location"]) == (303, "/setup/next/")
    company = Company.objects.get()
    assert (company.name, company.product_name, company.time_zone) == (
        "Nordwind AG",
        "Rückenwind",
        "Europe/Berlin",
    )
    assert company.set_up_at is not None
    assert names() == ["Junior", "Senior", "Principal"]
    admin.refresh_from_db()
    assert admin.time_zone == "Europe/Berlin"
    page = client.get("/setup/next/").content.decode()
    assert reverse("mentoring:people_import") in page
    assert reverse("mentoring:program_new") in page
    assert "Rückenwind</title>" in page
    assert client.get("/").status_code == 200


def test_setup_next_counts_what_is_there(as_user: AsUser, admin: User) -> None:
    UserFactory.create_batch(2)
    ProgramFactory()
    page = as_user(admin).get("/setup/next/").content.decode()
    assert "3 people are here so far" in page
    assert "1 program so far" in page


def test_second_visit_changes_without_beginning_again(as_user: AsUser, admin: User) -> None:
    client = as_user(admin)
    client.post("/setup/", VALID)
    first = Company.objects.get().set_up_at
    page = client.get("/setup/").content.decode()
    assert "Nordwind AG" in page
    too_small = client.post("/setup/", {**VALID, "anonymity_k": 4})
    assert "Five is the least" in too_small.text
    response = client.post("/setup/", {**VALID, "name": "Südwind AG", "anonymity_k": 6})
    assert response.headers["Location"] == "/setup/"
    saved = Company.objects.get()
    assert (saved.name, saved.anonymity_k, saved.set_up_at) == ("Südwind AG", 6, first)
    verbs = (
        AuditEntry.objects.filter(target_type="accounts.company")
        .order_by("id")
        .values_list("verb", flat=True)
    )
    assert list(verbs) == ["company.set_up", "company.changed"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("product_name", "x" * 61),
        ("time_zone", "Moon"),
        ("grades", "Junior\njunior"),
        ("grades", "x" * 81),
    ],
)
def test_setup_says_what_is_wrong(as_user: AsUser, admin: User, field: str, value: str) -> None:
    response = as_user(admin).post("/setup/", {**VALID, field: value})
    assert response.status_code == 422
    page = response.content.decode()
    assert f'href="#id_{field}"' in page
    assert not Company.objects.filter(set_up_at__isnull=False).exists()


def test_setup_without_grades_is_fine(as_user: AsUser, admin: User) -> None:
    assert as_user(admin).post("/setup/", {**VALID, "grades": ""}).status_code == 303
    assert names() == []


def test_setup_asks_for_grades_only_while_there_are_none(as_user: AsUser, admin: User) -> None:
    client = as_user(admin)
    assert 'name="grades"' in client.get("/setup/").content.decode()
    client.post("/setup/", VALID)
    page = client.get("/setup/").content.decode()
    assert 'name="grades"' not in page
    assert reverse("accounts:grades") in page


@pytest.mark.parametrize("path", ["/setup/", "/setup/next/"])
def test_setup_is_for_hr_admins_alone(as_user: AsUser, path: str, settings: Any) -> None:
    response = as_user(UserFactory()).get(path)
    assert response.status_code == 403
    assert "This is not open to you" in response.content.decode()
