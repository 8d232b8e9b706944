"""Query sets that several models of accounts share."""

from __future__ import annotations

from typing import Any

from django.db import models


class OfHR(models.QuerySet[Any]):
    """Rows that HR admins see, and nobody else."""

    def visible_to(self, user: Any) -> OfHR:
        """All, or none."""
        return (
            self if user.is_authenticated and user.is_active and user.is_hr_admin else self.none()
        )
