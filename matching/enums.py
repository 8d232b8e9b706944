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
    INSTEAD = "instead", _("Give the place")


class RuleKind(models.TextChoices):
    """What a coordinator has decided for two people."""

    PIN = "pin", _("Pinned")
    FORBID = "forbid", _("Excluded")
