"""People without a partner in a running program, and the offer of one pair."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import AuthenticatedHttpRequest
from common.forms import announce_refusal
from common.http import page_of, redirect_htmx, requested_partial, respond
from matching import lists
from matching.domain import rematching
from matching.domain.refusal import PairRefusedError
from matching.forms.actions import OfferForm
from matching.forms.lists import UnmatchedListForm
from matching.models import Proposal
from matching.views.shared import incomplete_form, managed_program, posted_pair
from matching.wording import by_hand as by_hand_words
from pairings import wording
from pairings.domain.offers import OFFER_DAYS
from programs.models import Enrolment, Program


@require_GET
def free_again(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """People without a partner, with the best partners among those who have a free place.

    No page says why somebody has no partner.
    """
    program = managed_program(request, public_id, "meetings.list_pairings")
    form = UnmatchedListForm(request.GET, program=program)
    pool = rematching.free_pool(program)
    context = {
        "program": program,
        "filter_form": form,
        "page": _page(request, pool, form),
        "compared": pool.compared is not None,
        "days": OFFER_DAYS,
        "may_offer": request.user.has_perm("matching.offer_pair", program),
    }
    partial = requested_partial(request, "rows")
    return respond(request, "matching/free_again.html", context, partial=partial)


def _page(
    request: AuthenticatedHttpRequest, pool: rematching.FreePool, form: UnmatchedListForm
) -> Page[Enrolment]:
    """The page of the people without a partner, each with `partners`."""
    rows = Enrolment.objects.filter(pk__in=pool.alone).select_related("person")
    page = page_of(request, lists.free(rows, form))
    for row in page:
        row.partners = _partners(pool, row)  # type: ignore[attr-defined]
    return page


def _partners(pool: rematching.FreePool, row: Enrolment) -> list[dict[str, Any]]:
    """The best partners of a free person; nobody where there are too many to compare."""
    if pool.compared is None:
        return []
    return [_partner(proposal, row) for proposal in pool.compared.suggestions(row)]


def _partner(proposal: Proposal, row: Enrolment) -> dict[str, Any]:
    other = proposal.mentor if row.pk == proposal.mentee_id else proposal.mentee
    return {
        "name": other.person.name,
        "department": other.person.department,
        "mentor": proposal.mentor.public_id,
        "mentee": proposal.mentee.public_id,
        "score": proposal.score,
        "points": wording.score_points(proposal.score),
        "reasons": wording.reasons_words(proposal.reasons),
        "warnings": wording.warning_words(proposal.warnings),
    }


@require_POST
def free_offer(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Offer one pair, whose mentor is asked first, and return to the list."""
    program = managed_program(request, public_id, "matching.offer_pair")
    form = OfferForm(request.POST)
    if not form.is_valid():
        return incomplete_form()
    mentor, mentee = posted_pair(program, form)
    with announce_refusal(request):
        _offer(request, program, mentor, mentee)
    return redirect_htmx(request, "matching:free_again", program.public_id)


def _offer(
    request: AuthenticatedHttpRequest, program: Program, mentor: Enrolment, mentee: Enrolment
) -> None:
    """Offer the pair, and say what was done or which rule forbids it."""
    try:
        rematching.offer(actor=request.user, program=program, mentor=mentor, mentee=mentee)
    except PairRefusedError as refused:
        messages.error(request, by_hand_words.offer_refused(refused))
        return
    names = {"mentor": mentor.person.name, "mentee": mentee.person.name}
    text = _("%(mentor)s is being asked about %(mentee)s, who hears of it once the answer is yes.")
    messages.success(request, text % names)
