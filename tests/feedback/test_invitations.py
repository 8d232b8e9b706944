"""The mails of a survey: until when each makes sense, and where its link leads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from common import clock
from feedback import mail
from feedback.domain import answers, plan, rounds
from feedback.enums import Label
from feedback.models import Participation, SurveyPlanItem, SurveyRound
from notifications.models import OutboxMessage
from programs.enums import ProgramState
from tests.factories import ProgramFactory, ProgramStaffFactory, UserFactory
from tests.feedback.factories import ParticipationFactory, PlanItemFactory, RoundFactory
from tests.support.types import At

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked() -> Participation:
    return ParticipationFactory()


@pytest.fixture
def invitation(asked: Participation) -> OutboxMessage:
    mail.invite([asked])
    return OutboxMessage.objects.get()


def test_invitation_is_due_while_the_person_can_answer(
    asked: Participation, invitation: OutboxMessage, at: At
) -> None:
    assert mail.invitation_still_due(invitation)
    at(asked.round.closes_at - timedelta(minutes=1))
    assert mail.invitation_still_due(invitation)
    at(asked.round.closes_at)
    assert not mail.invitation_still_due(invitation)


@pytest.mark.parametrize("why", ["answered", "opted out", "closed", "gone"])
def test_invitation_expires(asked: Participation, invitation: OutboxMessage, why: str) -> None:
    if why == "answered":
        answers.submit(participation=asked, answers={"q-scale": 4})
    elif why == "opted out":
        answers.opt_out(participation=asked)
    elif why == "closed":
        rounds.close_round(pk=asked.round_id)
    else:
        asked.delete()
    assert not mail.invitation_still_due(invitation)


def test_link_of_the_invitation_lets_its_recipient_answer(
    asked: Participation, invitation: OutboxMessage, client: Client
) -> None:
    page = client.get(urlsplit(mail.invitation_link(invitation)).path)
    assert page.status_code == 200
    assert page.context["person"] == asked.person
    asked.delete()
    assert mail.invitation_link(invitation) == settings.BASE_URL


@pytest.mark.parametrize(("questions", "minutes"), [(1, 1), (4, 1), (8, 2), (20, 5)])
def test_minutes_are_never_less_than_one(questions: int, minutes: int) -> None:
    assert mail.minutes_of(SurveyRound(questions=[{}] * questions)) == minutes


# what somebody sees of rounds


def seen_by(person: Any) -> dict[str, bool]:
    """Whether each query set has the round."""
    found = SurveyRound.objects
    return {
        "visible": found.visible_to(person).exists(),
        "counted": found.counted_by(person).exists(),
        "answers": found.answers_visible_to(person).exists(),
    }


@pytest.mark.parametrize("state", ["open", "closed"])
@pytest.mark.parametrize(
    ("label", "readers_of_answers"),
    [
        (Label.ANONYMOUS, set()),
        (Label.CONFIDENTIAL, {"named reader"}),
        (Label.ATTRIBUTED, {"coordinator", "HR admin"}),
    ],
)
def test_who_sees_a_round_and_its_answers(
    label: str, readers_of_answers: set[str], state: str
) -> None:
    survey_round = RoundFactory(label=label)
    people: dict[str, Any] = {
        "coordinator": ProgramStaffFactory(program=survey_round.program).person,
        "HR admin": UserFactory(is_hr_admin=True),
        "named reader": UserFactory(),
        "asked": ParticipationFactory(round=survey_round).person,
        "another coordinator": ProgramStaffFactory().person,
        "deactivated HR admin": UserFactory(is_hr_admin=True, is_active=False),
        "anonymous": AnonymousUser(),
    }
    survey_round.readers.add(people["named reader"])
    if state == "closed":
        rounds.close_round(pk=survey_round.pk)
    seen = {name: seen_by(person) for name, person in people.items()}
    counting = {"coordinator", "HR admin", "named reader"}
    assert {name for name, sees in seen.items() if sees["counted"]} == counting
    assert {name for name, sees in seen.items() if sees["visible"]} == counting | {"asked"}
    expected = readers_of_answers if state == "closed" else set()
    assert {name for name, sees in seen.items() if sees["answers"]} == expected


@pytest.mark.parametrize(
    ("changes", "waits"),
    [({}, True), ({"responded": True}, False), ({"opted_out": True}, False)],
)
def test_round_waits_for_whoever_has_not_answered(changes: dict[str, Any], waits: bool) -> None:
    asked = ParticipationFactory(**changes)
    found = SurveyRound.objects
    assert found.waiting_for(asked.person).exists() == waits
    assert not found.waiting_for(UserFactory()).exists()
    rounds.close_round(pk=asked.round_id)
    assert not found.waiting_for(asked.person).exists()


# the plan of a new program, and what did not take place


def test_new_program_gets_the_surveys_of_its_template() -> None:
    choice = {"text": "What helped?", "kind": "multiple", "options": ("Time", "Trust")}
    surveys = [
        {"title": "Start", "first_day": 0, "questions": [{"text": "How?", "kind": "scale5"}]},
        {"title": "End", "days_before_end": 7, "questions": [choice]},
    ]
    program = ProgramFactory()
    plan.install_default_plan(program=program, surveys=surveys)
    start, end = SurveyPlanItem.objects.filter(program=program).order_by("position")
    assert (start.title, start.first_day, start.days_before_end) == ("Start", 0, None)
    assert (end.title, end.days_before_end) == ("End", 7)
    assert end.questions.get().options == ["Time", "Trust"]


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 1),
        ({"is_active": False}, 0),
        ({"program__state": ProgramState.CLOSED}, 0),
        ({"created_at": clock.now()}, 0),
    ],
)
def test_survey_that_did_not_take_place_is_told_while_the_program_runs(
    changes: dict[str, Any], count: int
) -> None:
    state = changes.pop("program__state", ProgramState.RUNNING)
    item = PlanItemFactory(program__state=state, first_day=20, open_days=5)
    values = {"created_at": clock.now() - timedelta(days=40), **changes}
    SurveyPlanItem.objects.filter(pk=item.pk).update(**values)
    item = SurveyPlanItem.objects.get(pk=item.pk)
    assert len(rounds.skipped(item)) == count
    if count:
        due = plan.occurrences(item)[0]
        RoundFactory(program=item.program, plan_item=item, number=due.number)
        assert rounds.skipped(SurveyPlanItem.objects.get(pk=item.pk)) == []


def test_survey_is_not_opened_twice() -> None:
    item = PlanItemFactory()
    (due, *_more) = plan.occurrences(item)
    RoundFactory(program=item.program, plan_item=item, number=due.number)
    assert rounds.open_round(item=item, due=due) is None
    assert SurveyRound.objects.count() == 1
