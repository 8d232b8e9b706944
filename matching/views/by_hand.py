"""Changing the pairs of a finished run by hand, and undoing it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedHttpRequest
from common.forms import announce_refusal
from common.http import redirect_htmx, require
from matching.domain import by_hand
from matching.domain.refusal import PairRefusedError
from matching.forms.actions import ChangeForm, UndoForm
from matching.models import HandChange, Proposal
from matching.views.run_page import visible_run
from matching.views.shared import incomplete_form
from matching.wording import by_hand as by_hand_words


@require_POST
def proposal_change(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Make an alternative to a proposed pair true, and return to the pair."""
    rows = Proposal.objects.visible_to(request.user).select_related("run__program")
    proposal = get_object_or_404(rows, public_id=public_id)
    require(request.user, "matching.change_by_hand", proposal)

    form = ChangeForm(request.POST)
    if not form.is_valid():
        return incomplete_form()

    with announce_refusal(request):
        _change(request, proposal, form)
    return redirect_htmx(request, "matching:proposal_detail", proposal.public_id)


def _change(request: AuthenticatedHttpRequest, proposal: Proposal, form: ChangeForm) -> None:
    """Make the change, and say what was done or which rule forbids it."""
    choice, shown = form.choice(), form.shown()
    try:
        changed = by_hand.change(actor=request.user, proposal=proposal, choice=choice, shown=shown)
    except PairRefusedError as refused:
        messages.error(request, by_hand_words.change_refused(refused))
    else:
        messages.success(request, by_hand_words.changed_words(changed))


@require_POST
def match_run_undo(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Undo a change that was made by hand, and return to the run."""
    run = visible_run(request, public_id, "matching.change_by_hand")

    form = UndoForm(request.POST)
    if not form.is_valid():
        return incomplete_form()

    changes = HandChange.objects.visible_to(request.user).filter(run=run)
    change = get_object_or_404(changes, public_id=form.cleaned_data["change"])
    with announce_refusal(request):
        by_hand.undo(actor=request.user, change=change)
        messages.success(request, _("Undone. These people have their previous partners again."))
    return redirect_htmx(request, "matching:match_run_detail", run.public_id)
