"""Lost second factors. The factors themselves are allauth's `Authenticator` rows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import FactorResetState
from accounts.models.base import OfHR
from common.models import PublicModel


class FactorReset(PublicModel):
    """One HR admin asks that somebody's second factor is taken away, another one decides.

    `requested_by` and `decided_by` are None for the command line: see
    accounts/domain/factor_resets.py.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="factor_resets"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=FactorResetState, default=FactorResetState.PENDING
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = OfHR.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="pending"), name="factor_reset_one_pending"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(requested_by__isnull=True)
                | ~Q(state="confirmed")
                | ~Q(decided_by=models.F("requested_by")),
                name="factor_reset_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.state}"
