"""Two runs of a program side by side: pairs, people, figures, settings and groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from accounts.requests import AuthenticatedHttpRequest
from accounts.search import named
from accounts.step_up import step_up_for_download
from common import audit
from common.exports import csv_response
from common.http import page_of, requested_partial, require, respond
from matching import lists
from matching.domain.analysis import comparing, run_figures
from matching.domain.analysis.fairness import DIMENSIONS, Group
from matching.domain.analysis.left_over import left_over_only_in
from matching.domain.analysis.placed import Dimension
from matching.forms.lists import WITH_ROLE, ComparedPairsForm, CompareForm
from matching.models import MatchRun, Proposal
from matching.views.run_page import finished_run, rounded_points, run_context, visible_run
from matching.wording import runs as run_words
from pairings import wording
from programs.labels import with_labels
from programs.models import Program

SHOWN_GROUPS = 15
PEOPLE = {"left_first", "left_second"}


@require_GET
def match_compare(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """This run and the previous one, or any two runs of the program."""
    run = finished_run(request, public_id)
    require(request.user, "matching.view_matching", run)
    first, second, form = _chosen(request, run)
    context: dict[str, Any] = {
        "program": run.program,
        "run": run,
        "form": form,
        "first": first,
        "second": second,
    }
    rows_only = requested_partial(request, "rows")
    if first is not None and second is not None:
        context |= _rows(request, first, second)
        if not rows_only:
            context |= _side_by_side(request, first, second)
    if not rows_only:
        context |= run_context(request, run)
    return respond(
        request,
        "matching/match_compare.html",
        context,
        partial=rows_only if first else "",
    )


@require_safe
@step_up_for_download
@transaction.atomic
def match_compare_export(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponseBase:
    """The pairs of both runs with the fit of each, searched and filtered as on the page."""
    run = visible_run(request, public_id)
    require(request.user, "matching.view_matching", run)
    first, second, _form = _chosen(request, run)
    form = ComparedPairsForm(request.GET, program=run.program)
    rows = _pairs(first, second, form) if first and second else Proposal.objects.none()
    scope = run.program.public_id
    audit.record("list.exported", run, actor=request.user, scope=scope, list="compared-pairs")
    header = [
        _("Mentor"),
        _("Department"),
        _("Mentee"),
        _("Department"),
        _("Fit in the first run, of 100"),
        _("Fit in the second run, of 100"),
    ]
    filename = f"{slugify(run.program.name) or 'program'}-compared-pairs"
    return csv_response(filename, header, _lines(rows))


def _lines(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    for pair in rows.iterator(chunk_size=1000):
        mentor, mentee = pair.mentor.person, pair.mentee.person
        scores = [
            None if score is None else score / 100
            for score in (pair.first_score, pair.second_score)
        ]
        yield [mentor.name, mentor.department, mentee.name, mentee.department, *scores]


def _chosen(
    request: AuthenticatedHttpRequest, run: MatchRun
) -> tuple[MatchRun | None, MatchRun | None, CompareForm]:
    """The two runs that the address names or, if it names none, this one and the previous one.

    None: there is no other run, or both are the same.
    """
    finished = MatchRun.objects.finished().filter(program=run.program)
    runs = {str(one.public_id): one for one in finished}
    for one in runs.values():
        one.program = run.program
    choices = [(key, run_words.run_label(one, request.user)) for key, one in runs.items()]

    first, second = _named_runs(request, runs) or _default_runs(run, runs)
    names = {"first": str(first.public_id), "second": str(second.public_id)}
    form = CompareForm(initial=names, runs=choices)
    if first.pk == second.pk:
        return None, None, form
    return first, second, form


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
    hidden = {
        "first": str(first.public_id),
        "second": str(second.public_id),
        "by": request.GET.get("by", ""),
    }
    form = ComparedPairsForm({**request.GET.dict(), **hidden}, program=first.program)
    show = form.value("show")
    shows_people = show in PEOPLE
    if shows_people:
        page = page_of(request, _people(first, second, form))
    else:
        page = page_of(request, _pairs(first, second, form))
        for pair in page:
            pair.points = [rounded_points(pair.first_score), rounded_points(pair.second_score)]
    return {
        "filter_form": form,
        "page": page,
        "people": shows_people,
        "show": show,
        "filter_query": urlencode({**request.GET.dict(), **hidden}),
        "list_url": f"{request.path}?{urlencode(hidden)}",
    }


def _pairs(first: MatchRun, second: MatchRun, form: ComparedPairsForm) -> QuerySet[Any]:
    rows = comparing.pairs_of(first, second).select_related("mentor__person", "mentee__person")
    show = form.value("show")
    if show in ("first", "second", "both"):
        rows = comparing.only(rows, show)  # type: ignore[arg-type]
    elif show == "":
        rows = comparing.changed(rows)
    return lists.compared_pairs(rows, form)


def _people(first: MatchRun, second: MatchRun, form: ComparedPairsForm) -> QuerySet[Any]:
    here, there = (first, second) if form.value("show") == "left_first" else (second, first)
    rows = left_over_only_in(here, there).select_related("enrolment__person")
    found = rows.filter(named(form.value("q"), "enrolment__person"))
    return found.order_by("enrolment__person__sort_key", "id")


def _side_by_side(
    request: AuthenticatedHttpRequest, first: MatchRun, second: MatchRun
) -> dict[str, Any]:
    """Everything but the list."""
    figures = run_figures.figures(first, second)
    comparable = comparing.same_measure(first, second)
    settings = [_setting_row(setting) for setting in comparing.settings_of(first, second)]
    return {
        "overlap": comparing.overlap(first, second),
        "figure_rows": _figure_rows(figures, first.program, comparable=comparable),
        "part_rows": _part_rows(run_figures.parts(first, second)),
        "comparable": comparable,
        "settings": settings,
        "differing": [setting for setting in settings if setting["differs"]],
        **_groups(request, first, second),
    }


def _groups(request: AuthenticatedHttpRequest, first: MatchRun, second: MatchRun) -> dict[str, Any]:
    """How the largest groups fare in both runs, and links to the other dimensions."""
    by = request.GET.get("by", "")
    dimension: Dimension = next((name for name in DIMENSIONS if name == by), DIMENSIONS[0])
    quality = comparing.quality(first, second, dimension)
    largest = sorted(quality, key=lambda row: -row.people)[:SHOWN_GROUPS]
    return {
        "dimensions": [
            (key, words, _address(request, first, second, key)) for key, words in WITH_ROLE
        ],
        "dimension": dimension,
        "quality": [
            _quality_row(row, dimension, first.program) for row in quality if row in largest
        ],
        "more_groups": len(quality) - len(largest),
    }


def _setting_row(setting: comparing.Setting) -> dict[str, Any]:
    values = (setting.first, setting.second)
    return {
        "name": run_words.setting_name(setting),
        "values": [run_words.setting_value(setting, value) for value in values],
        "differs": setting.differs,
    }


def _address(request: AuthenticatedHttpRequest, first: MatchRun, second: MatchRun, by: str) -> str:
    """This page with other groups; the list keeps its filters."""
    kept = {name: value for name, value in request.GET.items() if name in ("show", "sort", "q")}
    chosen = {"first": str(first.public_id), "second": str(second.public_id), "by": by}
    return f"{request.path}?{urlencode({**kept, **chosen})}#quality"


def _figure_rows(
    figures: list[run_figures.Figures], program: Program, *, comparable: bool
) -> list[dict[str, Any]]:
    """Names, both values, and the difference where it means something."""
    mentees = with_labels(_("{Mentees} without a match"), program)
    mentors = with_labels(_("{Mentors} without a match"), program)
    totals = [round(each.total / 100) if comparable else None for each in figures]
    medians = [rounded_points(each.median) for each in figures]
    worst = [rounded_points(each.worst) for each in figures]
    return [
        _figure(_("Pairs"), [each.pairs for each in figures]),
        _figure(mentees, [each.left_mentees for each in figures]),
        _figure(mentors, [each.left_mentors for each in figures]),
        _figure(_("Pinned pairs"), [each.pinned for each in figures]),
        _figure(_("Total fit"), totals, compared=comparable),
        _figure(_("Median fit, of 100"), medians, compared=comparable),
        _figure(_("Weakest fit, of 100"), worst, compared=comparable),
    ]


def _figure(name: str, values: list[Any], *, compared: bool = True) -> dict[str, Any]:
    known = compared and None not in values
    return {
        "name": name,
        "values": values,
        "difference": _signed(values[1] - values[0]) if known else None,
    }


def _signed(number: int) -> str:
    return f"{number:+d}".replace("-", "−") if number else "0"


def _part_rows(parts: list[dict[str, float | None]]) -> list[dict[str, Any]]:
    """How much of each part of the fit is reached, in percent; only parts that have a weight."""
    rows = []
    for name, words in wording.COMPONENT_NAMES.items():
        shares = [_percent(of_run[name]) for of_run in parts]
        if shares != [None, None]:
            rows.append(_figure(str(words), shares))
    return rows


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)


def _quality_row(row: comparing.Quality, dimension: Dimension, program: Program) -> dict[str, Any]:
    sides = [_group_cells(group) if group else None for group in (row.first, row.second)]
    name = with_labels(run_words.group_words(dimension, row.name), program)
    return {"name": name, "sides": sides}


def _group_cells(group: Group) -> dict[str, Any]:
    return {
        "people": group.people,
        "paired": group.paired,
        "share": run_words.percent(group.paired / group.people),
        "median": rounded_points(group.median),
        "worst": rounded_points(group.worst),
    }
