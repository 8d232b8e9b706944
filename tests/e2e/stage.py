"""The people of a browser test: each has a browser of their own (a context), signed in once, on a
phone or at a desk.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from tests.e2e.processes import System
from tests.smtp import Received

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
CODE = re.compile(r"^[A-Z0-9]{3,}(-[A-Z0-9]{3,})?$", re.MULTILINE)
MAIL_SECONDS = 30.0
expect.set_options(timeout=15_000)


class Stage:
    """Who is signed in where.

    `troubles` collects what the browsers' consoles complain of, CSP violations among it.
    """

    def __init__(self, system: System, new_context: Callable[..., BrowserContext]) -> None:
        self.system = system
        self.new_context = new_context
        self.pages: dict[str, Page] = {}
        self.troubles: list[str] = []

    def browser(self, who: str, size: dict[str, int]) -> Page:
        """A new, empty browser for somebody."""
        page = self.new_context(viewport=size).new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: self.listen(who, message))
        page.on("pageerror", lambda error: self.troubles.append(f"{who}: {error}"))
        return page

    def listen(self, who: str, message: ConsoleMessage) -> None:
        """Keep what is an error."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.troubles.append(f"{who} on {message.location['url']}: {message.text}")

    def desk(self, who: str) -> Page:
        """Somebody's browser at a desk."""
        if who not in self.pages:
            self.pages[who] = self.browser(who, DESK)
        return self.pages[who]

    def phone(self, who: str) -> Page:
        """Somebody's browser on a phone."""
        if who not in self.pages:
            self.pages[who] = self.browser(who, PHONE)
        return self.pages[who]

    def go(self, page: Page, path: str) -> Page:
        """Open an address of the application, which must answer well and fit on the screen."""
        response = page.goto(path if path.startswith("http") else self.system.url + path)
        assert response is not None and response.status < 400, (
            f"{path}: {response and response.status}"
        )
        settled(page)
        return page

    # --- mail -------------------------------------------------------------------------------------

    def mail(self, address: str, subject: str, *, number: int = 1) -> Received:
        """The newest mail to somebody whose subject holds these words, once there are so many."""

        def wanted(one: Received) -> bool:
            return subject in one.subject and address in one.recipients

        try:
            self.system.sink.wait_for(number, MAIL_SECONDS, where=wanted)
        except TimeoutError as error:
            had = [one.subject for one in self.system.sink.to(address)]
            raise AssertionError(f"no mail {subject!r} to {address}; there are {had}") from error
        return next(one for one in reversed(self.system.sink.to(address)) if subject in one.subject)

    def link(self, address: str, subject: str) -> str:
        """The address behind the button of such a mail."""
        text = self.mail(address, subject).text
        found = re.search(re.escape(self.system.url) + r"\S+", text)
        assert found, text
        return found[0]

    def sign_in_by_code(self, page: Page, address: str) -> None:
        """From the sign-in page that is open, by a mailed code, to where one wanted to go."""
        before = sum("sign-in code" in one.subject for one in self.system.sink.to(address))
        page.get_by_label("E-mail address").fill(address)
        page.get_by_role("button", name="Mail me a code instead").click()
        found = CODE.search(self.mail(address, "sign-in code", number=before + 1).text)
        assert found
        page.get_by_label("Code from the mail").fill(found[0])
        press(page, "Sign in")
        expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def fits(page: Page) -> None:
    """Nobody has to scroll sideways."""
    wide = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"


def press(page: Page, name: str) -> None:
    """Press the button of exactly this name, the first one of several, and wait for the next
    page.
    """
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.get_by_role("button", name=name, exact=True).first.click()
    settled(page)


def follow(page: Page, name: str, *, exact: bool = True) -> None:
    """Follow the first link of this name."""
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.get_by_role("link", name=name, exact=exact).first.click()
    settled(page)


def settled(page: Page) -> None:
    """The page is a good one, fits on the screen, and no form of it was refused."""
    title, problem = page.title(), page.locator("[data-error-summary]")
    assert problem.count() == 0, f"{page.url}: {problem.inner_text()}"
    assert not re.search(r"Server Error|^Page not found|^Not allowed", title), (
        f"{page.url}: {title}"
    )
    fits(page)


def heading(page: Page) -> Any:
    """The page's title in its text."""
    return page.get_by_role("heading", level=1)
