"""The home of a pair, and the one next thing to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from goals.domain.progress import SILENT_DAYS
from meetings.domain import sessions
from mentoring.home.next_step import Facts, GoalFact, SessionFact, Step, next_step
from mentoring.home.step_words import step_card
from pairings.models import Pairing
from tests import factories as make
from tests.goals.factories import make_goal
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair, sign
from tests.support.types import AsUser, At

NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
PAIR, SESSION, GOAL = UUID(int=1), UUID(int=2), UUID(int=3)
SOON = SessionFact(SESSION, NOW + timedelta(days=3), has_question=False)
LATER = replace(SOON, starts_at=NOW + timedelta(days=8))
READY = Facts(
    pairing=PAIR,
    state="active",
    is_mentee=True,
    signed_by_me=True,
    signed_by_other=True,
    ahead=replace(SOON, has_question=True),
    unlogged=None,
    held=2,
    planned=6,
    has_goals=True,
    oldest_goal=GoalFact(GOAL, NOW - timedelta(days=2)),
    now=NOW,
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Step("ready", SESSION)),
        ({"state": "paused", "signed_by_me": False}, Step("paused", PAIR)),
        ({"state": "ended", "unlogged": SESSION}, Step("over", PAIR)),
        ({"state": "completed", "oldest_goal": None}, Step("completed", PAIR)),
        ({"state": "completed"}, Step("outcome", GOAL)),
        ({"state": "completed", "unlogged": SESSION}, Step("log", SESSION)),
        ({"signed_by_me": False, "unlogged": SESSION, "ahead": None}, Step("sign", PAIR)),
        ({"signed_by_other": False}, Step("wait", PAIR)),
        ({"commitment": SESSION, "signed_by_other": False}, Step("commitment", SESSION)),
        ({"commitment": SESSION, "is_mentee": False}, Step("prepare", SESSION)),
        ({"signed_by_other": False, "has_goals": False}, Step("goal", PAIR)),
        ({"unlogged": SESSION, "ahead": None}, Step("log", SESSION)),
        ({"ahead": None, "held": 0}, Step("schedule_first", PAIR)),
        ({"ahead": None, "has_goals": False}, Step("schedule_next", PAIR)),
        ({"ahead": None, "held": 6}, Step("ready", PAIR)),
        ({"has_goals": False, "ahead": SOON}, Step("goal", PAIR)),
        ({"ahead": SOON}, Step("question", SESSION)),
        ({"ahead": SOON, "is_mentee": False}, Step("ready", SESSION)),
        ({"ahead": LATER}, Step("ready", SESSION)),
        ({"ahead": LATER, "question_days": 14}, Step("question", SESSION)),
        (
            {"oldest_goal": GoalFact(GOAL, NOW - timedelta(days=SILENT_DAYS))},
            Step("check_in", GOAL),
        ),
        (
            {"oldest_goal": GoalFact(GOAL, NOW - timedelta(days=90)), "ahead": SOON},
            Step("question", SESSION),
        ),
        ({"oldest_goal": None}, Step("ready", SESSION)),
    ],
)
def test_next_step(change: dict[str, Any], expected: Step) -> None:
    assert next_step(replace(READY, **change)) == expected


def test_every_step_has_words_and_a_page_that_exists() -> None:
    partner = make.UserFactory.build(name="Lena Okafor")
    keys = [
        "paused",
        "over",
        "completed",
        "outcome",
        "sign",
        "log",
        "schedule_first",
        "schedule_next",
        "goal",
        "question",
        "check_in",
        "commitment",
        "prepare",
        "wait",
        "ready",
    ]
    for key in keys:
        said = step_card(Step(key, uuid4()), partner)  # type: ignore[arg-type]
        assert said.title
        assert bool(said.url) == bool(said.label) == (key not in {"over", "completed", "ready"})


# --- the page -------------------------------------------------------------------------------------


@pytest.fixture
def pairing(db: None, at: At) -> Pairing:
    at(MONDAY)
    return make_pair()


def home(client: Client, pairing: Pairing) -> Any:
    return client.get(reverse("mentoring:pair_home", args=[pairing.public_id]))


@pytest.mark.broad
def test_pair_home_leads_from_step_to_step(pairing: Pairing, as_user: AsUser, at: At) -> None:
    client = as_user(pairing.mentee)
    titles = [home(client, pairing).context["next"].title]
    sign(pairing)
    titles.append(home(client, pairing).context["next"].title)
    session = book(pairing, TUESDAY)
    titles.append(home(client, pairing).context["next"].title)
    make_goal(pairing)
    titles.append(home(client, pairing).context["next"].title)
    sessions.ask_question(actor=pairing.mentee, session=session, question="Why?")
    titles.append(home(client, pairing).context["next"].title)
    at(session.ends_at)
    titles.append(home(client, pairing).context["next"].title)
    sessions.log(actor=pairing.mentor, session=session, outcome="held")
    titles.append(home(client, pairing).context["next"].title)
    book(pairing, TUESDAY + timedelta(days=30))
    at(MONDAY + timedelta(days=22))
    titles.append(home(client, pairing).context["next"].title)
    assert titles == [
        "Sign your agreement",
        "Find a date for your first session",
        "Say what you want out of it",
        "What will you ask?",
        "You are all set",
        "Log your last session",
        "Find a date for your next session",
        "How is your goal going?",
    ]


@pytest.mark.parametrize(
    ("role", "words"), [("mentee", "all of them in one go"), ("mentor", "proposes the times")]
)
def test_pair_home_says_whose_part_it_is_to_propose_times(
    pairing: Pairing, as_user: AsUser, role: str, words: str
) -> None:
    sign(pairing)
    assert words in home(as_user(getattr(pairing, role)), pairing).context["next"].text


def test_pair_home_shows_what_the_other_shared(pairing: Pairing, as_user: AsUser) -> None:
    enrolment = pairing.mentor_enrolment
    enrolment.what_for, enrolment.in_return, enrolment.off_limits = (
        "Show people",
        "A mentor for maths",
        "My manager",
    )
    enrolment.save()
    make.EnrolmentTopicFactory(
        enrolment=enrolment, topic=make.TopicFactory(name="Short video"), level=4
    )
    shown = home(as_user(pairing.mentee), pairing).content.decode()
    assert all(
        words in shown
        for words in ("Show people", "A mentor for maths", "My manager", "Short video")
    )


def test_pair_home_has_the_next_session_with_its_link(pairing: Pairing, as_user: AsUser) -> None:
    book(pairing, link="https://meet.example.com/1")
    shown = home(as_user(pairing.mentor), pairing).content.decode()
    assert 'href="https://meet.example.com/1"' in shown
    assert "Tue 2 Feb 2027, 10:00 (Berlin time)" in shown


def test_pair_home_hides_the_others_private_goal(pairing: Pairing, as_user: AsUser) -> None:
    make_goal(pairing, statement="become braver", private=True)
    assert "ecome braver" not in home(as_user(pairing.mentor), pairing).content.decode()
    assert "ecome braver" in home(as_user(pairing.mentee), pairing).content.decode()


@pytest.mark.parametrize("state", ["offered", "void"])
def test_pair_home_of_an_offer_is_404(pairing: Pairing, as_user: AsUser, state: str) -> None:
    Pairing.objects.update(state=state)
    assert home(as_user(pairing.mentee), pairing).status_code == 404


@pytest.mark.parametrize("state", ["paused", "completed", "ended"])
def test_pair_home_stays_readable(pairing: Pairing, as_user: AsUser, state: str) -> None:
    book(pairing)
    make_goal(pairing)
    Pairing.objects.update(state=state)
    answer = home(as_user(pairing.mentor), pairing)
    assert answer.status_code == 200
    assert "Book a session" not in answer.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_pair_home_query_count(
    pairing: Pairing, as_user: AsUser, django_assert_num_queries: Any, count: int
) -> None:
    sign(pairing)
    for number in range(count):
        book(pairing, TUESDAY + timedelta(days=number))
        make_goal(pairing)
    client = as_user(pairing.mentee)
    with django_assert_num_queries(11):
        assert home(client, pairing).status_code == 200


def test_my_pairs_redirects_to_a_single_pair(pairing: Pairing, as_user: AsUser) -> None:
    client = as_user(pairing.mentee)
    url = reverse("mentoring:my_pairs")
    assert client.get(url).headers["Location"] == reverse(
        "mentoring:pair_home", args=[pairing.public_id]
    )
    other = make_pair(mentee_enrolment__person=pairing.mentee)
    shown = client.get(url).content.decode()
    assert pairing.mentor.name in shown
    assert other.mentor.name in shown
    assert "No pair yet" in as_user(make.UserFactory()).get(url).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "prominent"), [(61, False), (59, True), (-10, True)])
def test_way_into_the_session_is_on_top_from_an_hour_before(
    as_user: AsUser, at: At, minutes: int, prominent: bool
) -> None:
    at(MONDAY)
    pairing = make_pair()
    session = book(pairing, TUESDAY, link="https://meet.example/room")
    at(session.starts_at - timedelta(minutes=minutes))
    page = (
        as_user(pairing.mentor)
        .get(reverse("mentoring:pair_home", args=[pairing.public_id]))
        .content.decode()
    )
    assert (page.index("meet.example/room") < page.index('id="next-heading"')) is prominent
    assert ('btn-primary" href="https://meet.example/room"' in page) is prominent
    assert page.count("meet.example/room") == 1
