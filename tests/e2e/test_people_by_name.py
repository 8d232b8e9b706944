"""Somebody is named by typing their name: by keyboard, on a phone, with and without htmx."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.domain.people import create_person
from accounts.models import Delegation, User
from tests.e2e.axe import assert_accessible
from tests.support.types import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long and quiet river"


@pytest.fixture
def person(db: None) -> User:
    for name in ("Anna Berg", "Anna Bergmann", "Otto Łoś"):
        address = f"{name.split()[-1].lower().replace('łoś', 'los')}@example.com"
        create_person(actor=None, email=address, name=name, department="Law")
    return create_person(actor=None, email="mia@example.com", name="Mia Okafor", password=PASSWORD)


def test_a_name_is_chosen_as_one_types(
    page: Page, screen: str, site: str, person: User, enter: Enter
) -> None:
    enter(person)
    page.goto(f"{site}/me/delegates/")
    field = page.get_by_label("Their name")
    field.press_sequentially("berg an")
    expect(page.get_by_role("radio")).to_have_count(2)
    assert_accessible(page)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Anna Bergmann")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Anna Bergmann now handles")

    field.press_sequentially("los ot")
    expect(page.get_by_role("radio", name="Otto Łoś")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Otto Łoś now handles")
    assert Delegation.objects.count() == 2


def test_a_name_is_chosen_without_javascript(browser: Browser, site: str, person: User) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{site}/me/delegates/")
    page.get_by_label("E-mail address").fill("mia@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Their name").fill("anna")
    page.get_by_role("button", name="Name as delegate").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose whom you mean.")
    page.get_by_role("radio", name="Anna Bergmann").check()
    page.get_by_role("button", name="Name as delegate").click()
    assert Delegation.objects.get().delegate.name == "Anna Bergmann"
    context.close()
