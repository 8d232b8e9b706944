"""The first set-up proposes the time zone of the browser."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Company
from tests.factories import UserFactory
from tests.support.types import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("first_time", "proposed"), [(True, "Europe/Berlin"), (False, "UTC")])
def test_time_zone_is_proposed_the_first_time(
    page: Page, site: str, enter: Enter, first_time: bool, proposed: str
) -> None:
    if not first_time:
        Company.objects.create(id=1, name="Ours", set_up_at="2026-01-01T00:00Z")
    enter(UserFactory(is_hr_admin=True))
    page.goto(site + reverse("mentoring:setup"))
    expect(page.get_by_label("Time zone")).to_have_value(proposed)
