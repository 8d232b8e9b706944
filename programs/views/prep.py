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
from programs.domain import prep as domain
from programs.enums import PairRole
from programs.models import PrepStep
from programs.views.own import own_enrolment, own_label


def prep(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Short steps to read and tick; the mentee's pledge at the end.

    Ticking by htmx swaps the list in place.
    """
    row = own_enrolment(request, public_id)
    if request.method == "POST":
        if "pledge" in request.POST:
            domain.pledge(actor=request.user, enrolment=row)
            messages.success(request, _("Thank you. You are ready."))
            return redirect_htmx(request, reverse("programs:prep", args=[row.public_id]))
        own = PrepStep.objects.filter(program=row.program, role=row.role)
        step = get_object_or_404(
            own,
            position=request.POST.get("position")
            if request.POST.get("position", "").isdecimal()
            else 0,
        )
        domain.tick(
            actor=request.user, enrolment=row, step=step, done=request.POST.get("done") == "1"
        )
        if not getattr(request, "htmx", None):
            return redirect_htmx(
                request, f"{reverse('programs:prep', args=[row.public_id])}#step-{step.position}"
            )
    lines = domain.prep_pack(row)
    context = {
        "enrolment": row,
        "program": row.program,
        "label": own_label(row),
        "is_mentor": row.role == PairRole.MENTOR,
        "lines": lines,
        "done": sum(line.done for line in lines),
        "total": len(lines),
        "minutes": sum(line.step.minutes for line in lines),
    }
    return respond(request, "programs/prep.html", context, partial="pack")
