"""The prep pack of one's own enrolment."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedHttpRequest
from common.http import redirect_htmx, respond
from common.text import whole_number
from programs.domain import prep as domain
from programs.enums import PairRole
from programs.labels import side_label
from programs.models import Enrolment, PrepStep
from programs.views.own import own_enrolment


def prep(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Short steps to read and tick; the mentee's pledge at the end.

    Ticking by htmx swaps the list in place.
    """
    row = own_enrolment(request, public_id)
    if request.method != "POST":
        return _pack_page(request, row)
    if "pledge" in request.POST:
        domain.pledge(actor=request.user, enrolment=row)
        messages.success(request, _("Thank you. You are ready."))
        return redirect_htmx(request, "programs:prep", row.public_id)

    step = _tick(request, row)
    if getattr(request, "htmx", None):
        return _pack_page(request, row)
    url = reverse("programs:prep", args=[row.public_id])
    return redirect_htmx(request, f"{url}#step-{step.position}")


def _pack_page(request: AuthenticatedHttpRequest, row: Enrolment) -> HttpResponse:
    lines = domain.prep_pack(row)
    context = {
        "enrolment": row,
        "program": row.program,
        "label": side_label(row.program, row.role),
        "is_mentor": row.role == PairRole.MENTOR,
        "lines": lines,
        "done": sum(line.done for line in lines),
        "total": len(lines),
        "minutes": sum(line.step.minutes for line in lines),
    }
    return respond(request, "programs/prep.html", context, partial="pack")


def _tick(request: AuthenticatedHttpRequest, row: Enrolment) -> PrepStep:
    """Tick the step that was sent, or take its tick back; 404 for a step of another pack."""
    position = request.POST.get("position", "")
    steps = PrepStep.objects.filter(program=row.program, role=row.role)
    step = get_object_or_404(steps, position=whole_number(position) or 0)
    domain.tick(actor=request.user, enrolment=row, step=step, done=request.POST.get("done") == "1")
    return step
