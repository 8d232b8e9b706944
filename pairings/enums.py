"""Choices of pairings."""

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
    FORBID = "forbid", _("Never")


class PairingState(models.TextChoices):
    """offered (mentor asked, then mentee) → active → (paused) → completed or ended; or void ("did
    not come about").
    """

    OFFERED = "offered", _("Offered")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    COMPLETED = "completed", _("Completed")
    ENDED = "ended", _("Ended")
    VOID = "void", _("Did not come about")


LIVE_PAIRING_STATES = [PairingState.OFFERED, PairingState.ACTIVE, PairingState.PAUSED]


class SessionState(models.TextChoices):
    """proposed → scheduled → held, cancelled or missed."""

    PROPOSED = "proposed", _("Proposed")
    SCHEDULED = "scheduled", _("Scheduled")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")
    MISSED = "missed", _("Missed")


class Feeling(models.IntegerChoices):
    """Three faces."""

    BAD = 1, _("Not good")
    FAIR = 2, pgettext_lazy("a face", "All right")
    GOOD = 3, _("Good")
