"""Mentoring sessions and what is said about them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Count, Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from common import clock
from common.crypto import EncryptedTextField
from common.models import PublicModel
from common.timezones import validate_zone
from meetings.enums import Feeling, SessionState
from pairings.models.pairing import Pairing, signed_by_both
from programs.labels import with_labels
from programs.models import Program, SessionGuide, Topic


class SessionQuerySet(models.QuerySet["MentoringSession"]):
    """Mentoring sessions."""

    def of_pair(self, user: Any) -> Self:
        """Sessions of one's own pairs: with everything that the pair shares."""
        return self.filter(pairing__in=Pairing.objects.of_pair(user))

    def of_delegate(self, user: Any) -> Self:
        """Sessions of a mentee whose calendar this person handles.

        Show time, place, link and the mentor's name alone.
        """
        return self.filter(pairing__in=Pairing.objects.of_delegate(user))

    def times_visible_to(self, user: Any) -> Self:
        """Sessions whose time, place and state this person may know.

        They are the pair, the mentee's delegate, and those who manage the program.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_hr_admin:
            return self
        return self.filter(
            Q(pairing__in=Pairing.objects.of_pair(user))
            | Q(pairing__program__in=Program.objects.managed_by(user))
            | Q(pairing__in=Pairing.objects.of_delegate(user))
        )

    def with_people(self) -> Self:
        """With the program and the two people of the pair."""
        return self.select_related("pairing__program", "pairing__mentor", "pairing__mentee")

    def counted(self) -> Self:
        """Those that count: held, and the pair has signed its agreement."""
        return self.filter(signed_by_both("pairing__"), state=SessionState.HELD)

    def of_outer_pairing(self) -> Self:
        """For a subquery: sessions of the pairing that is the row of the outer query."""
        return self.filter(pairing=OuterRef("pk")).order_by()

    def counted_per_pairing(self) -> Coalesce:
        """For a subquery: how many sessions of one pairing these are, 0 without any."""
        rows = self.order_by().values("pairing").annotate(number=Count("pk"))
        return Coalesce(Subquery(rows.values("number")), 0)

    def ahead(self) -> Self:
        """Those that have not begun."""
        return self.filter(starts_at__gt=clock.now())

    def staying(self) -> Self:
        """Without those that the closing of their program will take out of the calendars."""
        closing = "pairing__program__planned_closing"
        begins_before = Q(starts_at__lt=F(f"{closing}__sessions_until"))
        return self.filter(Q(**{f"{closing}__isnull": True}) | begins_before)

    def kept_at_closing(self) -> Self:
        """Planned sessions that the closing of their program keeps, until its last day is over."""
        closing = "pairing__program__planned_closing"
        return self.filter(
            state=SessionState.SCHEDULED,
            starts_at__gte=F(f"{closing}__closes_at"),
            starts_at__lt=F(f"{closing}__sessions_until"),
            **{f"{closing}__sessions_until__gt": clock.now()},
        )

    def beyond_closing(self) -> Self:
        """Sessions ahead that the closing of their program takes out of the calendars."""
        until = F("pairing__program__planned_closing__sessions_until")
        return self.open().ahead().filter(starts_at__gte=until)

    def open(self) -> Self:
        """Proposed or scheduled."""
        return self.filter(state__in=[SessionState.PROPOSED, SessionState.SCHEDULED])

    def cancelled_by_somebody(self) -> Self:
        """Cancelled, but not by a pause or the end of the pair."""
        return self.filter(state=SessionState.CANCELLED, cancelled_by__isnull=False)

    def scheduled_or_held(self) -> Self:
        """Those that take place or took place, as far as is known."""
        return self.filter(state__in=[SessionState.SCHEDULED, SessionState.HELD])

    def not_over(self) -> Self:
        """Scheduled, and not over."""
        return self.filter(state=SessionState.SCHEDULED, ends_at__gt=clock.now())

    def with_signed(self) -> Self:
        """With `signed`: the pair has signed its agreement."""
        return self.annotate(signed=signed_by_both("pairing__"))

    def with_disagreement(self) -> Self:
        """With `disagreement`: one of the pair says that they met, the other that they did not."""
        said = SessionStatement.objects.filter(session=OuterRef("pk"))
        met = said.filter(outcome=SessionState.HELD)
        not_met = said.exclude(outcome=SessionState.HELD)
        return self.annotate(disagreement=Exists(met) & Exists(not_met))

    def interrupted(self) -> Self:
        """Cancelled by a pause of the pair, and still ahead: these can be put back."""
        cancelled = self.filter(state=SessionState.CANCELLED)
        return cancelled.filter(cancelled_by__isnull=True, logged_at__isnull=True).ahead()


class AttendanceQuerySet(models.QuerySet["SessionAttendance"]):
    """The times that sessions take of people."""

    def taken(self, people: Iterable[Any], start: datetime, end: datetime) -> Self:
        """Times of scheduled sessions that these people do not have from `start` to `end`."""
        return self.filter(live=True, person__in=people, during__overlap=(start, end))

    def late(self) -> Self:
        """Those for which somebody has said that the person comes late."""
        return self.filter(minutes_late__isnull=False)


class PrivateNoteQuerySet(models.QuerySet["PrivateNote"]):
    """Private notes.

    `of_author` is the only way to read them: the application has no other query.
    """

    def of_author(self, user: Any) -> Self:
        """The notes that this person wrote, and nobody else's, whatever their role."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(author=user)


LEAST_MINUTES, MOST_MINUTES = 15, 240  # the bounds of Program.session_minutes


class MentoringSession(PublicModel):
    """A meeting of a pair.

    The pair agreed on the wall time in `time_zone`; `starts_at` and `ends_at` (UTC) follow from it.

    `sequence` goes up with every change of time, place or link, and with a cancellation. So earlier
    reminders and invitations expire, and calendars take the newest. `timed_at` is the time of that
    change. `moved_by` gave the session its present time (None: still the first one). `cancelled_by`
    is one of the pair, or the delegate, who counts on the mentee's side. It is None when the pair
    was paused or has ended.
    """

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="sessions")
    number = models.PositiveSmallIntegerField(_("number"))
    state = models.CharField(
        _("state"), max_length=10, choices=SessionState, default=SessionState.SCHEDULED
    )
    wall_date = models.DateField(_("day"))
    wall_time = models.TimeField(_("time"))
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), validators=[MinValueValidator(LEAST_MINUTES), MaxValueValidator(MOST_MINUTES)]
    )
    starts_at = models.DateTimeField(_("starts"), editable=False)
    ends_at = models.DateTimeField(_("ends"), editable=False)
    sequence = models.PositiveIntegerField(_("changes"), default=0)
    place = models.CharField(_("place"), max_length=200, blank=True)
    link = models.URLField(
        _("join link"), max_length=500, blank=True, validators=[URLValidator(schemes=["https"])]
    )
    guide = models.ForeignKey(
        SessionGuide, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    topic = models.ForeignKey(
        Topic, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("about")
    )
    question = models.TextField(_("the mentee's question"), blank=True)
    scheduled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    timed_at = models.DateTimeField(_("last change"), default=clock.now, editable=False)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # the log: one for both people
    topics = models.ManyToManyField(Topic, blank=True, related_name="+", verbose_name=_("topics"))
    takeaway = models.TextField(_("shared takeaway"), blank=True)
    mentor_taught = models.TextField(_("what the mentor taught"), blank=True)
    mentee_taught = models.TextField(_("what the mentee taught"), blank=True)
    logged_at = models.DateTimeField(_("logged"), null=True, blank=True)
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["pairing", "number"], name="session_number"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled") | Q(cancelled_by__isnull=True),
                name="session_cancelled_by_means_cancelled",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=LEAST_MINUTES, minutes__lte=MOST_MINUTES),
                name="session_minutes_bounds",
            ),
            models.CheckConstraint(
                condition=Q(link="") | Q(link__startswith="https://"), name="session_link_is_https"
            ),
        ]
        indexes = [models.Index(fields=["state", "starts_at"], name="session_due")]

    def __str__(self) -> str:
        return f"{self.pairing_id}: {self.number}"

    @property
    def subject(self) -> str:
        """What the session is called on the pair's own pages, besides its number. May be empty."""
        if self.topic:
            return self.topic.name
        if self.guide:
            return with_labels(self.guide.title, self.pairing.program)
        return ""

    @property
    def subject_key(self) -> tuple[int | None, int | None]:
        """The ids of the guide and the topic that it is about."""
        return (self.guide_id, self.topic_id)

    def is_interrupted(self) -> bool:
        """The same as `SessionQuerySet.interrupted`, without a query."""
        is_by_pause = self.cancelled_by_id is None and self.logged_at is None
        is_ahead = self.starts_at > clock.now()
        return self.state == SessionState.CANCELLED and is_by_pause and is_ahead


class SessionAttendance(models.Model):
    """The time that a session takes of one person.

    `live` while it is scheduled: two live ones of a person never overlap. `minutes_late` is what
    the person, or a delegate for them (`late_said_by`), said shortly before, or None.

    The exclusion constraint uses a range of one number: a bigint would need btree_gist.
    """

    session = models.ForeignKey(MentoringSession, models.CASCADE, related_name="attendances")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="attendances")
    during = DateTimeRangeField(_("during"))
    live = models.BooleanField(_("scheduled"), default=True)
    minutes_late = models.PositiveSmallIntegerField(_("minutes late"), null=True, blank=True)
    late_said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="attendance_once"),
            ExclusionConstraint(
                name="attendance_no_overlap",
                index_type="gist",
                expressions=[
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
                    ("during", "&&"),
                ],
                condition=Q(live=True),
                violation_error_code="overlap",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.person_id}"


class SessionLogRevision(models.Model):
    """What the shared log said before a correction: its author, its time and its content.

    `content` is {"outcome", "cancelled_by", "topics", "takeaway", "mentor_taught",
    "mentee_taught"}, people and topics by id.
    """

    session = models.ForeignKey(MentoringSession, models.CASCADE, related_name="log_revisions")
    at = models.DateTimeField(_("when"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    content = models.JSONField(_("content"))

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.at:%Y-%m-%d %H:%M}"


class SessionStatement(models.Model):
    """What one of the pair says happened.

    If the two differ, the coordinator sees that they do, and no more.
    """

    session = models.ForeignKey(MentoringSession, models.CASCADE, related_name="statements")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    outcome = models.CharField(_("what happened"), max_length=10, choices=SessionState)
    at = models.DateTimeField(_("when"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="statement_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["held", "cancelled", "missed"]),
                name="statement_is_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.person_id} {self.outcome}"


class PrivateNote(PublicModel):
    """A note that nobody but its author can read through the application.

    It is encrypted, and the key is not in the database. Neither a session nor a person leads to it:
    it is read through `of_author` alone.
    """

    session = models.ForeignKey(MentoringSession, models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    body = EncryptedTextField(_("private note"), blank=True, default="")
    changed_at = models.DateTimeField(_("changed"), default=clock.now, editable=False)

    objects = PrivateNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "author"], name="private_note_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ComfortPulse(models.Model):
    """How a session felt to one person: one of three faces.

    Only this person sees it, in their own log. It is counted nowhere.
    """

    session = models.ForeignKey(MentoringSession, models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    feeling = models.PositiveSmallIntegerField(_("how it felt"), choices=Feeling)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="comfort_once"),
            models.CheckConstraint(condition=Q(feeling__in=[1, 2, 3]), name="comfort_feeling"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
