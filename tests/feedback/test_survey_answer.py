"""Answering from the mailed link, as a person without JavaScript does."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common import clock
from common.errors import DomainError
from feedback import mail
from feedback.domain import answers as domain
from feedback.domain import reminders, rounds
from feedback.enums import Label
from feedback.models import AnonymousAnswer, Participation, Response, SurveyRound
from tests.factories import UserFactory
from tests.feedback.factories import CHOICE, ParticipationFactory, RoundFactory
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db

ALL = {"q-q-scale": "4", "q-q-many": ["Time", "Tools"], "q-q-words": "More time."}
STORED = {"q-scale": 4, "q-many": ["Time", "Tools"], "q-words": "More time."}


def link(participation: Participation) -> str:
    return reverse("feedback:survey_answer", args=[mail.make_token(participation)])


def send(client: Client, participation: Participation, **given: Any) -> Any:
    return client.post(link(participation), {"action": "send", **given})


def test_survey_answer_opening_changes_nothing(client: Client) -> None:
    participation = ParticipationFactory()
    response = client.get(link(participation))
    participation.refresh_from_db()
    assert response.status_code == 200
    assert not participation.responded
    assert "answers in your name" in response.text
    assert "HR reads what you write word for word" in response.text
    assert "Save for later" not in response.text


def test_survey_answer_is_one_form(client: Client) -> None:
    participation = ParticipationFactory()
    page = client.get(link(participation)).text
    for name in ALL:
        assert f'name="{name}"' in page
    assert send(client, participation, **ALL).status_code == 302
    assert AnonymousAnswer.objects.get().answers == STORED
    after = client.get(link(participation)).text
    assert "Thank you" in after
    assert "What happens next" in after
    assert "you get one mail" in after
    assert "Change my answers" not in after


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "Please answer this question."),
        ({"q-q-scale": "9"}, "Choose one of the numbers shown."),
        ({"q-q-scale": "x"}, "Choose one of the numbers shown."),
        ({"q-q-many": ["Money"]}, "Choose from the answers shown."),
        ({"q-q-many": ["Time", "Nothing"]}, "“Nothing” goes with no other answer."),
        ({"q-q-words": "x" * 2001}, "2,001 characters; at most 2,000"),
        ({"q-q-words": "SECRET\x00 words"}, "Only this."),
    ],
)
def test_survey_answer_wrong_answer_is_told_and_kept(
    client: Client, caplog: pytest.LogCaptureFixture, given: dict[str, Any], problem: str
) -> None:
    asked = ParticipationFactory(round__questions=questions_with_none())
    response = send(client, asked, **{"q-q-other": "Only this.", **given})
    assert response.status_code == 422
    assert problem in response.text
    assert "Error:" in response.text
    assert "Only this." in response.text
    assert "SECRET" not in caplog.text
    assert not AnonymousAnswer.objects.exists()


def questions_with_none() -> list[dict[str, Any]]:
    scale, __, words = RoundFactory.build(program=None).questions
    choice = {**CHOICE, "options": ["Time", "Nothing"]}
    return [scale, choice, words, {**words, "id": "q-other"}]


def test_scale_says_what_its_ends_mean(client: Client) -> None:
    questions = RoundFactory.build(program=None).questions
    asked = ParticipationFactory(round__questions=questions)
    assert "1 – not at all" in client.get(link(asked)).text
    asked.round.questions[0] |= {"low": "Wasted", "high": "Worth it"}
    asked.round.save()
    page = client.get(link(asked)).text
    assert "1 – Wasted" in page
    assert "5 – Worth it" in page


# sent already


def test_survey_answer_anonymous_counts_once(client: Client) -> None:
    participation = ParticipationFactory()
    send(client, participation, **ALL)
    again = send(client, participation, **{**ALL, "q-q-words": "Second thoughts."})
    assert again.status_code == 409
    assert "You have answered already" in again.text
    assert "Second thoughts." in again.text
    assert "Change my answers" not in client.get(link(participation), {"change": "1"}).text
    assert AnonymousAnswer.objects.get().answers == STORED


def test_survey_answer_attributed_comes_back_to_its_author_alone(
    client: Client, as_user: AsUser
) -> None:
    participation = ParticipationFactory(round__label=Label.ATTRIBUTED)
    send(client, participation, **ALL)
    assert "Change my answers" in client.get(link(participation)).text
    change = {"change": "1"}
    assert "More time." not in client.get(link(participation), change).text
    assert "More time." in as_user(participation.person).get(link(participation), change).text
    assert Response.objects.count() == 1


# saved for later


def save(client: Client, participation: Participation, **given: Any) -> Any:
    return client.post(link(participation), {"action": "save", **given}, follow=True)


@pytest.mark.parametrize("label", [Label.ATTRIBUTED, Label.CONFIDENTIAL])
def test_draft_is_its_authors_alone_and_counts_as_no_answer(as_user: AsUser, label: str) -> None:
    asked = ParticipationFactory(round__label=label)
    page = save(as_user(asked.person), asked, **{"q-q-words": "Half a thought."}).text
    assert "Half a thought." in page
    assert "Only you see this until you send it." in page
    assert "Half a thought." not in Client().get(link(asked)).text
    asked.refresh_from_db()
    assert not asked.responded
    assert not Response.objects.exists()
    assert SurveyRound.objects.waiting_for(asked.person).exists()

    rounds.close_round(pk=asked.round_id)
    asked.refresh_from_db()
    assert asked.draft is None
    assert SurveyRound.objects.get().answered == 0
    assert not Response.objects.exists()


def test_draft_ends_when_it_is_sent(as_user: AsUser) -> None:
    asked = ParticipationFactory(round__label=Label.CONFIDENTIAL)
    signed_in = as_user(asked.person)
    save(signed_in, asked, **{"q-q-words": "Half a thought."})
    assert send(signed_in, asked, **ALL).status_code == 302
    asked.refresh_from_db()
    assert asked.draft is None
    assert Response.objects.get().answers == STORED


@pytest.mark.parametrize(
    ("label", "responded", "own"),
    [
        (Label.ANONYMOUS, False, True),
        (Label.CONFIDENTIAL, True, True),
        (Label.CONFIDENTIAL, False, False),
    ],
)
def test_draft_that_would_break_a_promise_is_refused(
    label: str, responded: bool, own: bool
) -> None:
    asked = ParticipationFactory(round__label=label, responded=responded)
    author = asked.person if own else UserFactory()
    with pytest.raises(DomainError):
        domain.save_draft(actor=author, participation=asked, answers={"q-scale": 2})
    asked.refresh_from_db()
    assert asked.draft is None


def test_database_refuses_a_draft_beside_a_name_in_an_anonymous_round() -> None:
    asked = Participation.objects.filter(pk=ParticipationFactory().pk)
    with pytest.raises(IntegrityError, match="keeps no drafts"), transaction.atomic():
        asked.update(draft={"q-scale": 2})


def test_draft_of_an_anonymous_round_is_refused_in_words_and_kept_on_the_page(
    as_user: AsUser,
) -> None:
    asked = ParticipationFactory()
    response = save(as_user(asked.person), asked, **ALL)
    assert response.status_code == 409
    assert "cannot be saved for later" in response.text
    assert "More time." in response.text


# links that lead to no form


def close(asked: Participation) -> None:
    rounds.close_round(pk=asked.round_id)


@pytest.mark.parametrize("label", Label.values)
def test_survey_that_closed_meanwhile_shows_what_was_typed(client: Client, label: str) -> None:
    asked = ParticipationFactory(round__label=label)
    url = link(asked)
    close(asked)
    assert client.get(url).status_code == 200
    response = client.post(url, {"action": "send", **ALL})
    assert response.status_code == 409
    assert "This survey has closed" in response.text
    assert "More time." in response.text
    assert not AnonymousAnswer.objects.exists()
    assert not Response.objects.exists()


def test_answer_that_meets_the_close_is_refused_in_words(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ParticipationFactory()

    def close_first(**options: Any) -> None:
        close(asked)
        submit(**options)

    submit = domain.submit
    monkeypatch.setattr(domain, "submit", close_first)
    response = send(client, asked, **ALL)
    assert response.status_code == 409
    assert "This survey has closed" in response.text
    assert "More time." in response.text
    assert not AnonymousAnswer.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_forwarded_link_stays_closed_to_somebody_else(as_user: AsUser, method: str) -> None:
    asked = ParticipationFactory()
    response = getattr(as_user(UserFactory()), method)(link(asked), ALL)
    assert response.status_code == 403
    assert "made for somebody else" in response.text
    assert asked.person.name not in response.text
    assert not AnonymousAnswer.objects.exists()


def test_forged_link_says_so(client: Client) -> None:
    response = client.get(link(ParticipationFactory())[:-3] + "xx/")
    assert response.status_code == 404
    assert "This link does not work" in response.text
    assert "not complete" in response.text


def test_expired_link_says_so(client: Client, at: At) -> None:
    url = link(ParticipationFactory())
    at(clock.now() + mail.LINK_LIFE + timedelta(days=1))
    response = client.get(url)
    assert response.status_code == 404
    assert "too old" in response.text


def test_link_of_a_leaver_says_so(client: Client) -> None:
    participation = ParticipationFactory(person__is_active=False)
    response = client.get(link(participation))
    assert response.status_code == 404
    assert "no longer takes part" in response.text


# reminders, and the way from the home page


def test_survey_opt_out_ends_the_reminders(client: Client) -> None:
    participation = ParticipationFactory()
    url = reverse("feedback:survey_opt_out", args=[mail.make_token(participation)])
    assert client.get(url).status_code == 405
    assert "No more reminders" in client.post(url).text
    participation.refresh_from_db()
    assert participation.opted_out
    clock.move_to(participation.round.closes_at - timedelta(hours=1))
    assert reminders.nudge_due() == 0


def test_opting_out_after_the_close_is_answered_and_changes_nothing(client: Client) -> None:
    asked = ParticipationFactory()
    address = reverse("feedback:survey_opt_out", args=[mail.make_token(asked)])
    close(asked)
    assert client.post(address).status_code == 200
    assert not Participation.objects.filter(opted_out=True).exists()


def test_survey_open_leads_everybody_asked_to_their_own_link(as_user: AsUser) -> None:
    asked = ParticipationFactory()
    other = ParticipationFactory(round=asked.round)
    address = reverse("feedback:survey_open", args=[asked.round.public_id])

    def way_of(person: User) -> Any:
        return as_user(person).get(address)

    assert re.sub(r":.*", "", way_of(asked.person).headers["Location"]) == link(asked).split(":")[0]
    assert way_of(other.person).headers["Location"].split(":")[0] == link(other).split(":")[0]
    assert way_of(UserFactory()).status_code == 404
