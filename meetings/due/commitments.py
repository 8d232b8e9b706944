"""Which reminders of commitments are due.

Found by queries every minute, whether or not a minute was missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet

from common.timezones import to_utc
from meetings.mail import commitments as commitment_mail
from meetings.models import Commitment
from notifications import outbox
from notifications.outbox.due import Search, Window, enqueue_missing, missing, pages, work_through

SEARCH = Search("meetings.commitment_nudges")
DAY = timedelta(days=1)
AT = time(9)  # where the mentee is
NUDGE_AFTER = (timedelta(), timedelta(days=7))  # after the day itself
LIFE = timedelta(days=21)  # of the last one: it waits for a mentee who is away


@dataclass(frozen=True)
class Due:
    """One reminder that should exist."""

    commitment: Commitment
    number: int
    due_at: datetime
    expires_at: datetime

    @property
    def key(self) -> str:
        """The key of its message."""
        return commitment_mail.key(self.commitment, self.number)


def remind_of_commitments() -> int:
    """Put every reminder that is due into the outbox; how many were new.

    Running it again, or twice at once, adds nothing. A mentee who is away gets it on return: the
    sender sees to that.
    """
    with SEARCH.window() as window:
        rows = _open_around(window)
        return work_through(pages(rows), lambda page: _remind(page, window))


def _open_around(window: Window) -> QuerySet[Commitment]:
    """Commitments that are not done, of which a reminder may be due."""
    rows = Commitment.objects.open().filter(
        due_on__lte=window.now.date() + DAY,
        due_on__gte=window.since.date() - NUDGE_AFTER[-1] - LIFE - DAY,
    )
    return rows.select_related("pairing__program", "pairing__mentor", "pairing__mentee")


@transaction.atomic
def _remind(page: list[Commitment], window: Window) -> int:
    """Enqueue what is due of these; how many messages were new."""
    expected = [due for commitment in page for due in _dues_of(commitment)]
    return enqueue_missing(missing(expected, window), window, _draft)


def _dues_of(commitment: Commitment) -> list[Due]:
    """Both reminders, due or not. The first one expires when the second one is due."""
    # Days are added, not hours, so that the hour stays the same across a clock change.
    zone = commitment.pairing.mentee.time_zone
    first, second = (to_utc(commitment.due_on + after, AT, zone) for after in NUDGE_AFTER)
    return [Due(commitment, 1, first, second), Due(commitment, 2, second, second + LIFE)]


def _draft(due: Due) -> outbox.Draft:
    return commitment_mail.draft(
        due.commitment, number=due.number, due_at=due.due_at, expires_at=due.expires_at
    )
