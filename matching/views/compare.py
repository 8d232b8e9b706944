"""Two runs of a program side by side: pairs, people, figures, what was aimed for, and how groups
fare.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from accounts.requests import AuthenticatedHttpRequest
from accounts.search import named
from accounts.step_up import step_up_required
from common import audit
from common.exports import csv_response
from common.http import page_of, requested_partial, require, respond
from matching import lists
from matching.domain import comparing
from matching.domain.fairness import DIMENSIONS, Dimension
from matching.forms.pages import WITH_ROLE, ComparedPairsForm, CompareForm
from matching.models import MatchRun
from matching.views.runs import finished_run, frame
from matching.wording import runs as run_words
from pairings import wording
from programs.labels import with_labels
from programs.models import Program

SHOWN_GROUPS = 15
PEOPLE = {"left_first", "left_second"}


@require_GET
def match_compare(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """This run and the one before, or any two of the program's."""
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
    if first is not None and second is not None:
        context |= _rows(request, first, second)
        if not requested_partial(request, "rows"):
            context |= _side_by_side(request, first, second)
    if not requested_partial(request, "rows"):
        context |= frame(request, run)
    return respond(
        request,
        "matching/match_compare.html",
        context,
        partial=requested_partial(request, "rows") if first else "",
    )


@require_safe
@step_up_required
@transaction.atomic
def match_compare_export(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponseBase:
    """All the pairs of both runs with the fit of each, as they are searched and filtered on the
    page.
    """
    run = get_object_or_404(
        MatchRun.objects.visible_to(request.user).select_related("program"), public_id=public_id
    )
    require(request.user, "matching.view_matching", run)
    first, second, _form = _chosen(request, run)
    form = ComparedPairsForm(request.GET, program=run.program)
    rows = _pairs(first, second, form) if first and second else comparing.pairs_of(run, run).none()
    scope = run.program.public_id
    audit.record("list.exported", run, actor=request.user, scope=scope, list="compared-pairs")
    header = [
        *(_("Mentor"), _("Department"), _("Mentee"), _("Department")),
        *(_("Fit in the first run, of 100"), _("Fit in the second run, of 100")),
    ]
    return csv_response(
        f"{slugify(run.program.name) or 'program'}-compared-pairs", header, _lines(rows)
    )


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
    """The two runs that the address names; where it names none, this one and the one before.

    None: there is no other.
    """
    runs = {
        str(one.public_id): one for one in MatchRun.objects.finished().filter(program=run.program)
    }
    for one in runs.values():
        one.program = run.program
    other = comparing.previous_or_next(run, runs.values())
    usual = sorted([one for one in (other, run) if one], key=lambda one: (one.created_at, one.pk))
    names = {"first": str(usual[0].public_id), "second": str(usual[-1].public_id)}
    asked = {name: request.GET.get(name, "") for name in names}
    if all(value in runs for value in asked.values()):
        names = asked
    choices = [(key, run_words.run_label(one, request.user)) for key, one in runs.items()]
    form = CompareForm(initial=names, runs=choices)
    if names["first"] == names["second"]:
        return None, None, form
    return runs[names["first"]], runs[names["second"]], form


def _rows(request: AuthenticatedHttpRequest, first: MatchRun, second: MatchRun) -> dict[str, Any]:
    """The page of the list: pairs, or people who are left over in one of the runs."""
    hidden = {
        "first": str(first.public_id),
        "second": str(second.public_id),
        "by": request.GET.get("by", ""),
    }
    form = ComparedPairsForm({**request.GET.dict(), **hidden}, program=first.program)
    show = form.value("show")
    people = show in PEOPLE
    page = page_of(request, _people(first, second, form) if people else _pairs(first, second, form))
    for row in page:
        if not people:
            row.points = [
                None if score is None else wording.score_points(score)
                for score in (row.first_score, row.second_score)
            ]
    chosen = urlencode({name: hidden[name] for name in ("first", "second", "by")})
    query = urlencode({**request.GET.dict(), **hidden})
    return {
        "filter_form": form,
        "page": page,
        "people": people,
        "show": show,
        "filter_query": query,
        "list_url": f"{request.path}?{chosen}",
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
    rows = comparing.left_over_only_in(here, there).select_related("enrolment__person")
    found = rows.filter(named(form.value("q"), "enrolment__person"))
    return found.order_by("enrolment__person__sort_key", "id")


def _side_by_side(
    request: AuthenticatedHttpRequest, first: MatchRun, second: MatchRun
) -> dict[str, Any]:
    """Everything but the list."""
    figures = comparing.figures(first, second)
    comparable = comparing.same_measure(first, second)
    settings = [
        {
            "name": run_words.setting_name(setting),
            "values": [
                run_words.setting_value(setting, value) for value in (setting.first, setting.second)
            ],
            "differs": setting.differs,
        }
        for setting in comparing.settings_of(first, second)
    ]
    by = request.GET.get("by", "")
    dimension: Dimension = next((name for name in DIMENSIONS if name == by), DIMENSIONS[0])
    quality = comparing.quality(first, second, dimension)
    largest = sorted(quality, key=lambda row: -row.people)[:SHOWN_GROUPS]
    return {
        "overlap": comparing.overlap(first, second),
        "figure_rows": _figure_rows(figures, first.program, comparable=comparable),
        "part_rows": _part_rows(comparing.parts(first, second)),
        "comparable": comparable,
        "settings": settings,
        "differing": [setting for setting in settings if setting["differs"]],
        "dimensions": [
            (key, words, _address(request, first, second, key)) for key, words in WITH_ROLE
        ],
        "dimension": dimension,
        "quality": [
            _quality_row(row, dimension, first.program) for row in quality if row in largest
        ],
        "more_groups": len(quality) - len(largest),
    }


def _address(request: AuthenticatedHttpRequest, first: MatchRun, second: MatchRun, by: str) -> str:
    """This page with other groups; the list keeps its filters."""
    kept = {name: value for name, value in request.GET.items() if name in ("show", "sort", "q")}
    chosen = {"first": str(first.public_id), "second": str(second.public_id), "by": by}
    return f"{request.path}?{urlencode({**kept, **chosen})}#quality"


def _figure_rows(
    figures: list[comparing.Figures], program: Program, *, comparable: bool
) -> list[dict[str, Any]]:
    """Names, both values, and the difference where it means something."""

    def points(score: float | None) -> int | None:
        return None if score is None else wording.score_points(round(score))

    counts = [
        (_("Pairs"), [each.pairs for each in figures]),
        (
            with_labels(_("{Mentees} without a match"), program),
            [each.left_mentees for each in figures],
        ),
        (
            with_labels(_("{Mentors} without a match"), program),
            [each.left_mentors for each in figures],
        ),
        (_("Pinned pairs"), [each.pinned for each in figures]),
    ]
    fits = [
        (
            _("Total fit"),
            [round(each.total / 100) for each in figures] if comparable else [None, None],
        ),
        (_("Median fit, of 100"), [points(each.median) for each in figures]),
        (_("Weakest fit, of 100"), [points(each.worst) for each in figures]),
    ]
    return [_figure(name, values, compared=True) for name, values in counts] + [
        _figure(name, values, compared=comparable) for name, values in fits
    ]


def _figure(name: str, values: list[Any], *, compared: bool) -> dict[str, Any]:
    known = compared and None not in values
    return {
        "name": name,
        "values": values,
        "difference": _signed(values[1] - values[0]) if known else None,
    }


def _signed(number: int) -> str:
    return f"{number:+d}".replace("-", "−") if number else "0"


def _part_rows(parts: list[dict[str, float | None]]) -> list[dict[str, Any]]:
    """How much of each part of the fit is reached, in percent, for the parts that either run
    weighs.
    """
    rows = []
    for name, words in wording.COMPONENT_NAMES.items():
        shares = [None if side[name] is None else round(100 * (side[name] or 0)) for side in parts]
        if shares != [None, None]:
            rows.append(_figure(str(words), shares, compared=True))
    return rows


def _quality_row(row: comparing.Quality, dimension: Dimension, program: Program) -> dict[str, Any]:
    sides = [
        group
        and {
            "people": group.people,
            "paired": group.paired,
            "share": run_words.percent(group.paired / group.people),
            "median": None if group.median is None else wording.score_points(round(group.median)),
            "worst": None if group.worst is None else wording.score_points(group.worst),
        }
        for group in (row.first, row.second)
    ]
    name = with_labels(run_words.group_words(dimension, row.name), program)
    return {"name": name, "sides": sides}
