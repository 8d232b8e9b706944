"""Enrolments: who takes part in a program, as what, and what they said."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.crypto import EncryptedJSONField, EncryptedTextField
from common.models import PublicModel
from programs.enums import EnrolmentState, PairRole
from programs.models.program import Program


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Enrolments."""

    def visible_to(self, user: Any) -> EnrolmentQuerySet:
        """One's own, and those of the programs one manages. A partner's comes with the pairing."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_hr_admin:
            return self
        return self.filter(Q(person=user) | Q(program__in=Program.objects.managed_by(user)))

    def locked(self) -> EnrolmentQuerySet:
        """Locked until the end of the transaction, each with its program and person."""
        return self.select_for_update(of=("self",)).select_related("program", "person")

    def for_list(self) -> EnrolmentQuerySet:
        """With what lists of people show: the person's grade, and the chosen topics."""
        return self.select_related("person__grade").prefetch_related("topic_choices__topic")

    def by_public_id(self, public_ids: Collection[str]) -> dict[str, Enrolment]:
        """These enrolments with their people, by public id, in one query."""
        rows = self.filter(public_id__in=public_ids).select_related("person")
        return {str(row.public_id): row for row in rows}

    def names(self, public_ids: Collection[str]) -> dict[str, str]:
        """The people's names by public id of the enrolment, in one query at most."""
        if not public_ids:
            return {}
        rows = self.filter(public_id__in=public_ids).values_list("public_id", "person__name")
        return {str(public_id): name for public_id, name in rows}


class Enrolment(PublicModel):
    """A person in a program in a role.

    `availability` is a list of [weekday 0-6 (Monday 0), start minute, end minute] in the person's
    own zone; `working_style` is {slider: 1-5}; `step` the enrolment page saved last. `answer_by` is
    the last day that the person was told: it stays good when enrolment ends before. `wishes` is a
    list of people's public ids as text, read by matching and by the enrolment's own person alone.
    """

    program = models.ForeignKey("programs.Program", models.CASCADE, related_name="enrolments")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="enrolments")
    role = models.CharField(_("role"), max_length=6, choices=PairRole)
    state = models.CharField(
        _("state"), max_length=12, choices=EnrolmentState, default=EnrolmentState.INVITED
    )
    step = models.PositiveSmallIntegerField(_("pages saved"), default=0)
    saved_from = models.CharField(_("page that saved last"), max_length=32, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("how many partners"), default=1, validators=[MinValueValidator(0), MaxValueValidator(5)]
    )
    what_for = models.TextField(_("what I want to understand, and why"), blank=True)
    in_return = models.TextField(_("what I want in return"), blank=True)
    off_limits = EncryptedTextField(_("off limits"), blank=True, default="")
    languages = ArrayField(
        models.CharField(max_length=10), verbose_name=_("languages"), default=list, blank=True
    )
    availability = models.JSONField(_("when I have time"), default=list, blank=True)
    working_style = models.JSONField(_("how I like to work"), default=dict, blank=True)
    interests = ArrayField(
        models.CharField(max_length=60), verbose_name=_("interests"), default=list, blank=True
    )
    wishes = EncryptedJSONField(_("whom I would like to be matched with"), null=True, blank=True)
    pledged_at = models.DateTimeField(_("pledge"), null=True, blank=True)
    invited_at = models.DateTimeField(_("invited"), null=True, blank=True)
    answer_by = models.DateField(_("answer by"), null=True, blank=True)
    nudges = models.PositiveSmallIntegerField(_("reminders to finish enrolling"), default=0)
    nudged_at = models.DateTimeField(_("last reminded"), null=True, blank=True)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "person", "role"], name="enrolment_once"),
            models.CheckConstraint(condition=Q(capacity__lte=5), name="enrolment_capacity"),
            models.CheckConstraint(condition=Q(nudges__lte=2), name="enrolment_two_nudges"),
        ]
        indexes = [models.Index(fields=["program", "role", "state"], name="enrolment_funnel")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.role}"

    @property
    def can_be_paired(self) -> bool:
        """Approved, and still in the company."""
        return self.state == EnrolmentState.APPROVED and self.person.is_active

    def baseline(self) -> dict[int, int]:
        """{topic id: where the person said that they stand before it begins}."""
        ratings = self.ratings.all()
        at_the_start = TopicRating.Moment.BASELINE
        return {
            rating.topic_id: rating.value for rating in ratings if rating.moment == at_the_start
        }


class EnrolmentTopic(models.Model):
    """A topic that a mentor offers (`level` 1 to 5) or a mentee wants (`priority`, 1 = first)."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="topic_choices")
    topic = models.ForeignKey("programs.Topic", models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), null=True, blank=True)

    class Meta:
        ordering = ["priority", "-level", "id"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "topic"], name="enrolment_topic_once"),
            models.CheckConstraint(
                condition=Q(level__isnull=False, level__gte=1, level__lte=5, priority__isnull=True)
                | Q(level__isnull=True, priority__isnull=False, priority__gte=1),
                name="enrolment_topic_level_or_priority",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.topic_id}"


class TopicRating(models.Model):
    """Where a person says they stand on a topic, 1 to 5, at the start and at the end."""

    class Moment(models.TextChoices):
        """When it was asked."""

        BASELINE = "baseline", _("At the start")
        CLOSING = "closing", _("At the end")

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="ratings")
    topic = models.ForeignKey("programs.Topic", models.CASCADE, related_name="+")
    moment = models.CharField(_("when"), max_length=8, choices=Moment, default=Moment.BASELINE)
    value = models.PositiveSmallIntegerField(_("where I stand"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "topic", "moment"], name="topic_rating_once"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=1, value__lte=5), name="topic_rating_value"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.topic_id} {self.moment}"


class Avoidance(models.Model):
    """Whom a person does not want to meet in any program.

    `people` is a list of public ids as text, encrypted, read by matching and by its author alone.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="avoidance"
    )
    people = EncryptedJSONField(_("people to avoid"), null=True, blank=True)

    def __str__(self) -> str:
        return str(self.person_id)
