"""Who learns from whom across departments, levels and places: a picture with a table behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from accounts.models import Grade
from accounts.requests import AuthenticatedHttpRequest
from common.http import page_of, respond
from matching.domain.analysis import company_map, map_drawing
from matching.forms.lists import DIMENSION_CHOICES, FlowsForm
from matching.models import MatchRun
from matching.views.run_page import finished_run, run_context
from matching.views.shared import managed_program
from matching.wording import runs as run_words
from pairings import wording
from programs.exports import list_as_csv
from programs.labels import with_labels
from programs.models import Program


@dataclass(frozen=True)
class Label:
    """A bar of the picture with its name, for a phone and for a wide page."""

    node: map_drawing.Node
    brief: str
    long: str


@require_GET
def match_map(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The pairs that a run proposes."""
    run = finished_run(request, public_id, "matching.view_matching")
    by = _by(request)
    flows = company_map.flows_of_run(run, by)
    context = {
        **run_context(request, run),
        **_map(request, run.program, flows, by),
        "export_url": reverse("matching:match_map_export", args=[run.public_id]),
    }
    return respond(request, "matching/match_map.html", context)


@require_GET
def pairing_map(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The pairs that a program has now: offered, meeting or paused."""
    program = managed_program(request, public_id, "meetings.list_pairings")
    by = _by(request)
    flows = company_map.flows_of_program(program, by)
    context = {
        "program": program,
        **_map(request, program, flows, by),
        "export_url": reverse("matching:pairing_map_export", args=[program.public_id]),
    }
    return respond(request, "matching/pairing_map.html", context)


@require_safe
def match_map_export(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponseBase:
    """The flows behind the map of a run."""
    run = finished_run(request, public_id, "matching.view_matching")
    by = _by(request)
    return _download(request, run.program, run, company_map.flows_of_run(run, by), by)


@require_safe
def pairing_map_export(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponseBase:
    """The flows behind the map of a program's pairs."""
    program = managed_program(request, public_id, "meetings.list_pairings")
    by = _by(request)
    return _download(request, program, program, company_map.flows_of_program(program, by), by)


def _download(
    request: AuthenticatedHttpRequest,
    program: Program,
    target: MatchRun | Program,
    flows: QuerySet[Any],
    by: company_map.By,
) -> HttpResponseBase:
    header = _headings(program)
    rows = (_cells(row, by) for row in flows.order_by(*_order("")))
    return list_as_csv(request, program, target, what="map", header=header, rows=rows)


def _headings(program: Program) -> list[str]:
    return [
        with_labels(_("{Mentors} of"), program),
        with_labels(_("{Mentees} of"), program),
        _("Pairs"),
    ]


def _cells(row: dict[str, Any], by: company_map.By) -> list[Any]:
    line = _line(row, by)
    return [line["origin"], line["target"], line["pairs"]]


def _by(request: AuthenticatedHttpRequest) -> company_map.By:
    asked = request.GET.get("by", "")
    return asked if asked in company_map.FIELDS else "department"


def _map(
    request: AuthenticatedHttpRequest, program: Program, rows: QuerySet[Any], by: company_map.By
) -> dict[str, Any]:
    """The picture of all flows, and the page of the table that was asked for."""
    form = FlowsForm({**request.GET.dict(), "by": by}, program=program)
    flows = [company_map.Flow(**row) for row in rows]
    return {
        "filter_form": form,
        "page": _page(request, rows, form, by),
        "by": by,
        "dimensions": DIMENSION_CHOICES,
        "open": bool({"q", "sort", "page"} & request.GET.keys()),
        **_picture(flows, by),
        **_summary(flows, by),
    }


def _page(
    request: AuthenticatedHttpRequest, rows: QuerySet[Any], form: FlowsForm, by: company_map.By
) -> Page[Any]:
    """The page of the table behind the picture."""
    searched = company_map.searched(rows, form.value("q"))
    page = page_of(request, searched.order_by(*_order(form.value("sort"))))
    page.object_list = [_line(row, by) for row in page.object_list]
    return page


def _order(sort: str) -> list[str]:
    if sort == "origin":
        return ["origin", "-pairs", "target"]
    if sort == "target":
        return ["target", "-pairs", "origin"]
    return ["-pairs", "origin", "target"]


def _picture(flows: list[company_map.Flow], by: company_map.By) -> dict[str, Any]:
    picture = map_drawing.draw(flows, ranks=_ranks(by))
    return {
        "picture": picture,
        "origins": [_label(node, by) for node in picture.origins],
        "targets": [_label(node, by) for node in picture.targets],
        "ribbons": [_ribbon(ribbon, by) for ribbon in picture.ribbons],
        "keys": {"across": run_words.ACROSS[by], "within": run_words.WITHIN[by]},
    }


def _ranks(by: company_map.By) -> dict[str, int] | None:
    """The ranks of the grades by name; None for groups that have no rank."""
    if by != "grade":
        return None
    return dict(Grade.objects.values_list("name", "rank"))


def _ribbon(ribbon: map_drawing.Ribbon, by: company_map.By) -> dict[str, Any]:
    words = run_words.flow_words(ribbon.flow, by)
    return {"path": ribbon.path, "words": words, "within": ribbon.flow.within}


def _summary(flows: list[company_map.Flow], by: company_map.By) -> dict[str, Any]:
    """How many pairs there are, how many of them connect two groups, and the largest flow."""
    pairs = sum(flow.pairs for flow in flows)
    within = sum(flow.pairs for flow in flows if flow.within)
    largest = max(flows, key=lambda flow: flow.pairs, default=None)
    return {
        "pairs": pairs,
        "across": run_words.across_words(pairs, pairs - within, by),
        "strongest": run_words.flow_words(largest, by) if largest else "",
    }


def _label(node: map_drawing.Node, by: company_map.By) -> Label:
    name = run_words.node_words(node, by)
    brief = run_words.shortened(name, run_words.BRIEF)
    long = run_words.shortened(name, run_words.LONG)
    return Label(node, f"{brief} ({node.pairs})", f"{long} ({node.pairs})")


def _line(row: dict[str, Any], by: company_map.By) -> dict[str, Any]:
    return {
        "origin": run_words.group_words(by, row["origin"]),
        "target": run_words.group_words(by, row["target"]),
        "pairs": row["pairs"],
        "points": wording.score_points(round(row["fit"] or 0)),
    }
