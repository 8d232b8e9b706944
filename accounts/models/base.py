"""Query sets that several models of accounts share."""

from __future__ import annotations

from typing import Any, Self

from django.db import models


class OfHR(models.QuerySet[Any]):
    """Rows that HR admins see, and nobody else."""

    def visible_to(self, user: Any) -> Self:
        """All, or none."""
        is_hr = user.is_authenticated and user.is_active and user.is_hr_admin
        return self if is_hr else self.none()
