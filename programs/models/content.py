"""Topics, prep packs and session guides."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.crypto import EncryptedTextField
from common.models import PublicModel
from programs.enums import GuideKind, PairRole


class Topic(PublicModel):
    """Something that can be taught and learnt; of all programs, or of one (`program`).

    `exercise` and `questions` are what a session about it is made of; the goals are examples to
    begin with. `is_burdening` is for what may weigh on the junior: help is named beside it.
    """

    name = models.CharField(_("topic"), max_length=120)
    category = models.CharField(_("category"), max_length=80)
    exercise = models.TextField(_("exercise"), blank=True)
    questions = ArrayField(
        models.TextField(), verbose_name=_("questions"), default=list, blank=True
    )
    mentor_goal = models.TextField(_("goal for a mentor"), blank=True)
    mentee_goal = models.TextField(_("goal for a mentee"), blank=True)
    is_burdening = models.BooleanField(_("may burden the junior"), default=False)
    program = models.ForeignKey(
        "programs.Program", models.CASCADE, null=True, blank=True, related_name="own_topics"
    )

    class Meta:
        ordering = ["category", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "program"], nulls_distinct=False, name="topic_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PrepStep(PublicModel):
    """One short step of the prep pack of a role.

    `question` is for oneself, and its answer is private. `is_card` can be printed as a card.
    """

    program = models.ForeignKey("programs.Program", models.CASCADE, related_name="prep_steps")
    role = models.CharField(_("for"), max_length=6, choices=PairRole)
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=2)
    question = models.TextField(_("question for oneself"), blank=True)
    is_card = models.BooleanField(_("can be printed as a card"), default=False)

    class Meta:
        ordering = ["role", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "role", "position"], name="prep_step_position"
            )
        ]

    def __str__(self) -> str:
        return self.title


class PrepTick(models.Model):
    """A person has ticked off a prep step."""

    enrolment = models.ForeignKey("programs.Enrolment", models.CASCADE, related_name="prep_ticks")
    step = models.ForeignKey(PrepStep, models.CASCADE, related_name="ticks")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "step"], name="prep_tick_once")]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.step_id}"


class PrepAnswer(models.Model):
    """What a person has answered to the question of a step, for themselves alone."""

    enrolment = models.ForeignKey("programs.Enrolment", models.CASCADE, related_name="prep_answers")
    step = models.ForeignKey(PrepStep, models.CASCADE, related_name="answers")
    text = EncryptedTextField(_("answer"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "step"], name="prep_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.step_id}"


class SessionGuide(PublicModel):
    """A guide for the first session, the last one, or one about a topic of a category.

    `agenda` is a list of {"minutes": int, "title": str, "text": str, "remote": str}. The texts of a
    guide about a topic may say {topic}, {exercise} and {questions}.
    """

    program = models.ForeignKey("programs.Program", models.CASCADE, related_name="guides")
    kind = models.CharField(_("for"), max_length=5, choices=GuideKind)
    category = models.CharField(_("category"), max_length=80, blank=True)
    title = models.CharField(_("title"), max_length=120)
    aim = models.TextField(_("what it is for"), blank=True)
    agenda = models.JSONField(_("agenda"), default=list)

    class Meta:
        ordering = ["kind", "category"]
        constraints = [
            models.UniqueConstraint(fields=["program", "kind", "category"], name="guide_once"),
            models.CheckConstraint(
                condition=Q(kind="topic") | Q(category=""), name="guide_category_means_topic"
            ),
        ]

    def __str__(self) -> str:
        return self.title
