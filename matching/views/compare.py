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
from common.http import page_of, requested_partial, require, respond
from matching import lists
from matching.domain.analysis import comparing
from matching.domain.analysis.left_over import left_over_only_in
from matching.forms.lists import ComparedPairsForm, CompareForm
from matching.models import MatchRun, Proposal
from matching.views.exports import pair_cells, pair_headings
from matching.views.run_page import finished_run, rounded_points, run_context, visible_run
from matching.views.side_by_side import side_by_side
from matching.wording import runs as run_words
from programs.exports import list_as_csv
from programs.models import Program

PEOPLE = {"left_first", "left_second"}


@require_GET
def match_compare(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """This run and the previous one, or any two runs of the program."""
    run = finished_run(request, public_id)
    require(request.user, "matching.view_matching", run)
    first, second, form = _chosen(request, run)
    rows_only = requested_partial(request, "rows")
    context = {"program": run.program, "run": run, "form": form, "first": first, "second": second}
    if first is not None and second is not None:
        context |= _rows(request, first, second)
        if not rows_only:
            context |= side_by_side(request, first, second)
    if not rows_only:
        context |= run_context(request, run)
    partial = rows_only if first else ""
    return respond(request, "matching/match_compare.html", context, partial=partial)


@require_safe
@step_up_for_download
def match_compare_export(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponseBase:
    """The pairs of both runs with the fit of each, searched and filtered as on the page."""
    run = visible_run(request, public_id)
    require(request.user, "matching.view_matching", run)
    first, second, _form = _chosen(request, run)
    form = ComparedPairsForm(request.GET, program=run.program)
    pairs = _pairs(first, second, form) if first and second else Proposal.objects.none()
    header = [
        *pair_headings(run.program),
        _("Fit in the first run, of 100"),
        _("Fit in the second run, of 100"),
    ]
    rows = _lines(pairs)
    return list_as_csv(request, run.program, run, what="compared-pairs", header=header, rows=rows)


def _lines(pairs: QuerySet[Any]) -> Iterator[list[Any]]:
    for pair in pairs.iterator(chunk_size=1000):
        fits = [_fit(pair.first_score), _fit(pair.second_score)]
        yield [*pair_cells(pair), *fits]


def _fit(score: int | None) -> float | None:
    return None if score is None else score / 100


def _chosen(
    request: AuthenticatedHttpRequest, run: MatchRun
) -> tuple[MatchRun | None, MatchRun | None, CompareForm]:
    """The two runs that the address names or, if it names none, this one and the previous one.

    None: there is no other run, or both are the same.
    """
    runs = _finished_runs(run.program)
    first, second = _named_runs(request, runs) or _default_runs(run, runs)
    labels = [(key, run_words.run_label(one, request.user)) for key, one in runs.items()]
    form = CompareForm(initial=_run_ids(first, second), runs=labels)
    if first.pk == second.pk:
        return None, None, form
    return first, second, form


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
    asked = request.GET.dict()
    hidden = {**_run_ids(first, second), "by": asked.get("by", "")}
    form = ComparedPairsForm({**asked, **hidden}, program=first.program)
    show = form.value("show")
    rows = _people if show in PEOPLE else _pairs_with_points
    return {
        "filter_form": form,
        "page": rows(request, first, second, form),
        "people": show in PEOPLE,
        "show": show,
        "filter_query": urlencode({**asked, **hidden}),
        "list_url": f"{request.path}?{urlencode(hidden)}",
    }


def _run_ids(first: MatchRun, second: MatchRun) -> dict[str, str]:
    """The two runs as the address names them."""
    return {"first": str(first.public_id), "second": str(second.public_id)}


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
    here, there = (first, second) if form.value("show") == "left_first" else (second, first)
    rows = left_over_only_in(here, there).select_related("enrolment__person")
    found = rows.filter(named(form.value("q"), "enrolment__person"))
    return page_of(request, found.order_by("enrolment__person__sort_key", "id"))
