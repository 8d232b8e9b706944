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
from notifications.mail.rendering import Letter, compose
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
    """Put a claimed late message and others of the same person into one summary, and commit.

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
    _put_into_summary(wanted, message)
    return str(MessageState.DIGESTED)


def _put_into_summary(rows: list[OutboxMessage], first: OutboxMessage) -> None:
    """Make the summary, and send it once this is committed; `first` gives it its key."""
    summary = _store(first, max(row.expires_at for row in rows))
    OutboxMessage.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=MessageState.DIGESTED, digest=summary, lease_until=None, last_error="", **NO_BODY
    )
    log.info("digested", digest=summary.pk, messages=len(rows))
    background.enqueue_on_commit("notifications.tasks.deliver", summary.pk)


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
    """Write the summary's letter into `summary` (not into the database).

    Whether any of its messages still makes sense. Those that do not end here as missed or
    cancelled.
    """
    rows = _still_needed(summary)
    if not rows:
        return False
    letter = _letter(rows, summary.recipient)
    topics = {kinds.find(row.kind).topic for row in rows} - {""}
    summary.subject, summary.text, summary.html = letter.subject, letter.text, letter.html
    summary.data = {"topics": sorted(topics)}
    return True


def _letter(rows: list[OutboxMessage], person: Any) -> Letter:
    """One line per message, with a link."""
    with translation.override(person.locale), timezone.override(person.time_zone):
        entries = [{"subject": row.subject, "url": _link(row)} for row in rows]
        return compose(
            recipient=person, template="notifications/digest", context={"entries": entries}
        )


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
    since = clock.now() - SETTLED_FOR
    summaries = OutboxMessage.objects.filter(kind=kinds.DIGEST, due_at__gt=since)
    _settle(
        summaries.filter(state=MessageState.UNKNOWN, resend_allowed=False),
        state=MessageState.UNKNOWN,
        resend_allowed=False,
        last_error="The summary that it was in may not have arrived.",
    )
    return _settle_unsent(summaries)


def _settle_unsent(summaries: OutboxQuerySet) -> int:
    """The same for summaries that are not sent any more; how many messages."""
    is_refused = Q(state=MessageState.SUPPRESSED, expires_at__lte=clock.now())
    unsent = summaries.filter(Q(state__in=ENDED_UNSENT) | is_refused)
    settled = 0
    for state in list(unsent.order_by().values_list("state", flat=True).distinct()):
        error = "The summary that it was in was not sent."
        settled += _settle(unsent.filter(state=state), state=state, last_error=error)
    return settled


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
