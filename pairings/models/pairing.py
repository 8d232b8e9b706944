"""Pairs and their agreement."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel
from pairings.enums import LIVE_PAIRING_STATES, PairingState
from programs.models import Enrolment, Program


class PairingQuerySet(models.QuerySet["Pairing"]):
    """Pairings."""

    def live(self) -> PairingQuerySet:
        """Offered, active or paused: what takes a place of its two people."""
        return self.filter(state__in=LIVE_PAIRING_STATES)

    def with_signed(self) -> PairingQuerySet:
        """With `signed`: both have signed one and the same version of the agreement."""
        signatures = Signature.objects.filter(version__pairing=OuterRef("pk"))
        by_mentor = signatures.filter(person=OuterRef("mentor"))
        by_mentee = Signature.objects.filter(
            version=OuterRef("version"), person=OuterRef(OuterRef("mentee"))
        )
        return self.annotate(signed=Exists(by_mentor.filter(Exists(by_mentee))))

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


class Pairing(PublicModel):
    """A mentor (junior) and a mentee (senior) in a program.

    See pairings.enums.PairingState for its life.

    The mentor is asked first; the mentee may see a name only once `mentor_accepted_at` is set. Who
    declined, paused or ended is kept nowhere, so that nobody can be made to tell. A paused pair
    goes on when both are ready: were one enough, the other could undo a pause, or read off who made
    it.
    """

    program = models.ForeignKey(Program, models.CASCADE, related_name="pairings")
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="pairings_as_mentor"
    )
    mentee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="pairings_as_mentee"
    )
    mentor_enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, related_name="pairings_as_mentor"
    )
    mentee_enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, related_name="pairings_as_mentee"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=PairingState, default=PairingState.OFFERED
    )
    score = models.PositiveIntegerField(_("score"), default=0)
    reasons = models.JSONField(_("reasons"), default=list)
    mentor_accepted_at = models.DateTimeField(_("mentor accepted"), null=True, blank=True)
    mentee_accepted_at = models.DateTimeField(_("mentee accepted"), null=True, blank=True)
    offer_expires_at = models.DateTimeField(_("answer until"), null=True, blank=True)
    activated_at = models.DateTimeField(_("active since"), null=True, blank=True)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    paused_by_directory = models.BooleanField(
        _("paused because the directory changed"), default=False
    )
    mentor_ready_at = models.DateTimeField(_("mentor ready to go on"), null=True, blank=True)
    mentee_ready_at = models.DateTimeField(_("mentee ready to go on"), null=True, blank=True)
    resumed_at = models.DateTimeField(_("went on after a pause"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)

    objects = PairingQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "mentor", "mentee"],
                condition=Q(state__in=LIVE_PAIRING_STATES),
                name="pairing_live_once",
            ),
            models.CheckConstraint(
                condition=~Q(mentor=F("mentee")), name="pairing_not_with_oneself"
            ),
            models.CheckConstraint(
                condition=~Q(state="active")
                | Q(
                    mentor_accepted_at__isnull=False,
                    mentee_accepted_at__isnull=False,
                    activated_at__isnull=False,
                ),
                name="pairing_active_means_accepted",
            ),
            models.CheckConstraint(
                condition=Q(mentee_accepted_at__isnull=True) | Q(mentor_accepted_at__isnull=False),
                name="pairing_mentor_is_asked_first",
            ),
        ]
        indexes = [models.Index(fields=["program", "state"], name="pairing_program_state")]

    def __str__(self) -> str:
        return f"{self.mentor_id} for {self.mentee_id}"


class AgreementVersion(PublicModel):
    """A version of a pair's agreement: the program's text as it was, plus what the pair adds.

    Never changed once written.
    """

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="agreement_versions")
    number = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("the program's text"))
    boundaries = models.TextField(_("boundaries"), blank=True)
    confidentiality = models.TextField(_("what stays between us"), blank=True)
    cadence = models.TextField(_("how often and how long"), blank=True)
    channel = models.TextField(_("where we meet and write"), blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["pairing", "number"], name="agreement_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.pairing_id} v{self.number}"


class Signature(models.Model):
    """A person of the pair signs a version."""

    version = models.ForeignKey(AgreementVersion, models.CASCADE, related_name="signatures")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    signed_at = models.DateTimeField(_("signed"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "person"], name="signature_once")]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.person_id}"
