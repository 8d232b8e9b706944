"""Rounds that are closed at the same moment, by two connections."""

from __future__ import annotations

import pytest

from accounts.models import User
from feedback.domain import rounds
from feedback.models import AnonymousAnswer, SurveyRound
from tests.factories import UserFactory
from tests.feedback.factories import SCALE, ParticipationFactory, RoundFactory
from tests.support.threads import at_once

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]
SALES = ("department", "Sales")


def answered_round(people: list[User]) -> SurveyRound:
    """An open round, of a program of its own, that all of these people have answered."""
    survey_round = RoundFactory(asked=len(people), questions=[SCALE])
    for person in people:
        asked = ParticipationFactory(round=survey_round, person=person, responded=True)
        AnonymousAnswer.objects.create(round=survey_round, answers={"q-scale": 3}, **asked.groups)
    return survey_round


def is_shown(survey_round: SurveyRound) -> bool:
    """Whether the department of all says something."""
    return any(survey_round.tables.get(cut=SALES[0], cell=SALES[1]).figures.values())


def test_a_round_closed_twice_is_closed_once() -> None:
    survey_round = answered_round(UserFactory.create_batch(8, department="Sales"))
    done = at_once(*[lambda: rounds.close_round(pk=survey_round.pk)] * 2)
    assert sorted(map(str, done)) == ["False", "True"]
    assert survey_round.tables.filter(cut="total").count() == 1
    assert is_shown(survey_round)


def test_rounds_of_two_programs_closed_at_once_are_compared() -> None:
    """Whichever is second leaves out the group that one person alone is not in."""
    people = UserFactory.create_batch(9, department="Sales")
    both = [answered_round(people), answered_round(people[1:])]
    done = at_once(*[lambda pk=one.pk: rounds.close_round(pk=pk) for one in both])
    assert done == [True, True]
    assert sorted(is_shown(survey_round) for survey_round in both) == [False, True]
