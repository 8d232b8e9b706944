"""The pages of goals."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from django.urls import reverse

from goals.domain import goals
from goals.domain.plans import Step
from goals.enums import GoalState
from goals.models import CheckIn, Goal
from pairings.models import Pairing
from programs.models import Topic
from tests import factories as make
from tests.goals.factories import make_goal, make_milestone
from tests.support.pages import text_of, url_of
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db
STEPS = {"steps-TOTAL_FORMS": "0", "steps-INITIAL_FORMS": "0"}
FORM = {
    "statement": "write my own posts",
    "measure": "Posts",
    "unit": "a month",
    "baseline": "0",
    "target": "4",
    "due_on": "2031-05-01",
} | STEPS


@pytest.fixture
def pairing() -> Pairing:
    made: Pairing = make.PairingFactory()
    return made


def test_goal_new_begins_with_two_questions_and_the_programs_starters(
    pairing: Pairing, as_user: AsUser
) -> None:
    topic = Topic.objects.create(
        program=pairing.program,
        name="Posts",
        category="Media",
        mentee_goal="I want to post once a week & answer",
        mentor_goal="I want to explain it",
    )
    pairing.program.topics.add(topic)
    shown = text_of(as_user(pairing.mentee).get(url_of("goals:goal_new", pairing)))
    assert "How often I do it" in shown
    assert f"?want={quote('post once a week & answer', safe='')}" in shown
    assert "explain it" not in shown


def test_goal_new_proposes_a_measure(pairing: Pairing, as_user: AsUser) -> None:
    answer = as_user(pairing.mentee).get(
        url_of("goals:goal_new", pairing), {"want": "I want to post", "kind": "steps"}
    )
    form = answer.context["form"]
    assert (form["statement"].value(), form["unit"].value(), form["target"].value()) == (
        "post",
        "steps",
        3,
    )
    assert "Try it once" in text_of(answer)
    days = [step["due_on"].value() for step in form.steps][:3]
    assert days == sorted(set(days)) and days[-1] < form["due_on"].value()


def test_a_starter_brings_its_topic_along(pairing: Pairing, as_user: AsUser) -> None:
    topic = Topic.objects.create(program=pairing.program, name="Posts", mentee_goal="post")
    pairing.program.topics.add(topic)
    query = {"want": "post", "topic": topic.public_id}
    client, url = as_user(pairing.mentee), url_of("goals:goal_new", pairing)
    assert str(topic.public_id) in text_of(client.get(url, query))
    form = client.get(url, query | {"kind": "done"}).context["form"]
    assert form["topic"].value() == topic.pk
    assert "baseline" not in form.fields


@pytest.mark.parametrize(
    ("kind", "values", "value", "words"),
    [
        ("done", {}, "1", "It is done: yes"),
        ("sure", {"baseline": "2", "target": "4"}, "3", "3 of 5, target 4"),
    ],
)
def test_goal_of_a_yes_or_of_a_scale_is_checked_in_by_a_choice(
    pairing: Pairing, as_user: AsUser, kind: str, values: dict[str, str], value: str, words: str
) -> None:
    client = as_user(pairing.mentee)
    data = {"statement": "do it", "measure": "It is done", "due_on": "2031-05-01"} | STEPS
    url = url_of("goals:goal_new", pairing) + f"?want=do+it&kind={kind}"
    assert client.post(url, data | values).status_code == 303
    goal = Goal.objects.get()
    check_in = url_of("goals:check_in_new", goal)
    assert 'type="radio" name="value"' in text_of(client.get(check_in))
    assert client.post(check_in, {"value": "7"}).status_code == 422
    assert client.post(check_in, {"value": value}).status_code == 303
    assert words in text_of(client.get(url_of("goals:goal_detail", goal)))
    assert client.get(url_of("goals:goal_edit", goal)).status_code == 200


def test_goal_detail_says_what_was_moved_and_what_comes_of_it(
    pairing: Pairing, as_user: AsUser
) -> None:
    goal = make_goal(pairing, due_on=date(2031, 3, 1))
    client = as_user(pairing.mentee)
    client.post(url_of("goals:goal_edit", goal), FORM | {"target": "6,5"})
    for value in ("0,5", "1"):
        client.post(url_of("goals:check_in_new", goal), {"value": value})
    shown = text_of(as_user(pairing.mentor).get(url_of("goals:goal_detail", goal)))
    assert "1 May 2031</time>, was <time" in shown
    assert "Target 6.5 a month, was 4 a month" in shown
    assert "Too early to say" in shown


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "steps"},
        {"want": "post", "kind": "nonsense"},
        {"want": "", "kind": ""},
        {"want": "post", "asked": "1"},
    ],
)
def test_goal_new_asks_again_for_what_is_missing(
    pairing: Pairing, as_user: AsUser, query: dict[str, str]
) -> None:
    answer = as_user(pairing.mentee).get(url_of("goals:goal_new", pairing), query)
    assert answer.status_code == 422
    assert "There is a problem" in text_of(answer)


@pytest.mark.parametrize("role", ["mentor", "mentee"])
def test_goal_new_sets_a_goal_of_ones_own(pairing: Pairing, as_user: AsUser, role: str) -> None:
    steps = {
        "steps-TOTAL_FORMS": "2",
        "steps-INITIAL_FORMS": "0",
        "steps-0-title": "Read",
        "steps-1-title": "",
    }
    answer = as_user(getattr(pairing, role)).post(url_of("goals:goal_new", pairing), FORM | steps)
    goal = Goal.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        url_of("goals:goal_detail", goal),
    )
    assert (goal.owner, goal.state) == (getattr(pairing, role), GoalState.ACTIVE)
    assert goal.milestones.get().title == "Read"


def test_goal_new_as_a_draft_needs_the_statement_alone(pairing: Pairing, as_user: AsUser) -> None:
    as_user(pairing.mentee).post(
        url_of("goals:goal_new", pairing), {"statement": "learn", "draft": "1"} | STEPS
    )
    assert Goal.objects.get().state == GoalState.DRAFT


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"target": ""}, "target"),
        ({"target": "0"}, "target"),
        ({"target": "4 posts"}, "target"),
        ({"target": "1,500"}, "target"),
        ({"due_on": "2020-05-01"}, "due_on"),
        ({"due_on": "2062-05-01"}, "due_on"),
        ({"measure": ""}, "measure"),
        ({"due_on": "soon"}, "due_on"),
    ],
)
def test_goal_new_shows_the_problem_at_its_field(
    pairing: Pairing, as_user: AsUser, change: dict[str, str], field: str
) -> None:
    answer = as_user(pairing.mentee).post(url_of("goals:goal_new", pairing), FORM | change)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "write my own posts" in text_of(answer)


def test_goal_new_step_with_a_date_and_no_words_is_shown(pairing: Pairing, as_user: AsUser) -> None:
    steps = {"steps-TOTAL_FORMS": "1", "steps-INITIAL_FORMS": "0", "steps-0-due_on": "2031-04-01"}
    answer = as_user(pairing.mentee).post(url_of("goals:goal_new", pairing), FORM | steps)
    assert answer.status_code == 422
    assert "Say what is to be done by then." in text_of(answer)


def test_goal_edit_keeps_a_milestone_that_is_done(pairing: Pairing, as_user: AsUser) -> None:
    milestone = make_milestone(make_goal(pairing))
    goals.tick_milestone(actor=pairing.mentee, milestone=milestone, done=True)
    steps = {
        "steps-TOTAL_FORMS": "2",
        "steps-INITIAL_FORMS": "1",
        "steps-0-public_id": str(milestone.public_id),
        "steps-0-title": "Read five",
        "steps-1-title": "Write",
    }
    client = as_user(pairing.mentee)
    assert client.get(url_of("goals:goal_edit", milestone.goal)).status_code == 200
    assert (
        client.post(
            url_of("goals:goal_edit", milestone.goal), FORM | steps | {"target": "8"}
        ).status_code
        == 303
    )
    milestone.refresh_from_db()
    assert (milestone.title, milestone.done_at is not None) == ("Read five", True)
    assert Goal.objects.get().target == 8


def test_goal_edit_by_stranger_is_404_and_by_the_other_403(
    pairing: Pairing, as_user: AsUser
) -> None:
    goal = make_goal(pairing)
    assert as_user(make.UserFactory()).get(url_of("goals:goal_edit", goal)).status_code == 404
    assert as_user(pairing.mentor).get(url_of("goals:goal_edit", goal)).status_code == 403


@pytest.mark.parametrize("name", ["goal_detail", "check_in_new", "goal_edit", "goal_close"])
def test_private_goal_is_404_to_the_other(pairing: Pairing, as_user: AsUser, name: str) -> None:
    goal = make_goal(pairing, private=True)
    assert as_user(pairing.mentor).get(url_of(f"goals:{name}", goal)).status_code == 404
    assert as_user(pairing.mentee).get(url_of(f"goals:{name}", goal)).status_code == 200


def test_goal_detail_shows_how_it_goes(pairing: Pairing, as_user: AsUser) -> None:
    goal = make_goal(pairing, steps=[Step("Read")])
    client = as_user(pairing.mentee)
    client.post(
        url_of("goals:check_in_new", goal),
        {"value": "1", "confidence": "4", "note": "Slow <i>but</i> steady"},
    )
    as_user(pairing.mentor).post(
        url_of("goals:check_in_new", goal), {"note": "Go on", "value": "4"}
    )
    shown = text_of(client.get(url_of("goals:goal_detail", goal)))
    assert "Slow &lt;i&gt;but&lt;/i&gt; steady" in shown
    assert "Fairly sure" in shown
    assert "Go on" in shown
    assert 'value="25"' in shown
    assert CheckIn.objects.filter(value__isnull=False).count() == 1


def test_check_in_without_anything_is_shown_again(pairing: Pairing, as_user: AsUser) -> None:
    goal = make_goal(pairing)
    assert (
        as_user(pairing.mentee)
        .post(url_of("goals:check_in_new", goal), {"confidence": "4"})
        .status_code
        == 422
    )
    assert (
        as_user(pairing.mentor).post(url_of("goals:check_in_new", goal), {"value": "4"}).status_code
        == 422
    )


def test_a_unit_is_text_and_never_markup(pairing: Pairing, as_user: AsUser) -> None:
    goal = make_goal(pairing, unit="<b id=evil>x</b>")
    url = reverse("goals:check_in_new", args=[goal.public_id])
    for address in (url, reverse("goals:goal_detail", args=[goal.public_id])):
        page = as_user(pairing.mentee).get(address).content.decode()
        assert "<b id=evil" not in page
        assert "&lt;b id=evil" in page


def test_check_in_on_a_closed_goal_is_403(pairing: Pairing, as_user: AsUser) -> None:
    goal = make_goal(pairing)
    assert (
        as_user(pairing.mentee)
        .post(url_of("goals:goal_close", goal), {"outcome": "met", "reflection": "Ask sooner"})
        .status_code
        == 303
    )
    for name in ("check_in_new", "goal_edit", "goal_close"):
        assert as_user(pairing.mentee).get(url_of(f"goals:{name}", goal)).status_code == 403
    shown = text_of(as_user(pairing.mentor).get(url_of("goals:goal_detail", goal)))
    assert "Met" in shown and "Ask sooner" in shown


def test_milestone_tick_and_untick(pairing: Pairing, as_user: AsUser) -> None:
    milestone = make_milestone(make_goal(pairing))
    client = as_user(pairing.mentee)
    url = reverse("goals:milestone_tick", args=[milestone.public_id])
    for done, expected in (("1", True), ("0", False)):
        assert client.post(url, {"done": done}).status_code == 303
        milestone.refresh_from_db()
        assert (milestone.done_at is not None) == expected
    assert client.get(url).status_code == 405


@pytest.mark.broad
def test_goals_of_an_ended_pair_can_only_be_closed(pairing: Pairing, as_user: AsUser) -> None:
    goal = make_goal(pairing)
    Pairing.objects.update(state="ended")
    client = as_user(pairing.mentee)
    assert client.get(url_of("goals:goal_detail", goal)).status_code == 200
    for name in ("goal_edit", "check_in_new"):
        assert client.get(url_of(f"goals:{name}", goal)).status_code == 403
    assert client.get(url_of("goals:goal_new", pairing)).status_code == 403
    assert client.post(url_of("goals:goal_close", goal), {"outcome": "met"}).status_code == 303


@pytest.mark.parametrize("count", [1, 3])
def test_goal_detail_query_count(
    pairing: Pairing, as_user: AsUser, django_assert_num_queries: Any, count: int
) -> None:
    goal = make_goal(pairing, steps=[Step(str(number)) for number in range(count)])
    for number in range(count):
        goals.check_in(actor=pairing.mentee, goal=goal, note=str(number))
    client = as_user(pairing.mentee)
    with django_assert_num_queries(8):
        assert client.get(url_of("goals:goal_detail", goal)).status_code == 200
