"""Signing in: who gets in and for how long, and what a stranger can learn from it."""

from __future__ import annotations

import re
import smtplib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.domain.people import create_person, deactivate
from accounts.models import User
from tests.accounts.sign_in_data import LOGIN, PASSWORD, code_in, signed_in
from tests.factories import UserFactory
from tests.support.pages import text_of, without_random
from tests.support.types import AsUser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]


def test_sign_in_by_password_in_any_case_of_the_address(client: Client, mia: User) -> None:
    response = client.post(LOGIN, {"login": "Mia@Example.COM", "password": PASSWORD})
    assert response.status_code == 302
    assert signed_in(client)


def test_sign_in_goes_on_to_the_page_that_was_wanted(client: Client, mia: User) -> None:
    asked = client.get("/me/profile/")
    assert asked.headers["Location"] == f"{LOGIN}?next=/me/profile/"
    page = client.get(asked.headers["Location"])
    assert '<input type="hidden" name="next" value="/me/profile/">' in page.content.decode()
    response = client.post(
        LOGIN, {"login": mia.email, "password": PASSWORD, "next": "/me/profile/"}
    )
    assert response.headers["Location"] == "/me/profile/"


def test_sign_in_does_not_lead_to_another_site(client: Client, mia: User) -> None:
    response = client.post(
        LOGIN, {"login": mia.email, "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert response.headers["Location"] == "/"


@pytest.mark.parametrize(
    "data",
    [
        {"login": "mia@example.com", "code": "1", "password": "left by the browser"},
        {"login": "mia@example.com"},
    ],
)
def test_sign_in_by_mailed_code(client: Client, mia: User, data: dict[str, str]) -> None:
    assert client.post(LOGIN, data).headers["Location"] == "/sign-in/login/code/confirm/"
    assert [message.to for message in mail.outbox] == [["mia@example.com"]]
    response = client.post("/sign-in/login/code/confirm/", {"code": code_in(mail.outbox[0])})
    assert response.headers["Location"] == "/"
    assert signed_in(client)


def test_code_works_once(client: Client, mia: User) -> None:
    client.post(LOGIN, {"login": mia.email})
    code = code_in(mail.outbox[0])
    client.post("/sign-in/login/code/confirm/", {"code": code})
    other = Client()
    other.post(LOGIN, {"login": mia.email})
    other.post("/sign-in/login/code/confirm/", {"code": code})
    assert not signed_in(other)


def test_code_is_too_old_after_ten_minutes(client: Client, mia: User) -> None:
    client.post(LOGIN, {"login": mia.email})
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        client.post("/sign-in/login/code/confirm/", {"code": code_in(mail.outbox[0])})
        assert not signed_in(client)


def test_code_cannot_be_guessed(client: Client, mia: User) -> None:
    client.post(LOGIN, {"login": mia.email})
    for _attempt in range(2):
        response = client.post("/sign-in/login/code/confirm/", {"code": "WRONG1"})
        assert "This is not the code of the last mail" in response.content.decode()
    response = client.post("/sign-in/login/code/confirm/", {"code": "WRONG1"}, follow=True)
    assert "many attempts" in response.content.decode()
    client.post("/sign-in/login/code/confirm/", {"code": code_in(mail.outbox[0])})
    assert not signed_in(client)


def test_nobody_signs_up(client: Client) -> None:
    assert client.get("/sign-in/signup/").status_code == 404
    page = client.get("/sign-in/by-invitation/")
    assert page.status_code == 200
    assert "<form" not in page.content.decode()


# --- what a stranger learns -----------------------------------------------------------------------


def answers(path: str, data: dict[str, str]) -> tuple[int, str, str]:
    """Status, where to, and the page without what differs from one request to the next."""
    client = Client()
    response = client.post(path, data)
    page = client.get(response.headers["Location"]) if response.status_code == 302 else response
    return (
        response.status_code,
        response.headers.get("Location", ""),
        without_random(text_of(page)).replace(next(iter(data.values())), "ADDRESS"),
    )


@pytest.mark.usefixtures("still_clock")
@pytest.mark.parametrize(
    ("path", "field", "more"),
    [
        (LOGIN, "login", {"password": "wrong wrong wrong"}),
        (LOGIN, "login", {"code": "1"}),
        ("/sign-in/login/code/", "email", {}),
        ("/sign-in/password/reset/", "email", {}),
    ],
)
@pytest.mark.parametrize("unknown", ["nobody@example.com", "left@example.com"])
def test_known_unknown_and_deactivated_addresses_answer_alike(
    mia: User, path: str, field: str, more: dict[str, str], unknown: str
) -> None:
    left = create_person(actor=None, email="left@example.com", name="Lena Left", password=PASSWORD)
    deactivate(actor=None, person=left)
    assert answers(path, {field: mia.email, **more}) == answers(path, {field: unknown, **more})


# --- limits ---------------------------------------------------------------------------------------


def test_password_cannot_be_guessed_at_leisure(client: Client, mia: User) -> None:
    for _attempt in range(5):
        client.post(LOGIN, {"login": mia.email, "password": "wrong wrong wrong"})
    response = client.post(LOGIN, {"login": mia.email, "password": PASSWORD})
    assert response.status_code == 200
    assert "wait five minutes" in response.content.decode()


def test_codes_cannot_be_mailed_without_end(mia: User) -> None:
    for _attempt in range(6):
        Client().post(LOGIN, {"login": mia.email, "code": "1"})
    assert 1 <= len(mail.outbox) < 6


@pytest.mark.broad
def test_a_whole_office_may_sign_in_at_once(mia: User) -> None:
    for number in range(60):
        response = Client().post(
            LOGIN, {"login": f"person{number}@example.com", "password": "wrong wrong wrong"}
        )
        assert response.status_code == 200
        assert "many attempts" not in response.content.decode()


def test_too_many_requests_get_a_page_in_our_words(as_user: AsUser, mia: User) -> None:
    client = as_user(mia)
    for _time in range(6):
        response = client.post("/sign-in/password/change/", {"oldpassword": "x"})
    assert response.status_code == 429
    assert "A little slower" in response.content.decode()


def test_sign_in_works_without_redis(client: Client, mia: User, settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert "redis" not in settings.SESSION_ENGINE + settings.CACHES["default"]["BACKEND"].lower()
    client.post(LOGIN, {"login": mia.email, "password": PASSWORD})
    assert signed_in(client)


# --- passwords and mail ---------------------------------------------------------------------------


def test_password_reset_by_mailed_link(client: Client, mia: User) -> None:
    client.post("/sign-in/password/reset/", {"email": mia.email})
    link = re.search(r"http\S+/sign-in/password/reset/key/\S+", mail.outbox[0].body)[0]  # type: ignore[index]
    page = client.get(link.partition("8000")[2] or link, follow=True)
    mia.refresh_from_db()
    assert mia.check_password(PASSWORD), "opening the link changes nothing"
    form_at = page.redirect_chain[-1][0]
    response = client.post(
        form_at,
        {"password1": "another quiet river", "password2": "another quiet river"},
        follow=True,
    )
    mia.refresh_from_db()
    assert mia.check_password("another quiet river")
    assert "Password saved" in response.content.decode()
    assert "new password is set" in mail.outbox[-1].subject
    again = Client().get(link.partition("8000")[2], follow=True)
    assert "This link no longer works" in again.content.decode()


def test_reset_link_names_the_configured_address(client: Client, mia: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client.post("/sign-in/password/reset/", {"email": mia.email}, headers={"host": "evil.example"})
    assert "evil.example" not in mail.outbox[0].body
    assert f"{settings.BASE_URL}/sign-in/password/reset/key/" in mail.outbox[0].body


@pytest.mark.parametrize("password", ["short", "123456789012", "password1234"])
def test_weak_passwords_are_refused(as_user: AsUser, mia: User, password: str) -> None:
    data = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    response = as_user(mia).post("/sign-in/password/change/", data)
    assert 'class="error-summary"' in response.content.decode()
    mia.refresh_from_db()
    assert mia.check_password(PASSWORD)


def test_password_change_sends_a_mail(as_user: AsUser, mia: User) -> None:
    data = {
        "oldpassword": PASSWORD,
        "password1": "another quiet river",
        "password2": "another quiet river",
    }
    as_user(mia).post("/sign-in/password/change/", data)
    mia.refresh_from_db()
    assert mia.check_password("another quiet river")
    assert [message.subject for message in mail.outbox] == ["Your password was changed"]


def test_person_without_a_password_can_choose_one(as_user: AsUser) -> None:
    person = create_person(actor=None, email="new@example.com", name="Nora New")
    client = as_user(person)
    assert client.get("/sign-in/password/change/").headers["Location"] == reverse(
        "account_set_password"
    )
    client.post("/sign-in/password/set/", {"password1": PASSWORD, "password2": PASSWORD})
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_sign_in_mails_have_both_parts_and_say_what_to_do(client: Client, mia: User) -> None:
    client.post(LOGIN, {"login": mia.email, "code": "1"})
    message = mail.outbox[0]
    code = code_in(message)
    assert message.subject == "Your sign-in code for Upstream"
    html = message.alternatives[0][0]  # type: ignore[attr-defined]
    assert code in message.body
    assert code in html
    assert "[[link]]" not in message.body + html


@pytest.mark.parametrize("address", ["mia@example.com", "nobody@example.com"])
@pytest.mark.parametrize(
    ("path", "field"),
    [(LOGIN, "login"), ("/sign-in/login/code/", "email"), ("/sign-in/password/reset/", "email")],
)
@pytest.mark.parametrize(
    "error", [ConnectionRefusedError(111, "refused"), smtplib.SMTPServerDisconnected("gone")]
)
def test_dead_mail_server_gives_a_clear_page(
    client: Client,
    mia: User,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    path: str,
    field: str,
    error: Exception,
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", fail)
    response = client.post(path, {field: address})
    assert response.status_code == 503
    assert "The mail could not be sent" in response.content.decode()


def test_password_change_survives_a_dead_mail_server(
    as_user: AsUser, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", fail)
    data = {
        "oldpassword": PASSWORD,
        "password1": "another quiet river",
        "password2": "another quiet river",
    }
    assert as_user(mia).post("/sign-in/password/change/", data).status_code == 302
    mia.refresh_from_db()
    assert mia.check_password("another quiet river")


# --- pages ----------------------------------------------------------------------------------------

PUBLIC_PAGES = [
    "/sign-in/login/",
    "/sign-in/login/code/",
    "/sign-in/password/reset/",
    "/sign-in/password/reset/done/",
]
PUBLIC_PAGES += [
    "/sign-in/by-invitation/",
    "/sign-in/inactive/",
    "/sign-in/password/reset/key/done/",
]


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_pages_keep_to_the_content_security_policy(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    page = response.content.decode()
    assert "style=" not in page
    assert re.search(r"<script(?![^>]* src=)", page) is None
    assert re.search(r"\son[a-z]+=", page) is None
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_pages_speak_the_persons_language_and_zone(as_user: AsUser) -> None:
    client = as_user(UserFactory(locale="de", time_zone="Asia/Tokyo"))
    response = client.get("/me/profile/")
    assert response.headers["Content-Language"] == "de"
    page = response.content.decode()
    assert '<html lang="de" dir="ltr">' in page
    assert "Tokyo" in page
