"""A safe contact or deputy reads what the role asks, and accepts or declines it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import AuthenticatedHttpRequest
from common.http import redirect_htmx, respond
from programs.domain.staff import answer_role
from programs.models import ProgramStaff


@require_http_methods(["GET", "POST"])
def safe_contact(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """For the person named alone. Opening it changes nothing."""
    roles = ProgramStaff.objects.asked_of(request.user).select_related("program")
    staff = get_object_or_404(roles, public_id=public_id)
    if request.POST.get("answer") in ("accept", "decline"):
        accepts = request.POST["answer"] == "accept"
        answer_role(actor=request.user, staff=staff, accepts=accepts)
        said = _("Thank you. People can find your name now.")
        messages.success(request, said if accepts else _("Thank you. Nobody reads your name."))
        return redirect_htmx(request, "programs:safe_contact", public_id)
    return respond(request, "programs/safe_contact.html", {"staff": staff})
