"""One summary instead of several late messages: after down time a person gets one mail, not ten.

The summary is a message of its own. It names its messages only when it is sent: what has lost its
point by then is left out and shown as missed or cancelled. Each message is in one summary at most,
and none that is in one is sent by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from common import background, clock
from common.http import absolute
from notifications.enums import Channel, MessageState
from notifications.kinds import policy, registry
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage, OutboxQuerySet
from notifications.preferences import absence
from notifications.preferences import store as preferences

log = structlog.get_logger(__name__)

LATE = timedelta(minutes=30)  # after its time, or after the quiet time that it was held for
FEWEST = 2
SETTLED_FOR = timedelta(
    days=60
)  # longer than a summary waits, and than its coming back is believed
LOCK_SPACE = 7031  # the first half of the advisory lock's key: summaries; the second is the person
ENDS_WITH_IT = (
    MessageState.FAILED,
    MessageState.MISSED,
    MessageState.CANCELLED,
    MessageState.SUPPRESSED,
)
NO_BODY = {"text": "", "html": "", "attachments": []}


def is_late(message: OutboxMessage) -> bool:
    """Whether this claimed message may be put into a summary."""
    since = max(message.due_at, message.held_until or message.due_at)
    return (
        policy.of(message.kind).digest
        and message.channel == Channel.EMAIL
        and not message.address
        and not message.attachments
        and message.dialog_at is None
        and since < clock.now() - LATE
    )


@transaction.atomic
def take(message: OutboxMessage) -> str | None:
    """Put a claimed late message and all others like it of the same person into one summary, and
    commit.

    "digested"; "lost_lease" when somebody else has put it into theirs meanwhile; None when it is
    the only one, and goes by itself. Others that are claimed but not yet being sent are taken from
    their senders, so that two senders at once make one.
    """
    person_id = message.recipient_id
    assert person_id is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, person_id % 2**31])
    rows = list(late_ones(person_id).select_for_update(of=("self",)).order_by("due_at", "pk"))
    if not any(row.pk == message.pk and row.attempts == message.attempts for row in rows):
        return "lost_lease"
    wanted = [row for row in rows if row.pk == message.pk or (still_wanted(row) and is_here(row))]
    if len(wanted) < FEWEST:
        return None
    summary = _store(message, max(row.expires_at for row in wanted))
    OutboxMessage.objects.filter(pk__in=[row.pk for row in wanted]).update(
        state=MessageState.DIGESTED, digest=summary, lease_until=None, last_error="", **NO_BODY
    )
    log.info("digested", digest=summary.pk, messages=len(wanted))
    background.enqueue_on_commit("notifications.tasks.deliver", summary.pk)
    return str(MessageState.DIGESTED)


def late_ones(recipient_id: int) -> OutboxQuerySet:
    """A person's messages that may be put into a summary now; those of unknown fate never are."""
    now = clock.now()
    found: OutboxQuerySet = (
        OutboxMessage.objects.filter(
            recipient_id=recipient_id,
            channel=Channel.EMAIL,
            address="",
            attachments=[],
            dialog_at__isnull=True,
            expires_at__gt=now,
            kind__in=[kind for kind, row in policy.POLICIES.items() if row.digest],
            state__in=[MessageState.QUEUED, MessageState.LEASED],
        )
        .alias(since=Greatest("due_at", Coalesce("held_until", F("due_at"))))
        .filter(since__lt=now - LATE)
        .select_related("recipient__message_preferences")
    )
    return found


def _store(message: OutboxMessage, expires_at: datetime) -> OutboxMessage:
    return OutboxMessage.objects.create(
        recipient_id=message.recipient_id,
        kind=policy.DIGEST,
        dedupe_key=f"digest:{message.public_id}",
        subject=str(_("Messages that waited for you")),
        expires_at=expires_at,
    )


def refresh(summary: OutboxMessage) -> bool:
    """Write the summary's letter into `summary` (not into the database), of what still has a point;
    whether anything has.

    What has none ends here as missed or cancelled, for everybody to see.
    """
    entries: list[dict[str, Any]] = []
    topics: set[str] = set()
    rows = summary.digested.filter(state=MessageState.DIGESTED).select_related(
        "recipient__message_preferences"
    )
    for row in rows.order_by("due_at", "pk"):
        if row.expires_at <= clock.now():
            _end(row, MessageState.MISSED, "")
        elif not still_wanted(row):
            _end(row, MessageState.CANCELLED, "It was no longer needed when its time came.")
        else:
            entries.append({"subject": row.subject, "url": _link(row)})
            topics |= {policy.of(row.kind).topic} - {""}
    if not entries:
        return False
    person = summary.recipient
    assert person is not None
    with translation.override(person.locale), timezone.override(person.time_zone):
        letter = compose(
            recipient=person, template="notifications/digest", context={"entries": entries}
        )
    summary.subject, summary.text, summary.html = letter.subject, letter.text, letter.html
    summary.data = {"topics": sorted(topics)}
    return True


def still_wanted(row: OutboxMessage) -> bool:
    """Whether a message still has a point; one whose kind cannot tell keeps it."""
    try:
        kind = registry.get(row.kind)
        return preferences.is_wanted(row) and (kind.still_due is None or kind.still_due(row))
    except Exception:
        log.exception("digest_entry_unclear", message=row.pk, kind=row.kind)
        return True


def is_here(row: OutboxMessage) -> bool:
    """Whether its reader is not away; a nudge of somebody who is waits by itself for their
    return.
    """
    try:
        return absence.back_at(row) is None
    except Exception:
        log.exception("digest_entry_unclear", message=row.pk, kind=row.kind)
        return False


def _link(row: OutboxMessage) -> str:
    """Where a message leads; to the inbox when it cannot say."""
    try:
        kind = registry.get(row.kind)
        url = kind.link(row) if kind.link else ""
    except Exception:
        log.exception("digest_link_failed", message=row.pk, kind=row.kind)
        url = ""
    return url or absolute(reverse("notifications:inbox"))


def _end(row: OutboxMessage, state: str, error: str) -> None:
    OutboxMessage.objects.filter(pk=row.pk, state=MessageState.DIGESTED).update(
        state=state, try_at=clock.now(), last_error=error
    )


def settle() -> int:
    """What is in a summary that was not sent has not been sent either; how many these were.

    Looks at SETTLED_FOR alone.

    What is in one of unknown fate, which is not sent once more, is of unknown fate too, and not
    sent again by itself.
    """
    ends = Q(state__in=ENDS_WITH_IT) | Q(state=MessageState.UNKNOWN, resend_allowed=False)
    ended = OutboxMessage.objects.filter(
        ends, kind=policy.DIGEST, due_at__gt=clock.now() - SETTLED_FOR
    )
    by_state: dict[str, list[int]] = {}
    for pk, state in ended.order_by().values_list("pk", "state"):
        by_state.setdefault(state, []).append(pk)
    unknown = by_state.pop(MessageState.UNKNOWN, [])
    inside, why = (
        OutboxMessage.objects.filter(state=MessageState.DIGESTED),
        "The summary that it was in was not sent.",
    )
    maybe = {
        "resend_allowed": False,
        "last_error": "The summary that it was in may not have arrived.",
    }
    now = clock.now()  # when they were given up
    inside.filter(digest__in=unknown).update(state=MessageState.UNKNOWN, try_at=now, **maybe)
    ended_as = by_state.items()
    return sum(
        inside.filter(digest__in=pks).update(state=state, try_at=now, last_error=why)
        for state, pks in ended_as
    )


def register() -> None:
    """Add the summary to the table of kinds."""
    registry.register(policy.DIGEST, label=_("Summary of messages that waited"))
