"""Lists show rows in the first screen of a desk; above them, filters fold on a phone."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tests.support.types import Enter
from tests.url_matrix.world import World, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "main :is(.table-responsive, .list-group, .empty-place)"
OF_PROGRAM = (
    "programs:enrolment_list",
    "meetings:pairing_list",
    "meetings:session_list",
    "matching:match_run_list",
    "mentoring:program_messages",
    "mentoring:needs_you",
    "feedback:round_list",
)
OF_RUN = ("matching:match_run_detail", "matching:match_run_unmatched")
OF_COMPANY = ("accounts:people_list", "programs:program_list", "mentoring:people_import_list")
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
LOWEST_TOP = 640  # the head of the table and several rows follow within the screen


def lists_of(world: World) -> list[str]:
    """The addresses of the lists of those who run programs."""
    program, run = [world.program.public_id], [world.run.public_id]
    return [
        *(reverse(name, args=program) for name in OF_PROGRAM),
        *(reverse(name, args=run) for name in OF_RUN),
        *(reverse(name) for name in OF_COMPANY),
    ]


def test_lists_begin_in_the_first_screen(page: Page, site: str, enter: Enter) -> None:
    world = build()
    enter(world.people["hr_admin"])
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    low = []
    for path in lists_of(world):
        page.goto(site + path)
        top = page.locator(LIST).first.bounding_box()["y"]  # type: ignore[index]
        if top > LOWEST_TOP:
            low.append(f"{path}: {top:.0f}")
    assert low == []


def test_filters_fold_on_a_phone_until_one_is_set(page: Page, site: str, enter: Enter) -> None:
    world = build()
    enter(world.people["hr_admin"])
    path = reverse("meetings:pairing_list", args=[world.program.public_id])
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(site + path)
    search = page.get_by_label("Search by name")
    expect(search).to_be_hidden()

    page.get_by_text("Search and filter").click()
    expect(search).to_be_visible()

    page.goto(f"{site}{path}?q=nobody")
    expect(search).to_have_value("nobody")
    expect(search).to_be_visible()
    expect(page.locator(".filters-fold .count")).to_have_text("1 set")


def test_filters_are_open_at_a_desk_without_javascript(
    browser: Browser, page: Page, site: str, enter: Enter
) -> None:
    world = build()
    enter(world.people["hr_admin"])
    cookies = page.context.cookies()
    context = browser.new_context(java_script_enabled=False, viewport=DESK)  # type: ignore[arg-type]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    plain = context.new_page()
    plain.goto(site + reverse("meetings:pairing_list", args=[world.program.public_id]))
    expect(plain.get_by_label("Search by name")).to_be_visible()
    context.close()
