"""A person's own pages: profile and delegates."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.domain import profile as domain
from accounts.forms.profile import DelegateForm, ProfileForm
from accounts.models import Delegation
from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import redirect_htmx, respond


def profile(request: AuthenticatedHttpRequest) -> HttpResponse:
    """What I am called, where I am, what I speak."""
    person = request.user
    form = ProfileForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        saved = domain.save_profile(actor=person, **form.cleaned_data)
        with translation.override(saved.locale):
            messages.success(request, _("Your profile is saved."))
        return redirect_htmx(request, reverse("accounts:profile"))
    status = 422 if form.errors else 200
    return respond(request, "accounts/profile.html", {"form": form}, status=status)


def delegates(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Who handles the times of my sessions."""
    person = request.user
    form = DelegateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            delegation = domain.name_delegate(actor=person, email=form.cleaned_data["email"])
        except DomainError as error:
            form.add_error("email", error)
        else:
            text = _("%(name)s now handles the times of your sessions.")
            messages.success(request, text % {"name": delegation.delegate.name})
            return redirect_htmx(request, reverse("accounts:delegates"))
    given = person.delegations_given.select_related("delegate").order_by("delegate__sort_key")
    context = {"form": form, "delegations": given, "most": domain.MOST_DELEGATES}
    return respond(request, "accounts/delegates.html", context, status=422 if form.errors else 200)


@require_POST
def delegate_remove(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Remove a delegate."""
    given = Delegation.objects.filter(mentee=request.user).select_related("delegate")
    delegation = get_object_or_404(given, public_id=public_id)
    domain.remove_delegate(actor=request.user, delegation=delegation)
    text = _("%(name)s no longer sees your sessions.")
    messages.success(request, text % {"name": delegation.delegate.name})
    return redirect_htmx(request, reverse("accounts:delegates"))
