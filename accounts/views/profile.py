"""A person's own pages: profile and delegates."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.domain import profile as domain
from accounts.forms.profile import DelegateForm, ProfileForm
from accounts.models import Delegation
from accounts.requests import AuthenticatedHttpRequest
from common.changes import one_after_another
from common.forms import show_refusal
from common.http import form_page, posted, redirect_htmx


@one_after_another
def profile(request: AuthenticatedHttpRequest) -> HttpResponse:
    """What I am called, where I am, what I speak."""
    form = ProfileForm(posted(request), person=request.user)
    if form.is_valid():
        saved = domain.save_profile(actor=request.user, **form.cleaned_data)
        with translation.override(saved.locale):
            messages.success(request, _("Your profile is saved."))
        return redirect_htmx(request, "accounts:profile")
    return form_page(request, "accounts/profile.html", form)


def delegates(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Who handles the times of my sessions."""
    person = request.user
    form = DelegateForm(posted(request))
    if form.is_valid():
        with show_refusal(form, "person"):
            delegation = domain.name_delegate(actor=person, email=form.cleaned_data["person"].email)
            text = _("%(name)s now handles the times of your sessions.")
            messages.success(request, text % {"name": delegation.delegate.name})
            return redirect_htmx(request, "accounts:delegates")
    given = person.delegations_given.select_related("delegate")
    by_name = given.order_by("delegate__sort_key")
    context = {"delegations": by_name, "most": domain.MOST_DELEGATES}
    return form_page(request, "accounts/delegates.html", form, context)


@require_POST
def delegate_remove(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Remove a delegate."""
    given = Delegation.objects.filter(mentee=request.user).select_related("delegate")
    delegation = get_object_or_404(given, public_id=public_id)
    domain.remove_delegate(actor=request.user, delegation=delegation)
    text = _("%(name)s no longer sees your sessions.")
    messages.success(request, text % {"name": delegation.delegate.name})
    return redirect_htmx(request, "accounts:delegates")
