"""Limits of sign-in: nobody guesses at leisure, and nobody locks anybody else out."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client

from accounts.domain import set_up
from accounts.domain.people import create_person
from accounts.models import User
from common.models import AuditEntry
from tests.accounts.sign_in_data import (
    ASK_CODE,
    CONFIRM,
    LOGIN,
    PASSWORD,
    RESET,
    code_in,
    signed_in,
)
from tests.support.pages import text_of

pytestmark = [pytest.mark.broad, pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
MANY = "many attempts"


def browser_at(ip: str) -> Client:
    """A browser that has never been here."""
    return Client(REMOTE_ADDR=ip)


def try_password(client: Client, person: User, password: str = "wrong wrong wrong") -> str:
    """The page after one try."""
    return text_of(client.post(LOGIN, {"login": person.email, "password": password}))


def guess(person: User, *, ip: str, times: int) -> None:
    for _try in range(times):
        try_password(browser_at(ip), person)


def guess_from_everywhere(person: User, addresses: int = 35) -> None:
    """One wrong password from each of many addresses."""
    for number in range(addresses):
        guess(person, ip=f"198.51.100.{number}", times=1)


def known_device(person: User, ip: str = "203.0.113.7") -> Client:
    """A browser in which the person has signed in, and out again."""
    client = browser_at(ip)
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    assert signed_in(client)
    client.post("/sign-in/logout/")
    return client


def mails_to(person: User) -> int:
    return sum(person.email in message.to for message in mail.outbox)


# --- passwords ------------------------------------------------------------------------------------


def test_guessing_at_one_address_locks_nobody_out_at_another(mia: User) -> None:
    guess(mia, ip="198.51.100.1", times=50)
    client = browser_at("203.0.113.7")
    try_password(client, mia, PASSWORD)
    assert signed_in(client)


def test_patient_guessing_at_one_address_locks_nobody_out_at_another(mia: User) -> None:
    with time_machine.travel(time.time(), tick=False) as clock:
        for _round in range(12):
            guess(mia, ip="198.51.100.1", times=6)
            clock.shift(301)
        client = browser_at("203.0.113.7")
        try_password(client, mia, PASSWORD)
        assert signed_in(client)


def test_guessing_at_the_same_address_does_not_lock_out_a_known_device(mia: User) -> None:
    client = known_device(mia, ip="203.0.113.7")
    guess(mia, ip="203.0.113.7", times=20)
    try_password(client, mia, PASSWORD)
    assert signed_in(client)


def test_guessing_from_everywhere_does_not_lock_out_a_known_device(mia: User) -> None:
    client = known_device(mia)
    guess_from_everywhere(mia)
    try_password(client, mia, PASSWORD)
    assert signed_in(client)


def test_requests_for_other_people_do_not_lock_out_a_known_device(mia: User) -> None:
    """An insider who floods the page from the one address of the office."""
    client = known_device(mia, ip="203.0.113.7")
    for number in range(130):
        browser_at("203.0.113.7").post(LOGIN, {"login": f"p{number}@example.com", "password": "x"})
    try_password(client, mia, PASSWORD)
    assert signed_in(client)


def test_guessing_from_everywhere_ends(mia: User) -> None:
    guess_from_everywhere(mia)
    client = browser_at("203.0.113.99")
    assert MANY in try_password(client, mia, PASSWORD)
    assert not signed_in(client)


def test_guessing_from_a_known_device_ends_too(mia: User) -> None:
    client = known_device(mia)
    for _try in range(20):
        try_password(client, mia)
    assert MANY in try_password(client, mia, PASSWORD)


def test_limits_count_the_visitor_behind_the_proxy(mia: User, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def page_for(forwarded: str, password: str) -> str:
        client = Client(headers={"X-Forwarded-For": forwarded})
        return try_password(client, mia, password)

    for number in range(5):
        page_for(f"192.0.2.{number}, 203.0.113.1", "wrong wrong wrong")
    what_the_visitor_wrote_does_not_count = page_for("192.0.2.77, 203.0.113.1", PASSWORD)
    assert MANY in what_the_visitor_wrote_does_not_count
    assert MANY not in page_for("192.0.2.0, 203.0.113.2", PASSWORD)


def test_right_passwords_use_up_nothing(mia: User) -> None:
    for _time in range(12):
        client = browser_at("203.0.113.7")
        try_password(client, mia, PASSWORD)
        assert signed_in(client)


@pytest.mark.parametrize(
    ("path", "field", "more"),
    [
        (LOGIN, "login", {"password": "wrong wrong wrong"}),
        (ASK_CODE, "email", {}),
        (RESET, "email", {}),
    ],
)
def test_limits_of_unknown_addresses_are_the_same(
    mia: User, path: str, field: str, more: dict[str, str]
) -> None:
    def refused_from(address: str) -> int:
        """Which try is the first that is refused."""
        for number in range(1, 12):
            page = text_of(browser_at("198.51.100.1").post(path, {field: address, **more}))
            if MANY in page:
                return number
        return 0

    assert refused_from(mia.email) == refused_from("nobody@example.com") > 1


def test_new_password_by_mailed_link_ends_the_wait(mia: User) -> None:
    client = browser_at("203.0.113.7")
    for _try in range(6):
        try_password(client, mia)
    client.post(RESET, {"email": mia.email})
    link = re.search(r"/sign-in/password/reset/key/\S+", mail.outbox[0].body)
    assert link
    page = client.get(link[0], follow=True)
    new = {"password1": "another quiet river", "password2": "another quiet river"}
    client.post(page.redirect_chain[-1][0], new)
    try_password(client, mia, "another quiet river")
    assert signed_in(client)


@pytest.mark.parametrize("way", ["code", "set-up link"])
def test_device_is_known_after_each_way_to_sign_in(mia: User, way: str) -> None:
    client = browser_at("203.0.113.7")
    if way == "code":
        client.post(LOGIN, {"login": mia.email})
        client.post(CONFIRM, {"code": code_in(mail.outbox[0])})
    else:
        link = set_up.link_for(mia).partition("8000")[2]
        client.post(link, {"password1": PASSWORD, "password2": PASSWORD})
    assert signed_in(client)
    client.post("/sign-in/logout/")

    guess(mia, ip="203.0.113.7", times=6)
    try_password(client, mia, PASSWORD)
    assert signed_in(client)


def test_device_is_not_known_to_somebody_else(mia: User) -> None:
    other = create_person(actor=None, email="bo@example.com", name="Bo Berg", password=PASSWORD)
    client = known_device(other, ip="198.51.100.1")
    for _try in range(5):
        try_password(client, mia)
    assert MANY in try_password(client, mia, PASSWORD)
    assert MANY in try_password(browser_at("198.51.100.1"), mia, PASSWORD)


def test_several_people_may_share_a_device(mia: User) -> None:
    other = create_person(actor=None, email="bo@example.com", name="Bo Berg", password=PASSWORD)
    client = known_device(mia)
    for person in (other, mia):
        try_password(client, person, PASSWORD)
        client.post("/sign-in/logout/")
    for person in (mia, other):
        guess_from_everywhere(person)
        try_password(client, person, PASSWORD)
        assert signed_in(client)
        client.post("/sign-in/logout/")


# --- the cookie -----------------------------------------------------------------------------------


def device_cookie(client: Client) -> Any:
    return client.cookies[f"{django_settings.COOKIE_PREFIX}device"]


def test_cookie_of_a_device_is_closed_to_scripts_and_names_nobody(mia: User) -> None:
    cookie = device_cookie(known_device(mia))
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert cookie["max-age"] > 300 * 24 * 3600
    for known in (mia.email, mia.name, str(mia.public_id), "mia"):
        assert known not in cookie.value.lower()


def test_cookie_of_a_device_keeps_to_https(mia: User, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    settings.COOKIE_PREFIX = "__Host-"
    assert device_cookie(known_device(mia))["secure"]


@pytest.mark.parametrize("value", ["", "x", "eyJ4IjoxfQ:1abc:sig", "é" * 300])
def test_forged_cookie_is_an_unknown_device(mia: User, value: str) -> None:
    client = browser_at("203.0.113.99")
    client.cookies[f"{django_settings.COOKIE_PREFIX}device"] = value
    guess_from_everywhere(mia)
    assert MANY in try_password(client, mia, PASSWORD)


# --- mails ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "field"), [(LOGIN, "login"), (ASK_CODE, "email"), (RESET, "email")]
)
def test_mails_asked_for_at_one_address_block_nobody_at_another(
    mia: User, path: str, field: str
) -> None:
    with time_machine.travel(time.time(), tick=False) as clock:
        for _time in range(30):
            browser_at("198.51.100.1").post(path, {field: mia.email})
            clock.shift(90)
        before = mails_to(mia)
        browser_at("203.0.113.7").post(path, {field: mia.email})
        assert mails_to(mia) == before + 1


@pytest.mark.parametrize(
    ("path", "field"), [(LOGIN, "login"), (ASK_CODE, "email"), (RESET, "email")]
)
def test_ten_mails_an_hour_and_a_known_device_has_its_own(mia: User, path: str, field: str) -> None:
    device = known_device(mia)
    with time_machine.travel(time.time(), tick=False) as clock:
        for number in range(50):
            browser_at(f"198.51.100.{number}").post(path, {field: mia.email})
            clock.shift(30)
        assert mails_to(mia) == 10
        device.post(path, {field: mia.email})
        assert mails_to(mia) == 11
        for _time in range(30):
            device.post("/sign-in/logout/")  # the button "Start again"
            device.post(path, {field: mia.email})
            clock.shift(60)
        assert mails_to(mia) == 20
        clock.shift(3601)
        browser_at("198.51.100.1").post(path, {field: mia.email})
        assert mails_to(mia) == 21


def test_code_from_a_known_device_works_while_others_ask(mia: User) -> None:
    device = known_device(mia)
    for number in range(30):
        browser_at(f"198.51.100.{number}").post(LOGIN, {"login": mia.email})
    mail.outbox.clear()
    device.post(LOGIN, {"login": mia.email})
    device.post(CONFIRM, {"code": code_in(mail.outbox[0])})
    assert signed_in(device)


# --- words ----------------------------------------------------------------------------------------


def test_refusals_say_how_long_and_which_other_way(mia: User) -> None:
    client = browser_at("203.0.113.7")
    for _try in range(5):
        try_password(client, mia)
    page = try_password(client, mia, PASSWORD)
    assert "wait five minutes" in page
    assert "a code by mail" in page

    for _time in range(4):
        page = text_of(browser_at("203.0.113.7").post(ASK_CODE, {"email": mia.email}))
    assert "wait a minute" in page
    assert "with your password" in page

    guess_from_everywhere(mia)
    page = try_password(browser_at("203.0.113.99"), mia)
    assert "wait an hour" in page
    assert "Devices on which you have signed in before still work" in page


# --- the audit trail stays short ------------------------------------------------------------------


def test_what_a_limit_refuses_is_recorded_once(mia: User) -> None:
    guess(mia, ip="198.51.100.1", times=30)
    for _time in range(20):
        browser_at("198.51.100.1").post(ASK_CODE, {"email": mia.email})
    refused = AuditEntry.objects.filter(
        verb="person.sign_in_refused", detail__reason="too_many_attempts"
    )
    assert sorted(entry.detail["method"] for entry in refused) == ["code", "password"]
