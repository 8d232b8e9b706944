"""The same answers sent twice at the same moment, by two connections."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feedback import mail
from feedback.domain import rounds
from feedback.enums import Label
from feedback.models import AnonymousAnswer, Response
from tests.feedback.factories import ParticipationFactory
from tests.support.threads import at_once

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]
GIVEN = {"action": "send", "q-q-scale": "4", "q-q-words": "More time."}


@pytest.mark.parametrize(
    ("label", "statuses"),
    [(Label.ANONYMOUS, [302, 409]), (Label.CONFIDENTIAL, [302, 302])],
)
def test_answers_sent_twice_are_kept_once(label: str, statuses: list[int]) -> None:
    asked = ParticipationFactory(round__label=label)
    link = reverse("feedback:survey_answer", args=[mail.make_token(asked)])

    def send() -> int:
        return Client().post(link, GIVEN).status_code

    found: Any = at_once(send, send)
    assert sorted(found) == statuses
    assert AnonymousAnswer.objects.count() + Response.objects.count() == 1


@pytest.mark.parametrize("label", Label.values)
def test_answer_at_the_moment_of_the_close_counts_or_says_so(label: str) -> None:
    asked = ParticipationFactory(round__label=label)
    link = reverse("feedback:survey_answer", args=[mail.make_token(asked)])
    answer, closed = at_once(
        lambda: Client().post(link, GIVEN).status_code,
        lambda: rounds.close_round(pk=asked.round_id),
    )
    assert closed is True
    was_in_time = asked.round.participations.filter(responded=True).exists()
    assert answer == (302 if was_in_time else 409)
    assert Response.objects.exists() == (was_in_time and label != Label.ANONYMOUS)
    assert not AnonymousAnswer.objects.exists()
