"""Goals, their milestones, and how they go."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import PublicModel
from goals.enums import CLOSED_STATES, OPEN_STATES, Confidence, GoalState
from pairings.models import Pairing
from programs.models import Topic


class GoalQuerySet(models.QuerySet["Goal"]):
    """Goals."""

    def visible_to(self, user: Any) -> Self:
        """Those of one's own pairs, without the other's private ones.

        Nobody else: HR gets states and counts from reporting.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(
            Q(private=False) | Q(owner=user), pairing__in=Pairing.objects.of_pair(user)
        )

    def open(self) -> Self:
        """Drafts and those being worked on."""
        return self.filter(state__in=OPEN_STATES)


DIGITS = {"max_digits": 12, "decimal_places": 2}


class Goal(PublicModel):
    """What one of a pair wants to reach: a statement, and a measure from `baseline` to `target`.

    A draft may lack the measure. `private`: seen by its owner alone.
    """

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="goals")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="goals")
    statement = models.CharField(_("I want to"), max_length=300)
    topic = models.ForeignKey(
        Topic, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("topic")
    )
    measure = models.CharField(_("what is measured"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    baseline = models.DecimalField(_("today"), null=True, blank=True, **DIGITS)
    target = models.DecimalField(_("target"), null=True, blank=True, **DIGITS)
    current = models.DecimalField(_("now"), null=True, blank=True, **DIGITS)
    due_on = models.DateField(_("until"), null=True, blank=True)
    private = models.BooleanField(_("only for me"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=GoalState, default=GoalState.DRAFT)
    # since when the partner may see it as an active goal
    shared_at = models.DateTimeField(_("shared"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = GoalQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=GoalState.values), name="goal_known_state"
            ),
            models.CheckConstraint(condition=~Q(statement=""), name="goal_has_statement"),
            models.CheckConstraint(
                condition=~Q(target=F("baseline")), name="goal_target_differs_from_baseline"
            ),
            models.CheckConstraint(
                condition=Q(state=GoalState.DRAFT)
                | Q(state=GoalState.DROPPED)
                | (
                    ~Q(measure="")
                    & Q(
                        baseline__isnull=False,
                        target__isnull=False,
                        current__isnull=False,
                        due_on__isnull=False,
                    )
                ),
                name="goal_active_is_measurable",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CLOSED_STATES, closed_at__isnull=False)
                | (~Q(state__in=CLOSED_STATES) & Q(closed_at__isnull=True)),
                name="goal_closed_has_time",
            ),
        ]
        indexes = [models.Index(fields=["pairing", "state"], name="goal_of_pair")]

    def __str__(self) -> str:
        return self.statement

    @property
    def percent(self) -> int:
        """How far from baseline to target, 0 to 100; a goal may go down as well as up."""
        if self.baseline is None or self.target is None or self.current is None:
            return 0
        share = (self.current - self.baseline) / (self.target - self.baseline)
        percent = int(share * 100)
        return max(0, min(100, percent))

    @property
    def is_open(self) -> bool:
        """It can still be changed."""
        return self.state in {GoalState.DRAFT, GoalState.ACTIVE}

    def is_overdue(self, today: date) -> bool:
        """It is open after its last day."""
        return self.is_open and self.due_on is not None and self.due_on < today


class Milestone(PublicModel):
    """A step on the way to a goal."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="milestones")
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("step"), max_length=200)
    due_on = models.DateField(_("until"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["goal", "position"], name="milestone_position"),
            models.CheckConstraint(condition=~Q(title=""), name="milestone_has_title"),
        ]

    def __str__(self) -> str:
        return self.title


class CheckIn(PublicModel):
    """How a goal stands: the owner's value, confidence and note; or the partner's note."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="check_ins")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(_("when"), default=clock.now)
    value = models.DecimalField(_("value"), null=True, blank=True, **DIGITS)
    confidence = models.PositiveSmallIntegerField(
        _("confidence"),
        null=True,
        blank=True,
        choices=Confidence,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence__gte=1, confidence__lte=5), name="check_in_confidence"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(note=""), name="check_in_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.goal_id}: {self.at:%Y-%m-%d}"
