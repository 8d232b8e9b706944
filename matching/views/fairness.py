"""Is any group left behind by a run?"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_safe

from accounts.requests import AuthenticatedHttpRequest
from common.http import requested_partial, respond
from matching.domain.analysis import fairness
from matching.domain.analysis.placed import people_of
from matching.forms.lists import WITH_ROLE, GroupsForm
from matching.views.run_page import finished_run, group_figures, run_context
from matching.wording import runs as run_words
from programs.exports import list_as_csv
from programs.labels import with_labels
from programs.models import Program


@require_GET
def match_fairness(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The answer in a sentence, and the groups behind it."""
    run = finished_run(request, public_id, "matching.view_matching")
    answer = fairness.judge(people_of(run))
    context = {
        **run_context(request, run),
        **_list(request, run.program, answer),
        **_answer_words(answer),
    }
    partial = requested_partial(request, "rows")
    return respond(request, "matching/match_fairness.html", context, partial=partial)


def _list(
    request: AuthenticatedHttpRequest, program: Program, answer: fairness.Answer
) -> dict[str, Any]:
    """The page of the groups of one dimension."""
    by = GroupsForm(request.GET).value("by") or _first_dimension(answer)
    form = GroupsForm({**request.GET.dict(), "by": by})
    rows = [_row(group, program) for group in _found(answer, by, form, program)]
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    return {"filter_form": form, "page": page, "by": by}


def _answer_words(answer: fairness.Answer) -> dict[str, Any]:
    headline, sentences = run_words.headline(answer)
    return {
        "headline": headline,
        "sentences": sentences,
        "tone": _tone(answer),
        "least": fairness.LEAST,
        "whole": _figures_of_all(answer),
    }


def _figures_of_all(answer: fairness.Answer) -> dict[str, Any]:
    share = run_words.percent(answer.paired / answer.people) if answer.people else "–"
    return {"people": answer.people, "paired": answer.paired, "share": share}


def _first_dimension(answer: fairness.Answer) -> str:
    """That of the group that is furthest behind, or departments."""
    return answer.behind[0].dimension if answer.behind else fairness.DIMENSIONS[0]


def _found(
    answer: fairness.Answer, by: str, form: GroupsForm, program: Program
) -> list[fairness.Group]:
    """The groups of one dimension, searched and sorted as the form asks."""
    text = form.value("q").casefold()
    groups = [group for group in answer.groups if group.dimension == by]
    found = [group for group in groups if text in _name(group, program).casefold()]
    return sorted(found, key=fairness.ORDERS[form.value("sort")])


def _tone(answer: fairness.Answer) -> str:
    if answer.behind:
        return "warning"
    return "success" if answer.groups else ""


@require_safe
def match_fairness_export(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponseBase:
    """All groups of a run, by department, grade, place and role."""
    run = finished_run(request, public_id, "matching.view_matching")
    answer = fairness.judge(people_of(run))
    header = _headings()
    rows = (_cells(group, run.program) for group in answer.groups)
    return list_as_csv(request, run.program, run, what="fairness", header=header, rows=rows)


def _headings() -> list[str]:
    return [
        pgettext("grouping", "By"),
        _("Group"),
        _("People"),
        _("With a match"),
        _("Elsewhere, in percent"),
        _("Median fit, of 100"),
        _("Weakest fit, of 100"),
        _("Answer"),
    ]


def _cells(group: fairness.Group, program: Program) -> list[Any]:
    row = _row(group, program)
    elsewhere = _paired_elsewhere(group)
    return [
        str(dict(WITH_ROLE)[group.dimension]),
        row["name"],
        group.people,
        group.paired,
        None if elsewhere is None else round(100 * elsewhere, 1),
        row["median"],
        row["worst"],
        row["verdict"],
    ]


def _name(group: fairness.Group, program: Program) -> str:
    return with_labels(run_words.group_words(group.dimension, group.name), program)


def _row(group: fairness.Group, program: Program) -> dict[str, Any]:
    words, tone = run_words.verdict(group)
    elsewhere = _paired_elsewhere(group)
    return {
        **group_figures(group),
        "name": _name(group, program),
        "elsewhere": None if elsewhere is None else run_words.percent(elsewhere),
        "verdict": words,
        "tone": tone,
    }


def _paired_elsewhere(group: fairness.Group) -> float | None:
    """The share of the others who have a match; None for roles, which are not compared."""
    return None if group.dimension == "role" else 1 - group.elsewhere
