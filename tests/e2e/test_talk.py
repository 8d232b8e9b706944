"""Writing without a name on a phone: by keyboard alone, with and without JavaScript."""

from __future__ import annotations

import pytest
from django.core.cache import caches
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect

from concerns.domain import listening
from concerns.models import Concern
from programs.enums import StaffRole
from tests.concerns.concern_data import company_contact
from tests.e2e.axe import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus."""
    for _number in range(40):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {wanted}")


def press(page: Page, wanted: Locator) -> None:
    tab_to(page, wanted)
    page.keyboard.press("Enter")


def answered() -> None:
    """The safe contact has answered and closed."""
    concern = Concern.objects.get()
    assert concern.contact is not None
    listening.answer(actor=concern.contact, concern=concern, text="I am listening")
    listening.close(actor=concern.contact, concern=concern)


@pytest.mark.parametrize("with_script", [True, False])
def test_write_read_and_say_whether_it_helped(
    browser: Browser, site: str, with_script: bool
) -> None:
    caches["memory"].clear()
    company_contact(StaffRole.SAFE_DEPUTY, name="Dora Deputy")
    company_contact(name="Carl Contact")
    phone = {"width": 390, "height": 844}
    context = browser.new_context(java_script_enabled=with_script, viewport=phone)
    page = context.new_page()
    page.goto(site + reverse("account_login"))
    press(page, page.get_by_role("link", name="Talk to someone without signing in"))
    expect(page.get_by_role("radio", name="Carl Contact. Deputy: Dora Deputy.")).to_be_checked()
    tab_to(page, page.get_by_label("What happened?"))
    page.keyboard.type("He shouts")
    press(page, page.get_by_role("button", name="Send"))

    expect(page.get_by_role("heading", level=1)).to_have_text("Keep this code")
    assert page.url == site + reverse("concerns:talk_write")
    code = page.locator("#reply-code").inner_text()
    answered()
    press(page, page.get_by_role("link", name="The page where you type the code"))
    tab_to(page, page.get_by_label("Reply code"))
    page.keyboard.type(code.lower().replace("-", " "))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("I am listening")
    assert page.url == site + reverse("concerns:talk_read")
    if with_script:
        assert_accessible(page)
    press(page, page.get_by_role("button", name="In part"))
    expect(page.get_by_text("You said whether it helped: In part.")).to_be_visible()

    tab_to(page, page.get_by_label("Write more"))
    page.keyboard.type("It happened again")
    press(page, page.get_by_role("button", name="Send"))
    expect(page.locator("main")).to_contain_text("Not read yet")
    assert page.evaluate("document.documentElement.scrollWidth") <= phone["width"]
    assert [entry.text for entry in Concern.objects.get().entries.all()] == [
        "He shouts",
        "I am listening",
        "It happened again",
    ]
    context.close()
