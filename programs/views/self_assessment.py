"""Where one stands towards the end, beside what one said at enrolment."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import AuthenticatedHttpRequest
from common.forms import show_refusal
from common.http import form_page, posted
from programs.domain.self_assessment import is_asked, rate_again, standings
from programs.forms.self_assessment import SelfAssessmentForm
from programs.views.own import own_enrolment


@require_http_methods(["GET", "HEAD", "POST"])
def self_assessment(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The form until it has been sent once; then both times side by side, with the form below."""
    row = own_enrolment(request, public_id)
    rows = standings(row)
    form = SelfAssessmentForm(posted(request), standings=rows, role=row.role)
    if form.is_valid():
        with show_refusal(form):
            rate_again(enrolment=row, values=form.values())
            messages.success(request, _("Saved. Only you see this."))
            return redirect("programs:self_assessment", row.public_id)
    context = {
        "enrolment": row,
        "program": row.program,
        "rows": rows,
        "has_rated": any(standing.now for standing in rows),
        "is_asked": is_asked(row),
    }
    return form_page(request, "programs/self_assessment.html", form, context)
