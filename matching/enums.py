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


class RuleKind(models.TextChoices):
    """What a coordinator has laid down for two people."""

    PIN = "pin", _("Pinned")
    FORBID = "forbid", _("Excluded")
