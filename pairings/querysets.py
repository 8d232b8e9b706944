"""Who may see which match runs, pairs and sessions."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from pairings.enums import LIVE_PAIRING_STATES, PairingState
from programs.models import Program


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    """Match runs."""

    def visible_to(self, user: Any) -> MatchRunQuerySet:
        """Those who manage the program."""
        return self.filter(program__in=Program.objects.managed_by(user))


class PairingQuerySet(models.QuerySet["Pairing"]):
    """Pairings."""

    def live(self) -> PairingQuerySet:
        """Offered, active or paused."""
        return self.filter(state__in=LIVE_PAIRING_STATES)

    def of(self, user: Any) -> PairingQuerySet:
        """The pairs a person belongs to and may know of: a mentee sees one only after its mentor has accepted."""
        return self.filter(Q(mentor=user) | Q(mentee=user, mentor_accepted_at__isnull=False))

    def visible_to(self, user: Any) -> PairingQuerySet:
        """One's own (see `of`), and those of the programs one manages."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_hr_admin:
            return self
        own = Q(mentor=user) | Q(mentee=user, mentor_accepted_at__isnull=False)
        return self.filter(own | Q(program__in=Program.objects.managed_by(user)))

    def of_pair(self, user: Any) -> PairingQuerySet:
        """Pairs whose inner pages (agreement, goals, logs) this person may open: its two people, once it came about."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        began = [PairingState.ACTIVE, PairingState.PAUSED, PairingState.COMPLETED, PairingState.ENDED]
        return self.filter(Q(mentor=user) | Q(mentee=user), state__in=began)


class SessionQuerySet(models.QuerySet["MentoringSession"]):
    """Mentoring sessions."""

    def of_pair(self, user: Any) -> SessionQuerySet:
        """Sessions of one's own pairs: with everything the pair shares."""
        from pairings.models import Pairing

        return self.filter(pairing__in=Pairing.objects.of_pair(user))

    def times_visible_to(self, user: Any) -> SessionQuerySet:
        """Sessions whose time, place and state this person may know: the pair, its managers, and a mentee's delegate."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_hr_admin:
            return self
        from accounts.models import Delegation
        from pairings.models import Pairing

        delegated = Delegation.objects.filter(delegate=user).values("mentee")
        return self.filter(
            Q(pairing__in=Pairing.objects.of_pair(user))
            | Q(pairing__program__in=Program.objects.managed_by(user))
            | Q(pairing__mentee__in=delegated, pairing__state__in=[PairingState.ACTIVE, PairingState.PAUSED])
        )
