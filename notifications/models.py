"""The outbox: every message of the application except mails for signing in.

And what decides how they are sent: people's preferences, programs' channels at Slack and Teams,
addresses that are refused.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.crypto import EncryptedTextField
from common.models import PublicModel
from notifications import kinds
from notifications.enums import FINAL_STATES, WEBHOOK_CHANNELS, Channel, MessageState
from notifications.mail import message_ids

# A failed or suppressed mail still has something to say; a missed or cancelled one has expired.
SHOWN_IN_INBOX = (
    MessageState.SENT,
    MessageState.DIGESTED,
    MessageState.UNKNOWN,
    MessageState.FAILED,
    MessageState.SUPPRESSED,
)


def hidden_in_inbox() -> Q:
    """A summary, whose messages are shown one by one, and the mail of what is in the inbox
    separately.
    """
    shown_separately = kinds.keys_where(lambda kind: kind.own_inbox_copy)
    return Q(kind=kinds.DIGEST) | Q(kind__in=shown_separately, channel=Channel.EMAIL)


class OutboxQuerySet(models.QuerySet[Any]):
    """Messages."""

    def visible_to(self, user: Any) -> OutboxQuerySet:
        """One's own, once they were delivered or tried; what went to another address of theirs
        included.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        mine = self.filter(recipient_id=user.pk, state__in=SHOWN_IN_INBOX)
        return mine.exclude(hidden_in_inbox())

    def unread(self) -> OutboxQuerySet:
        """Not opened in the inbox yet."""
        return self.filter(read_at__isnull=True)

    def waiting(self) -> OutboxQuerySet:
        """To be sent at some time: queued, or of unknown fate and to be sent once more."""
        return self.filter(
            Q(state=MessageState.QUEUED) | Q(state=MessageState.UNKNOWN, resend_allowed=True)
        )

    def claimable(self, now: datetime) -> OutboxQuerySet:
        """Waiting, and their time has come."""
        return self.waiting().filter(try_at__lte=now)


class OutboxMessage(PublicModel):
    """One message to one person over one channel; one to a program's channel at Slack or Teams has
    no recipient.

    It exists once for its `dedupe_key` and channel, whatever is tried. `data` holds ids for
    `still_due` and `link` of the kind, never what somebody wrote. Text, HTML and attachments are
    wiped when the message has come to its end; one whose address does not work keeps them until it
    expires, as the address may be corrected.

    `due_at` is the moment promised, `try_at` the next attempt (later than `due_at` after a
    failure); both and `expires_at` are read on the application's clock. `lease_until` is read on
    the database's clock: it guards running processes, for which time cannot be moved. `attempts`
    counts the claims and so tells one claim from the next. `dialog_at` is set while, or since, it
    is not known whether a mail server has taken the message. `held_until` says why it went out
    later than promised: the end of the recipient's quiet hours or absence, or the moment at which
    their address worked again. `digest` is the summary that it is in. `actor` is whose action has
    caused it, where messages of the kind are limited and it is no secret.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("recipient"),
        related_name="outbox_messages",
        null=True,
        blank=True,
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("caused by"),
        related_name="+",
        null=True,
        blank=True,
    )
    address = models.EmailField(
        _("another address than the recipient's"), max_length=254, blank=True
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.EMAIL)
    kind = models.CharField(_("kind"), max_length=60)
    scope = models.UUIDField(_("program"), null=True, blank=True)
    dedupe_key = models.CharField(_("key"), max_length=200)
    data = models.JSONField(_("data"), default=dict)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("HTML"), blank=True)
    attachments = models.JSONField(_("attachments"), default=list)
    due_at = models.DateTimeField(_("due"), default=clock.now)
    try_at = models.DateTimeField(_("next attempt"), default=clock.now)
    expires_at = models.DateTimeField(_("expires"))
    held_until = models.DateTimeField(
        _("held until the end of the quiet time"), null=True, blank=True
    )
    digest = models.ForeignKey(
        "self",
        models.SET_NULL,
        verbose_name=_("summary"),
        null=True,
        blank=True,
        related_name="digested",
    )
    state = models.CharField(
        _("state"), max_length=10, choices=MessageState, default=MessageState.QUEUED
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    dialog_at = models.DateTimeField(_("talk with the mail server began"), null=True, blank=True)
    resend_allowed = models.BooleanField(_("may be sent again when unknown"), default=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    read_at = models.DateTimeField(_("read in the inbox"), null=True, blank=True)
    last_error = models.TextField(_("what went wrong"), blank=True)

    # Why its address gets no mail, where the claim has read it; see claiming.py.
    refused: str | None = None

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["-due_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["dedupe_key", "channel"], name="outbox_once"),
            models.CheckConstraint(condition=~Q(dedupe_key=""), name="outbox_has_key"),
            models.CheckConstraint(
                condition=Q(state__in=MessageState.values), name="outbox_known_state"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="outbox_known_channel"
            ),
            models.CheckConstraint(
                condition=Q(state=MessageState.LEASED, lease_until__isnull=False)
                | (~Q(state=MessageState.LEASED) & Q(lease_until__isnull=True)),
                name="outbox_leased_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state=MessageState.SENT, sent_at__isnull=False)
                | (~Q(state=MessageState.SENT) & Q(sent_at__isnull=True)),
                name="outbox_sent_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=FINAL_STATES) | Q(text="", html="", attachments=[]),
                name="outbox_ended_has_no_body",
            ),
            models.CheckConstraint(
                condition=Q(
                    channel__in=WEBHOOK_CHANNELS, recipient__isnull=True, scope__isnull=False
                )
                | (~Q(channel__in=WEBHOOK_CHANNELS) & Q(recipient__isnull=False)),
                name="outbox_to_a_person_or_a_channel",
            ),
        ]
        indexes = [
            models.Index(
                fields=["try_at", "id"],
                name="outbox_waiting",
                condition=Q(state__in=["queued", "unknown"]),
            ),
            models.Index(
                fields=["expires_at"],
                name="outbox_suppressed",
                condition=Q(state="suppressed"),
            ),
            models.Index(
                fields=["due_at"], name="outbox_summaries", condition=Q(kind="notifications.digest")
            ),
            models.Index(
                fields=["sent_at"], name="outbox_sent", condition=Q(state="sent", channel="email")
            ),
            models.Index(fields=["lease_until"], name="outbox_leased", condition=Q(state="leased")),
            models.Index(fields=["recipient", "-due_at"], name="outbox_of_person"),
            models.Index(
                fields=["actor", "kind", "due_at"],
                name="outbox_by_actor",
                condition=Q(actor__isnull=False),
            ),
            models.Index(fields=["scope", "-due_at"], name="outbox_of_program"),
            # for the cancelling of all keys with a prefix, in whatever collation the database has
            models.Index(
                fields=["dedupe_key"], name="outbox_key_prefix", opclasses=["varchar_pattern_ops"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.dedupe_key} ({self.state})"

    @property
    def message_id(self) -> str:
        """The Message-ID header: the same at every attempt, so that a mailbox can drop the second
        copy.
        """
        return message_ids.make(self.public_id)


class MessagePreferences(models.Model):
    """What a person wants of the optional messages, and when they want quiet, in their own time
    zone.

    A person without a row has the defaults. `off` holds keys of kinds.TOPICS.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="message_preferences",
    )
    off = ArrayField(
        models.CharField(max_length=30),
        verbose_name=_("messages turned off"),
        default=list,
        blank=True,
    )
    quiet = models.BooleanField(_("quiet hours"), default=True)
    quiet_from = models.TimeField(_("from"), default=time(20))
    quiet_until = models.TimeField(_("until"), default=time(7))
    quiet_weekends = models.BooleanField(_("quiet on Saturday and Sunday"), default=True)

    def __str__(self) -> str:
        return f"preferences of {self.person_id}"


class Webhook(PublicModel):
    """A program's channel at Slack or Teams, for what its coordinators should notice.

    Its address is a secret.
    """

    scope = models.UUIDField(_("program"))
    channel = models.CharField(
        _("service"), max_length=10, choices=[(one.value, one.label) for one in WEBHOOK_CHANNELS]
    )
    label = models.CharField(_("name of the channel"), max_length=80)
    address = EncryptedTextField(_("address of the webhook"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "channel"], name="webhook_one_a_service"),
            models.CheckConstraint(
                condition=Q(channel__in=WEBHOOK_CHANNELS), name="webhook_known_channel"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.label}"


class SuppressedAddress(models.Model):
    """An address that a mail server has called unknown: nothing is sent there until `until`, then
    it is tried again.
    """

    email = models.EmailField(_("address"), max_length=254, unique=True)  # in lower case
    reason = models.TextField(_("what the server said"))
    since = models.DateTimeField(_("since"), default=clock.now)
    until = models.DateTimeField(_("tried again after"))

    def __str__(self) -> str:
        return self.email


class Heartbeat(models.Model):
    """The last sign of life of beat and a worker together (id 1): beat asked, a worker wrote.

    The database's clock.

    `late_since` is when HR admins were first told that messages do not go out, until they are told
    that they do again; `late_told_at` when they were told last; `well_since` since when all has
    been well, as long as they do not know it.
    """

    beat_at = models.DateTimeField(_("last beat"))
    late_since = models.DateTimeField(_("told late since"), null=True, blank=True)
    late_told_at = models.DateTimeField(_("told late last"), null=True, blank=True)
    well_since = models.DateTimeField(_("well since"), null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="heartbeat_only_one")]

    def __str__(self) -> str:
        return f"{self.beat_at:%Y-%m-%d %H:%M:%S}"


class Watermark(models.Model):
    """Until when a search has looked for due work, on the application's clock (outbox/due.py)."""

    name = models.CharField(_("search"), max_length=60, primary_key=True)
    seen_until = models.DateTimeField(_("has looked until"))

    def __str__(self) -> str:
        return f"{self.name}: {self.seen_until:%Y-%m-%d %H:%M:%S}"
