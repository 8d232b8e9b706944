"""German words are longer than English ones: no page grows wider than a phone."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from tests.e2e.inspector import Inspector
from tests.e2e.test_every_page import ROWS, looker
from tests.support.types import Enter
from tests.url_matrix.world import World, build

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What is wider than the window and stands in nothing that scrolls by itself.
TOO_WIDE = """() => {
  const scrolling = /(auto|scroll|hidden|clip)/;
  const scrolls = (node) => {
    for (let up = node.parentElement; up; up = up.parentElement) {
      if (up !== document.body && scrolling.test(getComputedStyle(up).overflowX)) return true;
    }
    return false;
  };
  const sticksOut = (node) => node.getBoundingClientRect().right > innerWidth + 1;
  return [...document.body.querySelectorAll("*")]
    .filter((node) => node.getClientRects().length && sticksOut(node) && !scrolls(node))
    .map((node) => `${node.tagName}.${node.className}: ${node.textContent.trim().slice(0, 60)}`)
    .slice(0, 3);
}"""


@pytest.fixture
def world() -> World:
    """The small company; everybody reads German."""
    made = build()
    User.objects.update(locale="de")
    return made


@pytest.mark.parametrize("role", ["mentor", "mentee", "safe_contact", "coordinator", "hr_admin"])
def test_no_german_page_is_wider_than_a_phone(
    inspector: Inspector, enter: Enter, world: World, role: str
) -> None:
    page = inspector.page
    inspector.show("phone-light")
    wide, seen, done = {}, 0, set[Any]()
    enter(world.people[role])
    for row in (row for row in ROWS if looker(row) == role):
        if row.setup and row.setup not in done:
            done.add(row.setup)
            row.setup(world)
            enter(world.people[role])  # a new password ends a session
        if not inspector.opened(row.url(world)):
            continue
        seen += page.locator("html[lang=de]").count()
        found = page.evaluate(TOO_WIDE)
        if found or page.evaluate("document.documentElement.scrollWidth") > 390:
            wide[row.name] = found
    assert wide == {}
    assert seen >= 3
