"""Choices of notifications."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """How a message is sent.

    What was mailed shows in the inbox too; an inbox message is not mailed. Messages to Slack and
    Teams go to a program's channel there, through its webhook, and to no single person.
    """

    EMAIL = "email", _("E-mail")
    INBOX = "inbox", _("Inbox")
    SLACK = "slack", "Slack"
    TEAMS = "teams", "Microsoft Teams"


WEBHOOK_CHANNELS = (Channel.SLACK, Channel.TEAMS)


class MessageState(models.TextChoices):
    """queued → leased → sent, or another end that says what happened."""

    QUEUED = "queued", _("Waiting")
    LEASED = "leased", _("Being sent")
    SENT = "sent", _("Sent")
    DIGESTED = "digested", _("Sent in a summary")
    FAILED = "failed", _("Refused by the mail server")
    MISSED = "missed", _("Missed its time")
    CANCELLED = "cancelled", _("No longer needed")
    UNKNOWN = "unknown", _("Perhaps sent")
    SUPPRESSED = "suppressed", _("Not sent to this address")


# These end a message for good, and its text is wiped. `unknown` may be sent once more, and
# `suppressed` is queued again when its address works before it has expired.
FINAL_STATES = (
    MessageState.SENT,
    MessageState.DIGESTED,
    MessageState.FAILED,
    MessageState.MISSED,
    MessageState.CANCELLED,
)
