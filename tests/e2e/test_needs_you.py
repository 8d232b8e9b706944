"""From the first page to a mail that a coordinator has written, in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from meetings.domain import pausing
from mentoring.needs.past_mails import KIND
from notifications.models import OutboxMessage
from tests.e2e.axe import assert_accessible
from tests.factories import PairingFactory, ProgramStaffFactory, UserFactory
from tests.support.types import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_coordinator_writes_to_a_pair_once(
    page: Page, screen: str, site: str, enter: Enter
) -> None:
    pair = PairingFactory()
    pausing.pause(actor=pair.mentee, pairing=pair)
    enter(ProgramStaffFactory(program=pair.program, person=UserFactory(name="Cora Brandt")).person)
    page.goto(site + "/")
    page.get_by_role("link", name="1 thing needs you").click()
    assert_accessible(page)
    page.get_by_role("link", name="Write to them").click()
    expect(page.locator("#preview")).to_contain_text("Cora Brandt wrote this to you.")
    page.get_by_label("Subject").fill("How are the two of you?")
    expect(page.locator("#preview")).to_contain_text("How are the two of you?")  # as one types
    assert_accessible(page)
    text = page.get_by_label("Text")
    text.fill("")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.get_by_label("Subject")).to_have_value("How are the two of you?")
    assert_accessible(page)
    text.fill("Is there anything that I can do?")
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(page.get_by_role("heading", name="Waiting for an answer")).to_be_visible()
    expect(page.get_by_text("You wrote on")).to_be_visible()
    assert_accessible(page)
    assert OutboxMessage.objects.filter(kind=KIND).count() == 2
