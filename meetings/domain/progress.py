"""How far pairs have come."""

from __future__ import annotations

from django.db.models import QuerySet

from meetings.enums import SessionState
from meetings.models import MentoringSession
from pairings.models import Pairing


def with_progress(pairings: QuerySet[Pairing]) -> QuerySet[Pairing]:
    """The pairs with `sessions_held`, a number, and `signed`, whether both have."""
    held = MentoringSession.objects.of_outer_pairing().filter(state=SessionState.HELD)
    signed = pairings.with_signed()  # type: ignore[attr-defined]
    rows: QuerySet[Pairing] = signed.annotate(sessions_held=held.counted_per_pairing())
    return rows
