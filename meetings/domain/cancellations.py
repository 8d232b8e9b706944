"""Sessions that a mentee calls off: what the second in a row means, and the coordinator who hears
of it.

A senior's calendar gives way first, and a junior does not complain. So the second one on the
mentee's side since the two last met reaches the coordinator: that sessions were called off, never
why.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from meetings.enums import SessionState
from meetings.mail import cancellations as cancellation_mail
from meetings.models import MentoringSession
from pairings.enums import PairingState
from pairings.models import Pairing

MANY = 2
LONG_AGO = Value(datetime(1970, 1, 1, tzinfo=UTC))


def with_called_off(pairings: QuerySet[Pairing]) -> QuerySet[Any]:
    """With `called_off` on each: sessions that the mentee, or a delegate for them, has called off
    since the two last met.
    """
    of_pair = MentoringSession.objects.filter(pairing=OuterRef("pk")).order_by()
    held = of_pair.filter(state=SessionState.HELD).order_by("-starts_at").values("starts_at")[:1]
    # called off by nobody: it went with its pair; by somebody who is not the mentor: by the mentee
    # or for them
    off = of_pair.filter(state=SessionState.CANCELLED, cancelled_by__isnull=False).exclude(
        cancelled_by=F("pairing__mentor")
    )
    since = off.filter(starts_at__gt=Coalesce(OuterRef("last_held_at"), LONG_AGO))
    number = since.values("pairing").annotate(number=Count("pk")).values("number")
    return pairings.annotate(last_held_at=Subquery(held)).annotate(
        called_off=Coalesce(Subquery(number), 0)
    )


def called_off(pairing: Pairing) -> int:
    """The same number of one pair. One query."""
    return int(
        with_called_off(Pairing.objects.filter(pk=pairing.pk))
        .values_list("called_off", flat=True)
        .get()
    )


def next_reaches_coordinator(pairing: Pairing) -> bool:
    """Whether one more on the mentee's side is one too many. One query."""
    return called_off(pairing) + 1 >= MANY


def waiting_for_a_word(pairings: QuerySet[Pairing]) -> QuerySet[Any]:
    """Those that a coordinator should look after: active ones with MANY called off or more.

    With `last_off_at`: when a session was last called off, or noted as such, by either of the two,
    as it must not tell by whom.
    """
    of_pair = MentoringSession.objects.filter(
        pairing=OuterRef("pk"), state=SessionState.CANCELLED, cancelled_by__isnull=False
    )
    # what the log says of a session leaves `timed_at` at its booking
    last = of_pair.annotate(at=Coalesce("logged_at", "timed_at")).order_by("-at").values("at")[:1]
    rows = with_called_off(pairings).filter(state=PairingState.ACTIVE, called_off__gte=MANY)
    found: QuerySet[Any] = rows.annotate(last_off_at=Subquery(last))
    return found


def tell_if_many(session: MentoringSession) -> None:
    """The coordinators learn of the second one, once until the two have met again.

    Runs in the caller's transaction.
    """
    pairing = session.pairing
    if session.cancelled_by_id in {None, pairing.mentor_id}:
        return
    row = (
        with_called_off(Pairing.objects.filter(pk=pairing.pk))
        .values("called_off", "last_held_at")
        .get()
    )
    if row["called_off"] >= MANY:
        cancellation_mail.tell_managers(pairing, since=row["last_held_at"])
