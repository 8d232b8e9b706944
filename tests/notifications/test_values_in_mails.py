"""Every value in a mail is plain text: a name or a place adds no link, paragraph or line to it."""

from __future__ import annotations

import copy
import re
from email import message_from_bytes
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.db import models
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.adapter import sign_in_mail
from accounts.models import User
from mentoring.messages import samples
from notifications import kinds
from notifications.kinds import MessageKind
from notifications.mail import mime
from notifications.mail.rendering import Letter, compose
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.notifications.conftest import KIND, declare, put
from tests.notifications.test_golden import program

KINDS = samples.offered()
SIGN_IN = sorted(path.stem for path in (Path("templates") / "email" / "sign_in").iterdir())
HARMLESS = "Word"
HOSTILE = [
    "First\nSecond",
    "First\r\n\r\nSecond",
    "First\rSecond",
    "First\u2028Second\u2029Third\x85Fourth\x0bFifth\x0cSixth\x1cSeventh",
    "[[link]] Open your account",
    "x\n\n[[link]] Open your account",
    "[[https://evil.example]] Open your account",
    "x\n[[https://evil.example]] Open your account",
    "[[name]]",
    "[[[link]]]",
    "- bullet",
    "- one\n- two",
    "x\n\n- one\n- two",
    "Subject: other",
    "x\nSubject: other\n\nSubject: third",
    "-- \nOther product\nhttps://evil.example",
    "https://evil.example",
    "see https://evil.example/a?b=1&c=2 now",
    "<a href='https://evil.example'>Open</a><p><br><ul><li>x</li></ul>",
    "<button>Open</button></title></p><p>",
    "<!--footer--><script>alert(1)</script>",
    '" href="https://evil.example',
    "&lt;br&gt;&#10;&#x2028;&NewLine;",
    "{{ recipient.email }}{% now 'Y' %}%(name)s %s %",
    "Mara \u202egro.elpmaxe\u202c \u2066Open\u2069 \u202d\u202a\u202b\u2067\u2068",
    "zero\x00one\x08\x1b[31m\x7f\x9b",
]
UNSEEN = re.compile(r"[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")

# Texts that people write in several lines, with lists and addresses, and what is no text at all.
KEPT = {"text", "purpose", "invitation", "url", "why", "time_zone", "locale"}


def with_words(thing: Any, words: str) -> Any:
    """The context of a template with these words in place of each text in it."""
    if isinstance(thing, str):
        return words
    if isinstance(thing, dict):
        return {
            name: inner if name in KEPT else with_words(inner, words)
            for name, inner in thing.items()
        }
    if isinstance(thing, list):
        return [with_words(inner, words) for inner in thing]
    if isinstance(thing, models.Model):
        return _model_with_words(thing, words)
    return thing


def _model_with_words(thing: models.Model, words: str) -> models.Model:
    changed = copy.copy(thing)
    changed._state = copy.copy(thing._state)
    changed._state.fields_cache = {
        name: with_words(inner, words) for name, inner in thing._state.fields_cache.items()
    }
    for field in thing._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField)
        if is_text and not field.choices and field.name not in KEPT | {"link"}:
            setattr(changed, field.attname, words)
    return changed


def letter(kind: MessageKind, words: str, locale: str = "en") -> Letter:
    """The sample of a kind with these words wherever it says a value."""
    reader = UserFactory.build(locale=locale)
    sponsored = program()
    sponsored.sponsor = UserFactory.build()
    assert kind.sample is not None
    with translation.override(locale):
        context = kind.sample(samples.cast(sponsored, reader))
    return compose(
        recipient=with_words(reader, words),
        template=kind.template,
        context=with_words(context, words),
    )


TOKEN = re.compile(r"/mailbox/[^/]+/")  # another one each second


def sign_in_letter(name: str, words: str) -> Letter:
    context = {"code": words, "password_reset_url": "https://upstream.example/reset/"}
    person = with_words(UserFactory.build(), words)
    mail = sign_in_mail(name, words, person, context)
    html = TOKEN.sub("/mailbox/token/", str(mail.alternatives[0][0]))
    return Letter(mail.subject, str(mail.body), html)


class Tags(HTMLParser):
    """The tags of a document with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Any] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}-->")


def structure(made: Letter) -> dict[str, Any]:
    """What a value must not change."""
    return {
        "tags": Tags(made.html).found,
        "lines": len(made.text.splitlines()),
        "empty lines": [at for at, line in enumerate(made.text.splitlines()) if not line],
        "subject": len(made.subject.splitlines()),
        "links": [part.count("[[link]]") for part in (made.subject, made.text, made.html)],
        "ends": made.text.count("\n-- \n"),
        "unseen": UNSEEN.findall(made.subject + made.text + made.html),
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_value_changes_nothing_but_words(kind: MessageKind) -> None:
    expected = structure(letter(kind, HARMLESS))
    for words in HOSTILE:
        made = letter(kind, words)
        assert structure(made) == expected, words


@pytest.mark.parametrize("name", SIGN_IN)
def test_value_changes_nothing_but_words_of_a_sign_in_mail(name: str) -> None:
    with translation.override("en"):
        expected = structure(sign_in_letter(name, HARMLESS))
        for words in HOSTILE:
            assert structure(sign_in_letter(name, words)) == expected, words


EXPECTED: dict[tuple[str, str], dict[str, Any]] = {}


@pytest.mark.broad
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(KINDS),
    locale=st.sampled_from(["en", "de"]),
    words=st.one_of(st.text(), st.lists(st.sampled_from([*HOSTILE, "\n", "- ", "["])).map("".join)),
)
def test_no_value_at_all_changes_more_than_words(
    kind: MessageKind, locale: str, words: str
) -> None:
    key = (kind.key, locale)
    if key not in EXPECTED:
        EXPECTED[key] = structure(letter(kind, HARMLESS, locale))
    assert structure(letter(kind, f"{words}x", locale)) == EXPECTED[key]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_value_adds_a_header(words: str, person: User) -> None:
    more = f"{words}\r\nBcc: eve@evil.example\r\n\r\nOther text"
    declare(KIND, reply_to=lambda _message: "cora@example.com")
    expected = headers_of(put(person, "harmless", subject=HARMLESS))
    declare(KIND, reply_to=lambda _message: f"cora@example.com{more}")
    person.name = person.preferred_name = more
    assert headers_of(put(person, "hostile", subject=more)) == expected


def headers_of(message: OutboxMessage) -> list[str]:
    """The names of a mail's headers, as another program reads the mail."""
    mail = mime.build(message, kinds.get(KIND)).message()
    return message_from_bytes(mail.as_bytes()).keys()
