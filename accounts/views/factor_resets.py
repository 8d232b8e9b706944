"""HR's page about somebody's lost second factor."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.domain import factor_resets, factors
from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from accounts.step_up import step_up_required
from accounts.views.people import visible_person
from common.errors import DomainError
from common.forms import show_refusal
from common.http import form_page, posted, redirect_htmx, require


@step_up_required
def person_factor(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """One HR admin asks that it is reset; another one confirms, or rejects."""
    person = visible_person(request, public_id)
    require(request.user, "accounts.reset_factor", person)
    form = Form(posted(request))
    if form.is_valid():
        with show_refusal(form):
            text = decided(request.user, person, request.POST.get("decision", ""))
            messages.success(request, text % {"name": person.name})
            return redirect_htmx(request, "accounts:person_factor", public_id)
    waiting = factor_resets.waiting_for(person)
    context = {
        "person": person,
        "has_factor": factors.has_one(person),
        "waiting": waiting,
        "reason": factor_resets.why_not_to_confirm(waiting, request.user) if waiting else "",
    }
    return form_page(request, "accounts/person_factor.html", form, context)


def decided(actor: User, person: User, decision: str) -> str:
    """Do what the HR admin has decided, and say so. DomainError where it is decided already."""
    if decision == "request":
        factor_resets.request(actor=actor, person=person)
        return _("You have asked for it. Another HR admin confirms it; all HR admins are told.")
    waiting = factor_resets.waiting_for(person)
    if waiting is None:
        raise DomainError(_("This has been decided in the meantime."))
    if decision == "confirm":
        factor_resets.confirm(actor=actor, reset=waiting)
        return _("The second factor of %(name)s is reset. They are told by mail.")
    factor_resets.reject(actor=actor, reset=waiting)
    return _("Rejected: %(name)s keeps the second factor.")
