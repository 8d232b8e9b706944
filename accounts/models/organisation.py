"""The company, delegations, absences, and who must not be paired."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models.base import OfHR
from accounts.models.people import User
from common.models import PublicModel
from common.timezones import to_utc, to_wall, validate_zone


class Company(models.Model):
    """The one company of this installation (id 1)."""

    name = models.CharField(_("company name"), max_length=200, blank=True)
    product_name = models.CharField(
        _("name of this application"), max_length=60, default="Upstream"
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_zone]
    )
    locale = models.CharField(_("language"), max_length=10, default="en")
    set_up_at = models.DateTimeField(_("set up"), null=True, blank=True)
    # of surveys that belong to no program; fixed once the first of them has promised it
    anonymity_k = models.PositiveSmallIntegerField(_("smallest group shown"), default=5)
    anonymity_k_locked = models.BooleanField(
        _("smallest group is fixed"), default=False, editable=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="company_only_one"),
            models.CheckConstraint(condition=Q(anonymity_k__gte=5), name="company_k_at_least_5"),
        ]

    def __str__(self) -> str:
        return self.name


class Delegation(PublicModel):
    """An assistant (delegate) who handles a mentee's session times and sees nothing else."""

    mentee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="delegations_given"
    )
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="delegations_held"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mentee", "delegate"], name="delegation_once"),
            models.CheckConstraint(
                condition=~Q(mentee=F("delegate")), name="delegation_not_to_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate_id} for {self.mentee_id}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Absences."""

    def not_over(self, day: date) -> AbsenceQuerySet:
        """Those that end on `day` or later."""
        return self.filter(ends_on__gte=day)

    def touching(self, first: date, last: date) -> AbsenceQuerySet:
        """Those with a day from `first` to `last`, both included."""
        return self.filter(starts_on__lte=last, ends_on__gte=first)


class Absence(PublicModel):
    """A person is away from `starts_on` to `ends_on`, both included, in their own zone.

    No reason is kept.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="absence_ends_after_start"
            ),
            ExclusionConstraint(
                name="absence_no_overlap",
                expressions=[
                    # an exclusion constraint over bigint needs btree_gist; a range of one number
                    # needs no extension
                    (
                        Func(
                            F("person_id"),
                            F("person_id"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        Func(
                            F("starts_on"),
                            F("ends_on"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                violation_error_code="overlap",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.starts_on} to {self.ends_on}"

    def covers(self, moment: datetime, zone: str) -> bool:
        """Whether the moment is on one of the days. `zone` is the person's IANA zone."""
        return self.starts_on <= to_wall(moment, zone).date() <= self.ends_on

    def period(self, zone: str) -> tuple[datetime, datetime]:
        """From the beginning of the first day to the end of the last one, in UTC."""
        day_after = self.ends_on + timedelta(days=1)
        return to_utc(self.starts_on, time(), zone), to_utc(day_after, time(), zone)


class PairBlock(PublicModel):
    """Two people whom HR does not want paired.

    Shown to HR alone; the public reason is "not available".
    """

    first = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    objects = OfHR.as_manager()

    class Meta:
        constraints = [
            # the smaller id first, so that a block exists once whichever way it was entered
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_block_ordered"),
            models.UniqueConstraint(fields=["first", "second"], name="pair_block_once"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"

    def other_of(self, person: User) -> User:
        """The one of the two who is not `person`."""
        return self.second if self.first_id == person.pk else self.first
