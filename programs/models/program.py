"""Programs and their staff."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Grade
from common.models import PublicModel
from common.timezones import validate_zone
from programs.enums import (
    SAFE_ROLES,
    Objective,
    PairRole,
    ProgramState,
    RoleAnswer,
    StaffRole,
)


def coordinated_by(user: Any) -> Exists:
    """True for programs (the outer query's rows) that the person coordinates."""
    return Exists(
        ProgramStaff.objects.filter(program=OuterRef("pk"), person=user, role=StaffRole.COORDINATOR)
    )


class ProgramQuerySet(models.QuerySet["Program"]):
    """Programs."""

    def managed_by(self, user: Any) -> ProgramQuerySet:
        """All for HR admins; for others the programs that they coordinate."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.is_hr_admin else self.filter(coordinated_by(user))

    def visible_to(self, user: Any) -> ProgramQuerySet:
        """Managed ones, those one is enrolled in or staff of, and open calls while they enrol."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_hr_admin:
            return self
        return self.filter(
            Q(pk__in=user.program_roles.values("program"))
            | Q(pk__in=user.enrolments.values("program"))
            | Q(open_call=True, state=ProgramState.ENROLLING)
        )

    def with_set_up(self) -> ProgramQuerySet:
        """With the sponsor and the grades that limit who may join."""
        return self.select_related("sponsor", "mentor_max_grade", "mentee_min_grade")


MOST_QUESTION_DAYS = 14


def default_reminder_hours() -> list[int]:
    """A day and an hour before a session."""
    return [24, 1]


class Program(PublicModel):
    """One round of reverse mentoring for a group of people.

    See programs.enums.ProgramState for its life.
    """

    name = models.CharField(_("name"), max_length=120)
    template_key = models.CharField(_("template"), max_length=40, default="blank")
    state = models.CharField(
        _("state"), max_length=10, choices=ProgramState, default=ProgramState.DRAFT, db_index=True
    )
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    wizard_done = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("wizard steps done"),
        default=list,
        blank=True,
    )

    # of its texts, and of what is written to people who have not signed in yet
    language = models.CharField(_("language"), max_length=10, default="en")
    purpose = models.TextField(_("purpose"), blank=True)
    invitation = models.TextField(_("invitation"), blank=True)
    closing_ritual = models.TextField(_("how it ends together"), blank=True)
    sponsor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="sponsored_programs",
        verbose_name=_("sponsor"),
    )
    topics = models.ManyToManyField(
        "programs.Topic", related_name="programs", blank=True, verbose_name=_("topics")
    )
    mentor_label = models.CharField(_("what a mentor is called"), max_length=40, default="mentor")
    mentors_label = models.CharField(_("what mentors are called"), max_length=40, default="mentors")
    mentee_label = models.CharField(_("what a mentee is called"), max_length=40, default="mentee")
    mentees_label = models.CharField(_("what mentees are called"), max_length=40, default="mentees")

    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_zone]
    )
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    enrolment_deadline = models.DateField(_("enrol until"), null=True, blank=True)
    planned_sessions = models.PositiveSmallIntegerField(
        _("planned sessions"), default=6, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    interval_weeks = models.PositiveSmallIntegerField(
        _("weeks between sessions"),
        default=4,
        validators=[MinValueValidator(1), MaxValueValidator(26)],
    )
    session_minutes = models.PositiveSmallIntegerField(
        _("minutes a session"),
        default=45,
        validators=[MinValueValidator(15), MaxValueValidator(240)],
    )
    driver = models.CharField(
        _("who proposes times"), max_length=6, choices=PairRole, default=PairRole.MENTEE
    )

    # who may join: grades by rank, empty = anyone
    mentor_max_grade = models.ForeignKey(
        Grade, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    mentee_min_grade = models.ForeignKey(
        Grade, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    departments = ArrayField(
        models.CharField(max_length=200), verbose_name=_("departments"), default=list, blank=True
    )
    open_call = models.BooleanField(_("open call"), default=False)

    grade_gap = models.PositiveSmallIntegerField(
        _("grades between mentor and mentee"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    require_common_language = models.BooleanField(_("a common language"), default=True)
    min_overlap_minutes = models.PositiveSmallIntegerField(
        _("common free minutes a week"), default=60
    )
    forbid_same_department = models.BooleanField(_("never in the same department"), default=False)
    allow_former_pairs = models.BooleanField(_("may meet a former partner again"), default=False)
    weights = models.JSONField(_("weights"), default=dict, blank=True)
    objective = models.CharField(
        _("aim"), max_length=15, choices=Objective, default=Objective.PARTICIPATION
    )
    floor = models.BooleanField(_("make the weakest match as good as can be"), default=True)
    # in basis points, as scores are; counts only with the aim of the best total fit, 0 is none
    minimum_score = models.PositiveSmallIntegerField(_("smallest fit of a pair"), default=0)

    agreement_text = models.TextField(_("agreement"), blank=True)
    reminder_hours = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("hours before a session"),
        default=default_reminder_hours,
        blank=True,
    )
    # how many days before a session the mentee is asked for their question; 0 is never
    question_days = models.PositiveSmallIntegerField(
        _("days before a session"), default=3, validators=[MaxValueValidator(MOST_QUESTION_DAYS)]
    )
    anonymity_k = models.PositiveSmallIntegerField(_("smallest group shown"), default=5)
    # set with the first survey round, whose invitation promises k; from then on a trigger refuses
    # to change it
    anonymity_k_locked = models.BooleanField(
        _("smallest group is fixed"), default=False, editable=False
    )

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(anonymity_k__gte=5), name="program_k_at_least_5"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="program_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(enrolment_deadline__lte=F("starts_on")),
                name="program_deadline_before_start",
            ),
            models.CheckConstraint(condition=Q(grade_gap__gte=1), name="program_grade_gap"),
            models.CheckConstraint(
                condition=Q(minimum_score__lte=10_000), name="program_minimum_score"
            ),
            models.CheckConstraint(
                condition=Q(question_days__lte=MOST_QUESTION_DAYS), name="program_question_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProgramClosing(models.Model):
    """Somebody has closed a program, and it takes effect at `closes_at`.

    Until then nothing has changed, and undoing deletes this row. Sessions that begin from
    `sessions_until` on are then taken out of the calendars; earlier ones stay.
    """

    program = models.OneToOneField(
        Program, models.CASCADE, primary_key=True, related_name="planned_closing"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    closes_at = models.DateTimeField(_("takes effect"), db_index=True)
    sessions_until = models.DateTimeField(_("sessions stay until"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sessions_until__gte=F("closes_at")),
                name="closing_takes_no_session_before_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id}: {self.closes_at:%Y-%m-%d %H:%M}"


class ProgramStaffQuerySet(models.QuerySet["ProgramStaff"]):
    """Roles in programs."""

    def asked_of(self, user: Any) -> ProgramStaffQuerySet:
        """The roles of a safe contact or deputy that a person has been named for."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(person=user, role__in=SAFE_ROLES)

    def of_company(self) -> ProgramStaffQuerySet:
        """Safe contacts and deputies of the whole company."""
        rows = self.filter(program__isnull=True).select_related("person")
        return rows.order_by("role", "person__sort_key", "pk")

    def who_listen(self) -> ProgramStaffQuerySet:
        """Safe contacts and deputies who have accepted and are still here."""
        return self.filter(role__in=SAFE_ROLES, answer=RoleAnswer.ACCEPTED, person__is_active=True)

    def who_listen_to(self, *programs: Program) -> ProgramStaffQuerySet:
        """Those of these programs, and those of the company who coordinate none of them.

        What a safe contact hears must not reach those who run the program.
        """
        roles = ProgramStaff.objects.filter(program__in=programs, role=StaffRole.COORDINATOR)
        company = Q(program__isnull=True) & ~Q(person__in=roles.values("person"))
        return self.who_listen().filter(Q(program__in=programs) | company)


class ProgramStaff(PublicModel):
    """A coordinator, safe contact or deputy of a program; without one, of the whole company.

    Nobody is shown as a safe contact before they have accepted. The company's stand in where a
    program has none.
    """

    program = models.ForeignKey(Program, models.CASCADE, null=True, related_name="staff")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="program_roles"
    )
    role = models.CharField(_("role"), max_length=12, choices=StaffRole)
    answer = models.CharField(
        _("answer"), max_length=8, choices=RoleAnswer, default=RoleAnswer.OPEN
    )

    objects = ProgramStaffQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "person", "role"],
                nulls_distinct=False,
                name="program_staff_once",
            ),
            models.CheckConstraint(
                condition=Q(program__isnull=False) | ~Q(role=StaffRole.COORDINATOR),
                name="program_staff_of_the_company_listens",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.role}"
