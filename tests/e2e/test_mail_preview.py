"""A mail as it will look, in a real browser: styled, inert, accessible, dark where the reader is,
and without JavaScript.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from tests.e2e.axe import RULES, assert_accessible, violations
from tests.e2e.conftest import BACKEND
from tests.factories import ProgramFactory, ProgramStaffFactory, UserFactory
from tests.mentoring.needs_data import coordinator_of, fresh_pair, paused, url_of
from tests.support.types import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BACKGROUND = "getComputedStyle(document.querySelector('.page')).backgroundColor"
WCAG = [rule for rule in RULES if rule != "best-practice"]  # a mail has no landmarks


def sample_page() -> tuple[User, str]:
    program = ProgramFactory(state="enrolling")
    person = ProgramStaffFactory(program=program, person=UserFactory()).person
    return person, reverse("mentoring:message_sample", args=[program.public_id, "programs.nudge"])


def test_sample_looks_like_the_mail(page: Page, site: str, enter: Enter, screen: str) -> None:
    person, path = sample_page()
    enter(person)
    page.goto(site + path)
    assert_accessible(page)
    inside = page.frames[1]
    assert inside.evaluate(BACKGROUND) == (
        "rgb(21, 26, 34)" if screen.endswith("dark") else "rgb(243, 245, 248)"
    )
    assert inside.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    assert page.locator("iframe").bounding_box()["height"] > 300  # type: ignore[index]
    before = page.url
    page.frame_locator("iframe").locator(".button a").click()
    assert page.url == before
    assert inside.url == "about:srcdoc"
    # no script runs inside, so axe looks at the same document outside
    page.set_content(page.locator("iframe").get_attribute("srcdoc") or "")
    assert [one["id"] for one in violations(page, WCAG)] == []


def test_personal_mail_follows_what_is_typed(page: Page, site: str, enter: Enter) -> None:
    pair = paused(fresh_pair())
    enter(coordinator_of(pair))
    page.goto(site + url_of(pair.program))
    page.get_by_label("Text", exact=False).first.fill("Canary words\n\nSecond paragraph")
    expect(page.frame_locator("iframe").get_by_text("Canary words")).to_be_visible()
    assert page.frames[-1].evaluate(BACKGROUND) == "rgb(243, 245, 248)", (
        "the part that came later is styled too"
    )
    assert_accessible(page)


def test_without_javascript_a_sample_is_there(
    browser: Browser, site: str, client: Any, settings: Any
) -> None:
    person, path = sample_page()
    client.force_login(person, backend=BACKEND)
    context = browser.new_context(java_script_enabled=False)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    page = context.new_page()
    page.goto(site + path)
    expect(page.frame_locator("iframe").locator(".button a")).to_be_visible()
    page.get_by_text("The same as plain text").click()
    expect(page.locator(".letter")).to_be_visible()
    context.close()
