"""The partner hears of a new question and of a new goal, without its text."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goals.domain import goals
from meetings.domain import sessions
from notifications.delivery import sender
from notifications.models import OutboxMessage
from pairings.models import Pairing
from tests.goals.factories import make_goal, make_plan
from tests.meetings.session_data import MONDAY, TUESDAY, book, make_pair, sign
from tests.support.types import AsUser, At

ASKED, SET = "meetings.question_asked", "goals.goal_set"
pytestmark = pytest.mark.django_db


@pytest.fixture
def pairing(at: At) -> Pairing:
    at(MONDAY)
    pairing = make_pair()
    sign(pairing)
    return pairing


def waiting(kind: str) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(kind=kind, state="queued"))


def todos(client: Client) -> dict[str, str]:
    """{title: where it leads} on the home page."""
    context = client.get(reverse("mentoring:home")).context
    return {todo.title: todo.url for todo in context["todos"]}


def test_mentor_hears_once_of_a_question_and_not_what_it_asks(
    pairing: Pairing, as_user: AsUser
) -> None:
    session = book(pairing)
    for question in ("Why so purple?", "Why so green?"):
        sessions.ask_question(actor=pairing.mentee, session=session, question=question)
    [message] = waiting(ASKED)
    assert message.recipient == pairing.mentor
    assert "green" not in message.text + message.subject
    assert "purple" not in message.text + message.subject
    title = f"Read the question of {pairing.mentee.short_name} before you meet"
    assert todos(as_user(pairing.mentor))[title] == reverse(
        "meetings:session_detail", args=[session.public_id]
    )
    assert title not in todos(as_user(pairing.mentee))


def test_question_that_was_taken_back_is_not_told(
    pairing: Pairing, at: At, mailoutbox: list[Any]
) -> None:
    session = book(pairing, TUESDAY + timedelta(days=7))
    sessions.ask_question(actor=pairing.mentee, session=session, question="Why?")
    sessions.ask_question(actor=pairing.mentee, session=session, question="")
    at(MONDAY + timedelta(hours=1))
    sender.send_due()
    assert not [mail for mail in mailoutbox if "question" in mail.subject]


def test_partner_hears_of_a_goal_and_not_what_it_says(pairing: Pairing, as_user: AsUser) -> None:
    book(pairing)
    make_goal(pairing, statement="juggle purple balls")
    goal = make_goal(pairing, statement="juggle green balls")
    [message] = waiting(SET)
    assert message.recipient == pairing.mentor
    assert "juggle" not in message.text + message.subject
    title = f"{pairing.mentee.short_name} has set a goal"
    assert title in todos(as_user(pairing.mentor))
    assert title not in todos(as_user(pairing.mentee))
    for own in pairing.goals.all():
        goals.check_in(actor=pairing.mentor, goal=own, note="I can help with that.")
    assert title not in todos(as_user(pairing.mentor)), goal


@pytest.mark.parametrize("how", [{"private": True}, {"draft": True}])
def test_nobody_hears_of_a_private_goal_or_a_draft(
    pairing: Pairing, as_user: AsUser, how: Any
) -> None:
    goal = make_goal(pairing, **how)
    assert waiting(SET) == []
    assert not [title for title in todos(as_user(pairing.mentor)) if "has set a goal" in title]
    goals.update_goal(actor=pairing.mentee, goal=goal, plan=make_plan(), activate=True)
    assert [message.recipient for message in waiting(SET)] == [pairing.mentor]


def test_goal_that_is_made_private_before_the_mail_goes_is_not_told(
    pairing: Pairing, at: At, mailoutbox: list[Any]
) -> None:
    goal = make_goal(pairing)
    goals.update_goal(actor=pairing.mentee, goal=goal, plan=make_plan(private=True))
    at(MONDAY + timedelta(hours=1))
    sender.send_due()
    assert not [mail for mail in mailoutbox if "goal" in mail.subject]
