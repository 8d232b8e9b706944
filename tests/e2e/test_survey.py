"""Answering a survey on a phone by keyboard alone, with the browser's Back."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from feedback import mail
from feedback.enums import Label
from feedback.models import AnonymousAnswer, Participation, Response
from tests.e2e.axe import assert_accessible
from tests.feedback.factories import CHOICE, SCALE, WORDS, ParticipationFactory
from tests.support.types import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
WITH_NONE = {**CHOICE, "options": ["Finding a time", "Knowing what to talk about", "Nothing"]}
TEN = {**SCALE, "id": "q-ten", "text": "Would you recommend it?", "kind": "scale10"}


def link(asked: Participation) -> str:
    return reverse("feedback:survey_answer", args=[mail.make_token(asked)])


@pytest.fixture
def survey(page: Page, site: str) -> Page:
    """The page of four questions, on a phone, opened by the mailed link."""
    asked = ParticipationFactory(round__questions=[SCALE, WITH_NONE, TEN, WORDS])
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(site + link(asked))
    return page


def at_question(page: Page, number: int) -> None:
    """It alone is shown, it has the focus, and the page's title says which it is."""
    step = page.locator(f"#question-{number}")
    expect(step).to_be_visible()
    expect(page.locator("[data-step]:visible")).to_have_count(1)
    expect(page).to_have_title(f"Question {number} of 4 · Pulse · Upstream")
    expect(step.get_by_role("heading", level=2)).to_be_focused()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_survey_by_keyboard_on_a_phone(survey: Page) -> None:
    page = survey
    page.get_by_role("button", name="Start").focus()
    press(page, "Enter")
    at_question(page, 1)
    assert_accessible(page)

    press(page, "Tab", "Enter")  # nothing chosen: told beside the question
    expect(page.get_by_text("Please answer this question.")).to_be_visible()
    expect(page).to_have_title("Error: Question 1 of 4 · Pulse · Upstream")
    press(page, "ArrowRight", "ArrowRight", "Enter")  # Enter in a field is Next
    at_question(page, 2)

    press(page, "Tab", "Space", "Tab", "Tab", "Space")  # the first one, then “Nothing”
    expect(page.get_by_label("Nothing")).to_be_checked()
    expect(page.get_by_label("Finding a time")).not_to_be_checked()
    press(page, "Enter")
    at_question(page, 3)
    page.go_back()
    at_question(page, 2)
    expect(page.get_by_label("Nothing")).to_be_checked()
    page.go_forward()
    at_question(page, 3)

    press(page, "Tab", "Space", "ArrowRight", "Enter")
    at_question(page, 4)
    press(page, "Tab")
    page.keyboard.type("More time.")
    press(page, "Tab", "Enter")
    check_and_send(page)


def check_and_send(page: Page) -> None:
    expect(page.get_by_role("heading", name="Check your answers")).to_be_focused()
    expect(page.locator("#check dd span.kept-words")).to_have_text(
        ["3", "Nothing", "1", "More time."]
    )
    assert_accessible(page)
    assert not AnonymousAnswer.objects.exists()
    page.get_by_role("link", name="What should change?").focus()
    press(page, "Enter")
    at_question(page, 4)
    press(page, "Tab", "End")
    page.keyboard.type(" Less haste.")
    press(page, "Tab", "Enter")
    page.get_by_role("button", name="Send my answers").focus()
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert_accessible(page)
    assert AnonymousAnswer.objects.get().answers == {
        "q-scale": 3,
        "q-many": ["Nothing"],
        "q-ten": 1,
        "q-words": "More time. Less haste.",
    }


def test_survey_leads_to_what_is_missing(survey: Page) -> None:
    page = survey
    page.evaluate("window.location.hash = 'check'")
    page.get_by_role("button", name="Send my answers").click()
    expect(page.locator("#question-1")).to_be_visible()
    expect(page.get_by_text("Please answer this question.")).to_be_visible()
    expect(page.get_by_role("radio").first).to_be_focused()


def test_survey_refused_by_the_server_opens_at_the_problem(survey: Page) -> None:
    page = survey
    page.locator("#question-4 textarea").evaluate("field => { field.value = 'x'.repeat(2001) }")
    page.locator("#question-1 input").first.evaluate("field => { field.checked = true }")
    page.locator("#question-3 input").first.evaluate("field => { field.checked = true }")
    page.evaluate("window.location.hash = 'check'")
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("#question-4")).to_be_visible()
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator("#question-4").get_by_role("heading")).to_be_focused()


def test_survey_saved_for_later_goes_on_where_it_stopped(
    page: Page, site: str, enter: Enter
) -> None:
    questions = [SCALE, WITH_NONE, TEN, WORDS]
    asked = ParticipationFactory(round__label=Label.CONFIDENTIAL, round__questions=questions)
    enter(asked.person)
    page.goto(site + link(asked))
    page.get_by_role("button", name="Start").click()
    page.get_by_role("radio", name="4").check()
    page.get_by_role("button", name="Next").click()
    at_question(page, 2)
    page.get_by_role("button", name="Save for later").click()
    expect(page.get_by_text("Only you see this until you send it.").first).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    at_question(page, 2)
    page.get_by_role("button", name="Back").click()
    at_question(page, 1)
    expect(page.get_by_role("radio", name="4")).to_be_checked()
    assert not Response.objects.exists()


def test_survey_without_script_is_one_page(browser: Browser, site: str) -> None:
    asked = ParticipationFactory(round__questions=[SCALE, WITH_NONE, TEN, WORDS])
    options: dict[str, Any] = {"java_script_enabled": False, "viewport": PHONE}
    page = browser.new_context(**options).new_page()
    page.goto(site + link(asked))
    expect(page.locator(".survey-question:visible")).to_have_count(4)
    expect(page.get_by_role("button", name="Start")).to_be_hidden()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("checkbox").last.check()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_text("goes with no other answer").first).to_be_visible()
    expect(page.get_by_role("checkbox").first).to_be_checked()

    page.get_by_role("checkbox").first.uncheck()
    page.get_by_role("radio", name="2").first.check()
    page.locator("#question-3").get_by_role("radio").last.check()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    page.context.close()
