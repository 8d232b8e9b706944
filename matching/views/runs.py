"""Matching of a program: what to aim for, the runs so far, starting and cancelling one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import AuthenticatedHttpRequest
from common.changes import one_after_another
from common.forms import announce_refusal, show_refusal
from common.http import form_page, page_of, redirect_htmx
from matching.domain import pair_rules
from matching.domain import runs as match_runs
from matching.domain.places import candidates
from matching.enums import WORKING_RUN_STATES
from matching.forms.weights import AIMS, FLOORS, WeightsForm
from matching.models import MatchRun
from matching.views.run_page import visible_run
from matching.views.shared import managed_program
from matching.wording import by_hand as by_hand_words
from programs.enums import Objective, PairRole
from programs.models import Program


@require_GET
def match_run_list(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """What matching aims for, and the runs so far."""
    program = managed_program(request, public_id)
    return _list_page(request, program, WeightsForm(program=program))


def _list_page(
    request: AuthenticatedHttpRequest, program: Program, form: WeightsForm
) -> HttpResponse:
    rules = pair_rules.rules_of(program)
    context = {
        "program": program,
        **_runs_so_far(request, program),
        **_people_to_place(program),
        "rules_words": by_hand_words.rules_words(rules.values()),
        "may_run": request.user.has_perm("matching.run_matching", program),
    }
    return form_page(request, "matching/match_run_list.html", form, context)


def _runs_so_far(request: AuthenticatedHttpRequest, program: Program) -> dict[str, Any]:
    """The page of the runs, and the one that is queued or running."""
    runs = MatchRun.objects.filter(program=program)
    return {
        "page": page_of(request, runs.select_related("started_by")),
        "working": runs.filter(state__in=WORKING_RUN_STATES).first(),
    }


def _people_to_place(program: Program) -> dict[str, int]:
    """How many mentors and mentees take part."""
    counts: dict[str, int] = candidates(program).aggregate(
        mentors=Count("pk", filter=Q(role=PairRole.MENTOR)),
        mentees=Count("pk", filter=Q(role=PairRole.MENTEE)),
    )
    return counts


@require_POST
@one_after_another
def match_weights(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Save what the next run aims for and, with the button `run`, start the run too."""
    program = managed_program(request, public_id, "matching.run_matching")
    form = WeightsForm(request.POST, program=program)
    if form.is_valid():
        with show_refusal(form):
            _save(request, program, form)
            if "run" in request.POST:
                return _start(request, program)
            messages.success(request, _("Saved. The next run uses it."))
            return redirect_htmx(request, "matching:match_run_list", program.public_id)
    return _list_page(request, program, form)


def _save(request: AuthenticatedHttpRequest, program: Program, form: WeightsForm) -> None:
    """Save the form if it has changed, and say what its aim switches off."""
    data = form.cleaned_data
    aim = Objective(data["objective"])
    if form.has_changed():
        match_runs.set_weights(
            actor=request.user,
            program=program,
            weights=form.weights(),
            objective=aim,
            floor=data["floor"],
            minimum_score=data["minimum"],
        )
    if data["floor"] and aim == Objective.SCORE:
        messages.info(request, _floor_is_off_words())


def _floor_is_off_words() -> str:
    text = _("“%(choice)s” goes with “%(aim)s” alone, so it is switched off.")
    choice, _sentence = FLOORS["on"]
    aim, _sentence = AIMS[Objective.PARTICIPATION]
    return text % {"choice": choice, "aim": aim}


@require_POST
def match_run_start(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Queue a run and redirect to its page, which shows the progress."""
    program = managed_program(request, public_id, "matching.run_matching")
    return _start(request, program)


def _start(request: AuthenticatedHttpRequest, program: Program) -> HttpResponse:
    with announce_refusal(request):
        run = match_runs.start_run(actor=request.user, program=program)
        return redirect_htmx(request, "matching:match_run_detail", run.public_id)
    return redirect_htmx(request, "matching:match_run_list", program.public_id)


@require_POST
def match_run_cancel(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Stop a run that is queued or running."""
    run = visible_run(request, public_id, "matching.cancel_run")
    match_runs.cancel_run(actor=request.user, run=run)
    messages.success(request, _("Matching is being stopped. Nothing has been changed."))
    return redirect_htmx(request, "matching:match_run_detail", run.public_id)
