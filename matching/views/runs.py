"""Matching as the coordinator sees it: what to aim for, the runs, and what a run has found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import AuthenticatedHttpRequest
from common.errors import DomainError
from common.http import page_of, redirect_htmx, requested_partial, require, respond
from matching import lists
from matching.domain import pair_rules
from matching.domain import runs as match_runs
from matching.domain.analysis import comparing
from matching.domain.places import candidates
from matching.enums import WORKING_RUN_STATES, Refusal, RunState
from matching.forms.lists import ProposalListForm, UnmatchedListForm
from matching.forms.weights import AIMS, FLOORS, WeightsForm
from matching.models import MatchRun, PairRule, Proposal, Unmatched
from matching.views.run_page import run_context, visible_run
from matching.wording import by_hand as by_hand_words
from matching.wording import runs as run_words
from matching.wording import scores
from matching.wording import suggestions as suggestion_words
from pairings import wording
from programs.enums import Objective, PairRole
from programs.models import Enrolment, Program


def _program(request: AuthenticatedHttpRequest, public_id: UUID) -> Program:
    return get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)


@require_GET
def match_run_list(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """What matching aims for, and the runs so far."""
    return _list_page(request, _program(request, public_id))


def _reload(request: AuthenticatedHttpRequest, run: MatchRun) -> HttpResponse:
    """The page that shows the progress of a run loads again once the run has ended."""
    if run.state == RunState.DONE:
        messages.success(request, _("Matching is done."))
    return HttpResponse(headers={"HX-Refresh": "true"})


def _list_page(
    request: AuthenticatedHttpRequest,
    program: Program,
    form: WeightsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    people = candidates(program).aggregate(
        mentors=Count("pk", filter=Q(role=PairRole.MENTOR)),
        mentees=Count("pk", filter=Q(role=PairRole.MENTEE)),
    )
    runs = MatchRun.objects.filter(program=program)
    rules = pair_rules.rules_of(program)
    context = {
        "program": program,
        "page": page_of(request, runs.select_related("started_by")),
        "form": form or WeightsForm(program=program),
        **people,
        "rules_words": by_hand_words.rules_words(rules.values()),
        "may_run": request.user.has_perm("matching.run_matching", program),
        "working": runs.filter(state__in=WORKING_RUN_STATES).first(),
    }
    return respond(request, "matching/match_run_list.html", context, status=status)


@require_POST
def match_weights(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Save what the next run aims for and, with the button `run`, start the run too."""
    program = _program(request, public_id)
    require(request.user, "matching.run_matching", program)
    form = WeightsForm(request.POST, program=program)
    if not _saved(request, program, form):
        return _list_page(request, program, form, 422)
    if "run" in request.POST:
        return _start(request, program)
    messages.success(request, _("Saved. The next run uses it."))
    return redirect_htmx(request, reverse("matching:match_run_list", args=[program.public_id]))


def _saved(request: AuthenticatedHttpRequest, program: Program, form: WeightsForm) -> bool:
    """Save the form if it is valid and has changed; whether it is valid."""
    if not form.is_valid():
        return False

    data = form.cleaned_data
    aim = Objective(data["objective"])
    if form.has_changed():
        try:
            match_runs.set_weights(
                actor=request.user,
                program=program,
                weights=form.weights(),
                objective=aim,
                floor=data["floor"],
                minimum_score=data["minimum"],
            )
        except DomainError as error:
            form.add_error(None, error)
            return False

    if data["floor"] and aim == Objective.SCORE:
        text = _("“%(choice)s” goes with “%(aim)s” alone, so it is switched off.")
        names = {"choice": FLOORS["on"][0], "aim": AIMS[Objective.PARTICIPATION][0]}
        messages.info(request, text % names)
    return True


@require_POST
def match_run_start(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Queue a run and redirect to its page, which shows the progress."""
    program = _program(request, public_id)
    require(request.user, "matching.run_matching", program)
    return _start(request, program)


def _start(request: AuthenticatedHttpRequest, program: Program) -> HttpResponse:
    try:
        run = match_runs.start_run(actor=request.user, program=program)
    except DomainError as error:
        messages.error(request, " ".join(error.messages))
        return redirect_htmx(request, reverse("matching:match_run_list", args=[program.public_id]))
    return redirect_htmx(request, reverse("matching:match_run_detail", args=[run.public_id]))


@require_POST
def match_run_cancel(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Stop a run that is queued or running."""
    run = visible_run(request, public_id)
    require(request.user, "matching.cancel_run", run)
    match_runs.cancel_run(actor=request.user, run=run)
    messages.success(request, _("Matching is being stopped. Nothing has been changed."))
    return redirect_htmx(request, reverse("matching:match_run_detail", args=[run.public_id]))


@require_GET
def match_run_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The progress of a run and, once it is done, the pairs that it proposes."""
    run = visible_run(request, public_id)
    if run.state not in WORKING_RUN_STATES and requested_partial(request, "run"):
        return _reload(request, run)

    shared = run_context(request, run)
    form = ProposalListForm(request.GET, program=run.program)
    form.offer_departments(shared["counted"].departments)
    proposals = Proposal.objects.filter(run=run).select_related(
        "mentor__person", "mentee__person", "pairing"
    )
    page = page_of(request, lists.proposals(proposals, form))
    rows = [_proposal_row(proposal, run, shared["rules"]) for proposal in page]
    context = {
        **shared,
        "overlap": comparing.overlap_with_previous(run, shared["earlier"]),
        "filter_form": form,
        "page": page,
        "rows": rows,
        "refused_pins": _refused_pins(run),
    }
    return respond(
        request,
        "matching/match_run_detail.html",
        context,
        partial=requested_partial(request, "rows"),
    )


def _proposal_row(
    proposal: Proposal, run: MatchRun, rules: dict[tuple[int, int], PairRule]
) -> dict[str, Any]:
    return {
        "proposal": proposal,
        "points": wording.score_points(proposal.score),
        "reasons": wording.reasons_words(proposal.reasons),
        "warnings": run_words.warnings_of(proposal, run.program),
        "refusal": scores.refusal_words(proposal.refusal),
        "rule": rules.get((proposal.mentor_id, proposal.mentee_id)),
    }


@require_GET
def match_run_unmatched(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Who has no partner after a run, why, and what would help."""
    run = visible_run(request, public_id)
    form = UnmatchedListForm(request.GET, program=run.program)
    rows = Unmatched.objects.filter(run=run).select_related("enrolment__person")
    page = page_of(request, lists.unmatched(rows, form))

    helping = run.statistics.get("help") or {}
    named = [suggestion_words.named(helping)]
    for row in page:
        named += _taken_by(row)
    names = _names(named)
    context = {
        **run_context(request, run),
        "filter_form": form,
        "page": page,
        "rows": [_unmatched_row(row, names) for row in page],
        "suggestions": suggestion_words.suggestions(helping, names),
        "rules_counted": helping.get("counted", False),
        "known": bool(helping),
    }
    return respond(
        request,
        "matching/match_run_unmatched.html",
        context,
        partial=requested_partial(request, "rows"),
    )


def _taken_by(row: Unmatched) -> list[list[str]]:
    """The partners that would have fitted, each with the person whom they got (public ids)."""
    return list(row.reason.get("params", {}).get("taken_by", []))


def _unmatched_row(row: Unmatched, names: dict[str, str]) -> dict[str, Any]:
    taken_by = []
    for partner, rival in _taken_by(row):
        if partner in names and rival in names:
            taken_by.append({"partner": names[partner], "rival": names[rival]})

    would_help = ""
    if row.reason.get("help"):
        role = row.enrolment.role
        would_help = suggestion_words.for_person(row.reason["help"], role, names)
    return {
        "enrolment": row.enrolment,
        "why": scores.unmatched_words(row.reason),
        "would_help": would_help,
        "taken_by": taken_by,
    }


def _names(groups: Iterable[Iterable[str | None]]) -> dict[str, str]:
    """Names by the public ids of enrolments, in one query."""
    ids = {public_id for group in groups for public_id in group if public_id}
    if not ids:
        return {}
    rows = Enrolment.objects.filter(public_id__in=ids).values_list("public_id", "person__name")
    return {str(public_id): name for public_id, name in rows}


def _refused_pins(run: MatchRun) -> list[dict[str, Any]]:
    """Pinned pairs that the run could not keep, with the public reasons."""
    pins = run.statistics.get("refused_pins", [])
    names = _names([pin["mentor"], pin["mentee"]] for pin in pins)
    refused = []
    for pin in pins:
        reasons = [str(Refusal(reason).label) for reason in pin["reasons"]]
        refused.append(
            {
                "mentor": names.get(pin["mentor"], "?"),
                "mentee": names.get(pin["mentee"], "?"),
                "why": ", ".join(reasons),
            }
        )
    return refused
