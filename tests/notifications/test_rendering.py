"""From a plain-text template to subject, text and HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.mail.rendering import MOST_BYTES, LetterError, compose, finish, with_link
from tests.factories import UserFactory


@pytest.fixture
def template(settings: Any, tmp_path: Path) -> Iterator[Any]:
    """`template(text)` writes templates/email/tried.txt."""
    (tmp_path / "email").mkdir()
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}
    ]

    def write(text: str) -> None:
        (tmp_path / "email" / "tried.txt").write_text(text, encoding="utf-8")

    return write


class Words(HTMLParser):
    """The text of the body, without tags."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def body_of(html: str) -> Words:
    parser = Words()
    parser.feed(html[html.index("<body") :])
    return parser


def test_compose_splits_subject_text_and_html(template: Any) -> None:
    body = "Dear {{ recipient.name }},\nwelcome.\n\n- one\n- two\n\n[[link]] Open it\n"
    template("Subject: Hello {{ recipient.short_name }}\n\n" + body)
    letter = compose(
        recipient=UserFactory.build(name="Mara O'Neil <x>"), template="tried", context={}
    )
    assert letter.subject == "Hello Mara"
    assert letter.text.startswith(
        "Dear Mara O'Neil <x>,\nwelcome.\n\n- one\n- two\n\nOpen it:\n[[link]]\n\n-- \nUpstream\n"
    )
    assert "Dear Mara O&#x27;Neil &lt;x&gt;,<br>\nwelcome." in letter.html
    assert letter.html.count("<li") == 2
    assert '<a href="[[link]]"' in letter.html
    assert letter.html.startswith("<!doctype html>")


def test_compose_speaks_the_readers_zone_and_language(template: Any) -> None:
    template('Subject: {{ moment|date:"H:i" }}\n\n{{ moment|date:"l" }}')
    moment = datetime(2027, 3, 1, 23, 30, tzinfo=UTC)
    berlin = compose(
        recipient=UserFactory.build(time_zone="Europe/Berlin", locale="de"),
        template="tried",
        context={"moment": moment},
    )
    assert (berlin.subject, berlin.text.splitlines()[0]) == ("00:30", "Dienstag")
    york = compose(
        recipient=UserFactory.build(time_zone="America/New_York", locale="en"),
        template="tried",
        context={"moment": moment},
    )
    assert (york.subject, york.text.splitlines()[0]) == ("18:30", "Monday")


@pytest.mark.parametrize("text", ["Hello\n\nWorld", "Subject:\n\nWorld", ""])
def test_compose_without_subject_is_refused(template: Any, text: str) -> None:
    template(text)
    with pytest.raises(LetterError, match="must begin with"):
        compose(recipient=UserFactory.build(), template="tried", context={})


def test_letter_is_never_larger_than_mail_programs_show() -> None:
    with pytest.raises(LetterError, match="larger than"):
        finish(subject="S", body="x" * MOST_BYTES, language="en")


def test_link_inside_a_paragraph_is_a_link() -> None:
    letter = finish(subject="S", body="Before\n[[link]] Open & see\nAfter", language="en")
    assert letter.text.startswith("Before\nOpen & see:\n[[link]]\nAfter")
    assert 'Before<br>\n<a href="[[link]]">Open &amp; see</a><br>\nAfter' in letter.html


@pytest.mark.parametrize(
    ("written", "address", "after"),
    [
        ("Join: https://meet.example/a?b=1&c=2", "https://meet.example/a?b=1&amp;c=2", "</p>"),
        ("Join (https://meet.example/a).", "https://meet.example/a", ")."),
        ('Join: https://meet.example/<b>"x', "https://meet.example/", "&lt;b&gt;"),
    ],
)
def test_address_in_a_paragraph_can_be_followed_and_breaks_on_a_phone(
    written: str, address: str, after: str
) -> None:
    html = finish(subject="s", body=written, language="en").html
    assert f'<a href="{address}" style="word-break: break-all;">{address}</a>{after}' in html


def test_with_link_puts_the_address_everywhere() -> None:
    letter = with_link(
        finish(subject="S", body="[[link]] Go", language="en"), 'https://x.example/?a=1&b="2"'
    )
    assert 'Go:\nhttps://x.example/?a=1&b="2"' in letter.text
    assert 'href="https://x.example/?a=1&amp;b=&quot;2&quot;"' in letter.html
    assert "[[link]]" not in letter.text + letter.html


def test_html_is_readable_in_the_dark_and_loads_nothing() -> None:
    html = finish(subject="S", body="Hello\n\n[[link]] Go", language="de").html
    assert '<html lang="de">' in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "prefers-color-scheme: dark" in html
    assert not re.search(r"<(img|script|link|iframe)|url\(", html)


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60),
        min_size=1,
        max_size=8,
    )
)
def test_html_says_what_the_text_says_and_lets_nothing_through(paragraphs: list[str]) -> None:
    parts = [
        " ".join(part.split())
        for part in paragraphs
        if part.split() and "[[link]]" not in part and "-" not in part
    ]
    letter = finish(subject="S", body="\n\n".join(parts), language="en")
    parsed = body_of(letter.html)
    assert "".join(parsed.words.split()) == "".join("".join(parts).split()) + "Upstream"
    assert set(parsed.tags) <= {"body", "table", "tr", "td", "p", "a", "br"}
