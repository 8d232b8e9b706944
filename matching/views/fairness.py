"""Is any group left behind by a run?"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_safe

from accounts.requests import AuthenticatedHttpRequest
from accounts.step_up import step_up_required
from common import audit
from common.exports import csv_response
from common.http import requested_partial, require, respond
from matching.domain import fairness
from matching.forms.pages import WITH_ROLE, GroupsForm
from matching.views.runs import finished_run, frame
from matching.wording import runs as run_words
from pairings import wording
from programs.labels import with_labels
from programs.models import Program


@require_GET
def match_fairness(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The answer in a sentence, and the groups behind it."""
    run = finished_run(request, public_id)
    require(request.user, "matching.view_matching", run)
    answer = fairness.judge(fairness.people_of(run))
    first = answer.behind[0].dimension if answer.behind else fairness.DIMENSIONS[0]
    by = GroupsForm(request.GET).value("by") or first
    form = GroupsForm({**request.GET.dict(), "by": by})
    groups = [
        (group, with_labels(run_words.group_words(by, group.name), run.program))
        for group in answer.groups
        if group.dimension == by
    ]
    asked = form.value("q").casefold()
    found = [group for group, name in groups if asked in name.casefold()]
    found.sort(key=fairness.ORDERS[form.value("sort")])
    page = Paginator([_row(group, run.program) for group in found], 25).get_page(
        request.GET.get("page")
    )
    words, behind = run_words.headline(answer)
    context = {
        **frame(request, run),
        "filter_form": form,
        "page": page,
        "by": by,
        "headline": words,
        "sentences": behind,
        "tone": "warning" if answer.behind else "success" if answer.groups else "",
        "least": fairness.LEAST,
        "whole": {
            "people": answer.people,
            "paired": answer.paired,
            "share": run_words.percent(answer.paired / answer.people) if answer.people else "–",
        },
    }
    return respond(
        request, "matching/match_fairness.html", context, partial=requested_partial(request, "rows")
    )


@require_safe
@step_up_required
@transaction.atomic
def match_fairness_export(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponseBase:
    """All groups of a run, by department, grade, place and role."""
    run = finished_run(request, public_id)
    require(request.user, "matching.view_matching", run)
    answer = fairness.judge(fairness.people_of(run))
    audit.record(
        "list.exported", run, actor=request.user, scope=run.program.public_id, list="fairness"
    )
    header = [
        *(
            pgettext("grouping", "By"),
            _("Group"),
            _("People"),
            _("With a match"),
            _("Elsewhere, in percent"),
        ),
        *(_("Median fit, of 100"), _("Weakest fit, of 100"), _("Answer")),
    ]
    rows = (_cells(group, run.program) for group in answer.groups)
    return csv_response(f"{slugify(run.program.name) or 'program'}-fairness", header, rows)


def _cells(group: fairness.Group, program: Program) -> list[Any]:
    row, names = _row(group, program), {str(key): str(words) for key, words in WITH_ROLE}
    elsewhere = None if group.dimension == "role" else round(100 * (1 - group.elsewhere), 1)
    figures = [group.people, group.paired, elsewhere, row["median"], row["worst"]]
    return [names[group.dimension], row["name"], *figures, row["verdict"]]


def _row(group: fairness.Group, program: Program) -> dict[str, Any]:
    words, tone = run_words.verdict(group)
    return {
        "name": with_labels(run_words.group_words(group.dimension, group.name), program),
        "people": group.people,
        "paired": group.paired,
        "share": run_words.percent(group.paired / group.people),
        "elsewhere": None if group.dimension == "role" else run_words.percent(1 - group.elsewhere),
        "median": None if group.median is None else wording.score_points(round(group.median)),
        "worst": None if group.worst is None else wording.score_points(group.worst),
        "verdict": words,
        "tone": tone,
    }
