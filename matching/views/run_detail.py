"""A match run: its progress and the pairs that it proposes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.requests import AuthenticatedHttpRequest
from common.http import page_of, requested_partial, respond
from matching import lists
from matching.domain.analysis import comparing
from matching.enums import WORKING_RUN_STATES, Refusal, RunState
from matching.forms.lists import ProposalListForm
from matching.models import MatchRun, PairRule, Proposal
from matching.views.run_page import names_of_enrolments, run_context, visible_run
from matching.wording import runs as run_words
from matching.wording import scores
from pairings import wording


@require_GET
def match_run_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The progress of a run and, once it is done, the pairs that it proposes."""
    run = visible_run(request, public_id)
    if run.state not in WORKING_RUN_STATES and requested_partial(request, "run"):
        return _reload(request, run)

    context = run_context(request, run)
    context |= _list(request, run, context)
    context |= {
        "overlap": comparing.overlap_with_previous(run, context["earlier"]),
        "refused_pins": _refused_pins(run),
    }
    partial = requested_partial(request, "rows")
    return respond(request, "matching/match_run_detail.html", context, partial=partial)


def _list(
    request: AuthenticatedHttpRequest, run: MatchRun, context: dict[str, Any]
) -> dict[str, Any]:
    """The page of the proposed pairs, searched and filtered as the form asks."""
    form = ProposalListForm(request.GET, program=run.program)
    form.offer_departments(context["counted"].departments)
    page = page_of(request, lists.proposals(_proposals(run), form))
    rows = [_proposal_row(proposal, run, context["rules"]) for proposal in page]
    return {"filter_form": form, "page": page, "rows": rows}


def _proposals(run: MatchRun) -> QuerySet[Proposal]:
    rows = Proposal.objects.filter(run=run)
    return rows.with_people().select_related("pairing")


def _proposal_row(
    proposal: Proposal, run: MatchRun, rules: dict[tuple[int, int], PairRule]
) -> dict[str, Any]:
    return {
        "proposal": proposal,
        "points": wording.score_points(proposal.score),
        "reasons": wording.reasons_words(proposal.reasons),
        "warnings": run_words.warnings_of(proposal, run.program),
        "refusal": scores.refusal_words(proposal.refusal),
        "rule": rules.get(proposal.pair_ids),
    }


def _reload(request: AuthenticatedHttpRequest, run: MatchRun) -> HttpResponse:
    """The page that shows the progress of a run loads again once the run has ended."""
    if run.state == RunState.DONE:
        messages.success(request, _("Matching is done."))
    return HttpResponse(headers={"HX-Refresh": "true"})


def _refused_pins(run: MatchRun) -> list[dict[str, Any]]:
    """Pinned pairs that the run could not keep, with the public reasons."""
    pins = run.statistics.get("refused_pins", [])
    names = names_of_enrolments([pin["mentor"], pin["mentee"]] for pin in pins)
    return [_refused_pin(pin, names) for pin in pins]


def _refused_pin(pin: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
    reasons = [str(Refusal(reason).label) for reason in pin["reasons"]]
    return {
        "mentor": names.get(pin["mentor"], "?"),
        "mentee": names.get(pin["mentee"], "?"),
        "why": ", ".join(reasons),
    }
