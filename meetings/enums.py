"""Choices of meetings."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SessionState(models.TextChoices):
    """proposed → scheduled → held, cancelled or missed."""

    PROPOSED = "proposed", _("Proposed")
    SCHEDULED = "scheduled", _("Scheduled")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")
    MISSED = "missed", _("Missed")


class Feeling(models.IntegerChoices):
    """How a session felt: three faces."""

    BAD = 1, _("Not good")
    FAIR = 2, pgettext_lazy("a face", "All right")
    GOOD = 3, _("Good")
