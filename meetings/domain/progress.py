"""How far pairs have come."""

from __future__ import annotations

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from meetings.enums import SessionState
from meetings.models import MentoringSession
from pairings.models import Pairing


def with_progress(pairings: QuerySet[Pairing]) -> QuerySet[Pairing]:
    """The pairs with `sessions_held`, a number, and `signed`, whether both have."""
    held = MentoringSession.objects.filter(pairing=OuterRef("pk"), state=SessionState.HELD)
    counted = held.order_by().values("pairing").annotate(number=Count("pk")).values("number")
    signed = pairings.with_signed()  # type: ignore[attr-defined]
    rows: QuerySet[Pairing] = signed.annotate(sessions_held=Coalesce(Subquery(counted), 0))
    return rows
