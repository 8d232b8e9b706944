"""The dashboard of a program, and the list behind its session figures."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.domain.names import words
from common.http import page_of
from mentoring.reporting.queries import FIRST_SESSION_DAYS, program_figures
from pairings.enums import SessionState
from pairings.models import MentoringSession
from programs.models import Program

ORDERS = {"-starts_at": _("Latest first"), "starts_at": _("Earliest first"), "pairing__mentor__sort_key": _("By mentor")}


@require_GET
def dashboard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where a program stands; each figure leads to its list."""
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    context = {"program": program, "figures": program_figures(program), "first_session_days": FIRST_SESSION_DAYS}
    return render(request, "mentoring/dashboard.html", context)


@require_GET
def session_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Times and states of a program's sessions, and where the two of a pair disagree. Never what was said in them."""
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    sessions = MentoringSession.objects.filter(pairing__program=program).with_disagreement()
    state, search, order = (request.GET.get(name, "") for name in ("state", "q", "order"))
    if state == "disagreement":
        sessions = sessions.filter(disagreement=True)
    elif state in SessionState.values:
        sessions = sessions.filter(state=state)
    for word in words(search):
        sessions = sessions.filter(
            Q(pairing__mentor__search_text__contains=word) | Q(pairing__mentee__search_text__contains=word)
        )
    order = order if order in ORDERS else "-starts_at"
    sessions = sessions.select_related("pairing__mentor", "pairing__mentee", "cancelled_by").order_by(order, "pk")
    context = {
        "program": program,
        "page": page_of(request, sessions),
        "state": state,
        "search": search,
        "order": order,
        "orders": ORDERS.items(),
        "states": [*SessionState.choices, ("disagreement", _("The two disagree"))],
    }
    return render(request, "mentoring/session_list.html", context)
