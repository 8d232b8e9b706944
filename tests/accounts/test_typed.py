"""What somebody typed stays in the page where their form cannot be taken, and nowhere else."""

from __future__ import annotations

import inspect
import re
import time
from html import unescape
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import idle
from meetings.domain import notes
from meetings.models import MentoringSession
from tests.factories import UserFactory
from tests.meetings.session_data import MONDAY, book, make_pair
from tests.meetings.test_log_wrong_turns import fields
from tests.support.pages import text_of, url_of, words_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
WORDS = "I was <nervous> & said so"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TOKEN = "csrfmiddlewaretoken"


@pytest.fixture
def session(at: At) -> MentoringSession:
    at(MONDAY)
    booked = book(make_pair())
    at(booked.ends_at)
    return booked


@pytest.fixture
def note_url(session: MentoringSession) -> str:
    return url_of("meetings:note_edit", session)


def run_out(client: Client) -> None:
    """Thirteen hours have passed since the sign-in."""
    held = client.session
    held[idle.SIGNED_IN_AT] = int(time.time()) - 13 * 3600
    held.save()


def strict(person: Any) -> Client:
    """A browser of this person, whose tokens of forms are checked."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(person, backend=BACKEND)
    return client


def noted(session: MentoringSession) -> str:
    return notes.note_of(author=session.pairing.mentor, session=session)


def test_a_form_sent_after_the_sign_in_ended_stays_and_is_sent_after_signing_in(
    session: MentoringSession, note_url: str, as_user: AsUser
) -> None:
    mentor = session.pairing.mentor
    client = as_user(mentor)
    data = fields(client.get(note_url)) | {"note": WORDS}
    run_out(client)
    kept = client.post(note_url, data)
    assert (kept.status_code, kept.headers["Cache-Control"]) == (401, "no-store, private")
    assert "Your sign-in has ended" in words_of(kept)
    assert f'action="{note_url}"' in text_of(kept)
    assert "note:" not in text_of(kept).partition("<details")[2]  # what nobody typed
    assert "nervous" not in str([row.get_decoded() for row in Session.objects.all()])
    again = client.post(note_url, fields(kept))  # not signed in yet: it stays once more
    assert fields(again)["note"] == WORDS
    client.force_login(mentor, backend=BACKEND)
    assert client.post(note_url, fields(again)).status_code == 303
    assert noted(session) == WORDS


def test_with_the_token_of_an_earlier_sign_in_one_press_more_is_enough(
    session: MentoringSession, note_url: str
) -> None:
    mentor = session.pairing.mentor
    client = strict(mentor)
    data = fields(client.get(note_url)) | {"note": WORDS}
    client.cookies["csrftoken"] = "x" * 32  # as a sign-in in another tab sets it
    kept = client.post(note_url, data)
    assert kept.status_code == 403
    assert "signed in anew" in words_of(kept)
    assert client.post(note_url, fields(kept)).status_code == 303
    assert noted(session) == WORDS


def test_without_cookies_it_stays_with_words_about_cookies(
    session: MentoringSession, note_url: str
) -> None:
    data = fields(strict(session.pairing.mentor).get(note_url)) | {"note": WORDS}
    kept = Client(enforce_csrf_checks=True).post(note_url, data)
    assert kept.status_code == 403
    assert "Allow cookies for this site" in words_of(kept)
    assert fields(kept)["note"] == WORDS


def test_another_person_in_the_same_browser_sends_nothing_of_it(
    session: MentoringSession, note_url: str, as_user: AsUser
) -> None:
    pairing = session.pairing
    client = as_user(pairing.mentor)
    data = fields(client.get(note_url)) | {"note": WORDS}
    client.force_login(pairing.mentee, backend=BACKEND)
    kept = client.post(note_url, data)
    assert kept.status_code == 403
    assert "made for somebody else" in words_of(kept)
    beside = unescape(re.findall(r'href="([^"]*)" target="_blank"', text_of(kept))[0])
    signed_out = client.post(beside)
    assert "signed-in-again" in signed_out.headers["Location"]
    client.force_login(pairing.mentee, backend=BACKEND)
    assert client.post(note_url, fields(kept)).status_code == 403
    assert notes.note_of(author=pairing.mentee, session=session) == ""
    client.force_login(pairing.mentor, backend=BACKEND)
    assert client.post(note_url, fields(kept)).status_code == 303
    assert noted(session) == WORDS


@pytest.mark.parametrize("whose", ["", "forged", "a stranger's", "nobody's"])
def test_what_another_site_sends_gets_no_button_that_this_person_could_press(
    session: MentoringSession, note_url: str, whose: str
) -> None:
    """Their own mark is all that another site could have; it knows none of this person's."""
    mentor = session.pairing.mentor
    marks = {
        "a stranger's": fields(strict(UserFactory()).get("/"))["typed_by"],
        "nobody's": fields(Client().get(reverse("account_login")))["typed_by"],
    }
    data = {"note": "Forged", "typed_by": marks.get(whose, whose), TOKEN: "x" * 32}
    for browser in (Client(enforce_csrf_checks=True), strict(mentor)):
        kept = browser.post(note_url, data)
        assert kept.status_code == 403
        if "Forged" not in text_of(kept):
            continue
        again = strict(mentor)
        again.get(note_url)
        pressed = again.post(note_url, fields(kept) | {TOKEN: again.cookies["csrftoken"].value})
        assert pressed.status_code == 403
    assert noted(session) == ""


def test_passwords_and_codes_are_never_in_a_page() -> None:
    person = UserFactory()
    person.set_password("a long and quiet river")
    person.save()
    client = strict(person)
    url = reverse("account_change_password")
    mark = fields(client.get(url))["typed_by"]
    data = {"oldpassword": "a long and quiet river", "typed_by": mark, TOKEN: "x" * 32}
    assert "quiet" not in text_of(client.post(url, data))
    assert "quiet" not in text_of(Client().post(url, data))


@pytest.mark.broad
def test_every_form_with_a_password_is_a_page_of_sign_in() -> None:
    """`typed._is_secret` goes by the name of the address."""
    from accounts.forms import sign_in
    from tests.support.forms import all_forms

    for form in all_forms():
        has_password = "PasswordInput" in inspect.getsource(form)
        assert not has_password or form.__module__ == sign_in.__name__, form


def test_a_file_has_to_be_chosen_again(as_user: AsUser) -> None:
    admin = UserFactory(is_hr_admin=True)
    client = as_user(admin)
    url = reverse("mentoring:people_import")
    data = fields(client.get(url))
    run_out(client)
    file = SimpleUploadedFile("people.csv", b"Name,Email\n")
    kept = client.post(url, data | {"file": file})
    assert "Choose “people.csv” once more" in words_of(kept)
    assert 'type="file"' in text_of(kept)
    assert "Name,Email" not in text_of(kept)


def test_htmx_gets_a_sentence_for_the_page_that_is_open(
    session: MentoringSession, note_url: str, as_user: AsUser
) -> None:
    client = as_user(session.pairing.mentor)
    data = fields(client.get(note_url)) | {"note": WORDS}
    run_out(client)
    answer = client.post(note_url, data, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "Your sign-in has ended" in words_of(answer)
    assert "nervous" not in text_of(answer)
    assert "HX-Redirect" not in answer.headers


def test_before_something_important_what_was_typed_stays_too(as_user: AsUser) -> None:
    """Who has to prove who they are, does so beside the page."""
    admin, person = UserFactory(is_hr_admin=True), UserFactory()
    admin.set_password("a long and quiet river")
    admin.save()
    client = as_user(admin)
    url = url_of("accounts:person_hr_admin", person)
    data = fields(client.get(url)) | {"reason": "She runs the program in Lyon"}
    held = client.session
    held[idle.SIGNED_IN_AT] = int(time.time()) - 3600 // 2
    held["account_authentication_methods"] = []
    held.save()
    kept = client.post(url, data)
    assert kept.status_code == 403
    assert reverse("account_reauthenticate") in text_of(kept)
    assert fields(kept)["reason"] == data["reason"]
