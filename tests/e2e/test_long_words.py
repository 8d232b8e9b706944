"""A word of 120 letters breaks no page: nothing is wider than the screen."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import User
from programs.models import Program, Topic
from tests.support.types import Enter
from tests.url_matrix.world import World, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORD = "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung" * 2
SCREENS = ((390, 844), (1280, 900))
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OF_PROGRAM = (
    "mentoring:program_overview",
    "programs:enrolment_list",
    "programs:invite",
    "meetings:pairing_list",
    "meetings:session_list",
    "matching:match_run_list",
    "feedback:round_list",
    "mentoring:program_messages",
    "mentoring:needs_you",
    "programs:program_staff",
)


def pages_of(world: World) -> dict[str, list[str]]:
    """Addresses, by who opens them."""
    program = [world.program.public_id]
    return {
        "hr_admin": [
            reverse("programs:program_list"),
            reverse("accounts:people_list"),
            *(reverse(name, args=program) for name in OF_PROGRAM),
            reverse("programs:program_wizard", args=[*program, "purpose"]),
            reverse("matching:match_run_detail", args=[world.run.public_id]),
            reverse("programs:enrolment_detail", args=[world.enrolment.public_id]),
        ],
        "mentor": [
            reverse("mentoring:home"),
            reverse("mentoring:pair_home", args=[world.pairing.public_id]),
            reverse("pairings:offer_detail", args=[world.offer.public_id]),
            reverse("programs:enrolment", args=[world.enrolment.public_id]),
        ],
    }


def test_a_long_word_breaks_no_page(page: Page, site: str, enter: Enter) -> None:
    world = build()
    Program.objects.update(name=WORD[:120], purpose=WORD)
    Topic.objects.update(name=WORD[:80])
    User.objects.update(name=WORD[:120], department=WORD[:120], job_title=WORD[:120])
    wide = []
    for role, paths in pages_of(world).items():
        enter(world.people[role])
        for path in paths:
            page.goto(site + path)
            for width, height in SCREENS:
                page.set_viewport_size({"width": width, "height": height})
                if (pixels := page.evaluate(TOO_WIDE)) > 0:
                    wide.append(f"{path} at {width}: {pixels}")
    assert wide == []
