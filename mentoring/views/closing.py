"""Closing a program: the page says what it touches; for a day it can be undone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import AuthenticatedHttpRequest
from common.forms import announce_refusal, show_refusal
from common.http import form_page, posted, redirect_htmx
from mentoring.workflows.closing import foresee
from programs.domain import closing, states
from programs.models import Program, ProgramClosing
from programs.views.programs import managed_program


class CloseForm(forms.Form):
    """Whether sessions stay, and a tick that says that it is no mistake."""

    keep = forms.BooleanField(required=False, initial=True)
    sure = forms.BooleanField(
        label=gettext_lazy("Yes, close it for everybody"),
        error_messages={"required": gettext_lazy("Tick the box to confirm.")},
    )


@require_http_methods(["GET", "POST"])
def program_close(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Say what closing touches, then plan it; or say when it takes effect, with a way to undo it.

    For HR admins and the program's coordinators.
    """
    program = managed_program(request, public_id)
    form = CloseForm(posted(request))
    if form.is_valid():
        with show_refusal(form):
            keep = form.cleaned_data["keep"]
            closing.plan_closing(actor=request.user, program=program, keep_sessions=keep)
            return redirect_htmx(request, "mentoring:program_close", program.public_id)
    return form_page(request, "mentoring/program_close.html", form, _context(program))


def _context(program: Program) -> dict[str, Any]:
    planned = ProgramClosing.objects.filter(program=program).select_related("decided_by").first()
    possible = states.allowed(program, "close_program")
    return {
        "program": program,
        "planned": planned if possible else None,
        "possible": possible,
        "foreseen": foresee(program) if possible and planned is None else None,
        "is_near": closing.is_near_the_end(program),
    }


@require_POST
def program_close_undo(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Undo it before it takes effect."""
    program = managed_program(request, public_id)
    with announce_refusal(request):
        closing.undo_closing(actor=request.user, program=program)
        text = _("Closing is undone. Nothing was sent, and everything is as it was before.")
        messages.success(request, text)
    return redirect_htmx(request, "mentoring:program_overview", program.public_id)
