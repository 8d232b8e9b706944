"""Somebody's sign-in runs out while they write: their words wait for them, and for nobody else."""

from __future__ import annotations

import time
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import idle
from accounts.typed import KEPT
from meetings.domain import notes
from meetings.models import MentoringSession
from tests.meetings.session_data import MONDAY, book, make_pair
from tests.meetings.test_log_wrong_turns import fields
from tests.support.pages import url_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
WORDS = {"takeaway": "Ask twice", "note": "I was nervous"}


@pytest.fixture
def session(at: At) -> MentoringSession:
    at(MONDAY)
    booked = book(make_pair())
    at(booked.ends_at)
    return booked


def run_out(client: Client) -> None:
    """Thirteen hours have passed since the sign-in."""
    held = client.session
    held[idle.SIGNED_IN_AT] = int(time.time()) - 13 * 3600
    held.save()


def sign_in(client: Client, person: Any) -> None:
    """As the form of sign-in does it: the session goes on under another key."""
    from django.contrib.auth import login
    from django.http import HttpRequest

    request = HttpRequest()
    request.session = client.session
    login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session.save()
    client.cookies["sessionid"] = request.session.session_key or ""


@pytest.mark.parametrize(
    ("name", "words"), [("session_log", WORDS), ("note_edit", {"note": "I was nervous"})]
)
def test_what_was_typed_is_in_the_form_after_signing_in_again(
    session: MentoringSession, as_user: AsUser, name: str, words: dict[str, str]
) -> None:
    mentor, url = session.pairing.mentor, url_of(f"meetings:{name}", session)
    client = as_user(mentor)
    data = fields(client.get(url)) | words
    run_out(client)
    answer = client.post(url, data)
    assert answer.status_code == 302
    assert url in answer.headers["Location"]
    stored = [Session(session_data=row.session_data).get_decoded() for row in Session.objects.all()]
    assert "nervous" not in str(stored)  # it waits encrypted
    sign_in(client, mentor)
    again = client.get(url)
    assert {key: fields(again)[key] for key in words} == words
    assert "What you typed is still here" in again.content.decode()
    assert notes.note_of(author=mentor, session=session) == ""  # nothing is saved by looking
    assert client.post(url, fields(again)).status_code == 303
    assert notes.note_of(author=mentor, session=session) == "I was nervous"
    assert "What you typed is still here" not in client.get(url).content.decode()


def test_the_question_waits_too(session: MentoringSession, as_user: AsUser, at: At) -> None:
    at(MONDAY)
    mentee, url = session.pairing.mentee, url_of("meetings:session_question", session)
    client = as_user(mentee)
    for source in (url, url_of("meetings:session_detail", session)):  # its form is on two pages
        data = fields(client.get(source)) | {"question": "Why?"}
        run_out(client)
        client.post(url, data)
        sign_in(client, mentee)
        assert fields(client.get(url))["question"] == "Why?"


def test_another_person_in_the_same_browser_gets_nothing(
    session: MentoringSession, as_user: AsUser
) -> None:
    pairing, url = session.pairing, url_of("meetings:session_log", session)
    client = as_user(pairing.mentor)
    data = fields(client.get(url)) | WORDS
    run_out(client)
    client.post(url, data)
    sign_in(client, pairing.mentee)
    assert "nervous" not in client.get(url).content.decode()
    client.logout()
    sign_in(client, pairing.mentor)
    assert "nervous" not in client.get(url).content.decode()  # and it does not wait any longer


@pytest.mark.parametrize(
    "change", [{"typed_by": ""}, {"typed_by": "forged"}, {"takeaway": "x" * 200_000}]
)
def test_what_is_of_nobody_or_too_much_is_not_kept(
    session: MentoringSession, as_user: AsUser, change: dict[str, str]
) -> None:
    mentor, url = session.pairing.mentor, url_of("meetings:session_log", session)
    client = as_user(mentor)
    data = fields(client.get(url)) | WORDS | change
    run_out(client)
    assert client.post(url, data).status_code == 302
    sign_in(client, mentor)
    assert fields(client.get(url))["note"] == ""


def test_a_key_that_is_gone_ends_it_and_breaks_no_page(
    session: MentoringSession, as_user: AsUser, settings: Any
) -> None:
    mentor, url = session.pairing.mentor, url_of("meetings:session_log", session)
    client = as_user(mentor)
    data = fields(client.get(url)) | WORDS
    run_out(client)
    client.post(url, data)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    sign_in(client, mentor)
    for _time in range(2):
        answer = client.get(url)
        assert answer.status_code == 200
        assert fields(answer)["note"] == ""


def test_what_is_saved_in_another_way_does_not_come_back(
    session: MentoringSession, as_user: AsUser
) -> None:
    mentor, url = session.pairing.mentor, url_of("meetings:note_edit", session)
    client = as_user(mentor)
    data = fields(client.get(url)) | {"note": "I was nervous"}
    run_out(client)
    client.post(url, data)
    sign_in(client, mentor)
    client.post(url, data | {"note": "I was calm"})  # the page of before, sent again
    assert fields(client.get(url))["note"] == "I was calm"


def test_another_site_can_put_nothing_there(session: MentoringSession, as_user: AsUser) -> None:
    mentor, url = session.pairing.mentor, url_of("meetings:session_log", session)
    data = fields(as_user(mentor).get(url)) | WORDS
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(url, data).status_code == 403
    assert KEPT not in stranger.session


def test_it_is_kept_for_its_own_page_alone(session: MentoringSession, as_user: AsUser) -> None:
    mentor, url = session.pairing.mentor, url_of("meetings:session_log", session)
    client = as_user(mentor)
    data = fields(client.get(url)) | WORDS
    run_out(client)
    client.post(url, data)
    sign_in(client, mentor)
    assert "nervous" not in client.get(url_of("meetings:note_edit", session)).content.decode()
    assert fields(client.get(url))["note"] == "I was nervous"
