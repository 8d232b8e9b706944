"""Sessions that a mentee cancels: the second one in a row reaches the coordinator.

A senior's calendar gives way first, and a junior does not complain. So the second cancellation on
the mentee's side since the two last met reaches the coordinator: that sessions were cancelled,
never why.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from meetings.enums import SessionState
from meetings.mail import cancellations as cancellation_mail
from meetings.models import MentoringSession
from pairings.enums import PairingState
from pairings.models import Pairing

MANY = 2
LONG_AGO = Value(datetime(1970, 1, 1, tzinfo=UTC))


def with_called_off(pairings: QuerySet[Pairing]) -> QuerySet[Any]:
    """With `last_held_at`, and `called_off`: sessions cancelled on the mentee's side since then.

    Both the mentee and their delegate count.
    """
    held = MentoringSession.objects.of_outer_pairing().filter(state=SessionState.HELD)
    last = held.order_by("-starts_at").values("starts_at")[:1]
    rows = pairings.annotate(last_held_at=Subquery(last))
    return rows.annotate(called_off=_number_called_off())


def _number_called_off() -> Coalesce:
    """How many sessions the mentee's side has cancelled since `last_held_at`."""
    cancelled = MentoringSession.objects.of_outer_pairing().cancelled_by_somebody()
    # By any name but the mentor's: it was the mentee's side.
    by_mentee = cancelled.exclude(cancelled_by=F("pairing__mentor"))
    since = by_mentee.filter(starts_at__gt=Coalesce(OuterRef("last_held_at"), LONG_AGO))
    number: Coalesce = since.counted_per_pairing()
    return number


def called_off(pairing: Pairing) -> int:
    """The same number of one pair. One query."""
    rows = with_called_off(Pairing.objects.filter(pk=pairing.pk))
    number: int = rows.values_list("called_off", flat=True).get()
    return number


def next_reaches_coordinator(pairing: Pairing) -> bool:
    """Whether one more cancellation on the mentee's side is told to the coordinator. One query."""
    return called_off(pairing) + 1 >= MANY


def waiting_for_a_word(pairings: QuerySet[Pairing]) -> QuerySet[Any]:
    """Active pairs to which a coordinator should write: MANY sessions were cancelled, or more.

    With `last_off_at`, the last cancellation by either of the two, so that it tells of neither.
    """
    rows = with_called_off(pairings).filter(state=PairingState.ACTIVE, called_off__gte=MANY)
    found: QuerySet[Any] = rows.annotate(last_off_at=Subquery(_last_cancelled_at()))
    return found


def _last_cancelled_at() -> QuerySet[Any]:
    """When one of the pair last cancelled a session."""
    cancelled = MentoringSession.objects.of_outer_pairing().cancelled_by_somebody()
    # A cancellation that was entered in the log leaves `timed_at` at the booking.
    with_time = cancelled.annotate(at=Coalesce("logged_at", "timed_at"))
    latest: QuerySet[Any] = with_time.order_by("-at").values("at")[:1]
    return latest


def tell_if_many(session: MentoringSession) -> None:
    """Tell the coordinators of the second one, once until the two have met again.

    Runs in the caller's transaction.
    """
    pairing = session.pairing
    if session.cancelled_by_id in {None, pairing.mentor_id}:
        return
    rows = with_called_off(Pairing.objects.filter(pk=pairing.pk))
    row = rows.values("called_off", "last_held_at").get()
    if row["called_off"] >= MANY:
        cancellation_mail.tell_managers(pairing, since=row["last_held_at"])
