"""Times that suit both fill the form, and what is typed in it stays."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.factories import PairingFactory
from tests.meetings.session_data import make_program
from tests.support.types import At, Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("page_name", ["new", "book-all"])
def test_choosing_a_time_keeps_the_place_that_was_typed(
    page: Page, site: str, enter: Enter, at: At, page_name: str
) -> None:
    pairing = PairingFactory(program=make_program())
    enter(pairing.mentee)
    page.goto(f"{site}/pairs/{pairing.public_id}/sessions/{page_name}/")
    page.get_by_label("Place").fill("The café on the corner")
    slot = page.locator("a[data-fill]").last
    day, wall, zone = (slot.get_attribute("data-value") or "").split(" ")
    slot.click()
    expect(page.get_by_label("Day")).to_have_value(day)
    expect(page.get_by_label("Day")).to_be_focused()
    expect(page.get_by_label("Time", exact=True)).to_have_value(wall)
    expect(page.locator("#id_time_zone")).to_have_value(zone)
    expect(page.get_by_label("Place")).to_have_value("The café on the corner")
