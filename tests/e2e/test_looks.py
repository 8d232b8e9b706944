"""Looks that have been wrong once: what a browser works out from the style sheet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from common import clock
from meetings.models import MentoringSession
from programs.models import SessionGuide
from tests.factories import PairingFactory, ProgramFactory, UserFactory
from tests.feedback.factories import PlanItemFactory
from tests.support.types import Enter
from tests.url_matrix.world import scheduled_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ARROW = "select => getComputedStyle(select).backgroundImage.replace(/, none$/, '')"
LEFT = "parts => parts.map(one => Math.round(one.getBoundingClientRect().left))"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def test_a_refused_select_keeps_its_arrow(page: Page, site: str, enter: Enter) -> None:
    program = ProgramFactory()
    enter(UserFactory(is_hr_admin=True))
    page.goto(site + reverse("programs:program_staff", args=[program.public_id]))
    select = page.get_by_label("Role", exact=True)
    before = select.evaluate(ARROW)
    select.evaluate("select => { select.options[0].value = 'nonsense'; select.selectedIndex = 0 }")
    select.evaluate("select => select.form.requestSubmit()")
    expect(page.locator("select.is-invalid")).to_have_count(1)
    assert select.evaluate(ARROW) == before
    assert "url(" in before


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_stands_beside_dates_stands_in_one_line(
    language: str, page: Page, site: str, enter: Enter
) -> None:
    today = clock.today("UTC")
    program = ProgramFactory(
        state="running",
        starts_on=today - timedelta(days=20),
        ends_on=today + timedelta(days=200),
    )
    for day in (60, 100, 150):
        PlanItemFactory(program=program, first_day=day)
    enter(UserFactory(is_hr_admin=True, locale=language))
    page.goto(site + reverse("mentoring:program_overview", args=[program.public_id]))
    beside = page.locator(".chart-dates strong + *")
    lefts = beside.evaluate_all(LEFT)
    assert len(lefts) > 1
    assert len(set(lefts)) == 1, lefts


def test_long_addresses_fit_a_phone(page: Page, site: str, enter: Enter) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    enter(UserFactory(is_hr_admin=True))
    for number in range(2):
        UserFactory(is_hr_admin=True, email=f"{'long' * 15}{number}@{'department.' * 6}example")
    for name in ("hr_admin_list", "people_list"):
        page.goto(site + reverse(f"accounts:{name}"))
        assert page.evaluate(FITS), name


def test_dates_of_sessions_stay_whole_beside_long_subjects(
    page: Page, site: str, enter: Enter
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    pair = PairingFactory()
    guide = SessionGuide.objects.create(
        program=pair.program, kind="first", title="Getting to know each other, and what for"
    )
    MentoringSession.objects.filter(pk=scheduled_session(pair, day_offset=3).pk).update(guide=guide)
    enter(pair.mentor)
    page.goto(site + reverse("mentoring:pair_home", args=[pair.public_id]))
    row = page.locator(".session-row")
    expect(row).to_contain_text("Getting to know")
    box = row.locator("> span").first.bounding_box()
    assert box is not None
    assert box["height"] < 60, "one line, or two"
