"""Fixtures of tests that drive a browser. Mark such a module with

    pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

page        a page of Debian's Chromium (pytest-playwright's). The test fails when a script throws or the page's
            Content-Security-Policy refuses something.
screen      asks for the test to run four times: phone and desk, light and dark. Use beside `page`; gives the name.
site        the address of the running application: page.goto(site + "/programs/")
enter       enter(person) signs the page in without going through the sign-in page.

tests/e2e/axe.py has assert_accessible(page). Chromium comes from CHROMIUM, or is looked for on the PATH; where there is none
the tests are skipped, loudly, or fail with REQUIRE_BROWSER=1.
"""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from accounts.models import User

# Playwright's own loop runs in this thread; the database is used from it all the same, and nowhere at once.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",  # the tests may run as root
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
]
SCREENS = {
    "phone-light": (390, 844, "light"),
    "phone-dark": (390, 844, "dark"),
    "desk-light": (1280, 900, "light"),
    "desk-dark": (1280, 900, "dark"),
}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def chromium() -> str:
    """Where the browser is; empty when there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, quiet; none: skip or fail."""
    path = chromium()
    if not path:
        reason = "No Chromium was found: the browser tests did not run. Install Debian's package chromium, or set CHROMIUM."
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason, pytrace=False)
        warnings.warn(pytest.PytestWarning(reason), stacklevel=1)
        pytest.skip(reason)
    return {**browser_type_launch_args, "executable_path": path, "args": QUIET}


@pytest.fixture(scope="session")
def base_url() -> str:
    """None: addresses begin with `site`. (pytest-playwright's own fixture warns under pytest 9.)"""
    return ""


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A reader in Berlin who reads English and is not waiting for animations."""
    return {**browser_context_args, "locale": "en-GB", "timezone_id": "Europe/Berlin", "reduced_motion": "reduce"}


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """One page, whose troubles are the test's troubles."""
    page = context.new_page()
    page.set_default_timeout(10_000)
    troubles: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            troubles.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    assert troubles == [], "the browser's console"


@pytest.fixture(params=list(SCREENS))
def screen(request: pytest.FixtureRequest, page: Page) -> str:
    """Phone and desk, light and dark."""
    width, height, scheme = SCREENS[request.param]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    return str(request.param)


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    """The running application, which also says so in its mails. Rate limits start afresh."""
    cache.clear()  # its table is no model's, so the database's own clearing leaves it alone
    settings.BASE_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def enter(context: BrowserContext, site: str) -> Callable[[User], None]:
    """`enter(person)`: from now on the browser is signed in as this person."""

    def sign_in(person: User) -> None:
        client = Client()
        client.force_login(person, backend=BACKEND)
        name = django_settings.SESSION_COOKIE_NAME
        context.clear_cookies()
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])

    return sign_in
