"""What an empty installation asks its first HR admin; later, the company's settings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.domain import company as domain
from accounts.forms.company import CompanyForm
from accounts.models import Grade, User
from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import redirect_htmx, require
from programs.models import Program


def setup(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Company, names, time zone, grades; then where to go on."""
    require(request.user, "accounts.set_up_company")
    person = request.user
    company = domain.company()
    form = CompanyForm(request.POST or None, company=company, ask_grades=not Grade.objects.exists())
    if request.method == "POST" and form.is_valid():
        try:
            domain.set_up(actor=person, **form.cleaned_data)
        except DomainError as error:
            form.add_error("grades", error)
        else:
            messages.success(request, _("Saved."))
            return redirect_htmx(
                request,
                reverse("mentoring:setup_next" if company.set_up_at is None else "mentoring:setup"),
            )
    context: dict[str, Any] = {"form": form, "first_time": company.set_up_at is None}
    return render(request, "mentoring/setup.html", context, status=422 if form.errors else 200)


def setup_next(request: AuthenticatedHttpRequest) -> HttpResponse:
    """After the set-up: the two things to do, in this order."""
    require(request.user, "accounts.set_up_company")
    context = {
        "people": User.objects.active().count(),
        "programs": Program.objects.count(),
    }
    return render(request, "mentoring/setup_next.html", context)
