"""Signing in as people do it: by password and by mailed code, on a phone and at a desk, in light
and dark.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Browser, Page, expect

from accounts.domain.people import create_person
from accounts.models import User
from tests.e2e.axe import assert_accessible
from tests.support.types import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long and quiet river"


@pytest.fixture
def person(db: None) -> User:
    return create_person(
        actor=None,
        email="mia@example.com",
        name="Mia Okafor",
        password=PASSWORD,
        time_zone="Europe/Berlin",
    )


def test_sign_in_by_password(page: Page, screen: str, site: str, person: User) -> None:
    page.goto(f"{site}/")
    expect(page).to_have_title(re.compile("^Sign in"))
    assert_accessible(page)
    page.get_by_label("E-mail address").fill("mia@example.com")
    page.get_by_label("Password").fill("not this one at all")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_title(re.compile("^Error: Sign in"))
    expect(page.get_by_role("alert")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Mia", exact=False).first).to_be_visible()
    assert_accessible(page)


def test_sign_in_by_mailed_code(page: Page, screen: str, site: str, person: User) -> None:
    page.goto(f"{site}/")
    page.get_by_label("E-mail address").fill("Mia@Example.com")
    page.get_by_role("button", name="Mail me a code instead").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter the code")
    assert_accessible(page)
    page.get_by_label("Code from the mail").fill(code_of(mail.outbox[-1]))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    assert_accessible(page)


def test_sign_in_and_out_by_keyboard_alone(page: Page, site: str, person: User) -> None:
    page.goto(f"{site}/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.get_by_label("E-mail address").focus()
    page.keyboard.type("mia@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    menu = page.locator("details.menu-person > summary")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("^Sign in"))


def test_page_that_is_not_there_is_accessible(
    page: Page, screen: str, site: str, person: User, enter: Enter
) -> None:
    """All pages that are there: tests/e2e/test_every_page.py."""
    for reader in (None, person):
        enter(reader)
        page.goto(site + "/no-such-page/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_accessible(page)


def code_of(message: Any) -> str:
    """The code alone on its line."""
    found = re.search(r"^[A-Z0-9]{3,}(-[A-Z0-9]{3,})?$", message.body, re.MULTILINE)
    assert found, message.body
    return found[0]


def test_without_javascript_one_gets_in_finds_the_menu_and_gets_out(
    browser: Browser, site: str, person: User
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{site}/me/profile/")
    page.get_by_label("E-mail address").fill("mia@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your profile")
    page.get_by_label("Pronouns").fill("she/her")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    page.locator("details.menu-person > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    context.close()


def test_error_summary_leads_to_the_field(
    page: Page, site: str, person: User, enter: Enter
) -> None:
    enter(person)
    page.goto(f"{site}/me/delegates/")
    page.get_by_role("button", name="Name as delegate").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link").click()
    field = page.get_by_label("Their name")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")


def test_nothing_shifts_while_a_page_loads(
    page: Page, screen: str, site: str, person: User, enter: Enter
) -> None:
    page.add_init_script(
        "window.shifts = 0;"
        "new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.shifts "
        "+= entry.value; }))"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    enter(person)
    for path in ("/", "/me/profile/", "/me/messages/"):
        page.goto(site + path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.shifts") < 0.01, path
