"""HR's pages about changed addresses."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.domain import addresses
from accounts.enums import AddressChangeState
from accounts.models import AddressChange
from accounts.requests import AuthenticatedHttpRequest
from common.forms import show_refusal
from common.http import form_page, page_of, posted, redirect_htmx, require, respond

DECIDED_SHOWN = 20
DECISIONS = {"confirm": addresses.confirm, "reject": addresses.reject}


@require_safe
def address_change_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Changed addresses: those to decide first, then what was decided."""
    require(request.user, "accounts.confirm_address")
    changes = AddressChange.objects.visible_to(request.user).with_people()
    decided = changes.exclude(state=AddressChangeState.PENDING).order_by("-decided_at", "-id")
    context = {"waiting": page_of(request, changes.pending()), "decided": decided[:DECIDED_SHOWN]}
    return respond(request, "accounts/address_change_list.html", context)


def address_change_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Old and new side by side; confirm or reject."""
    change = change_or_404(request, public_id)
    form = Form(posted(request))
    decide = DECISIONS.get(request.POST.get("decision", ""))
    if decide and form.is_valid():
        with show_refusal(form):
            decided = decide(actor=request.user, change=change)
            messages.success(request, in_words(decided))
            return redirect_htmx(request, "accounts:address_change_list")
    context = {"change": change, "pending": change.state == AddressChangeState.PENDING}
    return form_page(request, "accounts/address_change_detail.html", form, context)


def change_or_404(request: AuthenticatedHttpRequest, public_id: UUID) -> AddressChange:
    """The change; 404 where one may not know of it."""
    changes = AddressChange.objects.visible_to(request.user).with_people()
    change: AddressChange = get_object_or_404(changes, public_id=public_id)
    require(request.user, "accounts.confirm_address", change)
    return change


def in_words(change: AddressChange) -> str:
    """What has been decided, for the one who decided."""
    text = _("%(name)s keeps the old address. Both addresses are told.")
    if change.state == AddressChangeState.CONFIRMED:
        text = _("%(name)s signs in with the new address from now on. Both addresses are told.")
    return text % {"name": change.person.name}
