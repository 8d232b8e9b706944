"""People without a partner after a match run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from accounts.requests import AuthenticatedHttpRequest
from common.http import page_of, requested_partial, respond
from matching import lists
from matching.forms.lists import UnmatchedListForm
from matching.models import MatchRun, Unmatched
from matching.views.run_page import names_of_enrolments, run_context, visible_run
from matching.wording import scores
from matching.wording import suggestions as suggestion_words


@require_GET
def match_run_unmatched(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Who has no partner after a run, why, and what would help."""
    run = visible_run(request, public_id)
    context = {**run_context(request, run), **_list(request, run)}
    partial = requested_partial(request, "rows")
    return respond(request, "matching/match_run_unmatched.html", context, partial=partial)


def _list(request: AuthenticatedHttpRequest, run: MatchRun) -> dict[str, Any]:
    """The page of the list with the reason of each person, and what would help them all."""
    form = UnmatchedListForm(request.GET, program=run.program)
    rows = Unmatched.objects.filter(run=run).select_related("enrolment__person")
    page = page_of(request, lists.unmatched(rows, form))
    helping = run.statistics.get("help") or {}
    names = _names(helping, page)
    return {
        **_suggestions(helping, names),
        "filter_form": form,
        "page": page,
        "rows": [_unmatched_row(row, names) for row in page],
    }


def _suggestions(helping: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """What would help; a run of an older version does not know it."""
    return {
        "suggestions": suggestion_words.suggestions(helping, names),
        "rules_counted": helping.get("counted", False),
        "known": bool(helping),
    }


def _names(helping: dict[str, Any], rows: Iterable[Unmatched]) -> dict[str, str]:
    """The names of everybody whom suggestions and reasons mention, by public id."""
    groups = [suggestion_words.named(helping)]
    for row in rows:
        groups += _taken_by(row)
    return names_of_enrolments(groups)


def _taken_by(row: Unmatched) -> list[list[str]]:
    """The partners that would have fitted, each with the person whom they got (public ids)."""
    return list(row.reason.get("params", {}).get("taken_by", []))


def _unmatched_row(row: Unmatched, names: dict[str, str]) -> dict[str, Any]:
    return {
        "enrolment": row.enrolment,
        "why": scores.unmatched_words(row.reason),
        "would_help": _would_help(row, names),
        "taken_by": _rivals(row, names),
    }


def _rivals(row: Unmatched, names: dict[str, str]) -> list[dict[str, str]]:
    """The names of `_taken_by`, as far as they are known."""
    rivals = []
    for partner, rival in _taken_by(row):
        if partner in names and rival in names:
            rivals.append({"partner": names[partner], "rival": names[rival]})
    return rivals


def _would_help(row: Unmatched, names: dict[str, str]) -> str:
    helping = row.reason.get("help")
    if not helping:
        return ""
    return suggestion_words.for_person(helping, row.enrolment.role, names)
