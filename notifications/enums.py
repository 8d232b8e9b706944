"""Choices of notifications."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """The way a message takes. What was mailed shows in the inbox too; an inbox message is not mailed."""

    EMAIL = "email", _("E-mail")
    INBOX = "inbox", _("Inbox")


class MessageState(models.TextChoices):
    """queued → leased → sent, or one of the ends that say what happened instead."""

    QUEUED = "queued", _("Waiting")
    LEASED = "leased", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Refused by the mail server")
    MISSED = "missed", _("Missed its time")
    CANCELLED = "cancelled", _("No longer needed")
    UNKNOWN = "unknown", _("Perhaps sent")
    SUPPRESSED = "suppressed", _("Not sent to this address")


# What ends a message for good. `unknown` may be sent once more.
FINAL_STATES = (
    MessageState.SENT,
    MessageState.FAILED,
    MessageState.MISSED,
    MessageState.CANCELLED,
    MessageState.SUPPRESSED,
)
