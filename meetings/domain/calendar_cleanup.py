"""A pair that is paused or has ended does not meet: its scheduled sessions are cancelled."""

from __future__ import annotations

from datetime import datetime

from common import clock
from meetings.enums import SessionState
from meetings.mail import sessions as session_mail
from meetings.mail.letters import key_prefix
from meetings.models import MentoringSession, SessionAttendance
from notifications import outbox
from pairings.models import Pairing


def cancel_open_sessions(pairing: Pairing, *, since: datetime | None = None) -> int:
    """Cancel the sessions ahead without a name, and unsent messages about them; how many.

    `since`: only those that begin at that moment or later. Calendars take them out. Runs in the
    caller's transaction, under the pair's lock.
    """
    found = _lock_open_sessions(pairing, since or clock.now())
    for session in found:
        session.pairing = pairing
        _cancel(session)
    SessionAttendance.objects.filter(session__in=found).update(live=False)
    MentoringSession.objects.bulk_update(found, ["state", "sequence", "timed_at"])
    session_mail.take_out_of_calendars(found)
    return len(found)


def _lock_open_sessions(pairing: Pairing, since: datetime) -> list[MentoringSession]:
    """The pair's sessions ahead, locked before their attendances, as everywhere else."""
    sessions = MentoringSession.objects.filter(pairing=pairing)
    rows = sessions.open().ahead().filter(starts_at__gte=since)
    return list(rows.order_by("starts_at", "pk").select_for_update())


def _cancel(session: MentoringSession) -> None:
    """Cancel one, which the caller saves."""
    outbox.cancel(key_prefix=key_prefix(session), reason="the pair does not meet")
    session.state = SessionState.CANCELLED
    session.sequence += 1
    session.timed_at = clock.now()
