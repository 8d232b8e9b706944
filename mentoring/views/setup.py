"""The questions to the first HR admin of an empty installation; later, the company's settings."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.domain import company as domain
from accounts.forms.company import CompanyForm
from accounts.models import Grade, User
from accounts.requests import AuthenticatedHttpRequest
from common.changes import one_after_another
from common.forms import show_refusal
from common.http import form_page, posted, redirect_htmx, require, respond
from programs.models import Program


@one_after_another
def setup(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Company, names, time zone, grades; then where to go on."""
    require(request.user, "accounts.set_up_company")
    company = domain.company()
    first_time = company.set_up_at is None
    form = CompanyForm(posted(request), company=company, ask_grades=not Grade.objects.exists())
    if form.is_valid():
        with show_refusal(form, "grades"):
            domain.set_up(actor=request.user, **form.cleaned_data)
            messages.success(request, _("Saved."))
            page = "mentoring:setup_next" if first_time else "mentoring:setup"
            return redirect_htmx(request, page)
    return form_page(request, "mentoring/setup.html", form, {"first_time": first_time})


def setup_next(request: AuthenticatedHttpRequest) -> HttpResponse:
    """After the set-up: the two things to do, in this order."""
    require(request.user, "accounts.set_up_company")
    context = {
        "people": User.objects.active().count(),
        "programs": Program.objects.count(),
    }
    return respond(request, "mentoring/setup_next.html", context)
