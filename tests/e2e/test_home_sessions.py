"""The first page around a session: the way into it, then its log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from common import clock
from tests.e2e.axe import assert_accessible
from tests.factories import PairingFactory, ProgramStaffFactory
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


def test_home_of_a_match_from_the_question_to_the_pair(
    page: Page, site: str, enter: Enter, screen: str
) -> None:
    offer = PairingFactory(
        state="offered",
        mentor_accepted_at=None,
        mentee_accepted_at=None,
        activated_at=None,
        offer_expires_at=clock.now() + timedelta(days=7),
    )
    staff = ProgramStaffFactory(program=offer.program)
    stands = page.get_by_role("region", name="Where you stand")

    enter(offer.mentee)
    page.goto(site + "/")
    expect(stands).to_contain_text("There is no partner for you yet")
    expect(page.locator("main")).not_to_contain_text(offer.mentor.name)
    ask = page.get_by_role("link", name=f"write to {staff.person.name}")
    expect(ask).to_have_attribute("href", f"mailto:{staff.person.email}")

    enter(offer.mentor)
    page.goto(site + "/")
    page.get_by_role("link", name="Look at it").click()
    page.get_by_role("button", name="Accept").click()
    page.goto(site + "/")
    expect(stands).to_contain_text(f"Now {offer.mentee.short_name} is asked.")
    assert_accessible(page)

    enter(offer.mentee)
    page.goto(site + "/")
    expect(stands).to_contain_text("We have found a match for you")
    assert_accessible(page)
