"""Which reminders of commitments are due.

Found by queries every minute, whether or not a minute was missed.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction

from common.timezones import to_utc
from meetings.mail import commitments as commitment_mail
from meetings.models import Commitment
from notifications import outbox
from notifications.models import OutboxMessage
from notifications.outbox.due import Search, Window, pages, work_through
from pairings.enums import PairingState

SEARCH = Search("meetings.commitment_nudges")
AT = time(9)  # on the day itself, where the mentee is
NUDGE_AFTER = (timedelta(), timedelta(days=7))  # then no more, and nobody else is told
LIFE = timedelta(days=21)  # of the last one: it waits for somebody who is away


def remind_of_commitments() -> int:
    """Put every reminder that has fallen due into the outbox; how many were new.

    Running it again, or twice at once, adds nothing. Who is away hears of it on return; that is the
    sender's part.
    """
    with SEARCH.window() as window:
        rows = Commitment.objects.filter(
            done_at__isnull=True,
            due_on__lte=window.now.date() + timedelta(days=1),
            due_on__gte=window.since.date() - NUDGE_AFTER[-1] - LIFE - timedelta(days=1),
            pairing__state=PairingState.ACTIVE,
            pairing__mentee__is_active=True,
        ).select_related("pairing__program", "pairing__mentor", "pairing__mentee")
        return work_through(pages(rows), lambda page: _remind(page, window))


@transaction.atomic
def _remind(page: list[Commitment], window: Window) -> int:
    """What is due of these; how many messages were new."""
    wanted = [(row, *due) for row in page for due in _dues(row) if window.asks_for(*due[1:])]
    keys = [commitment_mail.key(row, number) for row, number, _due_at, _until in wanted]
    known = set(
        OutboxMessage.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True)
    )
    drafts: list[outbox.Draft] = [
        {
            **commitment_mail.draft(row, number=number, due_at=due_at, expires_at=until),
            "state": window.state(until),
        }
        for key, (row, number, due_at, until) in zip(keys, wanted, strict=True)
        if key not in known
    ]
    return outbox.enqueue_many(drafts) if drafts else 0


def _dues(commitment: Commitment) -> list[tuple[int, datetime, datetime]]:
    """The number of each reminder, since when it is due, and until when it makes sense: until the
    next one.
    """
    # days of the calendar, so that the hour stays the same across a clock change
    moments = [
        to_utc(commitment.due_on + after, AT, commitment.pairing.mentee.time_zone)
        for after in NUDGE_AFTER
    ]
    ends = [*moments[1:], moments[-1] + LIFE]
    return [(number, *times) for number, times in enumerate(zip(moments, ends, strict=True), 1)]
