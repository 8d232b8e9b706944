"""A staff survey on a phone: HR plans and opens it, somebody outside any program answers."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Company
from common import clock
from feedback.models import AnonymousAnswer, SurveyRound
from tests.e2e.axe import assert_accessible
from tests.factories import UserFactory
from tests.support.types import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


def test_staff_survey_is_planned_opened_and_answered(page: Page, site: str, enter: Enter) -> None:
    Company.objects.update_or_create(id=1, defaults={"set_up_at": clock.now()})
    hr = UserFactory(is_hr_admin=True)
    sales = UserFactory.create_batch(6, department="Sales")
    UserFactory.create_batch(2, department="Research")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    enter(hr)
    page.goto(site + reverse("feedback:staff_survey_list"))
    assert_accessible(page)
    page.get_by_role("link", name="Plan a staff survey").click()
    asked = page.locator("#asked")
    expect(asked).to_contain_text("It asks 8 people.")
    page.get_by_label("Research").check()
    expect(asked).to_contain_text("It asks 2 people. Results are shown where more than 5 are asked")
    page.get_by_label("Research").uncheck()
    page.get_by_label("Sales").check()
    expect(asked).to_contain_text("It asks 6 people.")
    assert_accessible(page)

    page.get_by_label("Title").fill("Mentoring here")
    page.locator("[name='questions-0-text']").fill("Is it worth the time?")
    page.get_by_role("button", name="Save").last.click()
    page.get_by_role("link", name="Open now").click()
    expect(page.get_by_text("6 people are asked and get a mail.")).to_be_visible()
    page.get_by_role("button", name="Open it now").click()
    expect(page.get_by_text("Staff of Sales")).to_be_visible()
    assert_accessible(page)

    enter(sales[0])
    page.goto(site)
    page.get_by_role("link", name="Answer").click()
    expect(page.get_by_text("because of your department, location or grade")).to_be_visible()
    page.get_by_role("button", name="Start").click()
    page.get_by_role("radio").nth(3).check()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    answer = AnonymousAnswer.objects.get(round=SurveyRound.objects.get())
    assert (list(answer.answers.values()), answer.department) == ([4], "Sales")
