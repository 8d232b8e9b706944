"""Who may see which goals."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from goals.enums import OPEN_STATES
from pairings.models import Pairing


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
