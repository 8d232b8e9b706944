"""Choices of matching."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RunState(models.TextChoices):
    """queued → running → done → published; or failed, cancelled."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    PUBLISHED = "published", _("Published")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", pgettext_lazy("run", "Cancelled")


WORKING_RUN_STATES = [RunState.QUEUED, RunState.RUNNING]


FINISHED_RUN_STATES = [RunState.DONE, RunState.PUBLISHED]


class AlternativeKind(models.TextChoices):
    """How an alternative to a pair works; the same keys as the solver's."""

    FREE = "free", _("Has a place free")
    SWAP = "swap", _("Swap")
    REPLACE = "replace", _("Give the place")


class RuleKind(models.TextChoices):
    """What a coordinator has decided for two people."""

    PIN = "pin", _("Pinned")
    FORBID = "forbid", _("Excluded")


class Refusal(models.TextChoices):
    """The public reason why two people may not be a pair.

    Everything private (avoids, blocks by HR, former pairs) and availability are one and the same:
    NOT_AVAILABLE.
    """

    SAME_PERSON = "same_person", _("the same person")
    REPORTING_LINE = "reporting_line", _("in one reporting line")
    GRADE_UNKNOWN = "grade_unknown", _("grade unknown")
    GRADE_GAP = "grade_gap", _("too close in grade")
    NOT_AVAILABLE = "not_available", _("not available")
    NO_COMMON_LANGUAGE = "no_common_language", _("no common language")
    SAME_DEPARTMENT = "same_department", _("in the same department")
    NOT_APPROVED = "not_approved", _("not approved")
    NO_CAPACITY = "no_capacity", _("no place left")
    FORBIDDEN_BY_COORDINATOR = "forbidden_by_coordinator", _("excluded by you")
    PINNED = "pinned", _("pinned already")
    BELOW_MINIMUM = "below_minimum", _("below the smallest score")
    UNKNOWN_PERSON = "unknown_person", _("not taking part")
    NOT_TAKING_PART = "not_taking_part", _("no longer taking part")
