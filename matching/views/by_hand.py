"""Changing the pairs of a finished run by hand, and undoing it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import redirect_htmx, require
from matching.domain import by_hand
from matching.forms.runs import ChangeForm, UndoForm
from matching.models import MatchRun, Proposal
from matching.wording import by_hand as by_hand_words


@require_POST
def proposal_change(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Make an alternative of a proposed pair true; leads back to the pair as it is then."""
    rows = Proposal.objects.visible_to(request.user).select_related("run__program")
    proposal = get_object_or_404(rows, public_id=public_id)
    require(request.user, "matching.change_by_hand", proposal)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(
            _("This form is not complete. Go back and load the page again.")
        )
    data = form.cleaned_data
    choice = by_hand.Choice(data["kind"], data["mentor"], data["other"])
    shown = data["shown_mentor"], data["shown_mentee"]
    try:
        changed = by_hand.change(actor=request.user, proposal=proposal, choice=choice, shown=shown)
    except DomainError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, by_hand_words.changed_words(changed))
    return redirect_htmx(request, reverse("matching:proposal_detail", args=[proposal.public_id]))


@require_POST
def match_run_undo(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Put the pairs of a change back as they were."""
    run = get_object_or_404(
        MatchRun.objects.visible_to(request.user).select_related("program"), public_id=public_id
    )
    require(request.user, "matching.change_by_hand", run)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(
            _("This form is not complete. Go back and load the page again.")
        )
    try:
        by_hand.undo(actor=request.user, run=run, change_id=form.cleaned_data["change"])
    except DomainError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Undone. These people are with whom they were before."))
    return redirect_htmx(request, reverse("matching:match_run_detail", args=[run.public_id]))
