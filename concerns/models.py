"""Threads with a safe contact. Nothing here says who wrote them, and nothing has a time."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from common.crypto import EncryptedTextField
from concerns.enums import WAITING, ConcernState, Helped, Side


class ConcernQuerySet(models.QuerySet["Concern"]):
    """Threads."""

    def visible_to(self, user: Any) -> ConcernQuerySet:
        """Those of the contact; of the deputy from the day on which they were told."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(Q(contact=user) | Q(deputy=user, deputy_since__isnull=False))

    def waiting(self) -> ConcernQuerySet:
        """Those in which the author waits for an answer."""
        return self.filter(state__in=WAITING)

    def waiting_first(self) -> ConcernQuerySet:
        """In the order of a list: those that wait, then the newest day."""
        waits = Case(When(state__in=WAITING, then=0), default=1)
        return self.order_by(waits, "-last_written_on", "pk")

    def overdue(self, today: date) -> ConcernQuerySet:
        """Those whose deputy has not been told, although a promised day is over or the contact
        has left.
        """
        late = Q(state=ConcernState.OPEN, acknowledge_by__lt=today) | Q(answer_by__lt=today)
        gone = Q(contact__isnull=True) | Q(contact__is_active=False)
        alone = Q(deputy__is_active=True, deputy_since__isnull=True)
        return self.waiting().filter(alone).filter(late | gone)


class Concern(models.Model):
    """One thread. Its only key is a code that the author alone has; a keyed hash of it is here.

    The id is random, days stand in place of times, and no column names the author.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code_hash = models.CharField(_("hash of the code"), max_length=64, unique=True)
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="concerns_heard"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="concerns_deputised"
    )
    state = models.CharField(
        _("state"), max_length=12, choices=ConcernState, default=ConcernState.OPEN
    )
    written_on = models.DateField(_("first written"))
    last_written_on = models.DateField(_("last written by the author"))
    acknowledge_by = models.DateField(_("to be acknowledged by"))
    answer_by = models.DateField(_("to be answered by"))
    closed_on = models.DateField(_("closed"), null=True)
    is_told = models.BooleanField(_("a mail has told of it"), default=False)
    deputy_since = models.DateField(_("the deputy may read from"), null=True)
    helped = models.CharField(_("whether it helped"), max_length=6, choices=Helped, blank=True)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=True) | ~Q(contact=F("deputy")),
                name="concern_deputy_is_another",
            ),
            models.CheckConstraint(
                condition=Q(helped="") | Q(state=ConcernState.CLOSED),
                name="concern_helped_once_closed",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def side_of(self, person: Any) -> Side:
        """On which side somebody reads and writes who may see it."""
        return Side.CONTACT if self.contact_id == person.pk else Side.DEPUTY


class ConcernEntry(models.Model):
    """What one side wrote. A note is read by its own side alone.

    `position` counts within the thread: it tells nothing about other threads.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey(Concern, models.CASCADE, related_name="entries")
    position = models.PositiveSmallIntegerField(_("position"))
    side = models.CharField(_("side"), max_length=7, choices=Side)
    is_note = models.BooleanField(_("note for oneself"), default=False)
    text = EncryptedTextField(_("text"))
    written_on = models.DateField(_("written"))

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["concern", "position"], name="concern_entry_position"),
            models.CheckConstraint(
                condition=Q(is_note=False) | ~Q(side=Side.AUTHOR),
                name="concern_author_has_no_notes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id}: {self.position}"


class TalkSettings(models.Model):
    """What HR says about talking to someone, for the whole company (id 1)."""

    outside_line = models.TextField(_("outside line"), blank=True)
    is_statutory = models.BooleanField(_("the company's statutory channel"), default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="talk_settings_only_one")]

    def __str__(self) -> str:
        return "Talk to someone"
