"""A pair that is paused or has ended does not meet: its scheduled sessions are cancelled."""

from __future__ import annotations

from common import clock
from meetings.enums import SessionState
from meetings.mail import sessions as session_mail
from meetings.mail.letters import key_prefix
from meetings.models import MentoringSession, SessionAttendance
from notifications import outbox
from pairings.models import Pairing


def cancel_open_sessions(pairing: Pairing) -> int:
    """Cancel the sessions ahead without a name, and unsent messages about them; how many.

    Calendars take them out. Runs in the caller's transaction, under the pair's lock.
    """
    rows = MentoringSession.objects.filter(
        pairing=pairing,
        state__in=[SessionState.PROPOSED, SessionState.SCHEDULED],
        starts_at__gt=clock.now(),
    )
    # Locked before their attendances, as everywhere else.
    found = list(rows.order_by("starts_at", "pk").select_for_update())
    for session in found:
        outbox.cancel(key_prefix=key_prefix(session), reason="the pair does not meet")
        session.pairing = pairing
        session.state = SessionState.CANCELLED
        session.sequence += 1
        session.timed_at = clock.now()
    SessionAttendance.objects.filter(session__in=found).update(live=False)
    MentoringSession.objects.bulk_update(found, ["state", "sequence", "timed_at"])
    session_mail.take_out_of_calendars(found)
    return len(found)
