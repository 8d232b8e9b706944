"""The overview says where a program stands in a sentence, and shows what fits its state."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from common import clock
from meetings.models import MentoringSession
from mentoring.overview.views import week_of
from mentoring.reporting.progress import pace_of, sides_of
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import EnrolmentState, PairRole
from programs.models import Program
from tests.factories import EnrolmentFactory, PairingFactory, ProgramStaffFactory
from tests.feedback.factories import RoundFactory
from tests.meetings.session_data import make_pair, make_program
from tests.programs import factories as make
from tests.support.pages import words_of
from tests.support.types import AsUser, At
from tests.url_matrix.world import scheduled_session

pytestmark = pytest.mark.django_db
START = datetime(2027, 2, 1, 9, tzinfo=UTC)
WEEK = timedelta(weeks=1)
MOST_QUERIES = 12


@pytest.fixture
def program(at: At) -> Program:
    """26 weeks, six sessions, one every three weeks; its first day is now."""
    at(START)
    return make_program(
        starts_on=START.date(),
        ends_on=(START + 26 * WEEK).date(),
        planned_sessions=6,
        interval_weeks=3,
    )


def held(pairing: Pairing, day: date, number: int = 1) -> None:
    """A session of the pair that took place."""
    session = scheduled_session(pairing, day_offset=7 * number, number=number)
    MentoringSession.objects.filter(pk=session.pk).update(state="held", wall_date=day)


def overview(as_user: AsUser, program: Program) -> str:
    """The page as HR reads it."""
    page = as_user(make.hr()).get(reverse("mentoring:program_overview", args=[program.public_id]))
    assert page.status_code == 200
    return words_of(page)


# the plan


@pytest.mark.parametrize(
    ("weeks", "planned"), [(0, 0), (2, 0), (3, 2), (8, 4), (18, 12), (26, 12), (30, 12)]
)
def test_a_session_is_planned_per_interval(
    program: Program, at: At, weeks: int, planned: int
) -> None:
    for _ in range(2):
        make_pair(program=program, activated_at=START)
    at(START + weeks * WEEK)
    assert pace_of(program).planned == planned
    assert pace_of(program).planned_in_all == 12


def test_the_plan_of_a_pair_begins_with_it_and_ends_with_it(program: Program, at: At) -> None:
    make_pair(program=program, activated_at=START + 6 * WEEK)  # two until week 12
    ended = make_pair(program=program, activated_at=START)  # one until it ended
    Pairing.objects.filter(pk=ended.pk).update(state="ended", stopped_at=START + 5 * WEEK)
    paused = make_pair(program=program, activated_at=START)  # two until it paused
    Pairing.objects.filter(pk=paused.pk).update(state="paused", paused_at=START + 7 * WEEK)
    make_pair(program=program, activated_at=START - 9 * WEEK)  # four since the first day
    at(START + 12 * WEEK)
    pace = pace_of(program)
    assert (pace.planned, pace.pairs) == (9, 3)


def test_moments_are_weekly_and_know_no_future(program: Program, at: At) -> None:
    pairing = make_pair(program=program, activated_at=START)
    held(pairing, (START + WEEK).date(), 1)
    held(pairing, (START + 2 * WEEK).date(), 2)
    at(START + 2 * WEEK + timedelta(days=2))
    moments = pace_of(program).moments
    assert len(moments) == 26 + 1 + 1, "each week, the first day and today"
    assert [moment.held for moment in moments[:5]] == [0, 1, 2, 2, None]
    planned = [moment.planned for moment in moments]
    assert planned == sorted(planned) and planned[-1] == 6


def test_sides_count_people_once_however_many_pairs_they_have(program: Program) -> None:
    met = make_pair(program=program, activated_at=START)
    other = make_pair(program=program, activated_at=START)
    Pairing.objects.filter(pk=other.pk).update(
        mentor=met.mentor, mentor_enrolment=met.mentor_enrolment
    )
    for _ in range(2):
        ended = make_pair(program=program, activated_at=START, state=PairingState.ENDED)
    held(met, START.date())
    held(ended, START.date())
    EnrolmentFactory(program=program, role=PairRole.MENTEE, state=EnrolmentState.INVITED)
    mentees, mentors = sides_of(program)
    assert (mentees.asked, mentees.approved, mentees.paired, mentees.met) == (5, 4, 2, 1)
    assert (mentors.asked, mentors.approved, mentors.paired, mentors.met) == (4, 4, 1, 1)


@pytest.mark.parametrize(
    ("day", "week"), [(-1, None), (0, (1, 26)), (6, (1, 26)), (7, (2, 26)), (182, (26, 26))]
)
def test_week_of_the_program(
    program: Program, at: At, day: int, week: tuple[int, int] | None
) -> None:
    at(START + timedelta(days=day))
    assert week_of(program) == week


# what the page says


@pytest.mark.parametrize(
    ("sessions", "verdict", "title"),
    [
        (0, "Behind: 2 pairs have held 0 of 2 sessions", "2 sessions fewer than planned"),
        (1, "Behind: 2 pairs have held 1 of 2 sessions", "1 session fewer than planned"),
        (2, "On track: 2 pairs have held 2 of 2 sessions", "Sessions keep pace with the plan"),
    ],
)
def test_running_program_is_on_track_or_behind(
    program: Program, at: At, as_user: AsUser, sessions: int, verdict: str, title: str
) -> None:
    pairs = [make_pair(program=program, activated_at=START) for _ in range(2)]
    for pairing in pairs[:sessions]:
        held(pairing, START.date())
    at(START + 4 * WEEK)
    text = overview(as_user, program)
    assert verdict in text and title in text
    assert "Running, week 5 of 26" in text
    met = "All pairs have met" if sessions == 2 else f"{sessions} of 2 pairs have met"
    assert met in text
    assert "Nobody is invited yet" not in text


def test_needs_come_with_a_button_and_a_way_to_all(
    program: Program, at: At, as_user: AsUser
) -> None:
    pairs = [make_pair(program=program, activated_at=START) for _ in range(5)]
    at(START + 4 * WEEK)
    text = overview(as_user, program)
    write = f"/programs/{program.public_id}/needs-you/not_met/"
    assert text.count(write) == 3
    assert "needs you" in text or "need you" in text
    assert reverse("mentoring:needs_you", args=[program.public_id]) in text
    assert pairs[0].mentor.name in text


def test_open_anonymous_survey_shows_a_band(program: Program, as_user: AsUser) -> None:
    RoundFactory(program=program, title="Pulse", state="open")
    closed = {"state": "closed", "closed_at": clock.now(), "asked": 47, "answered": 40}
    RoundFactory(program=program, title="Baseline", label="anonymous", **closed)
    text = overview(as_user, program)
    assert "Open until" in text and "Closed on" in text
    assert "40 to 44 of 47 answered" in text


def test_closed_program_says_what_it_came_to(program: Program, at: At, as_user: AsUser) -> None:
    pairing = make_pair(program=program, activated_at=START, state=PairingState.COMPLETED)
    held(pairing, START.date())
    Program.objects.update(state="closed")
    at(START + 30 * WEEK)
    text = overview(as_user, program)
    assert "1 pair held 1 of 6 planned sessions." in text
    assert "Dates ahead" not in text and "week" not in text.split("<main")[1].split("</h1>")[0]
    assert "Archive it" in text


def test_draft_lists_what_is_missing_and_shows_no_empty_chart(as_user: AsUser) -> None:
    program = make.draft(purpose="")
    text = overview(as_user, program)
    assert "1 thing is missing before people can enrol." in text
    assert "Before people can enrol" in text
    assert reverse("programs:program_wizard", args=[program.public_id, "purpose"]) in text
    assert "chart-bar" not in text and "chart-plot" not in text


def test_enrolling_program_shows_its_funnel_and_the_balance_in_words(as_user: AsUser) -> None:
    program = make.enrolling()
    for role in ("mentee", "mentee", "mentor"):
        make.applied(program, role)
    text = overview(as_user, program)
    assert "3 of 3 people have applied. 3 wait for your decision." in text
    assert "Decide on 3 people" in text
    assert "2 want it, 1 can teach it: 1 short" in text
    assert "chart-plot" not in text, "no sessions yet"


@pytest.mark.broad
def test_every_link_of_the_overview_leads_somewhere(
    program: Program, at: At, as_user: AsUser
) -> None:
    pairing = make_pair(program=program, activated_at=START)
    held(pairing, START.date())
    RoundFactory(program=program, state="open")
    at(START + 6 * WEEK)
    client = as_user(make.hr())
    address = reverse("mentoring:program_overview", args=[program.public_id])
    main = client.get(address).text.split("<main")[1].split("</main>")[0]
    links = {part.split('"')[0].replace("&amp;", "&") for part in main.split('href="')[1:]}
    assert len(links) > 8
    for link in links:
        assert client.get(link).status_code == 200, link


@pytest.mark.broad
@pytest.mark.parametrize("state", ["draft", "enrolling", "matching", "running", "closed"])
@pytest.mark.parametrize("rows", [1, 3])
def test_overview_takes_few_queries_whatever_its_size(
    state: str, rows: int, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    program = make.enrolling()
    for _ in range(rows):
        make.applied(program)
        held(PairingFactory(program=program), START.date())
        RoundFactory(program=program)
        ProgramStaffFactory(program=program)
    Program.objects.filter(pk=program.pk).update(state=state)
    client = as_user(make.hr())
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(reverse("mentoring:program_overview", args=[program.public_id]))
