"""What those who were asked read afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from feedback import mail
from feedback.domain import answers, rounds
from feedback.enums import Label
from feedback.models import SurveyRound
from tests.factories import UserFactory
from tests.feedback.factories import ParticipationFactory, RoundFactory
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db
COMMENT = "My boss does not listen."


@pytest.fixture
def heard(request: pytest.FixtureRequest) -> Any:
    """A closed round that ten people answered and one did not, whose findings are published."""
    survey_round: SurveyRound = RoundFactory(label=request.param, asked=11)
    asked = [
        ParticipationFactory(round=survey_round, person__department=f"Dept {at % 2}")
        for at in range(11)
    ]
    for at, one in enumerate(asked[:10]):
        given = {"q-scale": 5 if at < 6 else 2, "q-words": COMMENT}
        answers.submit(participation=one, answers=given)
    rounds.close_round(pk=survey_round.pk)
    hr = UserFactory(is_hr_admin=True)
    rounds.publish_told_us(actor=hr, survey_round=survey_round, text="Rooms are booked for you.")
    return survey_round, [one.person for one in asked]


@pytest.mark.parametrize("heard", [Label.ANONYMOUS, Label.CONFIDENTIAL], indirect=True)
def test_everybody_asked_reads_what_changes_and_the_results_in_classes(
    heard: Any, as_user: AsUser
) -> None:
    survey_round, people = heard
    address = reverse("feedback:round_heard", args=[survey_round.public_id])
    hr_page = as_user(UserFactory(is_hr_admin=True)).get(
        reverse("feedback:round_detail", args=[survey_round.public_id])
    )
    for person in (people[0], people[-1]):
        page = as_user(person).get(address).text
        assert "Rooms are booked for you." in page
        assert "A third to two thirds answered 4 or 5" in page
        assert COMMENT not in page
        assert "Dept 0" not in page
    assert "A third to two thirds answered 4 or 5" in hr_page.text
    assert as_user(UserFactory()).get(address).status_code == 404


@pytest.mark.parametrize("heard", [Label.ATTRIBUTED], indirect=True)
def test_exact_figures_of_named_answers_are_not_shown_to_those_asked(
    heard: Any, as_user: AsUser
) -> None:
    survey_round, people = heard
    page = as_user(people[0]).get(reverse("feedback:round_heard", args=[survey_round.public_id]))
    assert "Rooms are booked for you." in page.text
    assert "answered 4 or 5" not in page.text
    assert COMMENT not in page.text


@pytest.mark.parametrize("heard", [Label.CONFIDENTIAL], indirect=True)
def test_link_of_a_closed_survey_leads_to_what_was_heard(heard: Any, as_user: AsUser) -> None:
    survey_round, people = heard
    asked = survey_round.participations.get(person=people[0])
    link = reverse("feedback:survey_answer", args=[mail.make_token(asked)])
    address = reverse("feedback:round_heard", args=[survey_round.public_id])
    assert f'href="{address}"' in as_user(people[0]).get(link).text
