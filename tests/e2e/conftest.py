"""Fixtures of tests that drive a browser. Mark such a module with

    pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

page        a page of Debian's Chromium (pytest-playwright's). The test fails when a script throws
            or the page's Content-Security-Policy refuses something.
screen      runs the test on a light phone and at a dark desk. Use beside `page`; gives the name.
inspector   opens pages and finds what is wrong with each: inspector.visit(path, "phone-light").
site        the address of the running application: page.goto(site + "/programs/")
enter       enter(person) signs the page in without going through the sign-in page.

tests/e2e/axe.py has assert_accessible(page). tests/chromium.py finds the browser; where there is
none the tests are skipped, loudly, or refuse to run with REQUIRE_BROWSER=1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from accounts.models import User
from tests.chromium import launch_args
from tests.e2e.inspector import SCREENS, Inspector

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, quiet; see tests/chromium.py for what happens without one."""
    return {**browser_type_launch_args, **launch_args()}


@pytest.fixture(scope="session")
def base_url() -> str:
    """None: addresses begin with `site`. (pytest-playwright's own fixture warns under pytest 9.)"""
    return ""


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A reader in Berlin who reads English and is not waiting for animations."""
    return {
        **browser_context_args,
        "locale": "en-GB",
        "timezone_id": "Europe/Berlin",
        "reduced_motion": "reduce",
    }


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


@pytest.fixture(params=["phone-light", "desk-dark"])
def screen(request: pytest.FixtureRequest, page: Page) -> str:
    """Either width and either scheme; the demo company's pages are looked at on the two other
    screens.
    """
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
    """`enter(person)`: from now on the browser is signed in as this person; None: signed out."""

    def sign_in(person: User | None) -> None:
        context.clear_cookies()
        if person is None:
            return
        client = Client()
        # a fresh object: signing in changes it
        client.force_login(User.objects.get(pk=person.pk), backend=BACKEND)
        name = django_settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])

    return sign_in


@pytest.fixture
def inspector(page: Page, site: str) -> Iterator[Inspector]:
    """Opens pages; all that is wrong with them is told at the end of the test."""
    inspector = Inspector(page, site)
    yield inspector
    found = list(dict.fromkeys(inspector.found))
    assert not found, f"{len(found)} findings\n" + "\n".join(found)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest test comes first: no worker is left alone with it at the end."""
    items.sort(key=lambda item: item.path.name != "test_whole_loop.py")
