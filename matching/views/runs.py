"""Matching as the coordinator sees it: what to aim for, the runs, and what a run has found."""

from __future__ import annotations

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
from matching.domain import comparing, pair_rules
from matching.domain import runs as match_runs
from matching.domain.places import candidates
from matching.domain.run_settings import minimum_of
from matching.enums import WORKING_RUN_STATES, Refusal, RunState
from matching.forms.runs import AIMS, FLOORS, ProposalListForm, UnmatchedListForm, WeightsForm
from matching.models import MatchRun, Proposal, Unmatched
from matching.wording import by_hand as by_hand_words
from matching.wording import runs as run_words
from matching.wording import scores
from matching.wording import suggestions as suggestion_words
from pairings import wording
from programs.enums import Objective, PairRole
from programs.models import Enrolment, Program

REFRESH_SECONDS = 3


def _program(request: AuthenticatedHttpRequest, public_id: UUID) -> Program:
    return get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)


def _run(request: AuthenticatedHttpRequest, public_id: UUID) -> MatchRun:
    return get_object_or_404(
        MatchRun.objects.visible_to(request.user).select_related("program"), public_id=public_id
    )


def finished_run(request: AuthenticatedHttpRequest, public_id: UUID) -> MatchRun:
    """A run that has pairs to look at; 404 for one that works, failed or was stopped, and for one
    of somebody else's.
    """
    runs = MatchRun.objects.visible_to(request.user).select_related("program")
    return get_object_or_404(runs.finished(), public_id=public_id)


@require_GET
def match_run_list(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """What matching aims for, and the runs so far."""
    return _list_page(request, _program(request, public_id))


def _finished(request: AuthenticatedHttpRequest, run: MatchRun) -> HttpResponse:
    """The page that was watching a run loads anew: there is more to do on it now than the progress
    bar's place shows.
    """
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
    context = {
        "program": program,
        "page": page_of(
            request, MatchRun.objects.filter(program=program).select_related("started_by")
        ),
        "form": form or WeightsForm(program=program),
        **people,
        "rules_words": by_hand_words.rules_words(pair_rules.rules_of(program).values()),
        "may_run": request.user.has_perm("matching.run_matching", program),
        "working": MatchRun.objects.filter(program=program, state__in=WORKING_RUN_STATES).first(),
    }
    return respond(request, "matching/match_run_list.html", context, status=status)


@require_POST
def match_weights(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Save what the next run aims for; with `run`, start it too: what was on the page is what
    runs.
    """
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
    """Keep what the form says, if anything is new and all of it is right."""
    if not form.is_valid():
        return False
    aim = Objective(form.cleaned_data["objective"])
    if form.has_changed():
        try:
            match_runs.set_weights(
                actor=request.user,
                program=program,
                weights=form.weights(),
                objective=aim,
                floor=form.cleaned_data["floor"],
                minimum_score=form.cleaned_data["minimum"],
            )
        except DomainError as error:
            form.add_error(None, error)
            return False
    if form.cleaned_data["floor"] and aim == Objective.SCORE:
        text = _("“%(choice)s” goes with “%(aim)s” alone, so it is switched off.")
        messages.info(
            request, text % {"choice": FLOORS["on"][0], "aim": AIMS[Objective.PARTICIPATION][0]}
        )
    return True


@require_POST
def match_run_start(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Queue a run and lead to its page, where one can watch it."""
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
    """Stop a run that waits or works."""
    run = _run(request, public_id)
    require(request.user, "matching.cancel_run", run)
    match_runs.cancel_run(actor=request.user, run=run)
    messages.success(request, _("Matching is being stopped. Nothing has been changed."))
    return redirect_htmx(request, reverse("matching:match_run_detail", args=[run.public_id]))


def frame(request: AuthenticatedHttpRequest, run: MatchRun) -> dict[str, Any]:
    """What every page of a run shows."""
    working = run.state in WORKING_RUN_STATES
    earlier, later = comparing.neighbours(run)
    may_change = request.user.has_perm(
        "matching.set_pair_rule", run
    )  # the same people may run and publish
    (counted,) = comparing.figures(run)
    rules = pair_rules.rules_of(run.program)
    return {
        "program": run.program,
        "run": run,
        "earlier": earlier,
        "working": working,
        "refresh_seconds": REFRESH_SECONDS if working else None,
        "stage": scores.STAGES.get(run.stage, _("Waiting for a free place in the queue")),
        "figures": run.statistics,
        "counted": counted,
        "median": wording.score_points(round(counted.median))
        if counted.median is not None
        else None,
        "worst": wording.score_points(counted.worst) if counted.worst is not None else None,
        "left_over": counted.left_mentors + counted.left_mentees,
        "may_publish": may_change and later is None and run.state == RunState.DONE,
        "may_set_rules": may_change,
        "superseded": run.state == RunState.DONE and later is not None,
        "rules": rules,
        "rules_words": by_hand_words.rules_words(rules.values()),
        "by_hand": by_hand_words.run_words(run),
        "minimum_points": wording.score_points(minimum_of(run) or 0),
    }


@require_GET
def match_run_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """How far a run is, and then the pairs that it proposes."""
    run = _run(request, public_id)
    if run.state not in WORKING_RUN_STATES and requested_partial(request, "run"):
        return _finished(request, run)
    form = ProposalListForm(request.GET, program=run.program)
    rows = Proposal.objects.filter(run=run).select_related(
        "mentor__person", "mentee__person", "pairing"
    )
    page = page_of(request, lists.proposals(rows, form))
    for proposal in page:
        proposal.points = wording.score_points(proposal.score)  # type: ignore[attr-defined]
        proposal.reasons_words = wording.reasons_words(proposal.reasons)  # type: ignore[attr-defined]
        proposal.warnings_words = run_words.warnings_of(proposal, run.program)  # type: ignore[attr-defined]
        proposal.refusal_words = scores.refusal_words(proposal.refusal)  # type: ignore[attr-defined]
    shared = frame(request, run)
    form.offer_departments(shared["counted"].departments)
    for proposal in page:
        proposal.rule = shared["rules"].get((proposal.mentor_id, proposal.mentee_id))  # type: ignore[attr-defined]
    context = {
        **shared,
        "beside": comparing.overlap_with_previous(run, shared["earlier"]),
        "filter_form": form,
        "page": page,
        "refused_pins": _refused_pins(run),
    }
    return respond(
        request,
        "matching/match_run_detail.html",
        context,
        partial=requested_partial(request, "rows"),
    )


@require_GET
def match_run_unmatched(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Whom a run could not place, and why."""
    run = _run(request, public_id)
    form = UnmatchedListForm(request.GET, program=run.program)
    rows = Unmatched.objects.filter(run=run).select_related("enrolment__person")
    page = page_of(request, lists.unmatched(rows, form))
    helping = run.statistics.get("help") or {}
    pairs = [pair for row in page for pair in row.reason.get("params", {}).get("taken_by", [])]
    names = _names([*pairs, suggestion_words.named(helping)])
    for row in page:
        taken, mine = row.reason.get("params", {}).get("taken_by", []), row.reason.get("help")
        row.why = scores.unmatched_words(row.reason)  # type: ignore[attr-defined]
        row.would_help = (
            suggestion_words.for_person(mine, row.enrolment.role, names) if mine else ""
        )
        row.taken_by = [  # type: ignore[attr-defined]
            {"partner": names[partner], "rival": names[rival]}
            for partner, rival in taken
            if {partner, rival} <= names.keys()
        ]
    context = {
        **frame(request, run),
        "filter_form": form,
        "page": page,
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


def _names(groups: Any) -> dict[str, str]:
    """Names by the public ids of enrolments, in one query."""
    ids = {public_id for group in groups for public_id in group if public_id}
    rows = (
        Enrolment.objects.filter(public_id__in=ids).values_list("public_id", "person__name")
        if ids
        else []
    )
    return {str(public_id): name for public_id, name in rows}


def _refused_pins(run: MatchRun) -> list[dict[str, Any]]:
    """Pins that the run could not keep, with the public reasons."""
    pins = run.statistics.get("refused_pins", [])
    names = _names([pin["mentor"], pin["mentee"]] for pin in pins)
    return [
        {
            "mentor": names.get(pin["mentor"], "?"),
            "mentee": names.get(pin["mentee"], "?"),
            "why": ", ".join(str(Refusal(reason).label) for reason in pin["reasons"]),
        }
        for pin in pins
    ]
