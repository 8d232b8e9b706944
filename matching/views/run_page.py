"""What all pages of a match run share: finding the run, and the head of the page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedHttpRequest
from matching.domain import pair_rules
from matching.domain.analysis import comparing, run_figures
from matching.domain.run_settings import minimum_of
from matching.enums import WORKING_RUN_STATES, RunState
from matching.models import MatchRun
from matching.wording import by_hand as by_hand_words
from matching.wording import scores
from pairings.wording import score_points
from programs.models import Enrolment

REFRESH_SECONDS = 3


def visible_run(request: AuthenticatedHttpRequest, public_id: UUID) -> MatchRun:
    """The run with its program; 404 for those who do not manage the program."""
    runs = MatchRun.objects.visible_to(request.user).select_related("program")
    return get_object_or_404(runs, public_id=public_id)


def finished_run(request: AuthenticatedHttpRequest, public_id: UUID) -> MatchRun:
    """The same, but 404 for a run without a result: working, failed or cancelled."""
    runs = MatchRun.objects.visible_to(request.user).select_related("program")
    return get_object_or_404(runs.finished(), public_id=public_id)


def run_context(request: AuthenticatedHttpRequest, run: MatchRun) -> dict[str, Any]:
    """What every page of a run shows."""
    earlier, later = comparing.neighbours(run)
    rules = pair_rules.rules_of(run.program)
    # whoever may set rules may run and publish too
    may_change = request.user.has_perm("matching.set_pair_rule", run)
    is_done = run.state == RunState.DONE
    return {
        "program": run.program,
        "run": run,
        "earlier": earlier,
        **_progress(run),
        **_figures(run),
        "may_publish": may_change and later is None and is_done,
        "may_set_rules": may_change,
        "superseded": is_done and later is not None,
        "rules": rules,
        "rules_words": by_hand_words.rules_words(rules.values()),
        "by_hand": by_hand_words.run_words(run),
        "minimum_points": score_points(minimum_of(run) or 0),
    }


def _progress(run: MatchRun) -> dict[str, Any]:
    working = run.state in WORKING_RUN_STATES
    return {
        "working": working,
        "refresh_seconds": REFRESH_SECONDS if working else None,
        "stage": scores.STAGES.get(run.stage, _("Waiting for a free place in the queue")),
    }


def _figures(run: MatchRun) -> dict[str, Any]:
    (counted,) = run_figures.figures(run)
    return {
        "figures": run.statistics,
        "counted": counted,
        "median": rounded_points(counted.median),
        "worst": rounded_points(counted.worst),
        "left_over": counted.left_mentors + counted.left_mentees,
    }


def names_of_enrolments(groups: Iterable[Iterable[str | None]]) -> dict[str, str]:
    """Names by the public ids of enrolments, in one query."""
    ids = {public_id for group in groups for public_id in group if public_id}
    if not ids:
        return {}
    rows = Enrolment.objects.filter(public_id__in=ids).values_list("public_id", "person__name")
    return {str(public_id): name for public_id, name in rows}


def rounded_points(score: float | None) -> int | None:
    """Basis points as whole points of 100; None stays None."""
    return None if score is None else score_points(round(score))
