"""Choices of goals."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GoalState(models.TextChoices):
    """draft → active → met, partly met, not met or dropped."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    MET = "met", _("Met")
    PARTLY = "partly", _("Partly met")
    NOT_MET = "not_met", _("Not met")
    DROPPED = "dropped", _("Dropped")


OPEN_STATES = (GoalState.DRAFT, GoalState.ACTIVE)
CLOSED_STATES = (GoalState.MET, GoalState.PARTLY, GoalState.NOT_MET, GoalState.DROPPED)


class MeasureKind(models.TextChoices):
    """What the measure of a goal counts in."""

    NUMBER = "number", _("A number")
    SCALE = "scale", _("1 to 5")
    YES_NO = "yes_no", _("Yes or not yet")


class Confidence(models.IntegerChoices):
    """How sure somebody is to reach a goal."""

    NOT_AT_ALL = 1, _("Not at all")
    HARDLY = 2, _("Hardly")
    HALF = 3, _("Half and half")
    FAIRLY = 4, _("Fairly sure")
    VERY = 5, _("Very sure")
