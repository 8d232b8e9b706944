"""From a template to subject, text and HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.utils.html import format_html
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.text import one_line
from notifications.mail.blocks import LetterError
from notifications.mail.rendering import MOST_BYTES, Letter, compose, finish, with_link
from notifications.templatetags.mails import paragraphs
from tests.factories import UserFactory


@pytest.fixture
def template(settings: Any, tmp_path: Path) -> Iterator[Any]:
    """`template(text)` writes templates/email/tried.html."""
    (tmp_path / "email").mkdir()
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}
    ]

    def write(text: str) -> None:
        (tmp_path / "email" / "tried.html").write_text(text, encoding="utf-8")

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
    template(
        "<title>Hello {{ recipient.short_name }}</title>\n\n"
        "<p>Dear {{ recipient.name }},<br>\nwelcome.</p>\n\n"
        "<ul>\n  <li>one</li>\n  <li>two</li>\n</ul>\n\n<button>Open it</button>\n"
    )
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
    template('<title>{{ moment|date:"H:i" }}</title><p>{{ moment|date:"l" }}</p>')
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


MISTAKES = {
    "no subject": "<p>World</p>",
    "an empty subject": "<title> </title><p>World</p>",
    "nothing": "",
    "words outside of a paragraph": "<title>Hello</title> World",
    "a value outside of a paragraph": "<title>Hello</title>{{ recipient.name }}",
    "another tag": "<title>Hello</title><p><b>World</b></p>",
    "a tag at a wrong place": "<title>Hello</title><p><button>World</button></p>",
    "an attribute": "<title>Hello</title><p class='big'>World</p>",
    "an attribute without quotes": "<title>Hello</title><p><a href={{ spaced }}>World</a></p>",
    "a tag that is not closed": "<title>Hello</title><p>World",
    "a tag that is closed twice": "<title>Hello</title><p>World</p></p>",
    "a comment": "<title>Hello</title><!-- World -->",
    "a declaration": "<!doctype html><title>Hello</title><p>World</p>",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_template_with_a_mistake_is_refused(template: Any, mistake: str) -> None:
    template(MISTAKES[mistake])
    with pytest.raises(LetterError, match=r"email/tried\.html: .*template of a mail"):
        compose(
            recipient=UserFactory.build(),
            template="tried",
            context={"spaced": "https://one.example onclick=act"},
        )


def letter_of(body: str) -> Letter:
    return finish(f"<title>S</title>{body}", language="en")


def test_letter_is_never_larger_than_mail_programs_show() -> None:
    with pytest.raises(LetterError, match="larger than"):
        letter_of(f"<p>{'x' * MOST_BYTES}</p>")


def test_paragraph_and_line_without_words_are_left_out() -> None:
    letter = letter_of("<p>  </p><p>One<br> <br>\nTwo<br></p><ul> <li></li> </ul>")
    assert letter.text.startswith("One\nTwo\n\n-- \n")
    assert letter.html.count("<p") == 2, "the footer is the second"
    assert "<ul" not in letter.html


def test_link_with_a_label_has_its_address_on_a_line_of_its_own_in_the_text() -> None:
    letter = letter_of(
        '<p>Before<br><a href="https://one.example/?a=1&amp;b">Open &amp; see</a></p>'
    )
    assert letter.text.startswith("Before\nOpen & see:\nhttps://one.example/?a=1&b\n\n")
    assert 'Before<br>\n<a href="https://one.example/?a=1&amp;b">Open &amp; see</a>' in letter.html


def test_address_as_its_own_label_breaks_on_a_phone(template: Any) -> None:
    template('<title>S</title><p>Join: <a href="{{ link }}">{{ link }}</a></p>')
    letter = compose(
        recipient=UserFactory.build(),
        template="tried",
        context={"link": "https://meet.example/a?b=1&c=2"},
    )
    address = "https://meet.example/a?b=1&amp;c=2"
    link = f'<a href="{address}" style="word-break: break-all;">{address}</a>'
    assert f"Join: {link}</p>" in letter.html
    assert letter.text.startswith("Join: https://meet.example/a?b=1&c=2\n")


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "",
        "https://one.example two",
        "https://one.example\nhttps://two.example",
        "https://one.example/\u202egro",
        "https://one.example/[[link]]",
        "[[link]]",
    ],
)
def test_value_that_is_no_address_becomes_no_link(template: Any, value: str) -> None:
    template('<title>S</title><p>Join: <a href="{{ link }}">{{ link }}</a></p>')
    letter = compose(recipient=UserFactory.build(), template="tried", context={"link": value})
    assert letter.html.count("<a ") == 1, "the one in the footer"
    assert len(letter.text.splitlines()) == 5
    assert "[[link]]" not in letter.text + letter.html


@pytest.mark.parametrize(
    ("written", "address", "after"),
    [
        ("Join: https://meet.example/a?b=1&c=2", "https://meet.example/a?b=1&amp;c=2", "</p>"),
        ("Join (https://meet.example/a).", "https://meet.example/a", ")."),
        ('Join: https://meet.example/<b>"x', "https://meet.example/", "&lt;b&gt;"),
    ],
)
def test_address_in_what_somebody_wrote_can_be_followed(
    template: Any, written: str, address: str, after: str
) -> None:
    template("{% load mails %}<title>S</title>{{ text|paragraphs }}")
    letter = compose(recipient=UserFactory.build(), template="tried", context={"text": written})
    assert f'<a href="{address}" style="word-break: break-all;">{address}</a>{after}' in letter.html


def test_what_somebody_wrote_keeps_its_paragraphs_and_lists(template: Any) -> None:
    template("{% load mails %}<title>S</title>{{ text|paragraphs }}<button>Go</button>")
    written = "One\r\nTwo <b>\r\n \r\n- first\n- second\n\n[[link]] Other\n\n-- \nEnd\n\n\n"
    letter = compose(recipient=UserFactory.build(), template="tried", context={"text": written})
    assert letter.text.startswith(
        "One\nTwo <b>\n\n- first\n- second\n\n[\u2060[link]] Other\n\n--\nEnd\n\nGo:\n[[link]]\n\n"
    )
    assert "One<br>\nTwo &lt;b&gt;</p>" in letter.html
    assert letter.html.count("<li") == 2
    assert letter.html.count("[[link]]") == 1


PIECES = ["a", "- ", "-", "\n", "\r", " ", "<b>", "&", "[[", "https://a.b/", "("]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_that_somebody_wrote_can_be_sent(written: str) -> None:
    letter = letter_of(str(paragraphs(written)))
    links = re.findall(r'href="([^"]*)"', letter.html)[:-1]
    assert all(link.startswith("https://a.b/") for link in links)
    assert "<b>" not in letter.html


def test_with_link_puts_the_address_everywhere() -> None:
    letter = with_link(letter_of("<button>Go</button>"), 'https://x.example/?a=1&b="2"')
    assert 'Go:\nhttps://x.example/?a=1&b="2"' in letter.text
    assert 'href="https://x.example/?a=1&amp;b=&quot;2&quot;"' in letter.html
    assert "[[link]]" not in letter.text + letter.html


def test_html_is_readable_in_the_dark_and_loads_nothing() -> None:
    content = "<title>S</title><p>Hello</p><button>Go</button>"
    html = finish(content, language="de").html
    assert '<html lang="de">' in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "prefers-color-scheme: dark" in html
    assert not re.search(r"<(img|script|link|iframe)|url\(", html)


@pytest.mark.broad
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(min_size=1, max_size=60).map(one_line), min_size=1, max_size=8))
def test_html_says_what_the_text_says_and_lets_nothing_through(written: list[str]) -> None:
    parts = [" ".join(part.split()) for part in written if part.split() and "[[" not in part]
    letter = letter_of("".join(format_html("<p>{}</p>", part) for part in parts))
    parsed = body_of(letter.html)
    assert "".join(parsed.words.split()) == "".join("".join(parts).split()) + "Upstream"
    assert set(parsed.tags) <= {"body", "table", "tr", "td", "p", "a", "br"}
