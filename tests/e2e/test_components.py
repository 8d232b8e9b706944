"""What htmx and our script add to lists and to work in progress, on real pages."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from accounts.models.people import normalise
from common import clock
from matching.enums import RunState
from matching.models import MatchRun
from tests.factories import ProgramFactory, UserFactory
from tests.support.types import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def admin(db: None) -> User:
    return UserFactory(is_hr_admin=True, name="Helga Ruiz")


def test_list_follows_as_one_types_and_the_state_is_in_the_address(
    page: Page, site: str, admin: User, enter: Enter
) -> None:
    for name in ("Anna Berg", "Anton Lund", "Bertil Holm"):
        normalise(UserFactory(name=name)).save()
    enter(admin)
    page.goto(f"{site}/people/")
    rows = page.locator("#rows tbody tr")
    expect(rows).to_have_count(4)
    page.get_by_label("Search").press_sequentially("ant")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Anton Lund")
    expect(page).to_have_url(re.compile(r"[?&]q=ant"))
    expect(page.get_by_label("Search")).to_be_focused()
    expect(page.locator("#live")).to_have_text("1 entry")
    page.reload()
    expect(rows).to_have_count(1)
    page.get_by_role("link", name="Clear").click()
    expect(rows).to_have_count(4)


@pytest.mark.slow
def test_progress_is_asked_for_until_the_work_is_done(
    page: Page, site: str, admin: User, enter: Enter
) -> None:
    program = ProgramFactory(state="matching")
    claimed = {"claim": uuid.uuid4(), "lease_until": clock.now() + timedelta(minutes=5)}
    run = MatchRun.objects.create(program=program, state=RunState.RUNNING, progress=10, **claimed)
    enter(admin)
    page.goto(f"{site}/matching/{run.public_id}/")
    expect(page.locator("progress")).to_have_attribute("value", "10")
    MatchRun.objects.filter(pk=run.pk).update(progress=60)
    expect(page.locator("progress")).to_have_attribute("value", "60")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    MatchRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, progress=60)
    expect(page.locator("progress")).to_have_count(0)
    asked.clear()
    page.wait_for_timeout(3000)
    assert asked == []


def test_lost_connection_is_said_and_what_was_typed_stays(
    context: BrowserContext, site: str, admin: User, enter: Enter
) -> None:
    enter(admin)
    page = context.new_page()  # not the fixture's, which takes what the console says for a fault
    page.goto(f"{site}/people/")
    page.route("**/people/?*", lambda route: route.abort())
    page.get_by_label("Search").press_sequentially("ant")
    expect(page.get_by_role("alert")).to_contain_text("did not arrive")
    expect(page.get_by_label("Search")).to_have_value("ant")
