"""Two runs side by side: figures, parts of the fit, settings and groups."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedHttpRequest
from matching.domain.analysis import comparing, run_figures
from matching.domain.analysis.fairness import DIMENSIONS
from matching.domain.analysis.placed import Dimension
from matching.forms.lists import WITH_ROLE
from matching.models import MatchRun
from matching.views.run_page import group_figures, rounded_points
from matching.wording import runs as run_words
from pairings import wording
from programs.labels import with_labels
from programs.models import Program

SHOWN_GROUPS = 15
FILTERS = ("show", "sort", "q")  # of the list of pairs


def side_by_side(
    request: AuthenticatedHttpRequest, first: MatchRun, second: MatchRun
) -> dict[str, Any]:
    """Everything but the list."""
    figures = run_figures.figures(first, second)
    comparable = comparing.same_measure(first, second)
    return {
        "overlap": comparing.overlap(first, second),
        "figure_rows": _figure_rows(figures, first.program, comparable=comparable),
        "part_rows": _part_rows(run_figures.parts(first, second)),
        "comparable": comparable,
        **_settings(first, second),
        **_groups(request, first, second),
    }


def _settings(first: MatchRun, second: MatchRun) -> dict[str, Any]:
    """What both runs aimed for, and what of it differs."""
    rows = [_setting_row(setting) for setting in comparing.settings_of(first, second)]
    return {"settings": rows, "differing": [row for row in rows if row["differs"]]}


def _groups(request: AuthenticatedHttpRequest, first: MatchRun, second: MatchRun) -> dict[str, Any]:
    """How the largest groups fare in both runs, and links to the other dimensions."""
    dimension = _asked_dimension(request)
    quality = comparing.quality(first, second, dimension)
    shown = _largest_groups(quality)
    return {
        "dimensions": _dimension_links(request, first, second),
        "dimension": dimension,
        "quality": [_quality_row(row, dimension, first.program) for row in shown],
        "more_groups": len(quality) - len(shown),
    }


def _largest_groups(quality: list[comparing.Quality]) -> list[comparing.Quality]:
    """The rows of the largest groups, in the order of all rows."""
    by_size = sorted(quality, key=lambda row: -row.people)
    largest = by_size[:SHOWN_GROUPS]
    return [row for row in quality if row in largest]


def _dimension_links(
    request: AuthenticatedHttpRequest, first: MatchRun, second: MatchRun
) -> list[tuple[str, Any, str]]:
    """Each dimension with its words and the address of the page by it."""
    return [(key, words, _address(request, first, second, key)) for key, words in WITH_ROLE]


def _asked_dimension(request: AuthenticatedHttpRequest) -> Dimension:
    asked = request.GET.get("by", "")
    return next((name for name in DIMENSIONS if name == asked), DIMENSIONS[0])


def _setting_row(setting: comparing.Setting) -> dict[str, Any]:
    values = (setting.first, setting.second)
    return {
        "name": run_words.setting_name(setting),
        "values": [run_words.setting_value(setting, value) for value in values],
        "differs": setting.differs,
    }


def _address(request: AuthenticatedHttpRequest, first: MatchRun, second: MatchRun, by: str) -> str:
    """This page with other groups; the list keeps its filters."""
    asked = request.GET.dict()
    kept = {name: asked[name] for name in FILTERS if name in asked}
    query = urlencode({**kept, **run_ids(first, second), "by": by})
    return f"{request.path}?{query}#quality"


def run_ids(first: MatchRun, second: MatchRun) -> dict[str, str]:
    """The two runs as the address names them."""
    return {"first": str(first.public_id), "second": str(second.public_id)}


def _figure_rows(
    figures: list[run_figures.Figures], program: Program, *, comparable: bool
) -> list[dict[str, Any]]:
    """Names, both values, and the difference where it means something."""
    return [
        _figure(_("Pairs"), [each.pairs for each in figures]),
        *_left_over_rows(figures, program),
        _figure(_("Pinned pairs"), [each.pinned for each in figures]),
        *_fit_rows(figures, comparable=comparable),
    ]


def _left_over_rows(figures: list[run_figures.Figures], program: Program) -> list[dict[str, Any]]:
    mentees = with_labels(_("{Mentees} without a match"), program)
    mentors = with_labels(_("{Mentors} without a match"), program)
    return [
        _figure(mentees, [each.left_mentees for each in figures]),
        _figure(mentors, [each.left_mentors for each in figures]),
    ]


def _fit_rows(figures: list[run_figures.Figures], *, comparable: bool) -> list[dict[str, Any]]:
    totals = [_total_points(each, comparable=comparable) for each in figures]
    medians = [rounded_points(each.median) for each in figures]
    worst = [rounded_points(each.worst) for each in figures]
    return [
        _figure(_("Total fit"), totals, compared=comparable),
        _figure(_("Median fit, of 100"), medians, compared=comparable),
        _figure(_("Weakest fit, of 100"), worst, compared=comparable),
    ]


def _total_points(figures: run_figures.Figures, *, comparable: bool) -> int | None:
    """The total of a run; None where totals of the runs mean different things."""
    return round(figures.total / 100) if comparable else None


def _figure(name: str, values: list[Any], *, compared: bool = True) -> dict[str, Any]:
    known = compared and None not in values
    return {
        "name": name,
        "values": values,
        "difference": _signed(values[1] - values[0]) if known else None,
    }


def _signed(number: int) -> str:
    if number == 0:
        return "0"
    return f"{number:+d}".replace("-", "−")


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
    sides = [group_figures(group) if group else None for group in (row.first, row.second)]
    name = with_labels(run_words.group_words(dimension, row.name), program)
    return {"name": name, "sides": sides}
