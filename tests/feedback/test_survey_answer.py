"""Answering from the mailed link, as a person without JavaScript does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from feedback import mail
from feedback.domain import reminders, rounds
from feedback.enums import Label
from feedback.models import AnonymousAnswer, Participation, Response
from tests.factories import UserFactory
from tests.feedback.factories import ParticipationFactory

pytestmark = pytest.mark.django_db


def link(participation: Participation) -> str:
    return reverse("feedback:survey_answer", args=[mail.make_token(participation)])


def post(
    client: Client, participation: Participation, action: str, at: int = 0, **given: Any
) -> Any:
    return client.post(link(participation), {"action": action, "at": at, **given})


ALL = {"q-q-scale": "4", "q-q-many": ["Time", "Tools"], "q-q-words": "More time."}


def test_survey_answer_opening_changes_nothing(client: Client) -> None:
    participation = ParticipationFactory()
    response = client.get(link(participation))
    participation.refresh_from_db()
    assert response.status_code == 200
    assert not participation.responded
    assert "Start" in response.text
    assert "answers in your name" in response.text


def test_survey_answer_whole_way(client: Client) -> None:
    participation = ParticipationFactory()
    assert "Question 1 of 3" in post(client, participation, "start").text
    assert "Question 2 of 3" in post(client, participation, "next", 0, **{"q-q-scale": "4"}).text
    third = post(
        client, participation, "next", 1, **{"q-q-scale": "4", "q-q-many": ["Time", "Tools"]}
    )
    assert "Please name nobody" in third.text
    check = post(client, participation, "next", 2, **ALL)
    assert "Check your answers" in check.text
    assert not AnonymousAnswer.objects.exists()
    sent = post(client, participation, "send", **ALL)
    assert sent.status_code == 302
    assert AnonymousAnswer.objects.get().answers == {
        "q-scale": 4,
        "q-many": ["Time", "Tools"],
        "q-words": "More time.",
    }
    assert "Thank you" in client.get(link(participation)).text


@pytest.mark.parametrize(
    ("at", "given", "problem"),
    [
        (0, {}, "Please answer this question."),
        (0, {"q-q-scale": "9"}, "Choose one of the numbers shown."),
        (0, {"q-q-scale": "x"}, "Choose one of the numbers shown."),
        (1, {"q-q-scale": "4", "q-q-many": ["Money"]}, "Choose from the answers shown."),
        (2, {"q-q-scale": "4", "q-q-words": "x" * 2001}, "2,001 characters; at most 2,000"),
    ],
)
def test_survey_answer_wrong_answer_is_told_and_kept(
    client: Client, at: int, given: dict[str, Any], problem: str
) -> None:
    response = post(client, ParticipationFactory(), "next", at, **given)
    assert response.status_code == 422
    assert problem in response.text
    assert "Error:" in response.text
    if at:
        assert 'name="q-q-scale" value="4"' in response.text


def test_survey_answer_sent_with_a_gap_leads_to_the_gap(client: Client) -> None:
    response = post(client, ParticipationFactory(), "send", **{"q-q-words": "Only this."})
    assert response.status_code == 422
    assert "Question 1 of 3" in response.text
    assert not AnonymousAnswer.objects.exists()


def test_survey_answer_anonymous_cannot_be_changed(client: Client) -> None:
    participation = ParticipationFactory()
    post(client, participation, "send", **ALL)
    again = post(client, participation, "start")
    assert "Thank you" in again.text
    assert "Change my answers" not in again.text


def test_survey_answer_attributed_comes_back_with_what_was_said(client: Client) -> None:
    participation = ParticipationFactory(round__label=Label.ATTRIBUTED)
    post(client, participation, "send", **ALL)
    assert "Change my answers" in client.get(link(participation)).text
    client.force_login(
        participation.person, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert 'value="4" id="answer-first" checked' not in post(client, participation, "start").text
    assert 'value="4" checked' in post(client, participation, "start").text
    assert Response.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_survey_answer_after_close(client: Client, method: str) -> None:
    participation = ParticipationFactory()
    url = link(participation)
    rounds.close_round(pk=participation.round.pk)
    response = getattr(client, method)(url, {"action": "send"} | ALL)
    assert "This survey has closed" in response.text
    assert not AnonymousAnswer.objects.exists()


def test_survey_answer_forged_link_is_404(client: Client) -> None:
    url = link(ParticipationFactory())
    assert client.get(url[:-3] + "xx/").status_code == 404


def test_survey_answer_of_a_leaver_is_closed(client: Client) -> None:
    participation = ParticipationFactory(person__is_active=False)
    assert "This survey has closed" in client.get(link(participation)).text


def test_survey_opt_out_ends_the_reminders(client: Client) -> None:
    participation = ParticipationFactory()
    url = reverse("feedback:survey_opt_out", args=[mail.make_token(participation)])
    assert client.get(url).status_code == 405
    assert "No more reminders" in client.post(url).text
    participation.refresh_from_db()
    assert participation.opted_out
    clock.move_to(participation.round.closes_at - timedelta(hours=1))
    assert reminders.nudge_due() == 0


def test_survey_open_leads_the_person_asked_and_nobody_else(client: Client) -> None:
    participation = ParticipationFactory()
    url = reverse("feedback:survey_open", args=[participation.round.public_id])
    for person, status in ((participation.person, 302), (UserFactory(), 404)):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.get(url).status_code == status
