"""Every page of the permission matrix, opened by somebody who may: axe finds nothing, on phone and
desk, light and dark.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Error, Page

from accounts.models import User
from tests.e2e.axe import problems
from tests.e2e.conftest import SCREENS
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
AREAS = sorted({row.name.partition(":")[0] for row in ROWS if ":" in row.name} | {"account"})
# Who looks, in this order: those who see the most of a page first.
LOOKERS = ("mentor", "mentee", "coordinator", "hr_admin", "delegate")


def looker(row: core.Row) -> str:
    """The role that opens a page."""
    return next(
        (role for role in (*LOOKERS, *sorted(row.allowed)) if role in row.allowed), "stranger"
    )


def of_area(area: str) -> Iterator[core.Row]:
    """The rows of one app."""
    return (row for row in ROWS if row.name.startswith((f"{area}:", f"{area}_")))


def opened(page: Page, address: str) -> bool:
    """False for a file that is offered for download."""
    try:
        page.goto(address)
    except Error as error:
        if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
            return False
        raise
    return True


def show(page: Page, screen: str) -> None:
    """From now on as on this screen."""
    width, height, scheme = SCREENS[screen]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]


def found_on(page: Page, row: core.Row, address: str) -> list[str]:
    """What is wrong with a page, on either screen."""
    found = []
    for screen in ("phone-light", "desk-dark"):
        show(page, screen)
        if not opened(page, address):
            return []
        found += [f"{screen}: {one}" for one in problems(page)]
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} headings of the first level")
    if " · " not in page.title():
        found.append(f"the title is “{page.title()}”")
    if (count := page.locator("main .btn-primary:visible").count()) > 1:
        found.append(f"{count} primary buttons")
    return [f"{row.name}: {one}" for one in found]


@pytest.mark.parametrize("area", AREAS)
def test_every_page_is_accessible(page: Page, site: str, enter: Enter, area: str) -> None:
    world, wrong, done, inside = build(), [], set[Any](), ""
    for row in of_area(area):
        if row.setup and row.setup not in done:
            done.add(row.setup)
            row.setup(world)
        role = looker(row)
        if role != inside:
            enter(User.objects.get(pk=world.people[role].pk))
            inside = role
        wrong += found_on(page, row, site + row.url(world))
    assert not wrong, "\n".join(wrong)
