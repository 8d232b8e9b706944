"""Whose role needs a second factor sets one up before anything else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import typed
from common import tokens
from mentoring.connections import roles_with_second_factor
from programs.models import ProgramStaff
from tests.accounts.factor_data import SET_UP, give_app
from tests.support.types import AsUser
from tests.url_matrix.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED_OF = ["hr_admins", "safe_contacts"]


def led_to_set_up(client: Client, path: str = "/") -> bool:
    answer = client.get(path)
    return answer.status_code == 303 and answer.headers["Location"] == SET_UP


@pytest.mark.parametrize(
    ("role", "needs_one"),
    [("hr_admin", True), ("coordinator", False), ("mentor", False)],
)
def test_the_role_decides(world: World, as_user: AsUser, role: str, needs_one: bool) -> None:
    assert led_to_set_up(as_user(world.people[role])) is needs_one


def test_a_safe_contact_needs_one_who_has_accepted(world: World, as_user: AsUser) -> None:
    client = as_user(world.people["safe_contact"])
    assert not led_to_set_up(client)
    ProgramStaff.objects.filter(person=world.people["safe_contact"]).update(answer="accepted")
    assert led_to_set_up(client)


def test_with_a_factor_one_goes_on(world: World, as_user: AsUser) -> None:
    person = world.people["hr_admin"]
    give_app(person)
    assert as_user(person).get("/people/").status_code == 200


def test_without_one_no_other_page_opens(world: World, as_user: AsUser) -> None:
    client = as_user(world.people["hr_admin"])
    assert led_to_set_up(client, "/people/")
    assert client.post("/people/new/", {"name": "Somebody"}).status_code == 303
    fragment = client.get("/people/", headers={"HX-Request": "true"})
    assert fragment.status_code == 401
    assert SET_UP in fragment.text
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_logout"):
        assert client.get(reverse(name)).status_code in {200, 302}, name
    assert client.get("/healthz").status_code == 200
    unread = client.get(reverse("notifications:unread"), headers={"HX-Request": "true"})
    assert unread.status_code == 200
    assert "Your role needs a second factor" in client.get(SET_UP).text


def test_what_was_typed_stays_in_the_page(world: World, as_user: AsUser) -> None:
    person = world.people["hr_admin"]
    sent = {
        "name": "Somebody with a long name",
        typed.FIELD: tokens.make(typed.FIELD, str(person.public_id)),
    }
    page = as_user(person).post("/people/new/", sent)
    assert page.status_code == 403
    assert "Somebody with a long name" in page.text


def test_everybody_may_be_named(world: World, as_user: AsUser, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED_OF = ["everybody"]
    assert led_to_set_up(as_user(world.people["mentor"]))


@pytest.mark.parametrize(
    ("value", "roles"),
    [("nobody", []), ("hr_admins, safe_contacts", ["hr_admins", "safe_contacts"])],
)
def test_the_setting_names_roles(value: str, roles: list[str]) -> None:
    assert roles_with_second_factor(value) == roles


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(ValueError):
        roles_with_second_factor("hr_admin")
