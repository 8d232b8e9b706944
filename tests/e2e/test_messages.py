"""One's own messages, in a browser; and what a mail looks like in the light and in the dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from common import clock
from notifications import registry
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from notifications.rendering import finish, with_link
from tests.e2e import axe
from tests.e2e.axe import assert_accessible
from tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KIND = "tests.browser"


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody with three messages: read, unread, and one that did not arrive."""
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    registry.register(KIND, label="Session reminder", link=lambda message: reverse("notifications:inbox") + "?q=opened")
    person: User = UserFactory(name="Mara Example")
    for key, state in (("apples", MessageState.SENT), ("pears", MessageState.SENT), ("plums", MessageState.FAILED)):
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
    page: Page, screen: str, site: str, enter: Callable[[User], None], reader: User
) -> None:
    enter(reader)
    page.goto(site + "/me/messages/")
    expect(page.get_by_text("The e-mail did not reach you.")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Search").fill("pears")
    expect(page.get_by_text("Your session about apples")).to_have_count(0)
    expect(page.get_by_text("Your session about pears")).to_be_visible()
    assert_accessible(page)


def test_opening_a_message_and_reading_all_lowers_the_number(
    page: Page, site: str, enter: Callable[[User], None], reader: User
) -> None:
    enter(reader)
    page.goto(site + "/me/messages/")
    page.get_by_role("link", name="Your session about pears").click()
    page.wait_for_url("**?q=opened")
    assert OutboxMessage.objects.unread().count() == 1
    page.goto(site + "/me/messages/")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("1 message marked as read.")).to_be_visible()
    expect(page.get_by_role("button", name="Mark all as read")).to_have_count(0)
    assert_accessible(page)


def test_mail_is_readable_on_every_screen(page: Page, screen: str) -> None:
    letter = finish(
        subject="Your mentoring session: Fri 12 March",
        body="Hello Mara,\n\nyour next session with Anna:\nFri 12 March 2027, 14:00 (Berlin time)\n\n- Bring a question\n- "
        "Leave your title at the door\n\n[[link]] Open the session\n\nIf you cannot come, move it there.",
        language="en",
    )
    page.set_content(with_link(letter, "https://upstream.example/sessions/1/").html)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.evaluate(f"() => {{ {axe.script()} }}")
    found = page.evaluate("axe.run(document, {runOnly: ['color-contrast', 'html-has-lang', 'link-name']})")
    assert found["violations"] == []
