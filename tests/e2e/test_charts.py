"""Every chart in every state: accessible, as wide as its page, in any colours and direction."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import problems_of_looks
from tests.e2e.inspector import Inspector
from tests.factories import UserFactory
from tests.support.types import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATH = "/test/charts/"
BOX_OF_FIRST = """(selector) => {
  const bar = document.querySelector(selector);
  const part = bar.querySelector(".tone-0").getBoundingClientRect(), whole = bar.getBoundingClientRect();
  return [Math.round(part.left - whole.left), Math.round(whole.right - part.right)];
}"""  # noqa: E501
FILLS = """() => ["tone-0", "tone-1", "tone-2"].map(
  (tone) => getComputedStyle(document.querySelector(`.chart-bar .${tone}`)).fill)"""

SHADES = """() => [...document.querySelector(".chart-heat tbody tr").querySelectorAll("td")].map(
  (cell) => getComputedStyle(cell).backgroundColor)"""


def test_charts_on_every_screen(
    inspector: Inspector, page: Page, settings: Any, enter: Enter
) -> None:
    settings.ROOT_URLCONF = "tests.e2e.chart_page"
    enter(UserFactory())
    inspector.visit(PATH, "desk-light", "phone-dark", "phone-light", "desk-dark")
    assert inspector.found == []

    assert len(set(page.evaluate(SHADES))) == 6, "each level has its own shade"
    page.locator("summary", has_text="As a table").first.click()
    expect(page.locator(".chart-table").first).to_be_visible()
    left, right = page.evaluate(BOX_OF_FIRST, ".chart-bar")
    assert left == 0 and right > 0, "the first part begins at the left"

    page.evaluate("document.documentElement.dir = 'rtl'")
    assert problems_of_looks(page) == [], "from right to left"
    assert page.evaluate(BOX_OF_FIRST, ".chart-bar") == [right, 0], "it begins at the right"

    page.evaluate("document.documentElement.dir = 'ltr'")
    page.emulate_media(forced_colors="active")
    assert len(set(page.evaluate(FILLS))) == 3, "parts differ in colours that the reader chose"
    page.emulate_media(forced_colors="none", media="print")
    expect(page.locator(".chart-bar").first).to_be_visible()
    expect(page.locator(".chart-more").first).to_be_hidden()
