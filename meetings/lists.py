"""Searching, filtering and sorting the list of pairs."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.search import named
from meetings.domain.cancellations import waiting_for_a_word
from meetings.due import booking as booking_due
from meetings.forms.pairs import PairingListForm
from pairings.enums import PairingState
from pairings.models import Pairing

USUAL_ORDER = ("mentor__sort_key", "id")
ORDERS = {
    "mentee": ("mentee__sort_key", "id"),
    "held": ("sessions_held", "mentor__sort_key", "id"),
    "newest": ("-created_at", "-id"),
}


def pairings(rows: QuerySet[Pairing], form: PairingListForm) -> QuerySet[Pairing]:
    """The pairs that the form asks for; `rows` have `sessions_held` and `signed`."""
    rows = rows.filter(named(form.value("q"), "mentor", "mentee"))
    if state := form.value("state"):
        rows = rows.filter(state=state)
    if signed := form.value("signed"):
        rows = rows.filter(signed=signed == "yes")
    rows = _needing(rows, form.value("need"))
    order = ORDERS.get(form.value("sort"), USUAL_ORDER)
    return rows.order_by(*order)


def _needing(rows: QuerySet[Pairing], need: str) -> QuerySet[Pairing]:
    """Active pairs for which a coordinator may have to do something."""
    if need == "first_session":
        return rows.filter(state=PairingState.ACTIVE, sessions_held=0)
    if need == "no_date":
        return rows.filter(pk__in=booking_due.without_date().order_by().values("pk"))
    if need == "signatures":
        return rows.filter(state=PairingState.ACTIVE, signed=False)
    if need == "called_off":
        return waiting_for_a_word(rows)
    return rows
