"""Nothing typed is lost: sign-ins that end while somebody writes, and a page changed elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from accounts.domain.people import create_person
from accounts.models import User
from common import clock
from meetings.domain import notes
from meetings.models import MentoringSession
from programs.models import Enrolment
from tests.e2e.axe import assert_accessible
from tests.factories import EnrolmentFactory, ProgramFactory, UserFactory
from tests.meetings.session_data import MONDAY, book, make_pair
from tests.support.pages import url_of
from tests.support.types import At, Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long and quiet river"


@pytest.fixture
def person(db: None) -> User:
    return create_person(actor=None, email="mia@example.com", name="Mia Okafor", password=PASSWORD)


@pytest.fixture
def session(person: User, at: At) -> MentoringSession:
    at(MONDAY)
    return book(make_pair(mentor=person))


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail address").fill("mia@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_in_beside(page: Page) -> None:
    """By the link of the page, in the tab that it opens."""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="sign in in a new tab").click()
    beside = opened.value
    sign_in(beside)
    expect(beside.get_by_role("heading", level=1)).to_have_text("You are signed in again")
    beside.close()


@pytest.mark.parametrize("with_script", [True, False])
def test_a_note_survives_the_end_of_the_sign_in(
    browser: Browser, site: str, session: MentoringSession, with_script: bool
) -> None:
    context = browser.new_context(
        java_script_enabled=with_script, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto(site + url_of("meetings:note_edit", session))
    sign_in(page)
    page.get_by_label("Private note").fill("I was <nervous>\nand said so")
    Session.objects.all().delete()
    page.get_by_role("button", name="Save the note").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What you typed is still here")
    if with_script:
        assert_accessible(page)
    sign_in_beside(page)
    page.get_by_role("button", name="Send it now").click()
    if not with_script:  # the token of the page is that of the sign-in before
        page.get_by_role("button", name="Send it now").click()
    expect(page.locator("#messages")).to_contain_text("Only you can read it.")
    note = notes.note_of(author=session.pairing.mentor, session=session)
    assert note == "I was <nervous>\nand said so"
    context.close()


@pytest.fixture
def enrolment(person: User) -> Enrolment:
    starts_on = clock.today("Europe/Berlin") + timedelta(days=30)
    program: Any = ProgramFactory(state="enrolling", starts_on=starts_on)
    return EnrolmentFactory(program=program, person=person, role="mentee", state="invited")


def sent_by(answer: Response) -> str:
    """The body of the request that this answers."""
    return answer.request.post_data or ""


def test_saving_while_one_types_goes_on_after_signing_in_again(
    context: BrowserContext, site: str, enrolment: Enrolment
) -> None:
    page = context.new_page()  # not the fixture's, which takes what the console says for a fault
    page.goto(site + reverse("programs:enrol", args=[enrolment.public_id, "wants"]))
    sign_in(page)
    words = page.get_by_label("What would you like to understand better", exact=False)
    words.fill("What the young read")
    expect(page.locator("#saved")).to_contain_text("Saved at")
    Session.objects.all().delete()
    words.press_sequentially(", and why")
    expect(page.get_by_role("alert")).to_contain_text("Your sign-in has ended")
    expect(words).to_have_value("What the young read, and why")
    sign_in_beside(page)
    with page.expect_response(lambda answer: "not us" in unquote_plus(sent_by(answer))):
        words.press_sequentially(" not us")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("#saved")).to_contain_text("Saved at")
    page.reload()
    expect(words).to_have_value("What the young read, and why not us")


def test_two_editors_of_one_text_read_each_others_words(
    page: Page, screen: str, site: str, enter: Enter, db: None
) -> None:
    program: Any = ProgramFactory(state="draft")
    enter(UserFactory(is_hr_admin=True))
    address = f"{site}{reverse('programs:program_wizard', args=[program.public_id, 'agreement'])}"
    page.goto(address)
    other = page.context.new_page()
    other.goto(address)
    other.get_by_label("Agreement").fill("Of the other tab.")
    other.get_by_role("button", name="Save and continue").click()
    expect(other.get_by_text("Saved.", exact=False).first).to_be_visible()
    page.get_by_label("Agreement").fill("Of this tab.")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Saved now: “Of the other tab.”")
    expect(page.get_by_label("Agreement")).to_have_value("Of this tab.")
    assert_accessible(page)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator("#messages")).to_contain_text("Saved.")
    program.refresh_from_db()
    assert program.agreement_text == "Of this tab."
