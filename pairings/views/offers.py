"""An offer as the person asked sees it: the reasons, the topics, and both answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import redirect_htmx, respond
from pairings import wording
from pairings.domain import offers
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.domain import prep
from programs.enums import ProgramState


@require_http_methods(["GET", "POST"])
def offer_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The match for the one of the two who opens it. Opening it changes nothing."""
    rows = Pairing.objects.of(request.user).select_related(
        "program", "mentor", "mentee", "mentor_enrolment", "mentee_enrolment"
    )
    pairing = get_object_or_404(rows, public_id=public_id)
    reader = request.user
    is_mentor = pairing.mentor_id == reader.pk
    stage = _stage(pairing, is_mentor=is_mentor)
    if stage == "asked" and not is_mentor and pairing.mentee_enrolment.pledged_at is None:
        return _pledge_first(request, pairing)
    if request.method == "POST":
        return _answer(request, pairing)

    context: dict[str, Any] = {
        "program": pairing.program,
        "pairing": pairing,
        "is_mentor": is_mentor,
        "asked": stage == "asked" and reader.has_perm("pairings.answer_offer", pairing),
        "stage": stage,
        "partner": pairing.partner_of(reader),
        **_about_partner(pairing, is_mentor=is_mentor),
    }
    return respond(request, "pairings/offer_detail.html", context)


def _pledge_first(request: AuthenticatedHttpRequest, pairing: Pairing) -> HttpResponse:
    """The mentee's pledge, before they read who it is. The days to answer run on."""
    if "pledge" in request.POST:
        prep.pledge(actor=request.user, enrolment=pairing.mentee_enrolment)
        return _to_offer(request, pairing)
    context = {"program": pairing.program, "pairing": pairing}
    return respond(request, "pairings/offer_pledge.html", context)


def _about_partner(pairing: Pairing, *, is_mentor: bool) -> dict[str, Any]:
    """What the reader is told of the partner: their enrolment, topics, and why they fit."""
    enrolment = pairing.mentee_enrolment if is_mentor else pairing.mentor_enrolment
    reasons = wording.reasons_words(pairing.reasons, "mentor" if is_mentor else "mentee")
    return {
        "partner_enrolment": enrolment,
        "partner_topics": enrolment.topic_choices.select_related("topic"),
        "reasons": reasons,
    }


def _stage(pairing: Pairing, *, is_mentor: bool) -> str:
    """asked, waiting (for the mentee, after the mentor's yes), began, or void.

    An offer whose time is over counts as void before it is.
    """
    if pairing.state == PairingState.VOID or offers.is_too_late(pairing):
        return "void"
    if pairing.state != PairingState.OFFERED:
        return "began"
    return "waiting" if is_mentor and pairing.mentor_accepted_at else "asked"


def _answer(request: AuthenticatedHttpRequest, pairing: Pairing) -> HttpResponse:
    """Store the answer.

    A second press, another tab or a late answer leads to the page as it is now, not to an error.
    """
    given = request.POST.get("answer")
    if given not in ("accept", "decline"):
        messages.error(request, _("Choose one of the two answers."))
        return _to_offer(request, pairing)

    answer = offers.accept if given == "accept" else offers.decline
    try:
        answered = answer(actor=request.user, pairing=pairing)
    except DomainError as error:
        messages.warning(request, " ".join(error.messages))
        return _to_offer(request, pairing)

    text = _answered_words(answered, given)
    if text:
        messages.success(request, text)
    return _to_offer(request, pairing)


def _answered_words(answered: Pairing, given: str) -> str:
    """What comes next, for the notice above the next page."""
    if answered.state == PairingState.OFFERED:
        return _(
            "Thank you. Now the other side is asked; we write to you as soon as there is an answer."
        )
    if given != "decline":
        return ""
    if answered.program.state == ProgramState.RUNNING:
        return _("Thank you. You are considered again when the next pairs are made.")
    return _("Thank you. No more pairs are made in this program.")


def _to_offer(request: AuthenticatedHttpRequest, pairing: Pairing) -> HttpResponse:
    return redirect_htmx(request, "pairings:offer_detail", pairing.public_id)
