"""A session that has just ended, and short ways to keep a commitment of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from accounts.models import User
from common.models import AuditEntry
from meetings.domain import commitments
from meetings.models import Commitment, MentoringSession
from tests.meetings.session_data import MONDAY, book, make_pair
from tests.support.types import At

AFTER = MONDAY + timedelta(days=1, hours=2)  # Tuesday 2 February, 12:00 in Berlin
DUE = date(2027, 2, 15)  # a Monday
NINE = datetime(2027, 2, 15, 8, tzinfo=UTC)  # in Berlin
WORDS = "Speak last in the meeting"


def just_ended(at: At) -> MentoringSession:
    """A session that has just ended; its mentee lives in Berlin."""
    at(MONDAY)
    booked = book(make_pair())
    User.objects.filter(pk=booked.pairing.mentee_id).update(time_zone="Europe/Berlin")
    at(AFTER)
    return MentoringSession.objects.select_related("pairing__mentor", "pairing__mentee").get(
        pk=booked.pk
    )


def keep(
    session: MentoringSession, text: str = WORDS, due_on: date | None = DUE, actor: Any = None
) -> Any:
    return commitments.keep(
        actor=actor or session.pairing.mentee, session=session, text=text, due_on=due_on
    )


def done(commitment: Commitment, what_changed: str = "They talk") -> Commitment:
    return commitments.mark_done(
        actor=commitment.pairing.mentee, commitment=commitment, what_changed=what_changed
    )


def verbs() -> list[str]:
    return list(
        AuditEntry.objects.filter(verb__startswith="commitment.")
        .order_by("pk")
        .values_list("verb", flat=True)
    )
