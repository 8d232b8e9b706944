"""Every page of the permission matrix, on a phone and at a desk.

tests/e2e/test_accessible.py opens the pages of the demo company on the two other screens.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.inspector import Inspector
from tests.support.types import Enter
from tests.url_matrix import core
from tests.url_matrix.world import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NO_PAGES = {
    "mentoring:healthz",
    "mentoring:metrics",
    "notifications:unread",
}  # for machines, or a part of a page
ROWS = [row for row in core.all_rows() if row.method == "get" and row.name not in NO_PAGES]
AREAS = sorted({row.name.partition(":")[0] for row in ROWS if ":" in row.name} | {"account", "mfa"})
SCREENS = ("phone-light", "desk-dark")
# Who looks, in this order: those who see the most of a page first.
LOOKERS = ("mentor", "mentee", "coordinator", "hr_admin", "delegate")


def looker(row: core.Row) -> str:
    """The role that opens a page."""
    if row.public and row.name.startswith("account_") and row.name != "account_logout":
        return "anonymous"  # whoever is signed in would be led on
    return next(
        (role for role in (*LOOKERS, *sorted(row.allowed)) if role in row.allowed), "stranger"
    )


def of_area(area: str) -> Iterator[core.Row]:
    """The rows of one app."""
    return (row for row in ROWS if row.name.startswith((f"{area}:", f"{area}_")))


def look_at(inspector: Inspector, path: str, role: str) -> None:
    """What is wrong with a page, on either screen."""
    page = inspector.page
    if not inspector.visit(path, *SCREENS, reader=role):
        return
    if page.locator("h1").count() != 1:
        inspector.found.append(f"{path}: {page.locator('h1').count()} headings of the first level")
    if " · " not in page.title():
        inspector.found.append(f"{path}: the title is “{page.title()}”")
    if (count := page.locator("main .btn-primary:visible").count()) > 1:
        inspector.found.append(f"{path}: {count} primary buttons")


@pytest.mark.parametrize("area", AREAS)
def test_every_page_is_accessible(inspector: Inspector, enter: Enter, area: str) -> None:
    world, done = build(), set[Any]()
    inside: str | None = "anonymous"
    for row in of_area(area):
        if row.setup and row.setup not in done:
            done.add(row.setup)
            row.setup(world)
            inside = None  # a new password ends a session
        role = looker(row)
        if role != inside:
            enter(world.people.get(role))
            inside = role
        look_at(inspector, row.url(world), role)
