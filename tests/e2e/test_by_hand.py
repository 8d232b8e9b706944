"""The coordinator's hand in a browser: sliders that tell their share, and pinning, swapping and
undoing by keyboard alone.
"""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from matching.models import PairRule
from tests.matching.matching_data import pool
from tests.support.types import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def press(page: Page, key: str = "Enter") -> None:
    """A key that leads to another page, or to this one anew."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_sliders_say_their_share_while_they_move(page: Page, site: str, enter: Enter) -> None:
    some = pool(1, 1)
    enter(some.coordinator)
    page.goto(site + reverse("matching:match_run_list", args=[some.program.public_id]))
    topics = page.get_by_label("Topics")
    expect(page.locator("#id_topics_share")).to_have_text("50 = 50 % of the score")
    topics.focus()
    page.keyboard.press("End")
    expect(page.locator("#id_topics_share")).to_have_text("100 = 67 % of the score")
    expect(page.locator("#id_overlap_share")).to_have_text("12 = 8 % of the score")
    expect(topics).to_have_attribute("aria-valuetext", "100 = 67 % of the score")
    expect(page.get_by_label("Smallest fit of a pair")).to_be_hidden()
    page.get_by_label("As many people as possible").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("The best total at once")).to_be_hidden()
    page.get_by_label("Smallest fit of a pair").fill("30")
    page.get_by_role("button", name="Save what counts").focus()
    press(page)
    expect(page.get_by_text("Saved. The next run uses it.").first).to_be_visible()
    expect(page.get_by_text("so it is switched off").first).to_be_visible()
    some.program.refresh_from_db()
    assert (some.program.weights["topics"], some.program.objective, some.program.minimum_score) == (
        100,
        "score",
        3000,
    )


def test_pin_swap_and_undo_by_keyboard(page: Page, site: str, enter: Enter) -> None:
    some = pool(3, 3)
    run = some.run()
    enter(some.coordinator)
    page.goto(site + reverse("matching:match_run_detail", args=[run.public_id]))
    row = page.locator("tbody tr").nth(2)
    row.get_by_role("button", name="Pin").focus()
    press(page)
    rule = PairRule.objects.get()
    place = page.locator(f"#pair-{rule.mentor.public_id}-{rule.mentee.public_id}")
    expect(place).to_be_focused()
    page.keyboard.press("Tab")
    expect(place.get_by_role("button", name="Remove the pin")).to_be_focused()
    expect(page.get_by_role("button", name="Run again with your 1 pinned pair")).to_be_visible()
    press(page)
    assert not PairRule.objects.exists()

    page.locator("tbody tr").first.get_by_role("link", name="Swap").focus()
    press(page)
    expect(page.locator("#else-heading")).to_be_focused()
    page.get_by_role("button", name="Swap").first.focus()
    press(page)
    expect(page.get_by_text("The next run keeps these pairs.").first).to_be_visible()
    page.get_by_role("button", name="Undo").focus()
    press(page)
    expect(page.get_by_text("Undone.").first).to_be_visible()
    assert not PairRule.objects.exists()
