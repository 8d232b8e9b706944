"""Who was asked, and what was answered: for anonymous rounds without anything that joins the
two.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel
from feedback.enums import CUTS, Cut
from feedback.models.rounds import SurveyRound


class InGroups(models.Model):
    """The groups that somebody belongs to, as they were when the round opened."""

    role = models.CharField(Cut.ROLE.label, max_length=10, blank=True)
    department = models.CharField(Cut.DEPARTMENT.label, max_length=200, blank=True)
    grade = models.CharField(Cut.GRADE.label, max_length=80, blank=True)
    location = models.CharField(Cut.LOCATION.label, max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def groups(self) -> dict[str, str]:
        """{cut: cell}."""
        return {cut.value: getattr(self, cut.value) for cut in CUTS}


class Participation(InGroups):
    """A person is asked in a round; whether, never when, they answered.

    Not a PublicModel: that would keep a time. `draft` is {question id: answer}, saved for later by
    its author, whom alone it is shown to; never of an anonymous round.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(SurveyRound, models.CASCADE, related_name="participations")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="participations"
    )
    responded = models.BooleanField(_("has answered"), default=False)
    opted_out = models.BooleanField(_("does not want to be asked again"), default=False)
    draft = models.JSONField(_("saved for later"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "person"], name="participation_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Response(PublicModel):
    """The answers of a person in an attributed or confidential round: {question id: answer}.

    May change until the close.
    """

    round = models.ForeignKey(SurveyRound, models.CASCADE, related_name="responses")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="survey_responses"
    )
    answers = models.JSONField(_("answers"))

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="response_once")]

    def __str__(self) -> str:
        return str(self.pk)


class AnonymousAnswer(InGroups):
    """Answers in an anonymous round: no person, no time, no order.

    They exist while the round is open.

    At the close the frozen tables are made from them and the rows are deleted: nothing is left to
    join.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(SurveyRound, models.CASCADE, related_name="anonymous_answers")
    answers = models.JSONField(_("answers"))

    def __str__(self) -> str:
        return str(self.pk)
