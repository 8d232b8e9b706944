"""Pairs and their agreement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from accounts.models import Delegation, User
from common import clock
from common.models import PublicModel
from pairings.enums import BEGUN_STATES, LIVE_PAIRING_STATES, RUNNING_STATES, PairingState
from programs.models import Enrolment, Program


def signed_by_both(path: str = "") -> Exists:
    """Whether both people have signed one and the same version of their agreement.

    `path` leads from the rows of the query to their pairing: empty for pairings themselves,
    "pairing__" for sessions. A later version that waits for signatures changes nothing.
    """
    pairing = path.removesuffix("__") or "pk"

    # Both people are read from the outer row. Otherwise Postgres works through all signatures.
    by_mentee = Signature.objects.filter(
        version=OuterRef("version"), person=OuterRef(OuterRef(f"{path}mentee"))
    )
    by_mentor = Signature.objects.filter(
        version__pairing=OuterRef(pairing), person=OuterRef(f"{path}mentor")
    )
    return Exists(by_mentor.filter(Exists(by_mentee)))


class PairingQuerySet(models.QuerySet["Pairing"]):
    """Pairings."""

    def live(self) -> PairingQuerySet:
        """Offered, active or paused: these take a place of both people."""
        return self.filter(state__in=LIVE_PAIRING_STATES)

    def with_signed(self) -> PairingQuerySet:
        """With `signed`: see `signed_by_both`."""
        return self.annotate(signed=signed_by_both())

    def of(self, user: Any) -> PairingQuerySet:
        """A person's own pairs. A mentee sees an offer only after its mentor has accepted."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(Q(mentor=user) | Q(mentee=user, mentor_accepted_at__isnull=False))

    def visible_to(self, user: Any) -> PairingQuerySet:
        """A person's own pairs (see `of`), and those of the programs that they manage."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_hr_admin:
            return self

        own = Q(mentor=user) | Q(mentee=user, mentor_accepted_at__isnull=False)
        return self.filter(own | Q(program__in=Program.objects.managed_by(user)))

    def of_pair(self, user: Any) -> PairingQuerySet:
        """A person's own pairs that have begun: they may open its agreement, goals and logs."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(Q(mentor=user) | Q(mentee=user), state__in=BEGUN_STATES)

    def of_delegate(self, user: Any) -> PairingQuerySet:
        """Pairs whose calendar this person handles for the mentee.

        Show the mentor's name, times, places and links alone.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        mentees = Delegation.objects.filter(delegate=user, mentee__is_active=True).values("mentee")
        return self.filter(mentee__in=mentees, state__in=RUNNING_STATES)


class Pairing(PublicModel):
    """A mentor (junior) and a mentee (senior) in a program; `PairingState` lists its states.

    The mentor is asked first; the mentee may see a name only once `mentor_accepted_at` is set. Who
    declined, paused or ended is not stored, so nobody can be made to tell. A paused pair goes on
    when both are ready: if one were enough, the other could undo a pause, or find out who paused.
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

    @property
    def people(self) -> tuple[User, User]:
        """The mentor and the mentee."""
        return self.mentor, self.mentee

    def stop(self, state: PairingState) -> datetime:
        """Save that it goes no further (void, ended or completed); when that is."""
        moment = clock.now()
        self.state = state
        self.stopped_at = moment
        self.save()
        return moment

    def people_here(self) -> list[User]:
        """Those of the two who are still with the company."""
        return [person for person in self.people if person.is_active]

    def has_member(self, person: Any) -> bool:
        """Whether the person is the mentor or the mentee."""
        return person.pk in (self.mentor_id, self.mentee_id)

    def partner_of(self, person: Any) -> User:
        """The mentee for the mentor, the mentor for everybody else."""
        return self.mentee if person.pk == self.mentor_id else self.mentor


class AgreementVersionQuerySet(models.QuerySet["AgreementVersion"]):
    """Versions of agreements."""

    def unsigned(self) -> AgreementVersionQuerySet:
        """The newest version of each active pair, unless both people have signed it.

        With `asked_at`, when both were asked to sign, and who has signed: `by_mentor`, `by_mentee`.
        """
        signatures = Signature.objects.filter(version=OuterRef("pk"))
        rows = self.newest().filter(pairing__state=PairingState.ACTIVE)
        rows = rows.annotate(
            asked_at=Greatest("created_at", "pairing__activated_at", "pairing__resumed_at"),
            by_mentor=Exists(signatures.filter(person=OuterRef("pairing__mentor"))),
            by_mentee=Exists(signatures.filter(person=OuterRef("pairing__mentee"))),
        )
        unsigned = rows.filter(Q(by_mentor=False) | Q(by_mentee=False))
        return unsigned.select_related(
            "pairing__program", "pairing__mentor", "pairing__mentee"
        ).order_by("asked_at", "pk")

    def newest(self) -> AgreementVersionQuerySet:
        """The newest version of each pair."""
        newer = AgreementVersion.objects.filter(
            pairing=OuterRef("pairing"), number__gt=OuterRef("number")
        )
        return self.filter(~Exists(newer))

    def not_signed_by(self, person: Any) -> AgreementVersionQuerySet:
        """Those without a signature of this person (a user or an id)."""
        signature = Signature.objects.filter(version=OuterRef("pk"), person=person)
        return self.filter(~Exists(signature))


class AgreementVersion(PublicModel):
    """A version of a pair's agreement: the program's text at that time, and the pair's additions.

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

    objects = AgreementVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["pairing", "number"], name="agreement_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.pairing_id} v{self.number}"


class Signature(models.Model):
    """One person's signature of a version."""

    version = models.ForeignKey(AgreementVersion, models.CASCADE, related_name="signatures")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    signed_at = models.DateTimeField(_("signed"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "person"], name="signature_once")]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.person_id}"
