"""Each way of signing in asks for the second factor, once; what guards it."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.internal.flows import login as allauth_login
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.domain import factors, set_up
from accounts.models import User
from common.models import AuditEntry
from mentoring.management.commands import rotate_encryption
from tests.accounts.factor_data import (
    AUTHENTICATE,
    SECRET,
    SET_UP,
    code_now,
    give_app,
    give_passkey,
    recovery_codes,
    stop_half_minutes,
    wrong_code,
)
from tests.accounts.sign_in_data import (
    ASK_CODE,
    CONFIRM,
    LOGIN,
    PASSWORD,
    RESET,
    code_in,
    signed_in,
)
from tests.support.types import AsUser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
NEW = "another quiet river"
CREDENTIAL = (
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": "AA", '
    '"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA", '
    '"attestationObject": "AA"}}'
)


@pytest.fixture(autouse=True)
def still_half_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_half_minutes(monkeypatch)


@pytest.fixture
def app(mia: User) -> Authenticator:
    return give_app(mia)


def by_password(client: Client, person: User) -> None:
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})


def by_mailed_code(client: Client, person: User) -> None:
    client.post(ASK_CODE, {"email": person.email})
    client.post(CONFIRM, {"code": code_in(mail.outbox[-1])})


def by_password_reset(client: Client, person: User) -> None:
    client.post(RESET, {"email": person.email})
    link = mail.outbox[-1].body.split("http://localhost:8000", 1)[1].split()[0]
    form = client.get(link, follow=True)
    new = {"password1": NEW, "password2": NEW}
    client.post(form.request["PATH_INFO"], new)
    assert not signed_in(client)
    client.post(LOGIN, {"login": person.email, "password": NEW})


def by_set_up_link(client: Client, person: User) -> None:
    path = set_up.link_for(person).partition("8000")[2]
    client.post(path, {"password1": NEW, "password2": NEW})


WAYS = [by_password, by_mailed_code, by_password_reset, by_set_up_link]


@pytest.mark.parametrize("way", WAYS)
def test_each_way_of_signing_in_asks_for_the_factor(
    client: Client, mia: User, app: Authenticator, way: Any
) -> None:
    way(client, mia)
    assert not signed_in(client)
    assert client.get("/me/profile/").status_code == 302
    client.post(AUTHENTICATE, {"code": wrong_code()})
    assert not signed_in(client)
    client.post(AUTHENTICATE, {"code": code_now()})
    assert signed_in(client)
    assert last_entry("person.signed_in").detail["factor"] == "totp"


def test_who_has_none_is_not_asked(client: Client, mia: User) -> None:
    by_password(client, mia)
    assert signed_in(client)


def test_a_code_is_used_once(client: Client, mia: User, app: Authenticator) -> None:
    code = code_now()
    by_password(client, mia)
    client.post(AUTHENTICATE, {"code": code})
    assert signed_in(client)
    other = Client()
    by_password(other, mia)
    other.post(AUTHENTICATE, {"code": code})
    assert not signed_in(other)


def test_a_recovery_code_signs_in_once(client: Client, mia: User, app: Authenticator) -> None:
    codes = recovery_codes(mia)
    assert len(set(codes)) == 10
    for browser, gets_in in ((client, True), (Client(), False)):
        by_password(browser, mia)
        browser.post(AUTHENTICATE, {"code": codes[0]})
        assert signed_in(browser) is gets_in
    assert recovery_codes(mia) == codes[1:]


def test_wrong_codes_are_counted_over_all_browsers_and_recorded(
    mia: User, app: Authenticator
) -> None:
    for _time in range(5):
        browser = Client(REMOTE_ADDR=f"198.51.100.{_time}")
        by_password(browser, mia)
        browser.post(AUTHENTICATE, {"code": wrong_code()})
    refused = {"method": "totp", "reason": "wrong_code"}
    assert last_entry("person.sign_in_refused").detail == refused
    browser = Client(REMOTE_ADDR="198.51.100.9")
    by_password(browser, mia)
    page = browser.post(AUTHENTICATE, {"code": code_now()})
    assert "too many attempts" in page.text
    assert not signed_in(browser)
    detail = {"method": "factor", "reason": "too_many_attempts"}
    assert last_entry("person.sign_in_refused").detail == detail


def test_a_mailed_link_gives_no_further_attempts(
    client: Client, mia: User, app: Authenticator
) -> None:
    for _time in range(5):
        browser = Client()
        by_password(browser, mia)
        browser.post(AUTHENTICATE, {"code": wrong_code()})
    client.post(ASK_CODE, {"email": mia.email})
    link = next(part for part in mail.outbox[-1].body.split() if "/sign-in/mailbox/" in part)
    client.post(link.partition("8000")[2])
    client.post(CONFIRM, {"code": code_in(mail.outbox[-1])})
    assert "too many attempts" in client.post(AUTHENTICATE, {"code": code_now()}).text


def test_nothing_opens_between_password_and_factor(
    client: Client, mia: User, app: Authenticator
) -> None:
    by_password(client, mia)
    for name in (
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_generate_recovery_codes",
    ):
        assert client.get(reverse(name)).status_code == 302, name
    client.post(reverse("mfa_deactivate_totp"))
    assert factors.has_one(mia)


def test_setting_up_an_app_is_recorded_and_shows_the_codes_once(
    as_user: AsUser, mia: User, django_capture_on_commit_callbacks: Any
) -> None:
    client = as_user(mia)
    with django_capture_on_commit_callbacks(execute=True):
        shown = set_up_app(client)
    codes = recovery_codes(mia)
    assert all(code in shown.text for code in codes)
    again = client.get(reverse("mfa_view_recovery_codes")).text
    assert not any(code in again for code in codes)
    added = AuditEntry.objects.filter(verb="person.factor_added", actor_id=mia.pk)
    assert [entry.detail["type"] for entry in added.order_by("id")] == ["totp", "recovery_codes"]


def test_who_sets_up_or_removes_a_factor_is_told_by_mail(
    as_user: AsUser, mia: User, django_capture_on_commit_callbacks: Any
) -> None:
    client = as_user(mia)
    with django_capture_on_commit_callbacks(execute=True):
        set_up_app(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert [message.subject for message in mail.outbox] == [
        "Your account has a new second factor",
        "A second factor of your account was removed",
    ]
    assert not Authenticator.objects.exists()
    removed = AuditEntry.objects.filter(verb="person.factor_removed", actor_id=mia.pk)
    assert removed.count() == 2


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn"])
def test_a_factor_is_set_up_by_who_has_just_proven_who_they_are(
    as_user: AsUser, mia: User, name: str
) -> None:
    client = as_user(mia)
    long_signed_in(client)
    answer = client.get(reverse(name))
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    client.post(answer.headers["Location"], {"password": PASSWORD})
    assert client.get(reverse(name)).status_code == 200


def test_the_factor_alone_proves_who_one_is(as_user: AsUser, mia: User) -> None:
    mia.set_unusable_password()
    mia.save()
    give_app(mia)
    client = as_user(mia)
    long_signed_in(client)
    answer = client.get(reverse("mfa_generate_recovery_codes"), follow=True)
    assert answer.request["PATH_INFO"] == reverse("mfa_reauthenticate")
    client.post(reverse("mfa_reauthenticate"), {"code": code_now()})
    assert client.get(reverse("mfa_generate_recovery_codes")).status_code == 200


@pytest.mark.parametrize("keys", [1, 3])
def test_the_page_asks_the_database_as_often_for_many_passkeys(
    as_user: AsUser, mia: User, keys: int, django_assert_num_queries: Any
) -> None:
    give_app(mia)
    for number in range(keys):
        give_passkey(mia, f"Key {number}")
    client = as_user(mia)
    client.get(SET_UP)
    with django_assert_num_queries(5):
        assert f"Key {keys - 1}" in client.get(SET_UP).text


def test_secrets_are_encrypted_in_the_database(mia: User, app: Authenticator) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        (stored,) = cursor.fetchone()
    assert SECRET not in stored
    assert app.wrap().validate_code(code_now())


def test_a_new_key_encrypts_the_secrets_anew(mia: User, app: Authenticator, settings: Any) -> None:
    codes = recovery_codes(mia)
    newest = Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [newest, *settings.ENCRYPTION_KEYS]
    assert rotate_encryption.rotate_factors() == 2
    settings.ENCRYPTION_KEYS = [newest]
    assert recovery_codes(mia) == codes
    app.refresh_from_db()
    assert app.wrap().validate_code(code_now())


@pytest.mark.parametrize(
    "credential",
    ["", "[]", "null", "{}", '{"id": 1}', CREDENTIAL, CREDENTIAL.replace("AA", "!"), "9" * 5_000],
)
@pytest.mark.parametrize("name", ["mfa_login_webauthn", "mfa_add_webauthn"])
def test_a_made_up_passkey_is_refused(
    as_user: AsUser, mia: User, name: str, credential: str
) -> None:
    client = as_user(mia) if name == "mfa_add_webauthn" else Client()
    client.get(reverse(name), headers={"Accept": "application/json"})
    assert client.post(reverse(name), {"credential": credential}).status_code < 500
    assert not Authenticator.objects.exists()


def set_up_app(client: Client) -> Any:
    """As an app does that has read the picture. The page that follows."""
    page = client.get(reverse("mfa_activate_totp"))
    code = code_now(page.context["form"].secret)
    return client.post(reverse("mfa_activate_totp"), {"code": code}, follow=True)


def long_signed_in(client: Client) -> None:
    """Somebody who has signed in an hour ago."""
    session = client.session
    session["signed_in_at"] -= 3600
    session.pop(allauth_login.AUTHENTICATION_METHODS_SESSION_KEY, None)
    session.save()


def last_entry(verb: str) -> AuditEntry:
    return AuditEntry.objects.filter(verb=verb).latest("id")
