"""One summary instead of several late messages: after down time a person gets one mail, not ten.

The summary is a message of its own. It names its messages only when it is sent: what has expired by
then, or is no longer needed, is left out and shown as missed or cancelled. Each message is in one
summary at most, and none that is in one is sent by itself.
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
from notifications import kinds
from notifications.enums import Channel, MessageState
from notifications.kinds import Cast, MessageKind
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage, OutboxQuerySet
from notifications.preferences import absence
from notifications.preferences import store as preferences

log = structlog.get_logger(__name__)

LATE = timedelta(minutes=30)  # after its time, or after the quiet time that it was held for
FEWEST = 2
# Longer than a summary waits, and than a report that it came back is believed.
SETTLED_FOR = timedelta(days=60)
# The first half of the advisory lock's key: summaries. The second is the person.
LOCK_SPACE = 7031
ENDED_UNSENT = (MessageState.FAILED, MessageState.MISSED, MessageState.CANCELLED)
NO_BODY = {"text": "", "html": "", "attachments": []}


def is_late(message: OutboxMessage) -> bool:
    """Whether this claimed message may be put into a summary."""
    since = max(message.due_at, message.held_until or message.due_at)
    return (
        kinds.find(message.kind).digest
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
    the only one, and is sent by itself. Others that are claimed but not yet being sent are taken
    from their senders, so that two senders at once make one.
    """
    person_id = message.recipient_id
    assert person_id is not None
    _lock(person_id)
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


def _lock(person_id: int) -> None:
    """One sender at a time makes summaries for a person, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, person_id % 2**31])


def late_ones(recipient_id: int) -> OutboxQuerySet:
    """A person's messages that may be put into a summary now; those of unknown fate never are."""
    now = clock.now()
    waiting = OutboxMessage.objects.filter(
        recipient_id=recipient_id,
        channel=Channel.EMAIL,
        address="",
        attachments=[],
        dialog_at__isnull=True,
        expires_at__gt=now,
        kind__in=kinds.keys_where(lambda kind: kind.digest),
        state__in=[MessageState.QUEUED, MessageState.LEASED],
    )
    since = Greatest("due_at", Coalesce("held_until", F("due_at")))
    late: OutboxQuerySet = waiting.alias(since=since).filter(since__lt=now - LATE)
    return late.select_related("recipient__message_preferences")


def _store(message: OutboxMessage, expires_at: datetime) -> OutboxMessage:
    return OutboxMessage.objects.create(
        recipient_id=message.recipient_id,
        kind=kinds.DIGEST,
        dedupe_key=f"digest:{message.public_id}",
        subject=str(_("Messages that waited for you")),
        expires_at=expires_at,
    )


def refresh(summary: OutboxMessage) -> bool:
    """Write the summary's letter into `summary` (not into the database); whether any of its
    messages still makes sense.

    Those that do not end here as missed or cancelled.
    """
    rows = _still_needed(summary)
    if not rows:
        return False
    person = summary.recipient
    assert person is not None
    with translation.override(person.locale), timezone.override(person.time_zone):
        entries = [{"subject": row.subject, "url": _link(row)} for row in rows]
        letter = compose(
            recipient=person, template="notifications/digest", context={"entries": entries}
        )
    topics = {kinds.find(row.kind).topic for row in rows} - {""}
    summary.subject, summary.text, summary.html = letter.subject, letter.text, letter.html
    summary.data = {"topics": sorted(topics)}
    return True


def _still_needed(summary: OutboxMessage) -> list[OutboxMessage]:
    """The summary's messages that still make sense; the others end."""
    inside = summary.digested.filter(state=MessageState.DIGESTED)
    needed = []
    for row in inside.select_related("recipient__message_preferences").order_by("due_at", "pk"):
        if row.expires_at <= clock.now():
            _end(row, MessageState.MISSED, "")
        elif not still_wanted(row):
            _end(row, MessageState.CANCELLED, "It was no longer needed when its time came.")
        else:
            needed.append(row)
    return needed


def still_wanted(row: OutboxMessage) -> bool:
    """Whether a message still makes sense; one whose kind fails to tell does."""
    try:
        kind = kinds.get(row.kind)
        return preferences.is_wanted(row) and (kind.still_due is None or kind.still_due(row))
    except Exception:
        log.exception("digest_entry_unclear", message=row.pk, kind=row.kind)
        return True


def is_here(row: OutboxMessage) -> bool:
    """Whether its reader is not away; a reminder to somebody who is away waits by itself."""
    try:
        return absence.back_at(row) is None
    except Exception:
        log.exception("digest_entry_unclear", message=row.pk, kind=row.kind)
        return False


def _link(row: OutboxMessage) -> str:
    """Where a message leads; to the inbox when it cannot say."""
    try:
        kind = kinds.get(row.kind)
        url = kind.link(row) if kind.link else ""
    except Exception:
        log.exception("digest_link_failed", message=row.pk, kind=row.kind)
        url = ""
    return url or absolute(reverse("notifications:inbox"))


def _end(row: OutboxMessage, state: str, error: str) -> None:
    OutboxMessage.objects.filter(pk=row.pk, state=MessageState.DIGESTED).update(
        state=state, last_error=error
    )


def settle() -> int:
    """Give the messages in summaries that were not sent the state of their summary; how many.

    Looks SETTLED_FOR back. Those in a summary of unknown fate that is not sent once more are of
    unknown fate too, and are not sent again.
    """
    summaries = OutboxMessage.objects.filter(
        kind=kinds.DIGEST, due_at__gt=clock.now() - SETTLED_FOR
    )
    unknown = summaries.filter(state=MessageState.UNKNOWN, resend_allowed=False)
    _settle(
        unknown,
        state=MessageState.UNKNOWN,
        resend_allowed=False,
        last_error="The summary that it was in may not have arrived.",
    )
    unsent = Q(state__in=ENDED_UNSENT)
    unsent |= Q(state=MessageState.SUPPRESSED, expires_at__lte=clock.now())
    states = summaries.filter(unsent).order_by().values_list("state", flat=True).distinct()
    return sum(
        _settle(
            summaries.filter(unsent, state=state),
            state=state,
            last_error="The summary that it was in was not sent.",
        )
        for state in list(states)
    )


def _settle(summaries: OutboxQuerySet, **fields: Any) -> int:
    inside = OutboxMessage.objects.filter(
        state=MessageState.DIGESTED, digest__in=summaries.order_by().values("pk")
    )
    return inside.update(**fields)


def sample(_cast: Cast) -> dict[str, Any]:
    """The context of a sample."""
    entries = [
        (_("Session reminder"), "https://upstream.example/a"),
        (_("Please log the session"), "https://upstream.example/b"),
    ]
    return {"entries": [{"subject": subject, "url": url} for subject, url in entries]}


def register() -> None:
    """Declare this kind; called when the application starts."""
    kinds.register(
        MessageKind(
            key=kinds.DIGEST,
            label=_("Summary of messages that waited"),
            occasion=_("To anybody, in place of several messages that had to wait."),
            why="digest",
            quiet=True,
            sample=sample,
        )
    )
