"""Two runs of a program side by side: pairs, people, figures, settings and groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from accounts.requests import AuthenticatedHttpRequest
from accounts.search import named
from accounts.step_up import step_up_for_download
from common.http import page_of, requested_partial, respond
from matching import lists
from matching.domain.analysis import comparing
from matching.domain.analysis.left_over import left_over_only_in
from matching.forms.lists import ComparedPairsForm, CompareForm
from matching.models import MatchRun, Proposal
from matching.views.exports import pair_cells, pair_headings
from matching.views.run_page import finished_run, rounded_points, run_context, visible_run
from matching.views.side_by_side import run_ids, side_by_side
from matching.wording import runs as run_words
from programs.exports import list_as_csv
from programs.models import Program

TEMPLATE = "matching/match_compare.html"
PEOPLE = {"left_first", "left_second"}


@require_GET
def match_compare(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """This run and the previous one, or any two runs of the program."""
    run = finished_run(request, public_id, "matching.view_matching")
    runs = _finished_runs(run.program)
    first, second = _chosen_runs(request, run, runs)
    form = _compare_form(request, runs, first, second)
    if first == second:
        return respond(request, TEMPLATE, {**run_context(request, run), "form": form})

    context = {"run": run, "form": form, "first": first, "second": second}
    return _comparison(request, context | _rows(request, first, second))


def _comparison(request: AuthenticatedHttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or the list alone."""
    if requested_partial(request, "rows"):
        return respond(request, TEMPLATE, context, partial="rows")
    context |= run_context(request, context["run"])
    context |= side_by_side(request, context["first"], context["second"])
    return respond(request, TEMPLATE, context)


@require_safe
@step_up_for_download
def match_compare_export(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponseBase:
    """The pairs of both runs with the fit of each, searched and filtered as on the page."""
    run = visible_run(request, public_id, "matching.view_matching")
    first, second = _chosen_runs(request, run, _finished_runs(run.program))
    form = ComparedPairsForm(request.GET, program=run.program)
    pairs = Proposal.objects.none() if first == second else _pairs(first, second, form)
    header = _headings(run.program)
    rows = _lines(pairs)
    return list_as_csv(request, run.program, run, what="compared-pairs", header=header, rows=rows)


def _headings(program: Program) -> list[str]:
    return [
        *pair_headings(program),
        _("Fit in the first run, of 100"),
        _("Fit in the second run, of 100"),
    ]


def _lines(pairs: QuerySet[Any]) -> Iterator[list[Any]]:
    for pair in pairs.iterator(chunk_size=1000):
        fits = [_fit(pair.first_score), _fit(pair.second_score)]
        yield [*pair_cells(pair), *fits]


def _fit(score: int | None) -> float | None:
    return None if score is None else score / 100


def _chosen_runs(
    request: AuthenticatedHttpRequest, run: MatchRun, runs: dict[str, MatchRun]
) -> tuple[MatchRun, MatchRun]:
    """The two runs that the address names or, if it names none, this one and the previous one.

    Both are the same where there is no other run.
    """
    return _named_runs(request, runs) or _default_runs(run, runs)


def _compare_form(
    request: AuthenticatedHttpRequest, runs: dict[str, MatchRun], first: MatchRun, second: MatchRun
) -> CompareForm:
    """The form that chooses two runs."""
    labels = [(key, run_words.run_label(run, request.user)) for key, run in runs.items()]
    return CompareForm(initial=run_ids(first, second), runs=labels)


def _finished_runs(program: Program) -> dict[str, MatchRun]:
    """The runs that can be compared, by public id."""
    finished = list(MatchRun.objects.finished().filter(program=program))
    for run in finished:
        run.program = program
    return {str(run.public_id): run for run in finished}


def _named_runs(
    request: AuthenticatedHttpRequest, runs: dict[str, MatchRun]
) -> tuple[MatchRun, MatchRun] | None:
    first = runs.get(request.GET.get("first", ""))
    second = runs.get(request.GET.get("second", ""))
    return (first, second) if first and second else None


def _default_runs(run: MatchRun, runs: dict[str, MatchRun]) -> tuple[MatchRun, MatchRun]:
    """This run and the previous or next one, the older one first."""
    other = comparing.previous_or_next(run, runs.values()) or run
    older, newer = sorted([other, run], key=lambda one: (one.created_at, one.pk))
    return older, newer


def _rows(request: AuthenticatedHttpRequest, first: MatchRun, second: MatchRun) -> dict[str, Any]:
    """The page of the list: pairs, or people who are left over in one of the runs."""
    hidden = {**run_ids(first, second), "by": request.GET.get("by", "")}
    asked = {**request.GET.dict(), **hidden}
    form = ComparedPairsForm(asked, program=first.program)
    show = form.value("show")
    rows = _people if show in PEOPLE else _pairs_with_points
    return {
        "filter_form": form,
        "page": rows(request, first, second, form),
        "people": show in PEOPLE,
        "show": show,
        "filter_query": urlencode(asked),
        "list_url": f"{request.path}?{urlencode(hidden)}",
    }


def _pairs_with_points(
    request: AuthenticatedHttpRequest, first: MatchRun, second: MatchRun, form: ComparedPairsForm
) -> Page[Any]:
    page = page_of(request, _pairs(first, second, form))
    for pair in page:
        pair.points = [rounded_points(pair.first_score), rounded_points(pair.second_score)]
    return page


def _pairs(first: MatchRun, second: MatchRun, form: ComparedPairsForm) -> QuerySet[Any]:
    rows = comparing.pairs_of(first, second).select_related("mentor__person", "mentee__person")
    show = form.value("show")
    if show in ("first", "second", "both"):
        rows = comparing.only(rows, show)  # type: ignore[arg-type]
    elif show == "":
        rows = comparing.changed(rows)
    return lists.compared_pairs(rows, form)


def _people(
    request: AuthenticatedHttpRequest, first: MatchRun, second: MatchRun, form: ComparedPairsForm
) -> Page[Any]:
    """Who is left over in one of the runs and not in the other."""
    here, there = first, second
    if form.value("show") == "left_second":
        here, there = second, first
    rows = left_over_only_in(here, there).select_related("enrolment__person")
    found = rows.filter(named(form.value("q"), "enrolment__person"))
    return page_of(request, found.order_by("enrolment__person__sort_key", "id"))
