"""For HR: the company's safe contacts, the line outside, and how many threads there were."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedHttpRequest
from common.changes import one_after_another
from common.forms import show_refusal
from common.http import form_page, redirect_htmx, require
from concerns.domain import settings
from concerns.forms.company import ContactForm, TalkSettingsForm
from programs.domain.staff import assign_staff, remove_staff
from programs.enums import StaffRole
from programs.models import ProgramStaff


@one_after_another
def talk_set_up(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Two forms: name somebody, and say what the pages say."""
    require(request.user, "concerns.set_up_talk")
    action = request.POST.get("action", "")
    contact_form = ContactForm(request.POST if action == "name" else None)
    settings_form = TalkSettingsForm(
        request.POST if action == "settings" else None, settings=settings.talk_settings()
    )
    if contact_form.is_valid():
        with show_refusal(contact_form, "person"):
            person = contact_form.cleaned_data["person"]
            role = StaffRole(contact_form.cleaned_data["role"])
            assign_staff(actor=request.user, program=None, person=person, role=role)
            words = {"name": person, "role": role.label}
            messages.success(request, _("%(name)s is now: %(role)s.") % words)
            return redirect_htmx(request, "concerns:talk_set_up")
    elif settings_form.is_valid():
        settings.save_settings(actor=request.user, **settings_form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect_htmx(request, "concerns:talk_set_up")
    context = {
        "contacts": ProgramStaff.objects.of_company(),
        "contact_form": contact_form,
        "settings_form": settings_form,
        "years": settings.threads_by_year(),
    }
    form = settings_form if settings_form.is_bound else contact_form
    return form_page(request, "concerns/talk_set_up.html", form, context)


@require_POST
def talk_contact_remove(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Take the role from somebody. They keep the threads that were written to them."""
    require(request.user, "concerns.set_up_talk")
    staff = get_object_or_404(ProgramStaff.objects.of_company(), public_id=public_id)
    remove_staff(actor=request.user, staff=staff)
    words = {"name": staff.person, "role": staff.get_role_display()}
    messages.success(request, _("%(name)s is no longer: %(role)s.") % words)
    return redirect_htmx(request, "concerns:talk_set_up")
