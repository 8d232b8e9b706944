"""After a program has closed: what its pairs can still reach and do, and that nothing is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from common import clock
from goals.models import Goal
from meetings.models import MentoringSession
from mentoring.tasks import STEPS, run_steps
from mentoring.workflows.closing import finish_closings
from notifications.models import OutboxMessage
from pairings.models import Pairing
from programs.domain import closing
from programs.models import Program
from tests.factories import PairingFactory, UserFactory
from tests.feedback.factories import ParticipationFactory, RoundFactory
from tests.goals.factories import make_goal
from tests.meetings.session_data import MONDAY, book, make_pair
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


@pytest.fixture
def completed(at: At) -> Pairing:
    """A pair whose closed program is over, with a session that nobody logged and a goal."""
    at(MONDAY)
    pairing = make_pair()
    book(pairing)
    asking = RoundFactory(
        program=pairing.program,
        opens_at=clock.now() - timedelta(days=1),
        closes_at=clock.now() + timedelta(days=30),
    )
    ParticipationFactory(round=asking, person=pairing.mentor)
    make_goal(pairing, owner=pairing.mentee)
    Program.objects.update(state="closing")
    planned = closing.plan_closing(
        actor=UserFactory(is_hr_admin=True), program=pairing.program, keep_sessions=True
    )
    at(planned.sessions_until)
    finish_closings()
    pairing.refresh_from_db()
    return pairing


@pytest.mark.parametrize("who", ["mentor", "mentee"])
def test_home_leads_to_the_pair_that_is_over(completed: Pairing, as_user: AsUser, who: str) -> None:
    person: User = getattr(completed, who)
    client = as_user(person)
    page = client.get(reverse("mentoring:home")).text
    pair_url = reverse("mentoring:pair_home", args=[completed.public_id])
    assert "Your pair that is over" in page
    assert f'href="{pair_url}"' in page
    MentoringSession.objects.update(state="held")
    assert "Thank you: your time with" in client.get(pair_url).text


@pytest.mark.broad
def test_the_owner_of_a_goal_says_how_it_ended(completed: Pairing, as_user: AsUser) -> None:
    goal = Goal.objects.get()
    client = as_user(completed.mentee)
    page = reverse("goals:goal_close", args=[goal.public_id])
    assert f'href="{page}"' in client.get(reverse("goals:goal_detail", args=[goal.public_id])).text
    assert client.post(page, {"outcome": "partly"}).status_code == 303
    goal.refresh_from_db()
    assert goal.state == "partly"
    assert goal.closed_at is not None
    assert as_user(completed.mentor).post(page, {"outcome": "met"}).status_code == 403


@pytest.mark.broad
def test_notes_and_takeaways_stay_and_nothing_can_be_booked(
    completed: Pairing, as_user: AsUser
) -> None:
    session = MentoringSession.objects.get()
    client = as_user(completed.mentor)
    for name in ("session_detail", "note_edit", "session_log"):
        page = reverse(f"meetings:{name}", args=[session.public_id])
        assert client.get(page).status_code == 200, name
    log = reverse("meetings:session_log", args=[session.public_id])
    given = {"outcome": "held", "takeaway": "Ask before you answer.", "note": "Mine alone."}
    assert client.post(log, given).status_code == 303
    session.refresh_from_db()
    assert (session.state, session.takeaway) == ("held", "Ask before you answer.")
    for name in ("session_new", "session_series"):
        page = reverse(f"meetings:{name}", args=[completed.public_id])
        assert client.get(page).status_code == 403, name


@pytest.mark.broad
def test_no_reminder_comes_any_more(completed: Pairing, at: At) -> None:
    over = clock.now()
    before = OutboxMessage.objects.count()
    for day in range(40):
        at(over + timedelta(days=day, hours=1))
        run_steps(STEPS)
    new = OutboxMessage.objects.order_by("pk")[before:]
    about_pair = [row.kind for row in new if row.recipient in completed.people]
    assert about_pair == []


def test_home_shows_a_pair_that_ended_early_too(as_user: AsUser) -> None:
    pairing = PairingFactory(state="ended")
    page = as_user(pairing.mentor).get(reverse("mentoring:home")).text
    assert "Ended. What you wrote is still there." in page
    assert "Nothing waits for you" not in page
