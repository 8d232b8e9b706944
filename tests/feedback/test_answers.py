"""Checking answers, and the steps of the answering page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common.errors import DomainError
from feedback import mail
from feedback.domain import answers as domain
from feedback.domain import rounds
from feedback.domain.figures import choices, exact_figures
from feedback.enums import Label
from feedback.models import AnonymousAnswer, Participation, Response
from tests.factories import UserFactory
from tests.feedback.factories import CHOICE, SCALE, WORDS, ParticipationFactory
from tests.support.types import AsUser

TEN = {**SCALE, "id": "q-ten", "kind": "scale10"}
ONE = {**CHOICE, "id": "q-one", "kind": "single"}
GIVEN = {"q-q-scale": "4", "q-q-many": ["Time", "Tools"], "q-q-words": "More time."}


@pytest.mark.parametrize(
    ("question", "value", "checked"),
    [
        (SCALE, "1", 1),
        (SCALE, "5", 5),
        (TEN, "0", 0),
        (TEN, "10", 10),
        (ONE, "Trust", "Trust"),
        (ONE, ["Trust"], "Trust"),
        (CHOICE, ["Tools", "Time", "Tools"], ["Time", "Tools"]),
        (CHOICE, "Tools", ["Tools"]),
        (WORDS, "  More time.\n", "More time."),
        (WORDS, "x" * 2000, "x" * 2000),
        (WORDS, "More\r\n\u202etime.", "More\ntime."),
    ],
)
def test_answer_is_kept_in_its_own_form(question: dict[str, Any], value: Any, checked: Any) -> None:
    assert domain.clean_one(question, value) == checked


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (SCALE, "0"),
        (SCALE, "6"),
        (SCALE, "-1"),
        (SCALE, "3.5"),
        (SCALE, ["3"]),
        (TEN, "11"),
        (ONE, ["Time", "Trust"]),
        (ONE, "Money"),
        (CHOICE, ["Time", "Money"]),
        (WORDS, "x" * 2001),
        (WORDS, "More\x00time."),
        (SCALE, "9" * 5000),
        (SCALE, "³"),
    ],
)
def test_answer_that_was_not_offered_is_refused(question: dict[str, Any], value: Any) -> None:
    with pytest.raises(DomainError):
        domain.clean_one(question, value)


@pytest.mark.parametrize("nothing", [None, "", []])
def test_only_what_is_required_must_be_answered(nothing: Any) -> None:
    given = {"q-scale": nothing, "q-many": nothing, "q-words": nothing}
    checked, problems = domain.clean([SCALE, CHOICE, WORDS], given)
    assert checked == {}
    assert list(problems) == ["q-scale"]


@pytest.mark.parametrize(
    ("question", "values", "counts", "mean", "favourable"),
    [
        (SCALE, [1, 5, 5], {"1": 1, "2": 0, "3": 0, "4": 0, "5": 2}, 3.67, 2),
        (TEN, [0, 10], {str(n): int(n in {0, 10}) for n in range(11)}, 5, 1),
        (ONE, ["Time", "Time"], {"Time": 2, "Trust": 0, "Tools": 0}, None, None),
        (CHOICE, [["Time", "Tools"], ["Tools"]], {"Time": 1, "Trust": 0, "Tools": 2}, None, None),
        (SCALE, [], dict.fromkeys("12345", 0), None, 0),
    ],
)
def test_exact_figures_count_every_answer_that_was_offered(
    question: dict[str, Any],
    values: list[Any],
    counts: dict[str, int],
    mean: float | None,
    favourable: int | None,
) -> None:
    found = exact_figures(question, values)
    assert found == {
        "answers": len(values),
        "counts": counts,
        "favourable": favourable,
        "mean": mean,
    }
    assert choices(question) == list(counts)


# the page


def link(participation: Participation) -> str:
    return reverse("feedback:survey_answer", args=[mail.make_token(participation)])


def press(client: Client, asked: Participation, action: str, **more: Any) -> str:
    """The page after a button, with all answers in the form."""
    return str(client.post(link(asked), {"action": action, **GIVEN, **more}).text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("action", "at", "number"),
    [
        ("back", "2", 2),
        ("back", "0", 1),
        ("goto:1", "0", 2),
        ("goto:99", "0", 3),
        ("goto:x", "2", 1),
        ("next", "0", 2),
        ("next", "-1", 2),
    ],
)
def test_buttons_lead_to_a_question_and_keep_what_was_answered(
    client: Client, action: str, at: str, number: int
) -> None:
    page = press(client, ParticipationFactory(), action, at=at)
    assert f"Question {number} of 3" in page
    assert "More time." in page
    assert not AnonymousAnswer.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["send", "next", "look", "goto:1"])
def test_a_text_that_cannot_be_stored_is_refused_and_kept_in_the_form(
    client: Client, caplog: pytest.LogCaptureFixture, action: str
) -> None:
    participation = ParticipationFactory()
    url = reverse("feedback:survey_answer", args=[mail.make_token(participation)])
    given = GIVEN | {"q-q-words": "SECRET\x00 words", "action": action, "at": "9" * 5000}
    response = client.post(url, given)
    assert response.status_code < 500
    assert not AnonymousAnswer.objects.exists()
    assert not Response.objects.exists()
    assert "SECRET" not in caplog.text


@pytest.mark.django_db
def test_start_forgets_what_the_form_carries(client: Client) -> None:
    page = press(client, ParticipationFactory(), "start")
    assert "Question 1 of 3" in page
    assert "More time." not in page


@pytest.mark.django_db
def test_earlier_answers_are_shown_to_the_person_alone(client: Client, as_user: AsUser) -> None:
    asked = ParticipationFactory(round__label=Label.ATTRIBUTED)
    domain.submit(participation=asked, answers={"q-scale": 2, "q-words": "Only mine."})
    for reader, sees in ((None, False), (UserFactory(), False), (asked.person, True)):
        reads = as_user(reader) if reader else client
        page = reads.post(link(asked), {"action": "start"}).text
        assert ("Only mine." in page) == sees


@pytest.mark.django_db
def test_answer_that_meets_the_close_is_refused_in_words(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ParticipationFactory()

    def close_first(**options: Any) -> None:
        rounds.close_round(pk=asked.round_id)
        submit(**options)

    submit = domain.submit
    monkeypatch.setattr(domain, "submit", close_first)
    response = client.post(link(asked), {"action": "send", **GIVEN})
    assert response.status_code == 409
    assert "This survey has closed" in response.text
    assert not AnonymousAnswer.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("label", [Label.ATTRIBUTED, Label.CONFIDENTIAL])
def test_named_answer_that_meets_the_close_is_refused(label: str) -> None:
    asked = ParticipationFactory(round__label=label)
    rounds.close_round(pk=asked.round_id)
    with pytest.raises(DomainError, match="has closed"):
        domain.submit(participation=asked, answers={"q-scale": 4})
    assert not Response.objects.exists()


@pytest.mark.django_db
def test_opting_out_after_the_close_is_answered_and_changes_nothing(client: Client) -> None:
    asked = ParticipationFactory()
    address = reverse("feedback:survey_opt_out", args=[mail.make_token(asked)])
    rounds.close_round(pk=asked.round_id)
    assert client.post(address).status_code == 200
    assert not Participation.objects.filter(opted_out=True).exists()
    assert client.get(address).status_code == 405


@pytest.mark.django_db
def test_link_of_the_home_page_is_ones_own(as_user: AsUser) -> None:
    asked = ParticipationFactory()
    other = ParticipationFactory(round=asked.round)
    address = reverse("feedback:survey_open", args=[asked.round.public_id])

    def way_of(person: User) -> Any:
        return as_user(person).get(address)

    assert way_of(asked.person).headers["Location"] == link(asked)
    assert way_of(other.person).headers["Location"] == link(other)
    assert way_of(UserFactory()).status_code == 404
