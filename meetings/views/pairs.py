"""The pairs of a program for those who manage it; pausing and leaving for the two themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common.forms import announce_refusal
from common.http import form_page, page_of, redirect_htmx, requested_partial, require, respond
from meetings import lists
from meetings.domain import pausing
from meetings.domain.progress import with_progress
from meetings.forms.pairs import EndForm, PairingListForm
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.models import Program

ACTIONS = {"pause": pausing.pause, "resume": pausing.resume, "end": pausing.end}


@require_GET
def pairing_list(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """All pairs of a program. It does not show who declined, paused or ended."""
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    require(request.user, "meetings.list_pairings", program)
    form = PairingListForm(request.GET, program=program)
    rows = with_progress(Pairing.objects.filter(program=program)).select_related("mentor", "mentee")
    page = page_of(request, lists.pairings(rows, form))
    context = {"program": program, "filter_form": form, "page": page}
    partial = requested_partial(request, "rows")
    return respond(request, "meetings/pairing_list.html", context, partial=partial)


@require_http_methods(["GET", "POST"])
def pairing_pause(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Pause, go on, or end the pair: the page is open at any time."""
    pairings = Pairing.objects.of_pair(request.user).select_related("program", "mentor", "mentee")
    pairing = get_object_or_404(pairings, public_id=public_id)
    action = request.POST.get("action", "")
    form = EndForm(request.POST if action == "end" else None)
    if action in {"pause", "resume"} or form.is_valid():
        return _act(request, pairing, action)
    context = _pause_context(pairing, request.user)
    return form_page(request, "meetings/pairing_pause.html", form, context)


def _pause_context(pairing: Pairing, reader: User) -> dict[str, Any]:
    is_mentor = pairing.mentor_id == reader.pk
    return {
        "program": pairing.program,
        "pairing": pairing,
        "partner": pairing.partner_of(reader),
        "ready": pairing.mentor_ready_at if is_mentor else pairing.mentee_ready_at,
        "ahead": pairing.sessions.not_over().ahead().count(),
        "may_act": reader.has_perm("meetings.pause_pairing", pairing),
    }


def _act(request: AuthenticatedHttpRequest, pairing: Pairing, action: str) -> HttpResponse:
    """Pause, resume or end the pair."""
    require(request.user, f"meetings.{action}_pairing", pairing)
    act = ACTIONS[action]
    with announce_refusal(request):
        changed = act(actor=request.user, pairing=pairing)
        messages.success(request, _done_words(changed, action))
        if changed.state == PairingState.ENDED:
            return redirect_htmx(request, "mentoring:home")
    return redirect_htmx(request, "meetings:pairing_pause", pairing.public_id)


def _done_words(changed: Pairing, action: str) -> str:
    """What has become of the pair, for the notice above the next page."""
    if changed.state == PairingState.ENDED:
        return _("This pair has ended. Your partner reads the same neutral message as you.")
    if changed.state == PairingState.ACTIVE:
        return _("Your pair goes on.")
    if action == "resume":
        return _("Noted. Your pair goes on once you have both said so.")
    return _("Your pair is paused. Your partner reads the same neutral message as you.")
