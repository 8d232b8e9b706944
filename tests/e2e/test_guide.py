"""The guide of a session by the minute, while the session runs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from common import clock
from common.timezones import to_wall
from meetings.models import MentoringSession
from programs.enums import GuideKind
from programs.models import SessionGuide
from tests.e2e.axe import assert_accessible
from tests.factories import PairingFactory
from tests.support.types import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PARTS = ((5, "Arrive"), (10, "Look together"), (30, "Try it out"))


def session_since(minutes: float) -> MentoringSession:
    """A session of 45 minutes that began so many minutes ago."""
    pairing = PairingFactory()
    text = "Sit beside each other. Phones on the table. Say what you were doing an hour ago."
    agenda = [{"minutes": length, "title": title, "text": text} for length, title in PARTS]
    guide = SessionGuide.objects.create(
        program=pairing.program, kind=GuideKind.FIRST, title="Where people look", agenda=agenda
    )
    starts_at: datetime = clock.now() - timedelta(minutes=minutes)
    wall = to_wall(starts_at, "Europe/Berlin")
    made: MentoringSession = MentoringSession.objects.create(
        pairing=pairing,
        number=1,
        guide=guide,
        wall_date=wall.date(),
        wall_time=wall.time(),
        time_zone="Europe/Berlin",
        minutes=45,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
    )
    return made


@pytest.mark.parametrize(
    "ahead", [timedelta(), timedelta(hours=-3)], ids=["same clock", "reader's clock is slow"]
)
def test_the_part_that_is_on_is_marked_and_nothing_moves(
    page: Page, site: str, screen: str, enter: Enter, ahead: timedelta
) -> None:
    session = session_since(12.5)
    enter(session.pairing.mentor)
    page.clock.install(time=clock.now() + ahead)
    page.goto(f"{site}/sessions/{session.public_id}/")
    line, on, last = (
        page.locator("[data-agenda-now]"),
        page.locator("li[aria-current=step]"),
        page.locator(".agenda li").last,
    )
    expect(line).to_have_text("This part: 3 minutes left")
    expect(on).to_contain_text("Look together")
    place = last.bounding_box()
    page.clock.fast_forward("02:00")
    expect(line).to_have_text("This part: 1 minute left")
    page.clock.fast_forward("01:00")
    expect(on).to_contain_text("Try it out")
    expect(line).to_have_text("This part: 30 minutes left")
    assert last.bounding_box() == place
    assert_accessible(page)
    page.clock.fast_forward("30:00")
    expect(line).to_have_text("The planned time is over.")
    expect(on).to_have_count(0)
    assert last.bounding_box() == place


def test_before_it_begins_nothing_is_marked_and_then_it_is(
    page: Page, site: str, enter: Enter
) -> None:
    session = session_since(-10)
    enter(session.pairing.mentee)
    page.clock.install()
    page.goto(f"{site}/sessions/{session.public_id}/")
    line, on = page.locator("[data-agenda-now]"), page.locator("li[aria-current=step]")
    expect(line).to_contain_text("Begins at")
    expect(on).to_have_count(0)
    page.clock.fast_forward("10:30")
    expect(on).to_contain_text("Arrive")
    expect(line).to_have_text("This part: 5 minutes left")


def test_paper_has_the_times_and_no_mark(page: Page, site: str, enter: Enter) -> None:
    session = session_since(1)
    enter(session.pairing.mentor)
    page.goto(f"{site}/sessions/{session.public_id}/")
    page.emulate_media(media="print")
    expect(page.locator("[data-agenda-now]")).to_be_hidden()
    expect(page.locator(".agenda-print")).to_be_hidden()
    expect(page.locator(".agenda li").last).to_contain_text("minute 15 to 45")
