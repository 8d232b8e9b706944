"""A second factor as people meet it on a phone: a passkey (Chromium's own virtual one), an app with
codes, and recovery codes.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.domain.people import create_person
from accounts.models import User
from tests.accounts.factor_data import code_now, stop_half_minutes
from tests.e2e.axe import assert_accessible
from tests.support.types import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long and quiet river"


@pytest.fixture
def hr(db: None, settings: Any) -> User:
    """Somebody whose role needs a second factor."""
    settings.SECOND_FACTOR_REQUIRED_OF = ["hr_admins"]
    return create_person(
        actor=None, email="mia@example.com", name="Mia Okafor", password=PASSWORD, is_hr_admin=True
    )


@pytest.fixture
def phone(page: Page, context: BrowserContext) -> Page:
    """A phone that has a passkey store, and whose owner always touches the sensor."""
    page.set_viewport_size({"width": 390, "height": 844})
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/")
    page.get_by_label("E-mail address").fill("mia@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.locator("details.menu-person > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title(re.compile("^Sign in"))


def test_passkey_is_set_up_first_then_signs_in_in_both_ways(
    phone: Page, site: str, hr: User
) -> None:
    sign_in(phone, site)
    expect(phone.get_by_text("Your role needs a second factor.")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_role("link", name="Add a passkey").click()
    phone.get_by_label("Name of the passkey").fill("My phone")
    phone.get_by_label("Sign in with it alone").check()
    assert_accessible(phone)
    phone.get_by_role("button", name="Go on").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    code = phone.locator(".recovery-codes code").first.inner_text()
    assert_accessible(phone)
    phone.get_by_role("link", name="I have kept them").click()

    sign_out(phone)
    sign_in(phone, site)
    expect(phone.get_by_role("heading", level=1)).to_have_text("One more step")
    assert_accessible(phone)
    phone.get_by_role("button", name="Use a passkey").click()
    expect(phone.get_by_role("navigation", name="Main")).to_be_visible()

    sign_out(phone)
    phone.get_by_role("button", name="Use a passkey").click()
    expect(phone.get_by_role("navigation", name="Main")).to_be_visible()

    sign_out(phone)
    sign_in(phone, site)
    phone.get_by_label("recovery code").fill(code)
    phone.get_by_role("button", name="Sign in").click()
    phone.goto(f"{site}/second-factor/")
    expect(phone.get_by_text("My phone", exact=True)).to_be_visible()
    expect(phone.get_by_text("9 codes are left.")).to_be_visible()
    assert_accessible(phone)


def test_a_device_without_the_passkey_is_said(page: Page, site: str) -> None:
    page.goto(f"{site}/sign-in/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error()); }")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("That did not work")).to_be_visible()


def test_app_with_codes(
    page: Page,
    screen: str,
    site: str,
    hr: User,
    enter: Enter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop_half_minutes(monkeypatch)
    enter(hr)
    page.goto(f"{site}/second-factor/")
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_text("Type the key instead").click()
    secret = page.locator(".secret-key").inner_text()
    assert_accessible(page)
    page.get_by_label("Code that the app shows now").fill(code_now(secret))
    page.get_by_role("button", name="Set up", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
