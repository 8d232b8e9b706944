"""What the mentor hears of the mentee's question: that there is one, never what it asks."""

from __future__ import annotations

from datetime import timedelta

from common import clock
from meetings.enums import SessionState
from meetings.mail.letters import draft
from meetings.models import MentoringSession
from notifications import outbox
from notifications.models import OutboxMessage
from pairings.enums import PairingState

ASKED = "meetings.question_asked"
LATER = timedelta(minutes=15)  # time to change one's mind


def tell_asked(session: MentoringSession) -> None:
    """Tell the mentor, once per session however often the question changes."""
    pairing = session.pairing
    if not pairing.mentor.is_active:
        return
    message = draft(
        session,
        pairing.mentor,
        kind=ASKED,
        about="",
        key=f"session:{session.public_id}:asked",
        due_at=clock.now() + LATER,
        expires_at=session.starts_at,
        actor=pairing.mentee,
    )
    outbox.enqueue(**message)


def is_asked(message: OutboxMessage) -> bool:
    """The session is still planned and has a question."""
    asked = MentoringSession.objects.exclude(question="").filter(
        public_id=message.data["session"],
        state=SessionState.SCHEDULED,
        ends_at__gt=clock.now(),
        pairing__state=PairingState.ACTIVE,
    )
    return message.recipient.is_active and asked.exists()
