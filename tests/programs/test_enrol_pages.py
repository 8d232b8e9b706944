"""The pages of a person's own enrolment: by htmx as one types, and without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Delegation
from common import clock
from programs.domain import avoidances
from programs.domain import enrolment as domain
from programs.enums import EnrolmentState, PairRole, ProgramState
from programs.models import Enrolment, Program
from tests.factories import EnrolmentFactory, UserFactory
from tests.programs import factories as make
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
QUERIES = {"topics": 9, "boundaries": 9, "time": 8}


def url_of(row: Enrolment, step: str) -> str:
    """The address of a page."""
    return reverse("programs:enrol", args=[row.public_id, step])


def own(row: Enrolment) -> str:
    """The page that says where one stands."""
    return reverse("programs:enrolment", args=[row.public_id])


def filled(row: Enrolment, step: str) -> dict[str, Any]:
    """A complete answer to a page."""
    first, second = make.topics_of(row.program)
    time = {
        "languages": ["en"],
        "slots_0": ["morning"],
        "from_2": "18:30",
        "to_2": "20:00",
        "style_pace": "4",
    }
    return {
        "topics": {f"topic_{first.pk}": "4"},
        "return": {"in_return": "A view"},
        "boundaries": {"off_limits": "Salaries"},
        "time": {**time, "capacity": "2", "interests": "chess, running ,"},
        "wants": {"what_for": "To decide well", "choice_1": second.pk, "choice_2": first.pk},
        "today": {f"topic_{first.pk}": "2", f"topic_{second.pk}": "3"},
        "calendar": time,
    }[step]


@pytest.mark.broad
@pytest.mark.parametrize(
    ("role", "steps"),
    [
        (PairRole.MENTOR, ["topics", "return", "boundaries", "time"]),
        (PairRole.MENTEE, ["wants", "today", "calendar"]),
    ],
)
def test_page_by_page_to_the_application(role: str, steps: list[str], as_user: AsUser) -> None:
    row = make.invited(make.enrolling(), role)
    client = as_user(row.person)
    start = client.get(own(row))
    assert "Start" in start.text and url_of(row, steps[0]) in start.text
    for step, following in zip(steps, [*steps[1:], "check"], strict=True):
        assert client.get(url_of(row, step)).status_code == 200
        response = client.post(url_of(row, step), filled(row, step))
        assert (response.status_code, response.headers["Location"]) == (303, url_of(row, following))
    page = client.get(url_of(row, "check"))
    assert (
        page.context["missing"] == []
        and "Monday 09:00–12:00" in page.text
        and "Wednesday 18:30–20:00" in page.text
    )
    assert client.post(url_of(row, "check")).headers["Location"] == own(row)
    assert Enrolment.objects.get().state == EnrolmentState.APPLIED
    assert "Your answers have arrived" in client.get(own(row)).text


@pytest.mark.parametrize(
    ("role", "step"),
    [("mentor", step) for step in ("topics", "time")]
    + [("mentee", s) for s in ("wants", "today", "calendar")],
)
def test_an_incomplete_page_is_refused_with_what_was_typed(
    role: str, step: str, as_user: AsUser
) -> None:
    row = make.invited(make.enrolling(), role)
    client = as_user(row.person)
    if step == "today":
        client.post(url_of(row, "wants"), filled(row, "wants"))
    data = {"interests": "unicycles", "what_for": ""}
    response = client.post(url_of(row, step), data)
    assert response.status_code == 422 and "There is a problem" in response.text
    assert step not in {"time", "calendar"} or "unicycles" in response.text


def test_saved_as_one_types_and_resumed(as_user: AsUser) -> None:
    row = make.invited(make.enrolling())
    client = as_user(row.person)
    response = client.post(url_of(row, "topics"), filled(row, "topics"), headers=HTMX)
    assert (
        response.status_code == 200 and "Saved at" in response.text and "<form" not in response.text
    )
    assert Enrolment.objects.get().step == 0
    page = client.get(url_of(row, "topics"))
    assert 'value="4" selected' in page.text
    client.post(url_of(row, "topics"), filled(row, "topics"))
    assert "Go on where I stopped" in client.get(own(row)).text
    assert client.get(own(row)).context["go_on_url"] == url_of(row, "return")


def test_a_half_filled_page_is_saved_as_a_draft(as_user: AsUser) -> None:
    row = make.invited(make.enrolling(), PairRole.MENTEE)
    client = as_user(row.person)
    client.post(url_of(row, "wants"), {"what_for": "Why not"}, headers=HTMX)
    half = {"slots_1": ["late"], "from_2": "10:00", "delegate": "half@typed", "languages": ["xx"]}
    said = client.post(url_of(row, "calendar"), half, headers=HTMX)
    assert "Saved at" in said.text and "not yet:" in said.text and "half@typed" not in said.text
    saved = Enrolment.objects.get()
    assert (saved.what_for, saved.availability) == ("Why not", [[1, 17 * 60, 19 * 60]])


@pytest.mark.parametrize("is_draft", [False, True])
def test_every_weekday_is_one_tick(is_draft: bool, as_user: AsUser) -> None:
    row = make.invited(make.enrolling())
    client = as_user(row.person)
    page = client.get(url_of(row, "time")).text
    assert page.index("Every weekday") < page.index("Monday")
    ticked = {
        "languages": ["en"],
        "capacity": "1",
        "slots_weekdays": ["morning"],
        "slots_1": ["morning", "late"],
        "slots_5": ["late"],
    }
    headers = HTMX if is_draft else {}
    client.post(url_of(row, "time"), ticked, headers=headers)
    row.refresh_from_db()
    mornings = [[day, 9 * 60, 12 * 60] for day in range(5)]
    others = [[1, 17 * 60, 19 * 60], [5, 17 * 60, 19 * 60]]
    assert row.availability == sorted(mornings + others)
    form = client.get(url_of(row, "time")).context["form"]
    assert not form["slots_weekdays"].value()
    assert form["slots_4"].value() == ["morning"]


def test_what_cannot_be_saved_yet_is_said(as_user: AsUser) -> None:
    row = make.applied(make.enrolling())
    response = as_user(row.person).post(url_of(row, "topics"), {}, headers=HTMX)
    assert "Not saved yet" in response.text and "at least one topic" in response.text
    assert row.topic_choices.count() == 1


@pytest.mark.parametrize(
    ("start", "end", "wrong"),
    [("10:00", "", True), ("", "10:00", True), ("12:00", "11:00", True), ("8:00", "9:30", False)],
)
def test_own_times_must_make_sense(start: str, end: str, wrong: bool, as_user: AsUser) -> None:
    row = make.invited(make.enrolling())
    data = {**filled(row, "time"), "from_3": start, "to_3": end}
    response = as_user(row.person).post(url_of(row, "time"), data)
    assert (response.status_code == 422) == wrong


def test_the_same_topic_twice_is_refused(as_user: AsUser) -> None:
    row = make.invited(make.enrolling(), PairRole.MENTEE)
    topic = make.topics_of(row.program)[0]
    data = {"what_for": "x", "choice_1": topic.pk, "choice_2": topic.pk}
    response = as_user(row.person).post(url_of(row, "wants"), data)
    assert response.status_code == 422 and "chosen this topic above" in response.text


def test_self_assessment_asks_for_the_chosen_topics_first(as_user: AsUser) -> None:
    row = make.invited(make.enrolling(), PairRole.MENTEE)
    client, second = as_user(row.person), make.topics_of(row.program)[1]
    client.post(url_of(row, "wants"), {"what_for": "x", "choice_1": second.pk})
    form = client.get(url_of(row, "today")).context["form"]
    assert [field.label for field in form.chosen_fields()] == [second.name]
    assert client.post(url_of(row, "today"), {f"topic_{second.pk}": "6"}).status_code == 422
    assert client.post(url_of(row, "today"), {f"topic_{second.pk}": "5"}).status_code == 303


@pytest.mark.broad
def test_avoid_list_with_and_without_javascript(as_user: AsUser) -> None:
    row = make.invited(make.enrolling())
    other = UserFactory(name="Otto Other", search_text="otto other", department="Legal")
    client, url = as_user(row.person), url_of(row, "boundaries")
    found = client.post(url, {"find": "otto"}, headers={**HTMX, "HX-Trigger-Name": "find"})
    assert "Otto Other" in found.text and "Legal" in found.text and other.email not in found.text
    assert "<html" not in found.text
    plain = client.post(url, {"find": "otto", "look": "1", "off_limits": "Kept text"})
    assert plain.status_code == 200 and "Otto Other" in plain.text and "Kept text" in plain.text
    client.post(url, {"avoid": [str(other.public_id)]}, headers=HTMX)
    assert avoidances.avoided_by(row.person) == [other]
    assert "checked" in client.get(url).text and "Otto Other" in client.get(url).text
    again = client.post(
        url,
        {"find": "nobody", "avoid": [str(other.public_id)]},
        headers={**HTMX, "HX-Trigger-Name": "find"},
    )
    assert (
        "Otto Other" in again.text and "Nobody else of that name" in again.text
    )  # the list stays while one searches
    client.post(url, {"off_limits": ""})
    assert avoidances.avoided_by(row.person) == []


def test_avoid_list_ignores_what_is_no_person(as_user: AsUser) -> None:
    row = make.invited(make.enrolling())
    response = as_user(row.person).post(url_of(row, "boundaries"), {"avoid": ["1", "' OR 1=1"]})
    assert response.status_code == 422 and avoidances.avoided_by(row.person) == []


@pytest.mark.broad
def test_assistant_by_address(as_user: AsUser) -> None:
    row = make.invited(make.enrolling(), PairRole.MENTEE)
    client, assistant = as_user(row.person), UserFactory(email="pa@example.com")
    for address, text in (
        ("who@example.com", "Nobody here has this name or address"),
        (row.person.email, "This is yourself"),
    ):
        response = client.post(
            url_of(row, "calendar"), {**filled(row, "calendar"), "delegate": address}
        )
        assert response.status_code == 422 and text in response.text
    client.post(url_of(row, "calendar"), {**filled(row, "calendar"), "delegate": "PA@example.com"})
    assert Delegation.objects.get(mentee=row.person).delegate == assistant


def test_boundaries_of_a_mentee_are_one_click_from_the_check(as_user: AsUser) -> None:
    row = make.answer(make.invited(make.enrolling(), PairRole.MENTEE))
    client = as_user(row.person)
    assert url_of(row, "boundaries") in client.get(url_of(row, "check")).text
    response = client.post(url_of(row, "boundaries"), {"off_limits": "Salaries"})
    assert response.headers["Location"] == url_of(row, "check")


def test_check_leads_to_what_is_missing(as_user: AsUser) -> None:
    row = make.invited(make.enrolling())
    client = as_user(row.person)
    page = client.get(url_of(row, "check"))
    assert url_of(row, "topics") in page.text and "Something is missing" in page.text
    assert client.post(url_of(row, "check")).status_code == 422
    assert Enrolment.objects.get().state == EnrolmentState.INVITED


@pytest.mark.parametrize("step", ["nonsense", "wants", "today"])
def test_a_page_of_the_other_side_is_not_found(step: str, as_user: AsUser) -> None:
    row = make.invited(make.enrolling())
    assert as_user(row.person).get(url_of(row, step)).status_code == 404


@pytest.mark.parametrize("step", QUERIES)
def test_a_page_takes_a_constant_number_of_queries(
    step: str, as_user: AsUser, django_assert_num_queries: Any
) -> None:
    row = make.answer(make.invited(make.enrolling()))
    client = as_user(row.person)
    with django_assert_num_queries(QUERIES[step]):
        client.get(url_of(row, step))


WRONG_TURNS = [
    ("enrolling", "invited", -1, "The last day to enrol was"),
    ("matching", "invited", 14, "What you filled in is kept"),
    ("draft", "invited", 14, "not open yet"),
    ("cancelled", "approved", 14, "has been cancelled"),
    ("closed", "approved", 14, "has ended"),
    ("enrolling", "declined", 14, "no place for you in this round"),
    ("enrolling", "waitlisted", 14, "on the waiting list"),
    ("enrolling", "withdrawn", 14, "Take part after all"),
    ("running", "withdrawn", 14, "You have stepped back"),
    ("matching", "approved", 14, "you are asked first"),
    ("running", "approved", 14, "on your home page"),
]


@pytest.mark.parametrize(("program_state", "state", "days", "text"), WRONG_TURNS)
def test_wrong_turn_says_where_one_stands(
    program_state: str, state: str, days: int, text: str, as_user: AsUser
) -> None:
    program = make.draft(
        state=program_state, enrolment_deadline=clock.today(make.ZONE) + timedelta(days=days)
    )
    row = EnrolmentFactory(program=program, state=state)
    client = as_user(row.person)
    assert text in client.get(own(row)).text
    if state != "waitlisted":
        response = client.post(url_of(row, "topics"), filled(row, "topics"), follow=True)
        assert text in response.text and "cannot be changed" in response.text
    assert client.get(url_of(row, "check")).headers["Location"] == own(row)


def test_the_last_day_passing_while_somebody_types(as_user: AsUser, at: At) -> None:
    row = make.answer(make.invited(make.enrolling()))
    client = as_user(row.person)
    page = client.get(url_of(row, "check"))
    assert page.status_code == 200
    Program.objects.update(enrolment_deadline=clock.today(make.ZONE) - timedelta(days=1))
    response = client.post(url_of(row, "check"), follow=True)
    assert "The last day to enrol was" in response.text
    assert Enrolment.objects.get().state == EnrolmentState.INVITED


def test_rejoin(as_user: AsUser) -> None:
    row = make.answer(make.invited(make.enrolling()))
    domain.withdraw(actor=row.person, enrolment=row)
    url = reverse("programs:enrolment_rejoin", args=[row.public_id])
    client = as_user(row.person)
    assert client.get(url).status_code == 405
    assert "Your answers are still here" in client.post(url, follow=True).text
    assert Enrolment.objects.get().state == EnrolmentState.INVITED
    assert "not withdrawn" in client.post(url, follow=True).text


def test_after_matching_began_times_and_limits_stay_open(as_user: AsUser) -> None:
    row = make.applied(make.enrolling())
    domain.approve(actor=make.hr(), enrolments=[row])
    Program.objects.update(state=ProgramState.RUNNING)
    client = as_user(row.person)
    assert client.post(url_of(row, "time"), filled(row, "time")).headers["Location"] == own(row)
    assert client.get(url_of(row, "topics")).headers["Location"] == own(row)
    page = client.get(own(row))
    assert url_of(row, "boundaries") in page.text and url_of(row, "topics") not in page.text
