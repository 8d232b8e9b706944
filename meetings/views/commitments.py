"""Pages of what the mentee will do differently: make or change it, say what came of it, drop it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import redirect_htmx, require
from meetings.domain import commitments
from meetings.forms.commitments import CommitmentDoneForm, CommitmentForm, commitment_initial
from meetings.models import Commitment
from meetings.views.sessions import WITH_PAIR, add_problem, session_or_404


def commitment_or_404(request: AuthenticatedHttpRequest, public_id: UUID) -> Commitment:
    """A commitment of a pair of the reader's own."""
    rows = Commitment.objects.visible_to(request.user).select_related("session", *WITH_PAIR)
    return get_object_or_404(rows, public_id=public_id)


def to_pair(request: AuthenticatedHttpRequest, commitment: Commitment) -> HttpResponse:
    """On to the list on the pair's page."""
    return redirect_htmx(
        request,
        reverse("mentoring:pair_home", args=[commitment.pairing.public_id]) + "#commitments",
    )


@require_http_methods(["GET", "POST"])
def commitment_edit(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """What the mentee will do differently after this session: one sentence and a day."""
    session = session_or_404(request, public_id)
    require(request.user, "meetings.keep_commitment", session)
    present = Commitment.objects.visible_to(request.user).filter(session=session).first()
    if present and present.done_at:
        return redirect("meetings:commitment_done", public_id=present.public_id)
    form = CommitmentForm(request.POST or None, initial=commitment_initial(present, request.user))
    if request.method == "POST" and form.is_valid():
        text, due_on = form.cleaned_data["commitment"], form.cleaned_data["commitment_due"]
        try:
            commitments.keep(actor=request.user, session=session, text=text, due_on=due_on)
        except DomainError as error:
            add_problem(form, error)
        else:
            messages.success(request, _("Saved. You get a mail on that day."))
            return redirect_htmx(
                request,
                reverse("mentoring:pair_home", args=[session.pairing.public_id]) + "#commitments",
            )
    context = {
        "form": form,
        "session": session,
        "commitment": present,
        "pairing": session.pairing,
        "partner": session.pairing.mentor,
    }
    return render(
        request, "meetings/commitment_edit.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
def commitment_done(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Done, and what changed. Opening the page, as the mail's link does, changes nothing."""
    commitment = commitment_or_404(request, public_id)
    require(request.user, "meetings.keep_commitment", commitment)
    form = CommitmentDoneForm(
        request.POST or None, initial={"what_changed": commitment.what_changed}
    )
    if request.method == "POST" and form.is_valid():
        try:
            commitments.mark_done(
                actor=request.user,
                commitment=commitment,
                what_changed=form.cleaned_data["what_changed"],
            )
        except DomainError as error:
            add_problem(form, error)
        else:
            name = commitment.pairing.mentor.short_name
            messages.success(
                request, _("Well done. %(name)s sees it on the page of your pair.") % {"name": name}
            )
            return to_pair(request, commitment)
    context = {"form": form, **_about(commitment)}
    return render(
        request, "meetings/commitment_done.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
def commitment_drop(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Take it away, after a look at what goes."""
    commitment = commitment_or_404(request, public_id)
    require(request.user, "meetings.keep_commitment", commitment)
    if request.method == "POST":
        commitments.drop(actor=request.user, commitment=commitment)
        messages.success(request, _("Dropped. Nothing of it is kept."))
        return to_pair(request, commitment)
    return render(request, "meetings/commitment_drop.html", _about(commitment))


def _about(commitment: Commitment) -> dict[str, object]:
    """What the two small pages say above their form."""
    pairing = commitment.pairing
    return {
        "commitment": commitment,
        "session": commitment.session,
        "pairing": pairing,
        "partner": pairing.mentor,
    }
