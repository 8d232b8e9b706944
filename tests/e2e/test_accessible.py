"""The main pages of the loop where they are full, in the demo company: accessible, complete, and
usable without JavaScript.

tests/e2e/test_every_page.py opens every route of the permission matrix, at a desk in the dark and
on a phone in the light, in a small world; here it is the other way round, so that the two together
see four screens.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from feedback.models import SurveyRound
from goals.models import CheckIn, Goal
from matching.models import MatchRun
from meetings.models import MentoringSession
from mentoring.demo import story
from pairings.models import Pairing
from programs.enums import EnrolmentState
from programs.models import Enrolment, Program
from tests import factories as make
from tests.e2e.conftest import BACKEND
from tests.e2e.inspector import Inspector
from tests.support.types import Enter
from tests.url_matrix.world import scheduled_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.slow
def test_pages_of_the_demo_company(inspector: Inspector, enter: Enter) -> None:
    cast = {one.kind: User.objects.get(email=one.email) for one in story.tell()}
    mentor, mentee = cast["Junior mentor"], cast["Senior mentee"]
    pair = Pairing.objects.get(mentor=mentor, mentee=mentee, state="active")
    for person, pages in (
        (mentor, pages_of_pair(pair)),
        (mentee, pages_of_pair(pair)),
        (cast["Junior with an offer"], pages_of_offer(cast["Junior with an offer"])),
        (cast["Junior, just invited"], pages_of_invited(cast["Junior, just invited"], "topics")),
        (cast["Senior, just invited"], pages_of_invited(cast["Senior, just invited"], "calendar")),
        (cast["HR admin"], pages_of_managers(pair.program)),
    ):
        enter(person)
        # in turn: every page is opened on the two other screens by test_every_page.py
        for path, screen in zip(pages, cycle(("desk-light", "phone-dark")), strict=False):
            inspector.visit(path, screen)


def pages_of_pair(pair: Pairing) -> list[str]:
    """What a pair looks at most."""
    sessions = MentoringSession.objects.filter(pairing=pair).order_by("number")
    first, last = sessions[0], sessions.reverse()[0]
    pages = [
        reverse("mentoring:home"),
        reverse("mentoring:pair_home", args=[pair.public_id]),
        reverse("notifications:inbox"),
    ]
    pages += [reverse("meetings:session_detail", args=[one.public_id]) for one in (first, last)]
    pages += [reverse("meetings:session_log", args=[first.public_id])]
    return pages + [
        reverse("goals:goal_detail", args=[goal.public_id])
        for goal in Goal.objects.filter(pairing=pair)[:1]
    ]


def pages_of_offer(person: User) -> list[str]:
    """Somebody who is asked."""
    offer = Pairing.objects.filter(mentor=person, state="offered").first()
    assert offer is not None
    return [reverse("mentoring:home"), reverse("pairings:offer_detail", args=[offer.public_id])]


def pages_of_invited(person: User, step: str) -> list[str]:
    """Somebody who is invited; one page of the questions."""
    enrolment = Enrolment.objects.get(person=person, state=EnrolmentState.INVITED)
    own = reverse("programs:enrolment", args=[enrolment.public_id])
    return [own, reverse("programs:enrol", args=[enrolment.public_id, step])]


def pages_of_managers(program: Program) -> list[str]:
    """What HR looks at most."""
    below = [
        "programs:enrolment_list",
        "meetings:pairing_list",
        "meetings:session_list",
        "mentoring:program_overview",
    ]
    pages = [
        reverse(name)
        for name in ("mentoring:home", "accounts:people_list", "programs:program_list")
    ]
    pages += [
        reverse(name, args=[program.public_id])
        for name in [*below, "feedback:round_list", "matching:match_run_list"]
    ]
    run = MatchRun.objects.filter(program=program).latest("created_at")
    pages += [
        reverse(f"matching:{name}", args=[run.public_id])
        for name in ("match_run_detail", "match_run_unmatched")
    ]
    closed = SurveyRound.objects.filter(program=program, state="closed").first()
    enrolling = Program.objects.get(state="enrolling")
    pages += [reverse("programs:invite", args=[enrolling.public_id])]
    return pages + ([reverse("feedback:round_detail", args=[closed.public_id])] if closed else [])


@pytest.fixture
def plain(new_context: Callable[..., BrowserContext], site: str) -> Callable[[User], Page]:
    """`plain(person)` is a phone's browser without JavaScript, signed in."""

    def open_page(person: User) -> Page:
        client = Client()
        client.force_login(person, backend=BACKEND)
        name = django_settings.SESSION_COOKIE_NAME
        context = new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
        return context.new_page()

    return open_page


def test_log_a_session_without_javascript(plain: Any, site: str, transactional_db: None) -> None:
    pairing = make.PairingFactory()
    session = scheduled_session(pairing, day_offset=-1)
    page = plain(pairing.mentor)
    page.goto(site + reverse("meetings:session_log", args=[session.public_id]))
    page.get_by_label("We met").check()
    page.get_by_label("Shared takeaway").fill("It works on every phone.")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_text("It works on every phone.")).to_be_visible()
    session.refresh_from_db()
    assert (session.state, session.takeaway) == ("held", "It works on every phone.")


def test_set_a_goal_and_check_in_without_javascript(
    plain: Any, site: str, transactional_db: None
) -> None:
    pairing = make.PairingFactory()
    page = plain(pairing.mentee)
    page.goto(site + reverse("goals:goal_new", args=[pairing.public_id]))
    page.get_by_label("I want to …").fill("read our dashboards on my own")
    page.get_by_label("How often I do it", exact=False).check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Set this goal").click()
    page.get_by_role("link", name="Check in", exact=True).click()
    page.locator("input[name=value]").fill("3")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("read our dashboards on my own").first).to_be_visible()
    assert CheckIn.objects.get().value == 3
    expect(page.get_by_role("figure", name="Too early to say")).to_be_visible()

    address = page.url
    page = plain(pairing.mentor)
    page.goto(address)
    page.get_by_role("button", name="Cheer").click()
    expect(page.get_by_text("You cheered.")).to_be_visible()
