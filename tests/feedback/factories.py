"""Factories of feedback."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from common import clock
from feedback.enums import Label, QuestionKind
from feedback.models import Participation, Question, SurveyPlanItem, SurveyRound
from tests.factories import ProgramFactory, UserFactory

SCALE = {
    "id": "q-scale",
    "key": "scale",
    "text": "How useful?",
    "kind": "scale5",
    "options": [],
    "required": True,
}
CHOICE = {
    "id": "q-many",
    "key": "many",
    "text": "What helped?",
    "kind": "multiple",
    "options": ["Time", "Trust", "Tools"],
    "required": False,
}
WORDS = {
    "id": "q-words",
    "key": "words",
    "text": "What should change?",
    "kind": "text",
    "options": [],
    "required": False,
}


class PlanItemFactory(DjangoModelFactory[SurveyPlanItem]):
    """A pulse that opened yesterday (the program began 30 days ago), with one question."""

    class Meta:
        model = SurveyPlanItem
        skip_postgeneration_save = True

    program = factory.SubFactory(ProgramFactory)
    position = factory.Sequence(lambda n: n + 1)
    title = "Pulse"
    label = Label.ANONYMOUS
    first_day = 29
    open_days = 10

    @factory.post_generation
    def questions(self, create: bool, extracted: Any, **_: Any) -> None:
        """One scale, unless questions=False."""
        if create and extracted is not False:
            Question.objects.create(
                plan_item=self, position=1, text="How useful?", kind=QuestionKind.SCALE5
            )


class RoundFactory(DjangoModelFactory[SurveyRound]):
    """An open anonymous round that began yesterday."""

    class Meta:
        model = SurveyRound

    program = factory.SubFactory(ProgramFactory)
    number = 1
    kind = "pulse"
    title = "Pulse"
    label = Label.ANONYMOUS
    audience = "all"
    k = 5
    questions = factory.LazyFunction(lambda: [dict(SCALE), dict(CHOICE), dict(WORDS)])
    opens_at = factory.LazyFunction(lambda: clock.now() - timedelta(days=1))
    closes_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=9))
    asked = 50


class ParticipationFactory(DjangoModelFactory[Participation]):
    """Somebody who is asked, in their own groups."""

    class Meta:
        model = Participation

    round = factory.SubFactory(RoundFactory)
    person = factory.SubFactory(UserFactory)
    department = factory.LazyAttribute(lambda made: made.person.department)
    location = factory.LazyAttribute(lambda made: made.person.location)
