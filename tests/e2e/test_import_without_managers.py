"""The preview of an import in which managers are missing, on a phone and at a desk."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from mentoring.people_import import steps
from mentoring.people_import.steps import choose_columns, upload
from mentoring.people_import.worker import work_on
from tests.e2e.axe import assert_accessible
from tests.factories import UserFactory
from tests.support.types import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WITHOUT_MANAGERS = b"Id,Name,Email\n1,Berta Boss,b@example.com\n2,Anna Berg,a@example.com\n"


@pytest.mark.usefixtures("screen")
def test_missing_managers_are_seen_first_and_confirmed(
    page: Page, site: str, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "enqueue", lambda item: None)
    hr = UserFactory(is_hr_admin=True, email="hr@example.com")
    item = upload(actor=hr, file_name="people.csv", content=WITHOUT_MANAGERS)
    choose_columns(actor=hr, item=item, mapping=item.mapping)
    work_on(item.pk)

    enter(hr)
    page.goto(site + reverse("mentoring:people_import_detail", args=[item.public_id]))
    warning = page.locator("#managers")
    expect(warning).to_contain_text("does not say who reports to whom")
    expect(warning).to_be_in_viewport()
    assert_accessible(page)

    page.get_by_role("button", name="Apply this import").click()
    expect(page.get_by_text("Confirm that managers are missing").first).to_be_visible()
    page.get_by_label("Continue although managers are missing").check()
    page.get_by_role("button", name="Apply this import").click()
    expect(page.get_by_text("Writing the changes").first).to_be_visible()
