"""What HR does with a person across the apps: leaving, coming back, the programs they are in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.domain import people
from accounts.forms.people import ManagerForm
from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from accounts.step_up import step_up_required
from common.changes import one_after_another
from common.forms import show_refusal
from common.http import form_page, posted, redirect_htmx, require, respond
from mentoring.workflows import leavers, reporting_lines
from programs.models import Enrolment


@step_up_required
def person_deactivate(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Ask, then deactivate the person and settle what follows in the other apps."""
    person = _managed_person(request, public_id)
    form = Form(posted(request))
    if form.is_valid():
        with show_refusal(form):
            leavers.deactivate(actor=request.user, person=person)
            done = _("%(name)s is deactivated and can no longer sign in.")
            messages.success(request, done % {"name": person.name})
            return redirect_htmx(request, "accounts:person_detail", person.public_id)

    pairs = leavers.open_pairs_of([person.pk]).count()
    context = {"person": person, "pairs": pairs}
    return form_page(request, "mentoring/person_deactivate.html", form, context)


@one_after_another
def person_manager(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """To whom the person reports; pairs that are in one reporting line then pause."""
    person = _managed_person(request, public_id)
    form = ManagerForm(posted(request), person=person)
    if form.is_valid():
        with show_refusal(form, "manager"):
            manager = form.cleaned_data["manager"]
            reporting_lines.set_manager(actor=request.user, person=person, manager=manager)
            messages.success(request, _("Saved."))
            return redirect_htmx(request, "accounts:person_detail", person.public_id)
    return form_page(request, "mentoring/person_manager.html", form, {"person": person})


def _managed_person(request: AuthenticatedHttpRequest, public_id: UUID) -> User:
    """The person, for HR admins. 404 or 403 for everybody else."""
    person = get_object_or_404(User.objects.visible_to(request.user), public_id=public_id)
    require(request.user, "accounts.manage_people", person)
    return person


@require_POST
def person_reactivate(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The person may sign in again."""
    person = _managed_person(request, public_id)
    people.reactivate(actor=request.user, person=person)
    done = _("%(name)s can sign in again. Their pairs stay paused until both want to go on.")
    messages.success(request, done % {"name": person.name})
    return redirect_htmx(request, "accounts:person_detail", person.public_id)


@require_safe
def person_programs(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The programs that a person is in: a part of the person's page, and a page of its own."""
    person = _managed_person(request, public_id)
    enrolments = Enrolment.objects.filter(person=person).select_related("program")
    newest_first = enrolments.order_by("-program__starts_on", "-id")
    context = {"person": person, "enrolments": newest_first}
    return respond(request, "mentoring/person_programs.html", context, partial="programs")
