"""Choices of feedback."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SurveyKind(models.TextChoices):
    """What a round is for."""

    BASELINE = "baseline", _("At the start")
    PULSE = "pulse", _("Pulse")
    MIDPOINT = "midpoint", _("Half-way")
    CLOSING = "closing", _("At the end")


class Label(models.TextChoices):
    """Who will see the answers: promised in the invitation, kept ever after."""

    ATTRIBUTED = "attributed", _("With your name")
    CONFIDENTIAL = "confidential", _("Confidential")
    ANONYMOUS = "anonymous", _("Anonymous")


class Audience(models.TextChoices):
    """Who is asked: people in a pair, or staff. Pages replace {mentors} by the program's own
    word.

    Staff are asked anonymously alone.
    """

    ALL = "all", _("{Mentors} and {mentees}")
    MENTORS = "mentors", _("{Mentors}")
    MENTEES = "mentees", _("{Mentees}")
    STAFF = "staff", _("All staff")


class QuestionKind(models.TextChoices):
    """How a question is answered. Branching is kept out."""

    SCALE5 = "scale5", _("Scale of 1 to 5")
    SCALE10 = "scale10", _("Scale of 0 to 10")
    SINGLE = "single", _("One of several")
    MULTIPLE = "multiple", _("Any of several")
    TEXT = "text", _("In your own words")


# The numbers of each scale.
SCALES = {QuestionKind.SCALE5: range(1, 6), QuestionKind.SCALE10: range(11)}


class RoundState(models.TextChoices):
    """open → closed (its results are frozen in the same moment); or cancelled."""

    OPEN = "open", pgettext_lazy("state", "Open")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class Cut(models.TextChoices):
    """The only tables of an anonymous round that will ever exist: the total, and these one-way
    cuts.
    """

    TOTAL = "total", _("Everybody")
    ROLE = "role", _("Role")
    DEPARTMENT = "department", _("Department")
    GRADE = "grade", _("Grade")
    LOCATION = "location", _("Location")


CUTS = (Cut.ROLE, Cut.DEPARTMENT, Cut.GRADE, Cut.LOCATION)  # in order of importance
