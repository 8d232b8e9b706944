"""Who may see which match runs, pairs and sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from pairings.enums import FINISHED_RUN_STATES, LIVE_PAIRING_STATES, PairingState, SessionState
from programs.models import Program

if TYPE_CHECKING:
    from pairings.models import MatchRun


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    """Match runs."""

    def visible_to(self, user: Any) -> MatchRunQuerySet:
        """Those who manage the program."""
        return self.filter(program__in=Program.objects.managed_by(user))

    def finished(self) -> MatchRunQuerySet:
        """Those that have pairs to look at, published or not."""
        return self.filter(state__in=FINISHED_RUN_STATES)

    def after(self, run: MatchRun) -> MatchRunQuerySet:
        """The later runs of the same program."""
        return self.filter(program=run.program_id, created_at__gt=run.created_at)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposed pairs."""

    def visible_to(self, user: Any) -> ProposalQuerySet:
        """Those who manage the program."""
        return self.filter(run__program__in=Program.objects.managed_by(user))


class PairRuleQuerySet(models.QuerySet["PairRule"]):
    """Pins and prohibitions."""

    def visible_to(self, user: Any) -> PairRuleQuerySet:
        """Those who manage the program."""
        return self.filter(program__in=Program.objects.managed_by(user))


class PairingQuerySet(models.QuerySet["Pairing"]):
    """Pairings."""

    def live(self) -> PairingQuerySet:
        """Offered, active or paused: what takes a place of its two people."""
        return self.filter(state__in=LIVE_PAIRING_STATES)

    def with_progress(self) -> PairingQuerySet:
        """With `sessions_held` (a number) and `signed` (both have signed a version of the
        agreement) on each.
        """
        from pairings.models import MentoringSession, Signature

        held = MentoringSession.objects.filter(
            pairing=OuterRef("pk"), state=SessionState.HELD
        ).order_by()
        counted = held.values("pairing").annotate(n=models.Count("pk")).values("n")
        signatures = Signature.objects.filter(version__pairing=OuterRef("pk"))
        by_mentor = signatures.filter(person=OuterRef("mentor"))
        by_mentee = Signature.objects.filter(
            version=OuterRef("version"), person=OuterRef(OuterRef("mentee"))
        )
        return self.annotate(
            sessions_held=Coalesce(Subquery(counted), 0),
            signed=Exists(by_mentor.filter(Exists(by_mentee))),
        )

    def of(self, user: Any) -> PairingQuerySet:
        """The pairs a person belongs to and may know of: a mentee sees one only after its mentor
        has accepted.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
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
        """Pairs whose inner pages (agreement, goals, logs) this person may open: its two people,
        once it came about.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        began = [
            PairingState.ACTIVE,
            PairingState.PAUSED,
            PairingState.COMPLETED,
            PairingState.ENDED,
        ]
        return self.filter(Q(mentor=user) | Q(mentee=user), state__in=began)

    def of_delegate(self, user: Any) -> PairingQuerySet:
        """Pairs whose times this person handles for the mentee: the mentor's name, times, places
        and links, nothing else.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        from accounts.models import Delegation

        mentees = Delegation.objects.filter(delegate=user, mentee__is_active=True).values("mentee")
        return self.filter(mentee__in=mentees, state__in=[PairingState.ACTIVE, PairingState.PAUSED])
