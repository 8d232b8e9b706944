"""The dashboard of a program."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from accounts.requests import AuthenticatedHttpRequest
from common.http import respond
from mentoring.access import program_or_404
from mentoring.needs.queue import count_of
from mentoring.reporting.queries import FIRST_SESSION_DAYS, program_figures


@require_GET
def dashboard(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The figures of a program; each leads to its list."""
    program = program_or_404(request, public_id)
    context = {
        "program": program,
        "figures": program_figures(program),
        "needs": count_of(program),
        "first_session_days": FIRST_SESSION_DAYS,
    }
    return respond(request, "mentoring/dashboard.html", context)
