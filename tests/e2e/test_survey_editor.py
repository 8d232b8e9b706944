"""HR writes a survey on a phone by keyboard, and reads the results of one."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from feedback.domain import rounds
from feedback.models import SurveyPlanItem
from tests.e2e.axe import assert_accessible
from tests.factories import UserFactory
from tests.feedback.test_round_pages import closed_round
from tests.feedback.test_survey_editor import running_item
from tests.support.types import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def item(page: Page, enter: Enter) -> SurveyPlanItem:
    """A survey that has been asked, on HR's phone."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    enter(UserFactory(is_hr_admin=True))
    item = running_item(first_day=40)
    rounds.open_now(actor=UserFactory(), item=item)
    return item


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_survey_editor_by_keyboard_on_a_phone(page: Page, site: str, item: SurveyPlanItem) -> None:
    surveys = site + reverse("feedback:round_list", args=[item.program.public_id])
    page.goto(surveys)
    page.get_by_role("link", name="Pulse", exact=True).focus()
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pulse")
    assert_accessible(page)

    page.get_by_role("textbox", name="Question").focus()
    press(page, "Control+A")
    page.keyboard.type("How useful is it now?")
    page.get_by_role("button", name="Add a question").focus()
    press(page, "Enter")
    words = page.get_by_role("textbox", name="Question")
    expect(words).to_have_count(2)
    expect(words.first).to_have_value("How useful is it now?")

    words.last.focus()
    page.keyboard.type("What helped?")
    press(page, "Tab")
    page.keyboard.type("Any of")  # the type; its details unfold
    answers = page.get_by_label("Answers to choose from").last
    expect(answers).to_be_visible()
    answers.focus()
    page.keyboard.type("Time\nTrust")
    page.get_by_role("button", name="Move question 2 up").focus()
    press(page, "Enter")
    expect(words.first).to_have_value("What helped?")
    assert_accessible(page)

    page.get_by_role("button", name="Save", exact=True).last.focus()
    press(page, "Enter")
    decide_and_save(page, item)
    assert page.url == surveys
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pulse")


def decide_and_save(page: Page, item: SurveyPlanItem) -> None:
    """The first question has other words now; HR says that it is another one."""
    asked = item.questions.get().key
    expect(page.get_by_role("region", name="Is it still the same question?")).to_be_focused()
    assert_accessible(page)
    press(page, "Tab", "Enter")  # to the question
    expect(page.get_by_role("radio", name="The same question with better words")).to_be_focused()
    press(page, "ArrowDown")
    expect(page.get_by_role("radio", name="A new question: its trend starts anew")).to_be_checked()
    page.get_by_role("button", name="Save", exact=True).last.focus()
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Surveys")
    stored = item.questions.order_by("position").values_list("text", flat=True)
    assert list(stored) == ["What helped?", "How useful is it now?"]
    assert asked not in item.questions.values_list("key", flat=True)


def test_survey_results_are_read_on_any_screen(
    page: Page, site: str, enter: Enter, screen: str
) -> None:
    enter(UserFactory(is_hr_admin=True))
    survey_round = closed_round()
    page.goto(site + reverse("feedback:round_detail", args=[survey_round.public_id]))
    expect(page.locator(".chart-heat")).to_be_visible()
    assert_accessible(page)  # also: the page itself never scrolls sideways
