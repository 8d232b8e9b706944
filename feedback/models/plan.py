"""What a program plans to ask, and when."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel
from feedback.enums import Audience, Label, QuestionKind, SurveyKind
from programs.models import Program


class SurveyPlanItemQuerySet(models.QuerySet["SurveyPlanItem"]):
    """Planned surveys."""

    def visible_to(self, user: Any) -> SurveyPlanItemQuerySet:
        """Those of the programs one manages; staff surveys for HR admins alone."""
        if user.is_authenticated and user.is_active and user.is_hr_admin:
            return self
        return self.filter(program__in=Program.objects.managed_by(user))

    def of_staff(self) -> SurveyPlanItemQuerySet:
        """Those that belong to no program."""
        return self.filter(program=None)


class AsksStaff(models.Model):
    """Which part of the staff is asked, by the directory; an empty list asks everybody.

    For the audience `staff` alone, of a survey that belongs to no program.
    """

    departments = ArrayField(
        models.CharField(max_length=200), verbose_name=_("departments"), default=list, blank=True
    )
    locations = ArrayField(
        models.CharField(max_length=200), verbose_name=_("locations"), default=list, blank=True
    )
    grades = ArrayField(
        models.CharField(max_length=80), verbose_name=_("grades"), default=list, blank=True
    )

    class Meta:
        abstract = True

    @property
    def scope(self) -> uuid.UUID | None:
        """The public id of its program, for the audit trail and messages."""
        program: Program | None = self.program  # type: ignore[attr-defined]
        return program.public_id if program else None

    @property
    def is_to_part(self) -> bool:
        """Whether it asks a part of the staff."""
        return bool(self.departments or self.locations or self.grades)

    @property
    def asked_in_words(self) -> str:
        """Who is asked; {mentors} stands for the program's own word."""
        if not self.is_to_part:
            return str(Audience(self.audience).label)  # type: ignore[attr-defined]
        names = [*self.departments, *self.locations, *self.grades]
        return gettext("Staff of %(names)s") % {"names": ", ".join(names)}


class SurveyPlanItem(AsksStaff, PublicModel):
    """A survey that opens by itself `first_day` days after the program's start, then every
    `every_weeks` weeks, if set.

    `days_before_end` counts back from the program's last day instead, once: a closing survey must
    not depend on its length.

    A staff survey belongs to no program. It opens on the day `opens_on`, which then moves on by
    `every_months`; without a day it has been stopped, or is opened by hand.

    Rounds open at 9:00 in the program's zone (or the company's) and stay open for `open_days` days.
    """

    program = models.ForeignKey(
        Program, models.CASCADE, related_name="survey_plan", null=True, blank=True
    )
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(
        _("what it is for"), max_length=10, choices=SurveyKind, default=SurveyKind.PULSE
    )
    title = models.CharField(_("title"), max_length=120)
    intro = models.TextField(_("what it is for, in a sentence"), blank=True)
    label = models.CharField(
        _("who sees the answers"), max_length=12, choices=Label, default=Label.ANONYMOUS
    )
    audience = models.CharField(
        _("who is asked"), max_length=8, choices=Audience, default=Audience.ALL
    )
    first_day = models.PositiveSmallIntegerField(_("days after the start"), default=30)
    days_before_end = models.PositiveSmallIntegerField(
        _("days before the end"), null=True, blank=True
    )
    every_weeks = models.PositiveSmallIntegerField(
        _("again every so many weeks"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(52)],
    )
    opens_on = models.DateField(_("opens on"), null=True, blank=True)
    every_months = models.PositiveSmallIntegerField(
        _("again every so many months"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(24)],
    )
    open_days = models.PositiveSmallIntegerField(
        _("days open"), default=10, validators=[MinValueValidator(2), MaxValueValidator(60)]
    )
    readers = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="+",
        blank=True,
        verbose_name=_("named readers of a confidential survey"),
    )
    asks_readers = models.BooleanField(
        _("HR admins and coordinators are asked too"),
        default=False,
        help_text=_("They read the results, so an anonymous survey leaves them out otherwise."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = SurveyPlanItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "position"], name="survey_plan_position"),
            models.CheckConstraint(
                condition=Q(days_before_end__isnull=True) | Q(every_weeks__isnull=True),
                name="survey_plan_before_end_once",
            ),
            models.CheckConstraint(condition=Q(open_days__gte=1), name="survey_plan_open_days"),
            models.CheckConstraint(
                condition=Q(every_weeks__isnull=True) | Q(every_weeks__gte=1),
                name="survey_plan_every_weeks",
            ),
            models.CheckConstraint(
                condition=Q(program__isnull=False) | Q(audience="staff"),
                name="survey_plan_without_program_asks_staff",
            ),
            models.CheckConstraint(
                condition=~Q(audience="staff") | Q(label="anonymous"),
                name="survey_plan_staff_anonymous",
            ),
            models.CheckConstraint(
                condition=Q(program__isnull=True)
                | Q(opens_on__isnull=True, every_months__isnull=True),
                name="survey_plan_months_of_staff",
            ),
            models.CheckConstraint(
                condition=Q(every_months__isnull=True) | Q(every_months__gte=1),
                name="survey_plan_every_months",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Question(PublicModel):
    """A question of a planned survey.

    A round keeps a copy of its own, so that a later change touches no answer. `key` stays the same
    when the survey is planned anew: rounds are compared by it.
    """

    plan_item = models.ForeignKey(SurveyPlanItem, models.CASCADE, related_name="questions")
    key = models.UUIDField(_("identity"), default=uuid.uuid4, editable=False)
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("question"), max_length=300)
    kind = models.CharField(
        _("how it is answered"), max_length=10, choices=QuestionKind, default=QuestionKind.SCALE5
    )
    options = ArrayField(
        models.CharField(max_length=120), verbose_name=_("options"), default=list, blank=True
    )
    low = models.CharField(_("words for the lowest number"), max_length=60, blank=True)
    high = models.CharField(_("words for the highest number"), max_length=60, blank=True)
    required = models.BooleanField(_("must be answered"), default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan_item", "position"], name="question_position"),
            models.UniqueConstraint(fields=["plan_item", "key"], name="question_key_once"),
            models.CheckConstraint(
                condition=~Q(kind__in=["single", "multiple"]) | Q(options__len__gte=2),
                name="question_has_options",
            ),
        ]

    def __str__(self) -> str:
        return self.text
