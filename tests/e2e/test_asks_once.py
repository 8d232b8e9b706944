"""What cannot be taken back is asked once, and does not stand beside the usual answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from common import clock
from notifications.models import OutboxMessage
from pairings.models import Pairing
from programs.models import ProgramClosing
from tests.e2e.axe import assert_accessible
from tests.factories import PairingFactory, ProgramFactory, UserFactory
from tests.support.types import Enter
from tests.url_matrix.world import scheduled_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


def test_asking_for_someone_else_on_a_phone(page: Page, site: str, enter: Enter) -> None:
    offer = PairingFactory(
        state="offered",
        mentor_accepted_at=None,
        mentee_accepted_at=None,
        activated_at=None,
        offer_expires_at=clock.now() + timedelta(days=3),
    )
    page.set_viewport_size(PHONE)
    enter(offer.mentor)
    page.goto(f"{site}/pairs/{offer.public_id}/offer/")
    accept = page.get_by_role("button", name="Accept")
    other = page.get_by_text("Ask for someone else")
    assert other.bounding_box()["y"] > accept.bounding_box()["y"] + 60  # type: ignore[index]
    decline = page.get_by_role("button", name="Yes, someone else")
    expect(decline).to_be_hidden()
    other.click()
    assert_accessible(page)
    decline.click()
    expect(page.get_by_text("This match did not come about.")).to_be_visible()


def test_pausing_on_a_phone(page: Page, site: str, enter: Enter) -> None:
    pairing = PairingFactory()
    scheduled_session(pairing)
    page.set_viewport_size(PHONE)
    enter(pairing.mentor)
    page.goto(f"{site}/pairs/{pairing.public_id}/pause/")
    pause = page.get_by_role("button", name="Yes, pause it")
    expect(pause).to_be_hidden()
    page.get_by_text("Pause this pair").click()
    expect(page.get_by_text("1 planned session leaves both your calendars now.")).to_be_visible()
    assert_accessible(page)
    pause.click()
    expect(page.get_by_text("Your pair is paused.").first).to_be_visible()


def test_closing_and_undoing_it_on_a_phone(page: Page, site: str, enter: Enter) -> None:
    program = ProgramFactory(
        state="closing", ends_on=clock.today("Europe/Berlin") + timedelta(days=9)
    )
    scheduled_session(PairingFactory(program=program), day_offset=5)
    page.set_viewport_size(PHONE)
    enter(UserFactory(is_hr_admin=True))
    page.goto(f"{site}/programs/{program.public_id}/")
    page.get_by_role("link", name="Close the program").click()
    expect(page.get_by_label("1 session that is planned until")).to_be_checked()
    page.get_by_role("button", name="Close the program").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("Yes, close it for everybody").check()
    page.get_by_role("button", name="Close the program").dblclick()
    expect(page.get_by_role("button", name="Undo closing")).to_be_visible()
    assert_accessible(page)
    assert ProgramClosing.objects.count() == 1
    page.get_by_role("button", name="Undo closing").click()
    expect(page.get_by_text("Closing is undone.").first).to_be_visible()
    assert not ProgramClosing.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_a_stale_tab_does_not_turn_held_into_missed(
    page: Page, context: BrowserContext, site: str, enter: Enter
) -> None:
    pairing: Pairing = PairingFactory()
    session = scheduled_session(pairing)
    start = clock.now() - timedelta(hours=2)
    type(session).objects.update(starts_at=start, ends_at=start + timedelta(minutes=45))
    log = f"{site}/sessions/{session.public_id}/log/"
    enter(pairing.mentor)
    page.set_viewport_size(PHONE)
    page.goto(log)
    other_tab = context.new_page()
    other_tab.goto(log)
    other_tab.get_by_role("button", name="Save").first.click()
    expect(other_tab.get_by_text("Logged. Thank you.").first).to_be_visible()

    page.get_by_label("It did not take place").check()
    page.get_by_label("Shared takeaway").fill("Ask twice")
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator("[data-error-summary]")).to_contain_text("You have logged it as “Held”")
    expect(page.get_by_label("Shared takeaway")).to_have_value("Ask twice")
    assert_accessible(page)
    session.refresh_from_db()
    assert session.state == "held"
    page.get_by_role("button", name="Save").first.click()
    session.refresh_from_db()
    assert (session.state, session.takeaway) == ("missed", "Ask twice")
