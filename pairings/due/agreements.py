"""Which reminders to sign an agreement are due.

Found by queries every minute, whether or not a minute was missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.domain import absences
from accounts.models import User
from notifications import outbox
from notifications.enums import MessageState
from notifications.outbox.due import Search, Window, enqueue_missing, missing, pages, work_through
from pairings.mail import agreements as agreement_mail
from pairings.models import AgreementVersion

SEARCH = Search("pairings.agreement_nudges")
# After both were asked to sign: the version, the pair or the time after a pause has begun.
NUDGE_AFTER = (timedelta(days=3), timedelta(days=7))
ESCALATE_AFTER = timedelta(days=10)  # then the coordinator sees it


@dataclass(frozen=True)
class Due:
    """One reminder that should exist. `version` is a row of `AgreementVersion.objects.unsigned`."""

    version: Any
    recipient: User
    number: int
    due_at: datetime

    @property
    def key(self) -> str:
        """The key of its message."""
        return agreement_mail.key(self.version, self.number, self.recipient)

    @property
    def expires_at(self) -> datetime:
        """When it is no longer useful."""
        return self.due_at + agreement_mail.LIFE


def nudge_unsigned() -> int:
    """Put every reminder to sign that is due into the outbox; how many were new.

    Running it again, or twice at once, adds nothing. A person who is away gets none. A reminder
    that expired while no search ran is stored as missed.
    """
    with SEARCH.window() as window:
        latest = window.now - NUDGE_AFTER[0]
        earliest = window.since - NUDGE_AFTER[-1] - agreement_mail.LIFE
        unsigned = AgreementVersion.objects.unsigned()
        rows = unsigned.filter(asked_at__lte=latest, asked_at__gt=earliest)
        return work_through(pages(rows), lambda page: _nudge(page, window))


@transaction.atomic
def _nudge(versions: list[Any], window: Window) -> int:
    """Enqueue what is due of these versions; how many messages were new."""
    expected = [due for version in versions for due in _dues_of(version)]
    new = missing(expected, window)
    away = absences.people_away({due.recipient.pk for due in new})

    def is_wanted(due: Due) -> bool:
        is_missed = window.state(due.expires_at) == MessageState.MISSED
        return is_missed or due.recipient.pk not in away

    return enqueue_missing(filter(is_wanted, new), window, _draft)


def _dues_of(version: Any) -> Iterator[Due]:
    """Both reminders to each who has not signed, due or not."""
    for person in _not_signed(version):
        for number, after in enumerate(NUDGE_AFTER, 1):
            yield Due(version, person, number, version.asked_at + after)


def _not_signed(version: Any) -> list[User]:
    """Those of the pair who are here and have not signed."""
    pairing = version.pairing
    has_signed = {pairing.mentor_id: version.by_mentor, pairing.mentee_id: version.by_mentee}
    return [person for person in pairing.people_here() if not has_signed[person.pk]]


def _draft(due: Due) -> outbox.Draft:
    return agreement_mail.draft(due.version, due.recipient, number=due.number, due_at=due.due_at)
