"""Choices of programs."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProgramState(models.TextChoices):
    """draft → enrolling → matching → running → closing → closed; or cancelled.

    Archived is a flag of its own.
    """

    DRAFT = "draft", _("Draft")
    ENROLLING = "enrolling", _("Enrolling")
    MATCHING = "matching", _("Matching")
    RUNNING = "running", _("Running")
    CLOSING = "closing", _("Closing")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class PairRole(models.TextChoices):
    """The mentor is always the junior, the mentee the senior."""

    MENTOR = "mentor", _("Mentor")
    MENTEE = "mentee", _("Mentee")


class GuideKind(models.TextChoices):
    """For the first session, the last one, or one about a topic."""

    FIRST = "first", _("First session")
    TOPIC = "topic", _("Session about a topic")
    LAST = "last", _("Last session")


class StaffRole(models.TextChoices):
    """Roles in a program besides those of a pair."""

    COORDINATOR = "coordinator", _("Coordinator")
    SAFE_CONTACT = "safe_contact", _("Safe contact")
    SAFE_DEPUTY = "safe_deputy", _("Deputy of the safe contact")


SAFE_ROLES = frozenset({StaffRole.SAFE_CONTACT, StaffRole.SAFE_DEPUTY})


class RoleAnswer(models.TextChoices):
    """What a safe contact or deputy has said to being named; coordinators are not asked."""

    OPEN = "open", _("Not answered yet")
    ACCEPTED = "accepted", pgettext_lazy("a role", "Accepted")
    DECLINED = "declined", pgettext_lazy("a role", "Declined")


class EnrolmentState(models.TextChoices):
    """invited or volunteering → applied → approved.

    Or waitlisted, declined (by the program), withdrawn (by the person).
    """

    INVITED = "invited", _("Invited")
    VOLUNTEERING = "volunteering", _("Volunteering")
    APPLIED = "applied", _("Applied")
    APPROVED = "approved", _("Approved")
    WAITLISTED = "waitlisted", _("On the waiting list")
    DECLINED = "declined", _("Not this time")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Objective(models.TextChoices):
    """What matching aims for."""

    PARTICIPATION = "participation", _("As many people as possible")
    SCORE = "score", _("The best total fit")
