"""What all pages of a match run share: finding the run, and the head of the page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedHttpRequest
from common.http import require
from matching.domain import pair_rules
from matching.domain.analysis import comparing, run_figures
from matching.domain.analysis.fairness import Group
from matching.domain.run_settings import minimum_of
from matching.enums import WORKING_RUN_STATES, RunState
from matching.models import MatchRun
from matching.wording import by_hand as by_hand_words
from matching.wording import runs as run_words
from matching.wording import scores
from pairings.wording import score_points
from programs.models import Enrolment

REFRESH_SECONDS = 3


def visible_run(
    request: AuthenticatedHttpRequest, public_id: UUID, permission: str = ""
) -> MatchRun:
    """A run of a program that the person runs: 404 for everybody else, 403 without permission."""
    runs = MatchRun.objects.visible_to(request.user)
    return _run_or_404(request, runs, public_id, permission)


def finished_run(
    request: AuthenticatedHttpRequest, public_id: UUID, permission: str = ""
) -> MatchRun:
    """The same, but 404 for a run without a result: working, failed or cancelled."""
    runs = MatchRun.objects.visible_to(request.user).finished()
    return _run_or_404(request, runs, public_id, permission)


def _run_or_404(
    request: AuthenticatedHttpRequest, runs: QuerySet[MatchRun], public_id: UUID, permission: str
) -> MatchRun:
    run = get_object_or_404(runs.select_related("program"), public_id=public_id)
    if permission:
        require(request.user, permission, run)
    return run


def run_context(request: AuthenticatedHttpRequest, run: MatchRun) -> dict[str, Any]:
    """What every page of a run shows."""
    return {
        "program": run.program,
        "run": run,
        **_progress(run),
        **_figures(run),
        **_publishing(request, run),
        **_rules(run),
        "by_hand": by_hand_words.run_words(run),
        "minimum_points": score_points(minimum_of(run) or 0),
    }


def _publishing(request: AuthenticatedHttpRequest, run: MatchRun) -> dict[str, Any]:
    """The previous run, and whether this one can be published."""
    earlier, later = comparing.neighbours(run)
    # whoever may set rules may run and publish too
    may_change = request.user.has_perm("matching.set_pair_rule", run)
    is_done = run.state == RunState.DONE
    return {
        "earlier": earlier,
        "may_set_rules": may_change,
        "may_publish": may_change and later is None and is_done,
        "superseded": is_done and later is not None,
    }


def _rules(run: MatchRun) -> dict[str, Any]:
    rules = pair_rules.rules_of(run.program)
    return {"rules": rules, "rules_words": by_hand_words.rules_words(rules.values())}


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
    return Enrolment.objects.names(ids)


def rounded_points(score: float | None) -> int | None:
    """Basis points as whole points of 100; None stays None."""
    return None if score is None else score_points(round(score))


def group_figures(group: Group) -> dict[str, Any]:
    """How a group fares in a run, as its row of a table shows it."""
    return {
        "people": group.people,
        "paired": group.paired,
        "share": run_words.percent(group.paired / group.people),
        "median": rounded_points(group.median),
        "worst": rounded_points(group.worst),
    }
