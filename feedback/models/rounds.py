"""Survey rounds and their frozen results."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel
from feedback.enums import Audience, Cut, Label, RoundState, SurveyKind
from feedback.models.plan import AsksStaff, SurveyPlanItem
from programs.models import Program


class SurveyRoundQuerySet(models.QuerySet["SurveyRound"]):
    """Survey rounds."""

    def visible_to(self, user: Any) -> SurveyRoundQuerySet:
        """Rounds of managed programs, rounds one is asked in, and rounds one is named to read.

        HR admins see all; staff surveys, which belong to no program, are counted by them alone.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_hr_admin:
            return self
        return self.filter(managed_by(user) | asked_of(user) | read_by(user))

    def counted_by(self, user: Any) -> SurveyRoundQuerySet:
        """Rounds whose counts and published results one may open: managers and named readers."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_hr_admin:
            return self
        return self.filter(managed_by(user) | read_by(user))

    def answers_visible_to(self, user: Any) -> SurveyRoundQuerySet:
        """Closed rounds whose single answers, with names, one may read.

        Never those of anonymous rounds.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        attributed = Q(label=Label.ATTRIBUTED)
        if not user.is_hr_admin:
            attributed &= managed_by(user)
        confidential = Q(label=Label.CONFIDENTIAL) & read_by(user)
        return self.filter(attributed | confidential, state=RoundState.CLOSED)

    def waiting_for(self, user: Any) -> SurveyRoundQuerySet:
        """Open rounds that this person has been asked in and has not answered."""
        asked = user.participations.filter(responded=False, opted_out=False)
        return self.filter(pk__in=asked.values("round"), state=RoundState.OPEN)


def managed_by(user: Any) -> Q:
    """Rounds of the programs that a person runs."""
    return Q(program__in=Program.objects.managed_by(user))


def asked_of(user: Any) -> Q:
    """Rounds in which a person is asked."""
    return Q(pk__in=user.participations.values("round"))


def read_by(user: Any) -> Q:
    """Rounds that name a person as a reader."""
    return Q(pk__in=user.rounds_to_read.values("pk"))


class SurveyRound(AsksStaff, PublicModel):
    """One asking of a survey.

    It is made when it opens, with the label, threshold k and questions that hold until the end.
    One of a staff survey belongs to no program.

    `questions` is a list of {"id", "key", "text", "kind", "options", "required"}; a scale may have
    "low" and "high", the words for its ends. `answered` is counted at the close, in fives unless
    the round is attributed. `comments` is {question id: [shuffled texts]} of an anonymous round,
    filled at the close where enough people wrote.
    While the round is open, `band` says how many quarters have answered, as of `banded_on`.
    `rewrite_due`: the tables on disk still hold what the close has deleted.
    """

    program = models.ForeignKey(
        Program, models.CASCADE, related_name="survey_rounds", null=True, blank=True
    )
    plan_item = models.ForeignKey(SurveyPlanItem, models.SET_NULL, null=True, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("what it is for"), max_length=10, choices=SurveyKind)
    title = models.CharField(_("title"), max_length=120)
    intro = models.TextField(_("what it is for, in a sentence"), blank=True)
    label = models.CharField(_("who sees the answers"), max_length=12, choices=Label)
    audience = models.CharField(_("who is asked"), max_length=8, choices=Audience)
    questions = models.JSONField(_("questions"))
    readers = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="rounds_to_read",
        blank=True,
        verbose_name=_("named readers"),
    )
    k = models.PositiveSmallIntegerField(_("smallest group shown"))
    state = models.CharField(_("state"), max_length=10, choices=RoundState, default=RoundState.OPEN)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    asked = models.PositiveIntegerField(_("people asked"), default=0)
    answered = models.PositiveIntegerField(_("people who answered"), null=True, blank=True)
    band = models.PositiveSmallIntegerField(_("quarters that have answered"), default=0)
    banded_on = models.DateField(_("as of"), null=True, blank=True)
    rewrite_due = models.BooleanField(_("tables to rewrite"), default=False)
    comments = models.JSONField(_("comments"), default=dict)
    told_us = models.TextField(_("what you told us, what we are changing"), blank=True)
    told_us_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = SurveyRoundQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["plan_item", "number"], name="round_number"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="round_closes_after_opening"
            ),
            models.CheckConstraint(condition=Q(k__gte=5), name="round_k_at_least_5"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed"),
                name="round_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(program__isnull=False) | Q(audience="staff"),
                name="round_without_program_asks_staff",
            ),
            models.CheckConstraint(
                condition=~Q(audience="staff") | Q(label="anonymous"),
                name="round_staff_anonymous",
            ),
        ]
        indexes = [models.Index(fields=["state", "closes_at"], name="round_due")]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"


class FrozenTable(models.Model):
    """A published cell of a closed round: made once at the close, never again.

    A hidden cell keeps no figures.

    `figures` is {question id: figures}, with null for a question whose figures stay hidden in this
    cell. No exact number is kept of rounds that are not attributed (see `domain.figures`).
    """

    round = models.ForeignKey(SurveyRound, models.CASCADE, related_name="tables")
    cut = models.CharField(_("cut"), max_length=10, choices=Cut)
    cell = models.CharField(_("cell"), max_length=200, blank=True)
    figures = models.JSONField(_("figures"), default=dict)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "cut", "cell"], name="frozen_cell_once")
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.cut} {self.cell}"
