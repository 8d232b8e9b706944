"""A mail as it will look inside a page: its styles in the one sheet, nothing that acts, a policy
that allows just that.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import format_html

from mentoring.messages import samples
from notifications.mail import mime, preview
from notifications.mail.rendering import finish
from notifications.models import OutboxMessage
from programs.views.mail_preview import LETTERS
from tests.factories import ProgramFactory, ProgramStaffFactory, UserFactory
from tests.mentoring.needs_data import MONDAY, coordinator_of, form_of, fresh_pair, paused, url_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


def documents(page: str) -> list[str]:
    """What stands in the frames of a page."""
    return [unescape(found) for found in re.findall(r'<iframe [^>]*srcdoc="([^"]*)"', page)]


def check(document: str) -> None:
    tags = " ".join(re.findall(r"<[^>]*>", document))
    assert not re.search(
        r"\sstyle=|\shref=|<script|\son\w+=|<form|<img|url\(|<meta http-equiv", tags
    ), tags
    assert document.count("<style>") == 1


@pytest.mark.parametrize("kind", [kind.key for kind in samples.offered()])
def test_every_style_of_every_kind_is_in_the_one_sheet(kind: str) -> None:
    reader, program = UserFactory(), ProgramFactory()
    letter = samples.sample(kind, program=program, reader=reader)
    whole = mime.with_footer(
        letter,
        mime.footer_of(OutboxMessage(recipient=reader, kind=kind, data={"topics": ["logs"]})),
    )
    sheet = preview._sheet()[0]
    styles = re.findall(r'style="([^"]*)"', whole.html)
    assert styles
    for style in styles:
        assert unescape(style) in sheet
    document = preview.look(letter, recipient=reader, kind=kind).document
    check(document)
    assert len(re.findall(r'class="[^"]*\bm\d+"', document)) == len(styles)
    for words in re.findall(r">([^<>]+)<", letter.html.partition("</style>")[2]):
        assert unescape(words).strip() in unescape(document), "it says the same"


def test_policy_names_the_sheet_that_is_in_the_document() -> None:
    document = preview.inert(finish("<title>Hello</title><p>One</p><p>Two</p>", language="de").html)
    [sheet] = re.findall(r"<style>(.*?)</style>", document, re.DOTALL)
    assert preview.source() == f"'sha256-{b64encode(sha256(sheet.encode()).digest()).decode()}'"
    assert "prefers-color-scheme: dark" in sheet, "dark as the mail itself does it"
    assert "\r" not in sheet and "<" not in sheet
    assert '<html lang="de">' in document


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</style><style>body { display: none }</style>",
        '<a href="https://evil.example">here</a> <p style="color: red">',
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "</td></tr></table><form action=/x>",
        '" style="background: url(https://evil.example)" x="',
    ],
)
def test_what_is_typed_stays_words(typed: str) -> None:
    content = "<title>{0}</title><p>Before</p><p>{0}</p><ul><li>{0}</li></ul>"
    document = preview.inert(finish(format_html(content, typed), language="en").html)
    assert len(re.findall(r"<style>", document)) == 1
    body = document[document.index("<body") :]
    assert not re.search(r"<(script|img|form|style)|<[^>]*\s(href|style|onerror)=", body)
    assert unescape(re.sub(r"<[^>]*>", "", body)).count(typed) == 2


@pytest.fixture
def program() -> Any:
    return ProgramFactory(state="enrolling")


@pytest.fixture
def coordinator(program: Any, as_user: AsUser) -> Client:
    return as_user(ProgramStaffFactory(program=program, person=UserFactory()).person)


def policy_of(response: Any) -> dict[str, list[str]]:
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {words[0]: words[1:] for words in parts}


def test_page_of_a_sample_allows_its_sheet_and_nothing_else(
    program: Any, coordinator: Client
) -> None:
    plain = coordinator.get(reverse("mentoring:message_samples_list", args=[program.public_id]))
    page = coordinator.get(
        reverse("mentoring:message_sample", args=[program.public_id, "programs.nudge"])
    )
    assert page.headers["X-Frame-Options"] == "DENY"
    assert policy_of(page) == policy_of(plain) | {"style-src": ["'self'", preview.source()]}
    assert preview.source() not in plain.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    [document] = documents(page.text)
    check(document)
    frame = re.search(r"<iframe [^>]*>", page.text)
    assert frame
    assert re.search(r"\ssandbox\s", frame[0]), "no allowance at all"
    assert re.search(r'\stitle="[^"]+"', frame[0])


@pytest.mark.parametrize("key", [letter.key for letter in LETTERS])
def test_messages_of_a_program_show_the_mail_to_both_sides(
    program: Any, coordinator: Client, key: str
) -> None:
    page = coordinator.get(reverse("programs:mail_preview", args=[program.public_id, key]))
    both = documents(page.text)
    assert len(both) == 2
    for document in both:
        check(document)
        assert "You get this because" in document
    assert preview.source() in policy_of(page)["style-src"]
    assert "/stop/" not in page.text, "nobody's link that turns something off"
    assert "[[" not in page.text


@pytest.mark.broad
@pytest.mark.parametrize("part", [False, True])
def test_personal_mail_shows_what_is_typed_as_the_mail_it_becomes(
    at: At, as_user: AsUser, part: bool
) -> None:
    at(MONDAY)
    pair = paused(fresh_pair())
    client = as_user(coordinator_of(pair))
    url = url_of(pair.program)
    typed = form_of(
        client, url, text='Canary <b style="color: red">words</b>\r\n\r\n- one', preview="1"
    )
    answer = client.post(url, typed, headers={"HX-Request": "true"} if part else {})
    [document] = documents(answer.text)
    check(document)
    assert "<ul class=" in document
    assert "Canary &lt;b style=" in document
    assert "Hello Mara" in document
    policy = policy_of(answer if not part else client.get(url))
    assert preview.source() in policy["style-src"], (
        "the page that takes the part in allows its sheet"
    )
    assert policy["frame-ancestors"] == ["'none'"]
