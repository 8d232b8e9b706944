"""How being signed in ends: time, idleness, deactivation, signing out."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import idle
from accounts.domain.people import deactivate
from accounts.models import User
from tests.accounts.sign_in_data import LOGIN, PASSWORD, signed_in
from tests.factories import ProgramStaffFactory, UserFactory
from tests.support.types import AsUser, At

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]


def test_deactivated_person_cannot_sign_in(client: Client, mia: User) -> None:
    deactivate(actor=None, person=mia)
    response = client.post(LOGIN, {"login": mia.email, "password": PASSWORD}, follow=True)
    assert not signed_in(client)
    assert "account has been deactivated" in response.content.decode()
    client.post(LOGIN, {"login": mia.email, "code": "1"})
    assert all("code for" not in message.subject for message in mail.outbox)


def test_deactivated_person_is_signed_out_at_once_and_for_good(as_user: AsUser, mia: User) -> None:
    client = as_user(mia)
    assert client.get("/me/profile/").status_code == 200
    deactivate(actor=None, person=mia)
    assert client.get("/me/profile/").headers["Location"].startswith(LOGIN)
    assert SESSION_KEY not in client.session
    User.objects.filter(pk=mia.pk).update(is_active=True)
    assert client.get("/me/profile/").status_code == 302


def test_deactivated_person_without_a_session_epoch_is_signed_out_too(
    as_user: AsUser, mia: User
) -> None:
    client = as_user(mia)
    User.objects.filter(pk=mia.pk).update(is_active=False)
    assert client.get("/me/profile/").status_code == 302
    assert SESSION_KEY not in client.session


def idle_client(as_user: AsUser, person: User, *, idle_for: int, began: int) -> Client:
    """Signed in `began` seconds ago, last seen `idle_for` seconds ago."""
    client = as_user(person)
    session = client.session
    session[idle.SIGNED_IN_AT], session[idle.SEEN_AT] = (
        int(time.time()) - began,
        int(time.time()) - idle_for,
    )
    session.save()
    return client


@pytest.mark.parametrize(("began", "stays"), [(12 * 3600 - 60, True), (12 * 3600 + 1, False)])
def test_sign_in_ends_after_twelve_hours(
    as_user: AsUser, mia: User, began: int, stays: bool
) -> None:
    client = idle_client(as_user, mia, idle_for=10, began=began)
    response = client.get("/me/profile/", follow=True)
    assert (SESSION_KEY in client.session) is stays
    assert ("twelve hours" in response.content.decode()) is not stays


def hr_admin() -> User:
    return UserFactory(is_hr_admin=True)


def coordinator() -> User:
    return ProgramStaffFactory().person  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("make", "idle_for", "stays"),
    [
        (UserFactory, 3601, True),
        (hr_admin, 3540, True),
        (hr_admin, 3601, False),
        (coordinator, 3540, True),
        (coordinator, 3601, False),
    ],
)
def test_idle_hour_ends_the_sign_in_of_those_who_see_others(
    as_user: AsUser, make: Callable[[], User], idle_for: int, stays: bool
) -> None:
    client = idle_client(as_user, make(), idle_for=idle_for, began=7200)
    response = client.get("/me/profile/", follow=True)
    assert (SESSION_KEY in client.session) is stays
    assert ("away for an hour" in response.content.decode()) is not stays


def test_working_on_keeps_the_sign_in(as_user: AsUser) -> None:
    client = idle_client(as_user, hr_admin(), idle_for=3000, began=7200)
    client.get("/me/profile/")
    assert time.time() - client.session[idle.SEEN_AT] < 60


def test_moving_the_applications_clock_signs_nobody_out(as_user: AsUser, at: At) -> None:
    client = as_user(hr_admin())
    at(timezone.now() + timedelta(days=30))
    assert client.get("/me/profile/").status_code == 200


def test_fragment_of_a_signed_out_person_says_so_and_leaves_the_page_open(client: Client) -> None:
    response = client.get("/me/profile/", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert f'href="{LOGIN}?next=' in response.content.decode()
    assert "HX-Redirect" not in response.headers


def test_signing_out_takes_a_post(as_user: AsUser, mia: User) -> None:
    client = as_user(mia)
    client.get("/sign-in/logout/")
    assert SESSION_KEY in client.session
    client.post("/sign-in/logout/")
    assert SESSION_KEY not in client.session
