"""A person's calendars: the address from which theirs subscribes to ours, and their own one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.crypto import EncryptedJSONField, EncryptedTextField


class CalendarFeed(models.Model):
    """A person's sessions at an address without sign-in.

    Only the person knows the address: here is its hash.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed", primary_key=True
    )
    token_hash = models.CharField(_("hash of the token"), max_length=64, unique=True)
    made_at = models.DateTimeField(_("made at"), default=clock.now, editable=False)

    def __str__(self) -> str:
        return str(self.person_id)


class OwnCalendar(models.Model):
    """The published address of a person's own calendar, and when they are busy according to it.

    `busy` is [[from, until], …] in seconds since 1970, in order, without overlaps. It is encrypted
    like the address, with which anybody could open the whole calendar. `problem` (of
    accounts.enums.CalendarProblem) is why the last attempt failed; the times of before stay.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="own_calendar", primary_key=True
    )
    address = EncryptedTextField(_("address"))
    busy = EncryptedJSONField(_("busy times"), null=True, blank=True)
    fetched_at = models.DateTimeField(_("last read"), null=True, blank=True)
    next_at = models.DateTimeField(_("next attempt"), default=clock.now, db_index=True)
    failures = models.PositiveSmallIntegerField(_("failed attempts in a row"), default=0)
    problem = models.CharField(_("problem"), max_length=12, blank=True)

    def __str__(self) -> str:
        return str(self.person_id)
