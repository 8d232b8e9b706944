"""Choices of pairings."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PairingState(models.TextChoices):
    """offered (mentor asked, then mentee) → active → (paused) → completed or ended; or void."""

    OFFERED = "offered", _("Offered")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    COMPLETED = "completed", _("Completed")
    ENDED = "ended", _("Ended")
    VOID = "void", _("Did not come about")


LIVE_PAIRING_STATES = [PairingState.OFFERED, PairingState.ACTIVE, PairingState.PAUSED]
RUNNING_STATES = [PairingState.ACTIVE, PairingState.PAUSED]
BEGUN_STATES = [*RUNNING_STATES, PairingState.COMPLETED, PairingState.ENDED]
