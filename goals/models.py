"""Goals, their milestones, and how they go."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import PublicModel
from goals.domain.measures import in_words
from goals.enums import CLOSED_STATES, OPEN_STATES, Confidence, GoalState, MeasureKind
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

    def with_told_at(self) -> models.QuerySet[Any]:
        """`told_at`: when its owner last said how an active goal goes, or set it."""
        last = Max("check_ins__at", filter=Q(check_ins__author=F("owner")))
        return self.annotate(told_at=Coalesce(last, "begun_at"))


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
    measure_kind = models.CharField(
        _("measured in"), max_length=6, choices=MeasureKind, default=MeasureKind.NUMBER
    )
    measure = models.CharField(_("what is measured"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    baseline = models.DecimalField(_("today"), null=True, blank=True, **DIGITS)
    target = models.DecimalField(_("target"), null=True, blank=True, **DIGITS)
    current = models.DecimalField(_("now"), null=True, blank=True, **DIGITS)
    due_on = models.DateField(_("until"), null=True, blank=True)
    begun_at = models.DateTimeField(_("begun"), null=True, blank=True)  # the baseline's time
    private = models.BooleanField(_("only for me"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=GoalState, default=GoalState.DRAFT)
    # since when the partner may see it as an active goal
    shared_at = models.DateTimeField(_("shared"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    reflection = models.TextField(_("what I take from it"), blank=True)

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
                        begun_at__isnull=False,
                    )
                ),
                name="goal_active_is_measurable",
            ),
            models.CheckConstraint(
                condition=Q(measure_kind__in=MeasureKind.values), name="goal_known_measure_kind"
            ),
            models.CheckConstraint(
                condition=~Q(measure_kind=MeasureKind.YES_NO) | Q(baseline=0, target=1),
                name="goal_yes_no_from_0_to_1",
            ),
            models.CheckConstraint(
                condition=~Q(measure_kind=MeasureKind.SCALE)
                | Q(baseline__isnull=True)
                | Q(target__isnull=True)
                | Q(baseline__range=(1, 5), target__range=(1, 5)),
                name="goal_scale_from_1_to_5",
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

    def in_words(self, value: Decimal | None) -> str:
        """A value of its measure as one reads it, with its unit."""
        return in_words(self.measure_kind, value, self.unit)

    @property
    def baseline_words(self) -> str:
        """Where it began."""
        return self.in_words(self.baseline)

    @property
    def target_words(self) -> str:
        """Where it is to go."""
        return self.in_words(self.target)

    @property
    def current_words(self) -> str:
        """Where it stands."""
        return self.in_words(self.current)

    @property
    def current_number(self) -> str:
        """Where it stands, without the unit."""
        return in_words(self.measure_kind, self.current, "")

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
    # when the other one of the pair cheered; a comment is never cheered
    cheered_at = models.DateTimeField(_("cheered"), null=True, blank=True)

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

    @property
    def is_of_owner(self) -> bool:
        """It says how the goal stands; the other one's are comments."""
        return self.author_id == self.goal.owner_id

    @property
    def value_words(self) -> str:
        """The value as one reads it; empty without one."""
        return self.goal.in_words(self.value)


class GoalChange(models.Model):
    """The owner moved the last day or the target of an active goal: what it was, and is now."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="changes")
    at = models.DateTimeField(_("when"), default=clock.now)
    due_before = models.DateField(_("until, before"))
    due_after = models.DateField(_("until, after"))
    target_before = models.DecimalField(_("target, before"), **DIGITS)
    target_after = models.DecimalField(_("target, after"), **DIGITS)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(due_before=F("due_after")) | ~Q(target_before=F("target_after")),
                name="goal_change_changes_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.goal_id}: {self.at:%Y-%m-%d}"

    @property
    def due_moved(self) -> bool:
        """The last day is another one."""
        return self.due_before != self.due_after

    @property
    def target_before_words(self) -> str:
        """The target that was."""
        return self.goal.in_words(self.target_before)

    @property
    def target_after_words(self) -> str:
        """The target that took its place; empty where it stayed."""
        if self.target_before == self.target_after:
            return ""
        return self.goal.in_words(self.target_after)
