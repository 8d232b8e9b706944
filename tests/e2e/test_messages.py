"""One's own messages, in a browser; and what a mail looks like in the light and in the dark."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from common import clock, tokens
from notifications import kinds
from notifications.enums import MessageState
from notifications.kinds import MessageKind
from notifications.mail.rendering import finish, with_link
from notifications.models import OutboxMessage
from notifications.preferences import unsubscribing
from tests.e2e import axe
from tests.e2e.axe import assert_accessible
from tests.factories import UserFactory
from tests.support.types import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KIND = "tests.browser"


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody with three messages: read, unread, and one that did not arrive."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(
        MessageKind(
            key=KIND,
            label="Session reminder",
            link=lambda message: reverse("notifications:inbox") + "?q=opened",
        )
    )
    person: User = UserFactory(name="Mara Example")
    for key, state in (
        ("apples", MessageState.SENT),
        ("pears", MessageState.SENT),
        ("plums", MessageState.FAILED),
    ):
        OutboxMessage.objects.create(
            recipient=person,
            kind=KIND,
            dedupe_key=key,
            subject=f"Your session about {key}",
            state=state,
            expires_at=clock.now(),
            sent_at=clock.now() if state == MessageState.SENT else None,
            read_at=clock.now() if key == "apples" else None,
        )
    return person


def test_inbox_is_accessible_and_narrows_as_one_types(
    page: Page, screen: str, site: str, enter: Enter, reader: User
) -> None:
    enter(reader)
    page.goto(site + "/me/messages/")
    expect(page.get_by_text("The e-mail did not reach you.")).to_be_visible()
    assert_accessible(page)
    if screen.startswith("phone"):
        page.get_by_text("Search and filter").click()
    page.get_by_label("Search").fill("pears")
    expect(page.get_by_text("Your session about apples")).to_have_count(0)
    expect(page.get_by_text("Your session about pears")).to_be_visible()
    assert_accessible(page)


def test_opening_a_message_and_reading_all_lowers_the_number(
    page: Page, site: str, enter: Enter, reader: User
) -> None:
    enter(reader)
    page.goto(site + "/me/messages/")
    page.get_by_role("link", name="Your session about pears").click()
    page.wait_for_url("**?q=opened")
    assert OutboxMessage.objects.unread().count() == 1
    page.goto(site + "/me/messages/")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("1 message marked as read.").first).to_be_visible()
    expect(page.get_by_role("button", name="Mark all as read")).to_have_count(0)
    assert_accessible(page)


def test_mail_is_readable_on_every_screen(page: Page, screen: str) -> None:
    letter = finish(
        "<title>Your mentoring session: Fri 12 March</title><p>Hello Mara,</p>"
        "<p>your next session with Anna:<br>Fri 12 March 2027, 14:00 (Berlin time)</p>"
        "<ul><li>Bring a question</li><li>Leave your title at the door</li></ul>"
        "<button>Open the session</button><p>If you cannot come, move it there.</p>",
        language="en",
    )
    page.set_content(with_link(letter, "https://upstream.example/sessions/1/").html)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.evaluate(f"() => {{ {axe.script()} }}")
    found = page.evaluate(
        "axe.run(document, {runOnly: ['color-contrast', 'html-has-lang', 'link-name']})"
    )
    assert found["violations"] == []


def test_number_on_the_bell_follows_while_somebody_looks(
    page: Page, site: str, enter: Enter, reader: User
) -> None:
    asked: list[str] = []
    page.on(
        "request",
        lambda request: asked.append(request.url) if request.url.endswith("/unread/") else None,
    )
    enter(reader)
    page.clock.install()
    page.goto(site + "/me/messages/")
    bell = page.locator("[data-poll]")
    expect(bell).to_contain_text("2")
    OutboxMessage.objects.filter(dedupe_key="apples").update(read_at=None)
    page.clock.run_for(66_000)
    expect(bell).to_contain_text("3")
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    before = len(asked)
    page.clock.run_for(300_000)
    assert len(asked) == before, "a page that nobody sees asks for nothing"
    page.evaluate("Object.defineProperty(document, 'hidden', {value: false, configurable: true})")
    page.clock.run_for(6_000)
    page.wait_for_function("() => true")
    assert len(asked) == before + 1


def test_preferences_and_the_page_behind_a_reminder_are_accessible(
    page: Page, screen: str, site: str, enter: Enter, reader: User
) -> None:
    token = tokens.make(
        unsubscribing.PURPOSE, {"person": str(reader.public_id), "topics": ["logs"]}
    )
    path = reverse("notifications:unsubscribe", args=[token])
    page.goto(site + path)  # nobody is signed in
    expect(page.get_by_role("heading", name="Stop these reminders?")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Yes, stop them").click()
    expect(page.get_by_role("heading", name="These have stopped")).to_be_visible()
    assert_accessible(page)
    enter(reader)
    page.goto(site + "/me/messages/settings/")
    expect(page.get_by_label("Reminders to log a session")).not_to_be_checked()
    assert_accessible(page)
    page.get_by_label("Reminders to log a session").check()
    page.get_by_label("From", exact=True).fill("21:30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It holds from the next message on.").first).to_be_visible()
    expect(page.get_by_label("Reminders to log a session")).to_be_checked()
    expect(page.get_by_label("From", exact=True)).to_have_value("21:30")
