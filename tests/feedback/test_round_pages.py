"""What managers and named readers see of rounds."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from feedback.domain import answers as answering
from feedback.domain import rounds
from feedback.domain.response import refresh_bands
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
    refresh_bands()
    text = hr.get(detail(survey_round)).text
    assert "So far three quarters or more of 50 people have answered." in text
    assert "Results appear after the round has closed" in text


def closed_round(number: int = 1, **more: Any) -> SurveyRound:
    """A round that 20 of 26 answered, 15 of them favourably; one is alone in a department."""
    survey_round = RoundFactory(asked=26, number=number, **more)
    for at in range(20):
        participation = ParticipationFactory(
            round=survey_round,
            role="mentor" if at < 10 else "mentee",
            department="Tiny" if at == 0 else "Large",
        )
        value = (2, 4)[at % 2] if at < 10 else 5
        answering.submit(participation=participation, answers={"q-scale": value})
    silent = {"role": "mentee", "department": "Large"}
    ParticipationFactory.create_batch(6, round=survey_round, **silent)
    rounds.close_round(pk=survey_round.pk)
    survey_round.refresh_from_db()
    return survey_round


@pytest.mark.broad
def test_round_detail_closed_shows_classes_and_hides_small_groups(hr: Client) -> None:
    survey_round = closed_round()
    text = hr.get(detail(survey_round)).text
    assert "60 to 79 % answered 4 or 5" in text
    assert "20 to 24 of 26 people answered" in text
    assert "half or more favourable" in text, "of the ten mentors"
    assert re.search(r"Hidden:\s+Large, Tiny\.", text), "one more, or it could be subtracted"


@pytest.mark.broad
def test_round_detail_shows_the_change_and_the_trend(hr: Client) -> None:
    first = closed_round(opens_at=clock.now() - timedelta(days=40))
    second = RoundFactory(program=first.program, asked=30, number=2)
    for asked in ParticipationFactory.create_batch(26, round=second):
        answering.submit(participation=asked, answers={"q-scale": 5})
    rounds.close_round(pk=second.pk)
    response = hr.get(detail(second))
    assert "80 % or more answered 4 or 5; more than last time (60 to 79 %)" in response.text
    trend = response.context["trend"]
    assert [cell.text for cell in trend.rows[0].cells] == ["60 to 79 %", "80 % or more"]


@pytest.mark.broad
def test_attributed_round_shows_exact_figures(hr: Client) -> None:
    survey_round = closed_round(label=Label.ATTRIBUTED)
    text = hr.get(detail(survey_round)).text
    assert "75 % answered 4 or 5" in text
    assert "20 of 26 people answered" in text


@pytest.mark.broad
@pytest.mark.parametrize("label", [Label.ANONYMOUS, Label.CONFIDENTIAL])
def test_export_holds_exactly_what_the_page_shows(hr: Client, label: str) -> None:
    survey_round = closed_round(label=label)
    response: Any = hr.get(reverse("feedback:round_export", args=[survey_round.public_id]))
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert '"How useful?","Everybody","","20 to 24 answers","favourable","60 to 79 %"' in lines
    assert '"How useful?","Department","Tiny","hidden","",""' in lines
    page = hr.get(detail(survey_round)).text
    for line in lines[1:]:
        share = line.split(",")[-1].strip('"')
        assert share in page


@pytest.mark.broad
def test_no_exact_number_of_an_anonymous_round_is_kept() -> None:
    survey_round = closed_round()
    assert survey_round.answered == 20, "in fives"
    for table in survey_round.tables.all():
        for figures in table.figures.values():
            if figures:
                assert "counts" not in figures
                assert figures["answers"] % 5 == 0
                assert figures["mean"] is None


@pytest.mark.broad
@pytest.mark.parametrize("rows", [2, 4])
def test_round_detail_query_count(hr: Client, rows: int, django_assert_num_queries: Any) -> None:
    program = ProgramFactory()
    for number in range(rows):
        earlier = clock.now() - timedelta(days=40 * (rows - number))
        survey_round = closed_round(number + 1, program=program, opens_at=earlier)
    with django_assert_num_queries(9):
        hr.get(detail(survey_round))


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
    assert hr.post(url, plan_form(**more)).status_code == 303
    item = SurveyPlanItem.objects.get()
    assert [(q.text, q.options) for q in item.questions.all()] == [
        ("How is it going?", []),
        ("Which?", ["One", "Two"]),
    ]
    edit = reverse("feedback:plan_item_edit", args=[item.public_id])
    assert "How is it going?" in hr.get(edit).text
    assert hr.post(edit, plan_form(title="Another title")).status_code == 303
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


@pytest.mark.parametrize("line", ["Ada Okafor", "okafor ada", "ada@example.com"])
def test_readers_are_named_by_name_or_address(hr: Client, line: str) -> None:
    ada = UserFactory(name="Ada Okafor", email="ada@example.com")
    url = reverse("feedback:plan_item_new", args=[ProgramFactory().public_id])
    data = plan_form(label="confidential", reader_addresses=f"{line}\n{line}")
    assert hr.post(url, data).status_code == 303
    assert list(SurveyPlanItem.objects.get().readers.all()) == [ada]


def test_a_reader_whose_name_two_people_have_is_asked_for_by_address(hr: Client) -> None:
    for address in ("one@example.com", "two@example.com"):
        UserFactory(name="Ada Okafor", email=address)
    url = reverse("feedback:plan_item_new", args=[ProgramFactory().public_id])
    answer = hr.post(url, plan_form(label="confidential", reader_addresses="Ada Okafor"))
    assert answer.status_code == 422 and "more than one" in answer.text


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
    with django_assert_num_queries(12):
        hr.get(reverse("feedback:round_list", args=[program.public_id]))


@pytest.mark.parametrize("rows", [1, 3])
def test_round_answers_query_count(hr: Client, rows: int, django_assert_num_queries: Any) -> None:
    survey_round = RoundFactory(label="attributed")
    for participation in ParticipationFactory.create_batch(rows, round=survey_round):
        answering.submit(participation=participation, answers={"q-scale": 3})
    rounds.close_round(pk=survey_round.pk)
    with django_assert_num_queries(7):
        hr.get(reverse("feedback:round_answers", args=[survey_round.public_id]))
