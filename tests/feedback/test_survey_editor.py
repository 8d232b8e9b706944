"""HR plans a survey: its questions in rows, a bank, a preview, its dates, and opening it today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from common import clock
from common.errors import DomainError
from common.timezones import to_wall
from feedback import bank
from feedback.arranging import MOST_QUESTIONS, rearranged
from feedback.domain import rounds
from feedback.domain.plan import occurrences, save_item
from feedback.domain.plan_dates import dates_ahead
from feedback.enums import Audience
from feedback.models import SurveyPlanItem, SurveyRound
from tests.factories import PairingFactory, ProgramFactory, UserFactory
from tests.feedback.factories import PlanItemFactory
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr(as_user: AsUser) -> Client:
    return as_user(UserFactory(is_hr_admin=True))


def sent(*texts: str, **more: Any) -> QueryDict:
    """A form with these questions, each of them with a key of its own."""
    data = QueryDict(mutable=True)
    data.update({"title": "Pulse", "questions-TOTAL_FORMS": str(len(texts))})
    for at, text in enumerate(texts):
        data.update({f"questions-{at}-text": text, f"questions-{at}-key": f"key of {text}"})
    for name, value in more.items():
        data[name] = value
    return data


def rows(data: QueryDict) -> list[tuple[str, str]]:
    found = range(int(data["questions-TOTAL_FORMS"]))
    return [(data[f"questions-{n}-text"], data.get(f"questions-{n}-key", "")) for n in found]


A, B, C = [(text, f"key of {text}") for text in "ABC"]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("up-1", [B, A, C]),
        ("up-0", [A, B, C]),
        ("down-1", [A, C, B]),
        ("down-2", [A, B, C]),
        ("remove-0", [B, C]),
        ("copy-1", [A, B, ("B", ""), C]),
        ("preview", [A, B, C]),
        ("up-99", [A, B, C]),
        ("up-\u0663", [A, B, C]),
        ("remove-", [A, B, C]),
        ("bank", [A, B, C]),
    ],
)
def test_questions_are_rearranged(action: str, expected: list[tuple[str, str]]) -> None:
    changed = rearranged(sent("A", "B", "C"), action, language="en")
    assert rows(changed) == expected
    assert changed["title"] == "Pulse"


def test_rows_are_counted_even_where_the_number_sent_is_nonsense() -> None:
    for total in ("-1", "nine", "1e9", "9" * 5000):
        assert (
            rows(rearranged(sent("A", **{"questions-TOTAL_FORMS": total}), "copy-0", language="en"))
            == []
        )
    many = sent(*["A"] * MOST_QUESTIONS)
    assert len(rows(rearranged(many, "copy-0", language="en"))) == MOST_QUESTIONS


def test_rearranging_keeps_what_was_typed_and_stores_nothing(hr: Client) -> None:
    item = PlanItemFactory()
    url = reverse("feedback:plan_item_edit", args=[item.public_id])
    data = sent("First", "Second", open_days="many", arrange="up-1").dict()
    page = hr.post(url, {**data, "intro": "Typed"})
    assert page.status_code == 200 and "There is a problem" not in page.text
    assert page.text.index("Second</textarea>") < page.text.index("First</textarea>")
    assert "Typed" in page.text and 'value="many"' in page.text
    assert [q.text for q in item.questions.all()] == ["How useful?"]


def test_rearranging_hides_no_change_that_somebody_else_made(hr: Client) -> None:
    item = PlanItemFactory(title="Pulse")
    url = reverse("feedback:plan_item_edit", args=[item.public_id])
    seen = hr.get(url).context["form"]["seen"].value()
    SurveyPlanItem.objects.filter(pk=item.pk).update(title="Changed meanwhile")
    page = hr.post(url, {**sent("A", arrange="add", seen=seen).dict()})
    assert page.context["form"]["seen"].value() == seen


def test_preview_shows_the_questions_as_they_are_asked(hr: Client) -> None:
    url = reverse("feedback:plan_item_new", args=[ProgramFactory().public_id])
    more = {
        "questions-0-kind": "scale5",
        "questions-0-low": "never",
        "questions-0-high": "always",
        "questions-1-kind": "single",
        "questions-0-key": "",
    }
    page = hr.post(url, sent("Do you meet?", "No answers yet", arrange="preview", **more).dict())
    preview = page.text.split('id="preview-heading"')[1]
    assert "Do you meet?" in preview and "1 – never" in preview and "5 – always" in preview
    assert "No answers yet" not in preview  # it is not complete
    assert not SurveyPlanItem.objects.exists()


def test_a_question_of_the_bank_is_the_same_in_every_survey(hr: Client) -> None:
    question = bank.QUESTIONS[1]
    url = reverse("feedback:plan_item_new", args=[ProgramFactory().public_id])
    page = hr.post(url, sent(arrange="bank", bank=str(question.number)).dict())
    [form] = page.context["questions"].forms
    assert form["text"].value() == str(question.text) and form["low"].value() == "never"

    item = PlanItemFactory(questions=False)
    asked = {"text": "My own words", "kind": "scale5", "key": question.key}
    save_item(actor=UserFactory(), item=item, questions=[asked, asked])
    keys = [stored.key for stored in item.questions.all()]
    assert keys[0] == question.key and keys[1] != question.key

    other = PlanItemFactory(questions=False)
    save_item(actor=UserFactory(), item=other, questions=[{**asked, "kind": "text"}])
    assert other.questions.get().key != question.key  # answered in another way


def test_bank_speaks_the_language_of_the_program(hr: Client) -> None:
    url = reverse("feedback:plan_item_new", args=[ProgramFactory(language="de").public_id])
    page = hr.get(url)
    assert '<optgroup label="Scale of 1 to 5">' in page.text
    assert '<option value="9" lang="de">Würden Sie wieder teilnehmen?</option>' in page.text
    page = hr.post(url, sent(arrange="bank", bank="9").dict())
    [form] = page.context["questions"].forms
    assert form["options"].value() == "Ja\nVielleicht\nNein"


def test_bank_has_one_key_for_each_question() -> None:
    assert len(bank.KINDS) == len(bank.QUESTIONS)


def whole_form(item: SurveyPlanItem, **more: Any) -> dict[str, Any]:
    """The form of a survey with its one question, as the editor sends it."""
    [question] = item.questions.all()
    return {
        "title": "Pulse",
        "kind": "pulse",
        "label": "anonymous",
        "audience": "all",
        "first_day": 30,
        "open_days": 10,
        "questions-TOTAL_FORMS": 1,
        "questions-INITIAL_FORMS": 0,
        "questions-0-key": str(question.key),
        "questions-0-text": question.text,
        "questions-0-kind": question.kind,
        **more,
    }


@pytest.fixture
def asked_item() -> SurveyPlanItem:
    """A survey whose question has been asked in a round."""
    item = running_item(first_day=40)
    rounds.open_now(actor=UserFactory(), item=item)
    return item


NEW_WORDS = {"questions-0-text": "How useful is it now?", "title": "Typed"}


@pytest.mark.parametrize("meaning", ["same", "new"])
def test_other_words_of_a_question_in_use_are_asked_about(
    hr: Client, asked_item: SurveyPlanItem, meaning: str
) -> None:
    url = reverse("feedback:plan_item_edit", args=[asked_item.public_id])
    [question] = asked_item.questions.all()
    page = hr.post(url, whole_form(asked_item, **NEW_WORDS))
    assert page.status_code == 200 and "Is it still the same question?" in page.text
    assert "Last time: “How useful?”" in page.text
    assert "How useful is it now?</textarea>" in page.text and 'value="Typed"' in page.text
    assert 'value="same" id="question-1-same" checked' in page.text
    assert asked_item.questions.get().text == "How useful?"

    sent = whole_form(asked_item, **NEW_WORDS, **{"questions-0-meaning": meaning})
    saved = hr.post(url, sent, headers={"HX-Request": "true"})  # without script: the tests below
    assert (saved.status_code, "HX-Redirect" in saved.headers) == (204, True)
    stored = asked_item.questions.get()
    assert stored.text == "How useful is it now?"
    assert (stored.key != question.key) is (meaning == "new")


def test_words_are_asked_about_once(hr: Client, asked_item: SurveyPlanItem) -> None:
    url = reverse("feedback:plan_item_edit", args=[asked_item.public_id])
    asked_item.questions.update(text="Decided before")
    page = hr.get(url)
    assert page.text.count("How useful?") == 1  # it can still be chosen anew
    assert hr.post(url, whole_form(asked_item)).status_code == 303


def test_words_that_nobody_was_asked_with_are_free(hr: Client, asked_item: SurveyPlanItem) -> None:
    url = reverse("feedback:plan_item_edit", args=[asked_item.public_id])
    same = {"questions-0-low": "not at all", "questions-0-text": " How  useful? "}
    assert hr.post(url, whole_form(asked_item, **same)).status_code == 303
    assert "questions-0-meaning" not in hr.get(url).text

    other = PlanItemFactory()
    url = reverse("feedback:plan_item_edit", args=[other.public_id])
    assert hr.post(url, whole_form(other, **NEW_WORDS)).status_code == 303


def test_what_is_wrong_with_a_question_stands_above_and_beside_it(hr: Client) -> None:
    item = PlanItemFactory()
    url = reverse("feedback:plan_item_edit", args=[item.public_id])
    page = hr.post(url, whole_form(item, **{"questions-0-kind": "single"}))
    assert page.status_code == 422
    assert '<a href="#id_questions-0-options">Question 1: Write at least two' in page.text
    assert '<details class="question-more" open>' in page.text


def test_a_question_that_is_answered_in_another_way_is_another_question() -> None:
    item = PlanItemFactory()
    [question] = item.questions.all()
    asked = {"text": question.text, "kind": "scale10", "key": question.key}
    save_item(actor=UserFactory(), item=item, questions=[asked])
    assert item.questions.get().key != question.key


def running_item(**more: Any) -> SurveyPlanItem:
    """A survey of a program with one pair, for everybody who is asked."""
    pairing = PairingFactory(state="active", program__state="running")
    return PlanItemFactory(program=pairing.program, **more)


def test_open_now_takes_the_place_of_the_next_round() -> None:
    item = running_item(first_day=40, every_weeks=4)
    planned = [due.number for due in occurrences(item)]
    opened = rounds.open_now(actor=UserFactory(), item=item)
    assert (opened.number, opened.asked) == (planned[0], 2)
    closes = to_wall(opened.closes_at, item.program.time_zone)
    assert (closes.hour, closes.date()) == (
        9,
        clock.today(item.program.time_zone) + timedelta(days=item.open_days),
    )
    assert [
        one.due.number for one in dates_ahead(item.program, [item], viewer=UserFactory())
    ] == planned[1:]


def test_open_now_after_the_last_round_asks_once_more() -> None:
    item = running_item(first_day=1)
    assert rounds.open_now(actor=UserFactory(), item=item).number == 2


@pytest.mark.parametrize(
    ("state", "pair", "words"),
    [
        ("running", "active", "open already"),
        ("matching", "active", "while the program is running"),
        ("running", "ended", "no pair is active"),
    ],
)
def test_open_now_says_why_it_cannot(hr: Client, state: str, pair: str, words: str) -> None:
    pairing = PairingFactory(state=pair, program__state=state)
    item = PlanItemFactory(program=pairing.program, first_day=40)
    if words == "open already":
        rounds.open_now(actor=UserFactory(), item=item)
    before = SurveyRound.objects.count()
    answer = hr.post(reverse("feedback:plan_item_open", args=[item.public_id]))
    assert answer.status_code == 422 and words in answer.text
    assert SurveyRound.objects.count() == before
    with pytest.raises(DomainError, match=words):
        rounds.open_now(actor=UserFactory(), item=item)


@pytest.mark.parametrize(
    ("audiences", "days", "is_close"),
    [
        ((Audience.ALL, Audience.MENTORS), 13, True),
        ((Audience.MENTORS, Audience.MENTORS), 13, True),
        ((Audience.MENTEES, Audience.MENTORS), 13, False),
        ((Audience.ALL, Audience.ALL), 14, False),
    ],
)
def test_surveys_close_together_are_remarked_on(
    audiences: tuple[Audience, Audience], days: int, is_close: bool
) -> None:
    program = ProgramFactory()
    first = PlanItemFactory(program=program, title="First", first_day=40, audience=audiences[0])
    second = PlanItemFactory(program=program, first_day=40 + days, audience=audiences[1])
    [_before, planned] = dates_ahead(program, [first, second], viewer=UserFactory())
    assert any("two weeks after “First”" in text for text in planned.remarks) is is_close


def test_a_holiday_and_the_end_are_remarked_on() -> None:
    program = ProgramFactory(time_zone="Europe/Berlin")
    christmas = program.starts_on.replace(month=12, day=25)
    if christmas <= clock.today("Europe/Berlin"):
        christmas = christmas.replace(year=christmas.year + 1)
    program.ends_on = christmas
    item = PlanItemFactory(
        program=program, first_day=(christmas - program.starts_on).days, open_days=20
    )
    [planned] = dates_ahead(program, [item], viewer=UserFactory())
    assert [text.partition(":")[0] for text in planned.remarks] == [
        "Opens on a public holiday",
        "Still open more than two weeks after the program’s last day.",
    ]
