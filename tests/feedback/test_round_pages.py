"""What managers and named readers see of rounds."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feedback.domain import answers as answering
from feedback.domain import rounds
from feedback.enums import Label
from feedback.models import SurveyPlanItem, SurveyRound
from tests.factories import ProgramFactory, UserFactory
from tests.feedback.factories import ParticipationFactory, PlanItemFactory, RoundFactory
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr(as_user: AsUser) -> Client:
    return as_user(UserFactory(is_hr_admin=True))


def detail(survey_round: SurveyRound) -> str:
    return reverse("feedback:round_detail", args=[survey_round.public_id])


def test_round_detail_open_anonymous_shows_bands_alone(hr: Client) -> None:
    survey_round = RoundFactory()
    ParticipationFactory.create_batch(7, round=survey_round, responded=True)
    text = hr.get(detail(survey_round)).text
    assert "5–9" in text
    assert "Results appear after the round has closed" in text


def test_round_detail_closed_hides_small_groups(hr: Client) -> None:
    survey_round = RoundFactory()
    for at in range(5):
        person = UserFactory(department="Tiny" if at == 0 else "Large")
        answering.submit(
            participation=ParticipationFactory(round=survey_round, person=person),
            answers={"q-scale": 1 + at},
        )
    rounds.close_round(pk=survey_round.pk)
    text = hr.get(detail(survey_round)).text
    assert "5 answers" in text
    assert "Tiny" in text
    assert text.count(">hidden<") >= 2


@pytest.mark.parametrize(
    ("label", "hr_reads", "reader_reads"),
    [("attributed", 200, 404), ("confidential", 404, 200), ("anonymous", 404, 404)],
)
def test_round_answers_are_for_whom_the_label_names(
    as_user: AsUser, label: str, hr_reads: int, reader_reads: int
) -> None:
    survey_round = RoundFactory(label=label)
    reader = UserFactory()
    survey_round.readers.add(reader)
    participation = ParticipationFactory(round=survey_round)
    answering.submit(participation=participation, answers={"q-scale": 3})
    url = reverse("feedback:round_answers", args=[survey_round.public_id])
    assert as_user(reader).get(url).status_code == 404, "not before the close"
    rounds.close_round(pk=survey_round.pk)
    assert as_user(reader).get(url).status_code == reader_reads
    assert as_user(UserFactory(is_hr_admin=True)).get(url).status_code == hr_reads


def plan_form(**more: Any) -> dict[str, Any]:
    return {
        "title": "Pulse",
        "kind": "pulse",
        "label": Label.ANONYMOUS,
        "audience": "all",
        "first_day": 30,
        "open_days": 10,
        "questions-TOTAL_FORMS": 2,
        "questions-INITIAL_FORMS": 0,
        "questions-0-text": "How is it going?",
        "questions-0-kind": "scale5",
        "questions-0-required": "on",
        **more,
    }


def test_plan_item_new_saves_questions(hr: Client) -> None:
    program = ProgramFactory()
    url = reverse("feedback:plan_item_new", args=[program.public_id])
    more = {
        "questions-1-text": "Which?",
        "questions-1-kind": "single",
        "questions-1-options": "One\nTwo",
    }
    assert hr.post(url, plan_form(**more)).status_code == 302
    item = SurveyPlanItem.objects.get()
    assert [(q.text, q.options) for q in item.questions.all()] == [
        ("How is it going?", []),
        ("Which?", ["One", "Two"]),
    ]
    edit = reverse("feedback:plan_item_edit", args=[item.public_id])
    assert "How is it going?" in hr.get(edit).text
    assert hr.post(edit, plan_form(title="Another title")).status_code == 302
    item.refresh_from_db()
    assert (item.title, item.position, item.questions.count()) == ("Another title", 1, 1)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"questions-0-text": ""}, "Add at least one question."),
        ({"questions-0-kind": "single"}, "Write at least two answers"),
        ({"label": "confidential"}, "Name at least one person"),
        ({"label": "confidential", "reader_addresses": "nobody@example.com"}, "nobody@example.com"),
        ({"open_days": 1}, "Choose 2 or more"),
        ({"days_before_end": 7, "every_weeks": 4}, "is asked once"),
    ],
)
def test_plan_item_new_tells_what_is_wrong(hr: Client, more: dict[str, Any], problem: str) -> None:
    url = reverse("feedback:plan_item_new", args=[ProgramFactory().public_id])
    response = hr.post(url, plan_form(**more))
    assert response.status_code == 422
    assert problem in response.text
    assert not SurveyPlanItem.objects.exists()


def test_plan_item_remove_keeps_its_rounds(hr: Client) -> None:
    item = PlanItemFactory()
    survey_round = RoundFactory(program=item.program, plan_item=item)
    assert hr.post(reverse("feedback:plan_item_remove", args=[item.public_id])).status_code == 302
    survey_round.refresh_from_db()
    assert survey_round.plan_item is None


@pytest.mark.parametrize("rows", [1, 3])
def test_round_list_query_count(hr: Client, rows: int, django_assert_num_queries: Any) -> None:
    program = ProgramFactory()
    for _ in range(rows):
        RoundFactory(program=program, plan_item=PlanItemFactory(program=program))
    with django_assert_num_queries(9):
        hr.get(reverse("feedback:round_list", args=[program.public_id]))


@pytest.mark.parametrize("rows", [1, 3])
def test_round_answers_query_count(hr: Client, rows: int, django_assert_num_queries: Any) -> None:
    survey_round = RoundFactory(label="attributed")
    for participation in ParticipationFactory.create_batch(rows, round=survey_round):
        answering.submit(participation=participation, answers={"q-scale": 3})
    rounds.close_round(pk=survey_round.pk)
    with django_assert_num_queries(7):
        hr.get(reverse("feedback:round_answers", args=[survey_round.public_id]))
