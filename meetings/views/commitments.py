"""Pages of what the mentee will do differently: make or change it, mark it as done, drop it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import AuthenticatedHttpRequest
from common.changes import one_after_another
from common.forms import show_refusal
from common.http import form_page, posted, require, respond
from meetings.domain import commitments
from meetings.forms.commitments import CommitmentDoneForm, CommitmentForm, commitment_initial
from meetings.models import Commitment, MentoringSession
from meetings.views.shared import WITH_PAIR, commitment_of, session_context, session_for, to_pair
from pairings.models import Pairing

PART = "#commitments"  # of the pair's page


def _own_commitment(request: AuthenticatedHttpRequest, public_id: UUID) -> Commitment:
    """A commitment of a pair of the reader's own (else 404), which they may change (else 403)."""
    rows = Commitment.objects.visible_to(request.user).select_related("session", *WITH_PAIR)
    commitment = get_object_or_404(rows, public_id=public_id)
    require(request.user, "meetings.keep_commitment", commitment)
    return commitment


@require_http_methods(["GET", "POST"])
@one_after_another
def commitment_edit(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """What the mentee will do differently after this session: one sentence and a day."""
    session = session_for(request, public_id, "meetings.keep_commitment")
    present = commitment_of(session, request.user)
    if present and present.done_at:
        return redirect("meetings:commitment_done", public_id=present.public_id)

    initial = commitment_initial(present, request.user)
    stored = initial if present else {}
    form = CommitmentForm(posted(request), initial=initial, stored=stored)
    if form.is_valid():
        with show_refusal(form):
            _keep(request, session, form)
            messages.success(request, _("Saved. You get a mail on that day."))
            return to_pair(request, session.pairing, PART)
    context = {"commitment": present, **session_context(session, request.user)}
    return form_page(request, "meetings/commitment_edit.html", form, context)


def _keep(
    request: AuthenticatedHttpRequest, session: MentoringSession, form: CommitmentForm
) -> None:
    commitments.keep(
        actor=request.user,
        session=session,
        text=form.cleaned_data["commitment"],
        due_on=form.cleaned_data["commitment_due"],
    )


@require_http_methods(["GET", "POST"])
@one_after_another
def commitment_done(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Done, and what changed. Opening the page, as the mail's link does, changes nothing."""
    commitment = _own_commitment(request, public_id)
    form = CommitmentDoneForm(posted(request), initial={"what_changed": commitment.what_changed})
    if form.is_valid():
        with show_refusal(form):
            commitments.mark_done(actor=request.user, commitment=commitment, **form.cleaned_data)
            _say_done(request, commitment.pairing)
            return to_pair(request, commitment.pairing, PART)
    return form_page(request, "meetings/commitment_done.html", form, _about(commitment))


def _say_done(request: AuthenticatedHttpRequest, pairing: Pairing) -> None:
    text = _("Well done. %(name)s sees it on the page of your pair.")
    messages.success(request, text % {"name": pairing.mentor.short_name})


@require_http_methods(["GET", "POST"])
def commitment_drop(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Drop it. The page shows first what is deleted."""
    commitment = _own_commitment(request, public_id)
    if request.method == "POST":
        commitments.drop(actor=request.user, commitment=commitment)
        messages.success(request, _("Dropped. Nothing of it is kept."))
        return to_pair(request, commitment.pairing, PART)
    return respond(request, "meetings/commitment_drop.html", _about(commitment))


def _about(commitment: Commitment) -> dict[str, Any]:
    """What the two small pages show above their form."""
    pairing = commitment.pairing
    return {
        "commitment": commitment,
        "session": commitment.session,
        "pairing": pairing,
        "partner": pairing.mentor,
    }
