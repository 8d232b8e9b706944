"""A test of a survey to oneself: looks like the survey, and keeps nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from feedback.enums import Label
from feedback.models import AnonymousAnswer, Participation, Response, SurveyPlanItem, SurveyRound
from notifications import kinds
from notifications.models import OutboxMessage
from tests.factories import UserFactory
from tests.feedback.factories import PlanItemFactory
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr() -> User:
    return UserFactory(is_hr_admin=True)


@pytest.fixture
def client(as_user: AsUser, hr: User) -> Client:
    return as_user(hr)


def assert_nothing_kept() -> None:
    for model in (SurveyRound, Participation, AnonymousAnswer, Response):
        assert not model.objects.exists()


def test_trial_is_mailed_to_oneself_alone(client: Client, hr: User) -> None:
    item = PlanItemFactory()
    page = client.post(reverse("feedback:trial_send", args=[item.public_id]), follow=True)
    assert f"A test is on its way to {hr.email}." in page.text
    message = OutboxMessage.objects.get(kind="feedback.trial")
    assert (message.recipient_id, message.subject) == (hr.pk, "Test: Pulse")
    assert "nothing that you answer is kept" in message.text
    assert "please answer “Pulse”" in message.text  # the mail as people get it
    link = kinds.get(message.kind).link
    assert link is not None
    assert link(message).endswith(reverse("feedback:survey_trial", args=[item.public_id]))
    assert_nothing_kept()


@pytest.mark.parametrize("label", list(Label))
def test_trial_looks_like_the_survey_and_keeps_nothing(
    client: Client, hr: User, label: Label
) -> None:
    item: SurveyPlanItem = PlanItemFactory(label=label)
    item.readers.add(hr)
    url = reverse("feedback:survey_trial", args=[item.public_id])
    page = client.get(url)
    assert "This is a test." in page.text and "How useful?" in page.text
    assert "Do not remind me" not in page.text and "Save for later" not in page.text
    assert (hr.name in page.text.split("Readers:")[-1]) or label != Label.CONFIDENTIAL

    answer: Any = client.post(url, {})
    assert answer.status_code == 422 and "Please answer this question." in answer.text
    field = f"q-{item.questions.get().public_id}"
    sent = client.post(url, {field: "4"})
    assert sent.status_code == 200 and "This is a test." in sent.text
    assert "Change my answers" not in sent.text
    assert_nothing_kept()
