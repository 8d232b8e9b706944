"""What a mentee means to do differently after a session."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel
from meetings.models.session import MentoringSession
from pairings.enums import PairingState
from pairings.models.pairing import Pairing


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """Commitments."""

    def visible_to(self, user: Any) -> Self:
        """Those of one's own pairs. Coordinators, HR and the mentee's delegate see none."""
        return self.filter(pairing__in=Pairing.objects.of_pair(user))

    def open(self) -> Self:
        """Those that are not done, of active pairs whose mentee is still with the company."""
        return self.filter(
            done_at__isnull=True,
            pairing__state=PairingState.ACTIVE,
            pairing__mentee__is_active=True,
        )


class Commitment(PublicModel):
    """What the mentee means to do after a session, until when, and what changed once it is done.

    One per session, seen by the pair alone. A dropped one is deleted, so that nobody can count it.
    """

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="commitments")
    session = models.OneToOneField(MentoringSession, models.CASCADE, related_name="commitment")
    text = models.TextField(_("what the mentee will do differently"))
    due_on = models.DateField(_("until"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    what_changed = models.TextField(_("what changed"), blank=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="commitment_says_something"),
            models.CheckConstraint(
                condition=Q(what_changed="") | Q(done_at__isnull=False),
                name="commitment_changed_means_done",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=Q(done_at__isnull=True), name="commitment_due"
            )
        ]

    def __str__(self) -> str:
        return str(self.public_id)
