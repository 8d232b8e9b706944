"""Who reads a person's mail is not kept waiting by others, wherever those others are."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client

from accounts import mailbox
from accounts.domain.people import create_person
from accounts.models import User
from common import clock
from tests.accounts.sign_in_data import ASK_CODE, CONFIRM, LOGIN, PASSWORD, code_in, signed_in
from tests.support.pages import text_of
from tests.support.types import At

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
OFFICE = "203.0.113.7"
MANY = "many attempts"


def browser(ip: str = OFFICE) -> Client:
    """A browser that has never been here."""
    return Client(REMOTE_ADDR=ip)


def ask(client: Client, person: User) -> str:
    """The page after asking for a code."""
    return text_of(client.post(ASK_CODE, {"email": person.email}, follow=True))


def link_in(message: Any) -> str:
    found = re.search(r"https?://[^/\s]+(/sign-in/mailbox/\S+)", message.body)
    assert found
    return found[1]


def use_up_codes(person: User) -> str:
    """A colleague asks for codes until there are no more; the link in the person's newest mail."""
    for _time in range(8):
        ask(browser(), person)
    assert MANY in ask(browser(), person)
    return link_in(mail.outbox[-1])


@pytest.mark.broad
def test_a_colleague_in_the_same_office_keeps_nobody_out(mia: User) -> None:
    link = use_up_codes(mia)
    client = browser()
    assert MANY in ask(client, mia)
    client.post(link)
    ask(client, mia)
    client.post(CONFIRM, {"code": code_in(mail.outbox[-1])})
    assert signed_in(client)


@pytest.mark.broad
def test_nor_by_wrong_passwords(mia: User) -> None:
    for _time in range(6):
        browser().post(LOGIN, {"login": mia.email, "password": "wrong wrong wrong"})
    client = browser()
    page = client.post(LOGIN, {"login": mia.email, "password": PASSWORD})
    assert MANY in text_of(page)
    ask(browser(), mia)
    client.post(link_in(mail.outbox[-1]))
    client.post(LOGIN, {"login": mia.email, "password": PASSWORD})
    assert signed_in(client)


@pytest.mark.broad
def test_opening_the_link_changes_nothing_and_pressing_signs_nobody_in(mia: User) -> None:
    link = use_up_codes(mia)
    client = browser()
    assert client.get(link).status_code == 200
    assert MANY in ask(client, mia)
    assert client.post(link).status_code == 303
    assert not signed_in(client)
    assert f"{django_settings.COOKIE_PREFIX}device" not in client.cookies


@pytest.mark.broad
def test_the_link_of_one_person_helps_with_no_other(mia: User) -> None:
    other = create_person(actor=None, email="bo@example.com", name="Bo Berg", password=PASSWORD)
    ask(browser(), other)
    link = link_in(mail.outbox[-1])
    use_up_codes(mia)
    client = browser()
    client.post(link)
    assert MANY in ask(client, mia)


@pytest.mark.broad
def test_the_link_lasts_an_hour(mia: User, at: At) -> None:
    link = use_up_codes(mia)
    client = browser()
    client.post(link)
    at(clock.now() + mailbox.GOOD_FOR * 1.1)
    assert client.get(link).status_code == 410
    assert client.post(link).status_code == 410
    assert MANY in ask(client, mia)  # the limits count by the machine's own clock


def test_a_made_up_link_is_refused(mia: User) -> None:
    client = browser()
    assert client.post("/sign-in/mailbox/eyJ4IjoxfQ:1abc:sig/").status_code == 410
    assert mailbox.SESSION_KEY not in client.session


@pytest.mark.broad
def test_whoever_was_sent_the_link_does_not_guess_at_leisure(mia: User) -> None:
    """All browsers with the same link share its limits."""
    link = use_up_codes(mia)
    for _time in range(10):
        client = browser()
        client.post(link)
        client.post(LOGIN, {"login": mia.email, "password": "wrong wrong wrong"})
    client = browser()
    client.post(link)
    page = client.post(LOGIN, {"login": mia.email, "password": PASSWORD})
    assert MANY in text_of(page)
    assert not signed_in(client)
