"""Which messages wait, and which a person may read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from notifications.enums import Channel, MessageState
from notifications.policy import DIGEST, TWICE

# A failed or suppressed mail still has something to say; a missed or cancelled one has lost its
# point.
SHOWN_IN_INBOX = (
    MessageState.SENT,
    MessageState.DIGESTED,
    MessageState.UNKNOWN,
    MessageState.FAILED,
    MessageState.SUPPRESSED,
)
# A summary stands for messages that are shown by themselves; an alarm goes both ways, and its inbox
# message is the one shown.
HIDDEN_IN_INBOX = Q(kind=DIGEST) | Q(kind__in=TWICE, channel=Channel.EMAIL)


class OutboxQuerySet(models.QuerySet[Any]):
    """Messages."""

    def visible_to(self, user: Any) -> OutboxQuerySet:
        """One's own, once they were delivered or tried; what went to another address of theirs
        included.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        mine = self.filter(recipient_id=user.pk, state__in=SHOWN_IN_INBOX)
        return mine.exclude(HIDDEN_IN_INBOX)

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
