"""Which owners are reminded of a goal that they have not said anything about for a while.

Found by queries every minute, whether or not a minute was missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from common.timezones import to_utc
from goals import mail
from goals.domain.progress import SILENT_DAYS
from goals.enums import GoalState
from goals.models import Goal
from notifications import outbox
from notifications.outbox.due import Search, Window, enqueue_missing, missing, pages, work_through
from pairings.enums import PairingState

SEARCH = Search("goals.silence")
DAY = timedelta(days=1)
AT = time(9)  # where the owner is
LIFE = timedelta(days=21)


@dataclass(frozen=True)
class Due:
    """One reminder that should exist: one per silence."""

    goal: Any  # a Goal with its `told_at`
    due_at: datetime

    @property
    def expires_at(self) -> datetime:
        """From when on it is no longer useful."""
        return self.due_at + LIFE

    @property
    def key(self) -> str:
        """The key of its message."""
        return mail.silence_key(self.goal, self.goal.told_at)


def remind_of_silent_goals() -> int:
    """Put every reminder that is due into the outbox; how many were new.

    Running it again, or twice at once, adds nothing.
    """
    with SEARCH.window() as window:
        active = Goal.objects.filter(
            state=GoalState.ACTIVE, pairing__state=PairingState.ACTIVE
        ).with_told_at()
        rows = active.filter(
            told_at__lte=window.now - timedelta(days=SILENT_DAYS) + DAY,
            told_at__gte=window.since - timedelta(days=SILENT_DAYS) - LIFE - DAY,
        ).select_related("owner", "pairing__program", "pairing__mentor", "pairing__mentee")
        return work_through(pages(rows), lambda page: _remind(page, window))


@transaction.atomic
def _remind(page: list[Goal], window: Window) -> int:
    """Enqueue what is due of these; how many messages were new."""
    expected = [_due_of(goal) for goal in page]
    return enqueue_missing(missing(expected, window), window, _draft)


def _due_of(goal: Any) -> Due:
    """In the morning of the day on which the goal has been silent for so long."""
    zone = goal.owner.time_zone
    day = goal.told_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=SILENT_DAYS)
    return Due(goal, to_utc(day, AT, zone))


def _draft(due: Due) -> outbox.Draft:
    return mail.silence_draft(due.goal, due.goal.told_at, due.due_at, due.expires_at)
