"""A pair that has ended meets no more: what was scheduled is cancelled and both calendars are free."""

from __future__ import annotations

from common import clock
from notifications import outbox
from pairings import mail_sessions
from pairings.enums import SessionState
from pairings.models import MentoringSession, Pairing, SessionAttendance


def cancel_open_sessions(pairing: Pairing) -> int:
    """Cancel the sessions still to come, naming nobody, and what was to be sent about them.

    Runs in the caller's transaction, under the pair's lock.
    """
    open_states = [SessionState.PROPOSED, SessionState.SCHEDULED]
    sessions = MentoringSession.objects.filter(pairing=pairing, state__in=open_states, starts_at__gt=clock.now())
    found = list(sessions)
    ids = [session.pk for session in found]
    for session in found:
        outbox.cancel(key_prefix=mail_sessions.key_prefix(session), reason="the pair has ended")
    SessionAttendance.objects.filter(session__in=ids).update(live=False)
    return MentoringSession.objects.filter(pk__in=ids).update(state=SessionState.CANCELLED)
