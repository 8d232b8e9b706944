"""Topics, prep packs and session guides."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel
from programs.enums import PairRole


class Topic(PublicModel):
    """Something that can be taught and learnt; of all programs, or added by one (`program`)."""

    name = models.CharField(_("topic"), max_length=120)
    category = models.CharField(_("category"), max_length=80)
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
    """One short step of the prep pack of a role."""

    program = models.ForeignKey("programs.Program", models.CASCADE, related_name="prep_steps")
    role = models.CharField(_("for"), max_length=6, choices=PairRole)
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=2)

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


class SessionGuide(PublicModel):
    """A guide for the n-th session.

    `agenda` is a list of {"minutes": int, "title": str, "text": str}.
    """

    program = models.ForeignKey("programs.Program", models.CASCADE, related_name="guides")
    number = models.PositiveSmallIntegerField(_("session"))
    title = models.CharField(_("title"), max_length=120)
    aim = models.TextField(_("what it is for"), blank=True)
    agenda = models.JSONField(_("agenda"), default=list)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["program", "number"], name="guide_number")]

    def __str__(self) -> str:
        return self.title
