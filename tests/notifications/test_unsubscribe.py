"""One click that ends reminders (RFC 8058): the headers, the link, the page, the POST of a mail
program.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common import clock, tokens
from notifications import kinds
from notifications.delivery import sender
from notifications.preferences import store as preferences
from notifications.preferences import unsubscribing
from tests.factories import UserFactory
from tests.notifications.conftest import KIND, NUDGE, declare, put
from tests.smtp import SmtpSink
from tests.support.types import AsUser, At


@pytest.fixture(autouse=True)
def nudge() -> None:
    declare(NUDGE, quiet=True, digest=True, topic="logs", nudges=2)


@pytest.fixture
def strict() -> Client:
    """A mail program: no session, and a server that checks for forged requests."""
    return Client(enforce_csrf_checks=True)


def path_of(person: Any, *topics: str) -> str:
    token = tokens.make(
        unsubscribing.PURPOSE, {"person": str(person.public_id), "topics": list(topics or ["logs"])}
    )
    return reverse("notifications:unsubscribe", args=[token])


def test_nudge_carries_both_headers_and_the_link_works(
    person: Any, smtp_sink: SmtpSink, strict: Client, settings: Any
) -> None:
    put(person, kind=NUDGE)
    assert sender.send_due() == {"sent": 1}
    mail = smtp_sink.messages[0]
    assert mail.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = re.fullmatch(r"<(\S+)>", str(mail.mail["List-Unsubscribe"]).replace("\n ", "").strip())
    assert url is not None
    assert url[1].startswith(settings.BASE_URL + "/stop/")
    assert url[1] in mail.text
    answer = strict.post(url[1].removeprefix(settings.BASE_URL), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.content, answer.cookies) == (200, b"", {})
    assert preferences.of(person).off == ["logs"]
    put(person, "2", kind=NUDGE)
    assert sender.send_due() == {"cancelled": 1}


def test_other_mails_carry_no_such_header_and_say_why_they_come(
    person: Any, smtp_sink: SmtpSink
) -> None:
    put(person, html="<html><!--footer--></html>")
    sender.send_due()
    mail = smtp_sink.messages[0]
    assert mail.mail["List-Unsubscribe"] is None
    assert mail.mail["List-Unsubscribe-Post"] is None
    for text in (mail.text, mail.html):
        assert "You get this because" in text
        assert reverse("notifications:preferences") in text
        assert "/stop/" not in text


def test_foot_is_in_the_reader_s_language(smtp_sink: SmtpSink, db: None) -> None:
    put(UserFactory(locale="de"), kind=NUDGE)
    sender.send_due()
    assert "List-Unsubscribe" in smtp_sink.messages[0].mail


@pytest.mark.parametrize("kind", kinds.keys_where(lambda kind: not kind.one_click))
def test_only_nudges_and_summaries_have_a_link(person: Any, kind: str) -> None:
    message = put(person, KIND)
    message.kind = kind
    assert unsubscribing.link(message) == ""


def test_opening_the_link_changes_nothing(person: Any, strict: Client) -> None:
    for _time in range(2):
        answer = strict.get(path_of(person))
        assert answer.status_code == 200
        assert b"Stop these reminders?" in answer.content
        assert not answer.cookies
    assert preferences.of(person).off == []


def test_button_of_the_page(person: Any, strict: Client) -> None:
    path = path_of(person)
    answer = strict.post(path)
    assert (answer.status_code, answer["Location"]) == (303, path)
    assert b"These have stopped" in strict.get(path).content
    assert preferences.of(person).off == ["logs"]
    assert strict.post(path).status_code == 303, "twice changes nothing"


def test_link_stops_what_it_names_for_whom_it_names(person: Any, as_user: AsUser) -> None:
    """Whoever is signed in: the link is for its person."""
    other = UserFactory()
    as_user(other).post(path_of(person, "surveys"))
    assert preferences.of(other).off == []
    assert preferences.of(person).off == ["surveys"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_links_that_do_not_work(person: Any, strict: Client, at: At, method: str) -> None:
    good = path_of(person)
    nobody = tokens.make(
        unsubscribing.PURPOSE,
        {"person": "6f9619ff-8b86-d011-b42d-00cf4fc964ff", "topics": ["logs"]},
    )
    other = tokens.make("survey", {"person": str(person.public_id), "topics": ["logs"]})
    bad = [
        good[:-3] + "x/",
        *(reverse("notifications:unsubscribe", args=[token]) for token in (nobody, other, "x")),
    ]
    for path in [*bad, path_of(person, "nonsense")]:
        assert getattr(strict, method)(path).status_code == 410, path
    at(clock.now() + unsubscribing.LINK_LIFE + timedelta(days=1))
    assert getattr(strict, method)(good).status_code == 410
    assert preferences.of(person).off == []


def test_summary_turns_off_what_is_in_it(person: Any) -> None:
    message = put(person)
    message.kind, message.data = kinds.DIGEST, {"topics": ["logs", "surveys"]}
    assert unsubscribing.topics_of(message) == ["logs", "surveys"]
    message.data = {}
    assert unsubscribing.link(message) == "", "nothing in it could be turned off"
    assert kinds.get(kinds.DIGEST)
