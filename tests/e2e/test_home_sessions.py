"""The first page around a session: the way into it, then its log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from common import clock
from tests.e2e.axe import assert_accessible
from tests.factories import PairingFactory
from tests.feedback.factories import ParticipationFactory
from tests.support.types import Enter
from tests.url_matrix.world import scheduled_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_home_around_a_session(page: Page, site: str, enter: Enter, screen: str) -> None:
    pairing = PairingFactory()
    for number, starts_at in (
        (1, clock.now() - timedelta(days=3)),
        (2, clock.now() + timedelta(minutes=20)),
    ):
        session = scheduled_session(pairing, number=number, day_offset=number)
        times = {
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=45),
            "link": "https://meet.example/room",
        }
        type(session).objects.filter(pk=session.pk).update(**times)
    ParticipationFactory(person=pairing.mentor)
    enter(pairing.mentor)
    page.goto(site + "/")
    assert_accessible(page)
    join = page.get_by_role("link", name="Join")
    expect(join).to_have_count(1)
    assert join.bounding_box()["y"] < page.get_by_role("link", name="Log it").bounding_box()["y"]  # type: ignore[index]
    expect(page.locator("main .btn-primary")).to_have_count(1)
