"""The sessions of a program for those who manage it: times and states, never what was said."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from common import clock
from common.http import page_of, require, respond
from pairings.enums import SessionState
from pairings.forms_sessions import SessionFilterForm
from pairings.models import MentoringSession
from programs.models import Program

SHOWN = ("pk", "public_id", "number", "state", "starts_at", "minutes")


@require_safe
def session_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Searched by name, filtered by state, the newest first."""
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    require(request.user, "pairings.list_sessions", program)
    form = SessionFilterForm(request.GET or None)
    rows = MentoringSession.objects.filter(pairing__program=program).with_disagreement().with_signed()
    if form.is_valid():
        rows = filtered(rows, form.cleaned_data["q"], form.cleaned_data["state"])
    names = ("pairing__mentor__name", "pairing__mentee__name")
    page = page_of(request, rows.order_by("-starts_at", "-pk").values(*SHOWN, *names, "disagreement", "signed"))
    for row in page:
        row["label"] = SessionState(row["state"]).label
        row["overdue"] = row["state"] == SessionState.SCHEDULED and row["starts_at"] <= clock.now()
    context = {"program": program, "form": form, "page": page}
    return respond(request, "pairings/session_list.html", context, partial="rows")


def filtered(rows: QuerySet[MentoringSession], q: str, state: str) -> QuerySet[MentoringSession]:
    """Those with the words in one of the two names, and in the state."""
    for word in q.split():
        rows = rows.filter(Q(pairing__mentor__name__icontains=word) | Q(pairing__mentee__name__icontains=word))
    if state == "overdue":
        return rows.filter(state=SessionState.SCHEDULED, starts_at__lte=clock.now())
    if state == "awaiting":
        return rows.filter(state=SessionState.HELD, signed=False)
    if state == "disagreement":
        return rows.filter(disagreement=True)
    return rows.filter(state=state) if state else rows
