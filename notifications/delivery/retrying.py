"""Sending after all what failed or was missed: a coordinator decides, as long as the message still
has a point.

For that, such messages keep their text for RETRY_FOR; everything else that has come to its end has
none.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common import audit, background, clock
from common.errors import DomainError
from notifications.enums import RETRIABLE_STATES, MessageState
from notifications.kinds import policy, registry
from notifications.models import OutboxMessage
from notifications.preferences import suppression

RETRY_FOR = timedelta(days=7)
MORE_TIME = timedelta(days=1)  # at least so long a message that was missed may be tried again


def can_retry(message: OutboxMessage) -> bool:
    """Whether it failed or was missed, still has its text, and still has a point.

    Of what may be turned off the last is not asked here: the answer would tell whoever tries what
    somebody has turned off, or that they are away. The sender asks.
    """
    if message.state not in RETRIABLE_STATES or not message.text or not is_fresh(message):
        return False
    if policy.of(message.kind).topic:
        return True
    try:
        kind = registry.get(message.kind)
    except registry.UnknownKindError:
        return False
    return kind.still_due is None or kind.still_due(message)


def is_fresh(message: OutboxMessage) -> bool:
    """Whether it was given up within RETRY_FOR: `try_at` of what has failed or was missed is when
    that was.
    """
    return message.try_at > clock.now() - RETRY_FOR


@transaction.atomic
def retry(*, actor: Any, message: OutboxMessage) -> OutboxMessage:
    """Send it again now, under the same Message-ID.

    DomainError when it has no point, is on its way or cannot arrive.
    """
    locked: OutboxMessage = OutboxMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if not can_retry(locked):
        raise DomainError(
            _("This message has lost its point or is on its way already. Nothing was sent.")
        )
    if suppression.why_not(locked):  # it would end at once, and its text with it
        raise DomainError(_("Mail does not arrive"))
    queue(locked)
    audit.record("message.retried", locked, actor=actor, scope=locked.scope, kind=locked.kind)
    background.enqueue_on_commit("notifications.tasks.deliver", locked.pk)
    return locked


def queue(message: OutboxMessage) -> OutboxMessage:
    """Make a message that the caller has locked wait again, as if it were due now: it is not late,
    so not for a summary.
    """
    now = clock.now()
    message.state, message.try_at, message.dialog_at, message.resend_allowed = (
        MessageState.QUEUED,
        now,
        None,
        True,
    )
    # what it missed is told by the audit trail
    message.due_at, message.held_until, message.last_error = now, None, ""
    message.expires_at = max(message.expires_at, now + MORE_TIME)
    message.save()
    return message


def forget_old() -> int:
    """Wipe the text of what nobody has sent again within RETRY_FOR; how many these were."""
    kept = OutboxMessage.objects.filter(
        state__in=["failed", "missed"], try_at__lte=clock.now() - RETRY_FOR
    ).exclude(text="")
    return kept.update(text="", html="", attachments=[])
