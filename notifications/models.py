"""The outbox: every message of the application, from the moment it is decided on; sign-in mail alone goes past it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import PublicModel
from notifications.enums import FINAL_STATES, Channel, MessageState
from notifications.querysets import OutboxQuerySet


class OutboxMessage(PublicModel):
    """One message to one person over one channel.

    It exists once for its `dedupe_key` and channel, whatever is tried. `data` holds ids for `still_due` and `link` of the
    kind, never what somebody wrote. Text, HTML and attachments are wiped when the message has come to its end.

    `due_at` is the moment promised, `try_at` the next attempt (later than `due_at` after a failure); both and `expires_at`
    are read on the application's clock. `lease_until` is read on the database's clock: it guards running processes, for
    which time cannot be moved. `attempts` counts the claims and so tells one claim from the next. `dialog_at` is set
    while, or since, it is not known whether a mail server has taken the message.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("recipient"), related_name="outbox_messages"
    )
    address = models.EmailField(_("another address than the recipient's"), max_length=254, blank=True)
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
    expires_at = models.DateTimeField(_("pointless after"))
    state = models.CharField(_("state"), max_length=10, choices=MessageState, default=MessageState.QUEUED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    dialog_at = models.DateTimeField(_("talk with the mail server began"), null=True, blank=True)
    resend_allowed = models.BooleanField(_("may be sent again when unknown"), default=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    read_at = models.DateTimeField(_("read in the inbox"), null=True, blank=True)
    last_error = models.TextField(_("what went wrong"), blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["-due_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["dedupe_key", "channel"], name="outbox_once"),
            models.CheckConstraint(condition=~Q(dedupe_key=""), name="outbox_has_key"),
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="outbox_known_state"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="outbox_known_channel"),
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
        ]
        indexes = [
            models.Index(fields=["try_at", "id"], name="outbox_waiting", condition=Q(state__in=["queued", "unknown"])),
            models.Index(fields=["lease_until"], name="outbox_leased", condition=Q(state="leased")),
            models.Index(fields=["recipient", "-due_at"], name="outbox_of_person"),
            models.Index(fields=["scope", "-due_at"], name="outbox_of_program"),
            # for the cancelling of all keys with a prefix, in whatever collation the database has
            models.Index(fields=["dedupe_key"], name="outbox_key_prefix", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.dedupe_key} ({self.state})"

    @property
    def message_id(self) -> str:
        """The Message-ID header: the same at every attempt, so that a mailbox can drop the second copy."""
        domain = settings.MAIL_FROM.rpartition("@")[2].strip("> ")
        return f"<{self.public_id}@{domain}>"


class SuppressedAddress(models.Model):
    """An address that a mail server has called unknown: nothing is sent there until `until`, then it is tried again."""

    email = models.EmailField(_("address"), max_length=254, unique=True)  # in lower case
    reason = models.TextField(_("what the server said"))
    until = models.DateTimeField(_("tried again after"))

    def __str__(self) -> str:
        return self.email


class Heartbeat(models.Model):
    """The last sign of life of beat and a worker together (id 1): beat asked, a worker wrote. The database's clock."""

    beat_at = models.DateTimeField(_("last beat"))

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="heartbeat_only_one")]

    def __str__(self) -> str:
        return f"{self.beat_at:%Y-%m-%d %H:%M:%S}"
