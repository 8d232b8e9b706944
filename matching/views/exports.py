"""The lists of a match run as CSV files, filtered as on their pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import AuthenticatedHttpRequest
from accounts.step_up import step_up_for_download
from matching import lists
from matching.forms.lists import ProposalListForm, UnmatchedListForm
from matching.models import Proposal, Unmatched
from matching.views.run_page import visible_run
from matching.wording import scores
from pairings import wording
from programs.exports import list_as_csv
from programs.labels import side_labels
from programs.models import Program


@require_safe
@step_up_for_download
def match_run_export(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponseBase:
    """The pairs that a run proposes, with score, reasons and warnings."""
    run = visible_run(request, public_id, "matching.view_matching")
    form = ProposalListForm(request.GET, program=run.program)
    found = Proposal.objects.filter(run=run).with_people()
    rows = _proposal_lines(lists.proposals(found, form))
    header = _proposal_headings(run.program)
    return list_as_csv(request, run.program, run, what="proposed-pairs", header=header, rows=rows)


def _proposal_headings(program: Program) -> list[str]:
    return [
        *pair_headings(program),
        _("Fit, of 100"),
        _("Why"),
        _("Look at"),
        _("Pinned"),
        _("Not published because"),
    ]


@require_safe
@step_up_for_download
def match_run_unmatched_export(
    request: AuthenticatedHttpRequest, public_id: UUID
) -> HttpResponseBase:
    """Whom a run could not place, and why."""
    run = visible_run(request, public_id, "matching.view_matching")
    form = UnmatchedListForm(request.GET, program=run.program)
    found = Unmatched.objects.filter(run=run).select_related("enrolment__person")
    header = [_("Who"), _("Department"), _("Role"), _("Why")]
    rows = _unmatched_lines(run.program, lists.unmatched(found, form))
    return list_as_csv(
        request, run.program, run, what="without-a-partner", header=header, rows=rows
    )


def pair_headings(program: Program) -> list[str]:
    """The headings of `pair_cells`, with the program's words for its two sides."""
    mentor, mentee = side_labels(program).values()
    return [capfirst(mentor), _("Department"), capfirst(mentee), _("Department")]


def pair_cells(proposal: Proposal) -> list[str]:
    """The two people of a pair, each with their department."""
    mentor, mentee = proposal.mentor.person, proposal.mentee.person
    return [mentor.name, mentor.department, mentee.name, mentee.department]


def _proposal_lines(rows: QuerySet[Proposal]) -> Iterator[list[Any]]:
    for proposal in rows.iterator(chunk_size=1000):
        refusal = scores.refusal_words(proposal.refusal) if proposal.refusal else ""
        yield [
            *pair_cells(proposal),
            proposal.score / 100,
            "; ".join(wording.reasons_words(proposal.reasons)),
            "; ".join(wording.warning_words(proposal.warnings)),
            proposal.pinned,
            refusal,
        ]


def _unmatched_lines(program: Program, rows: QuerySet[Unmatched]) -> Iterator[list[Any]]:
    labels = side_labels(program)
    for row in rows.iterator(chunk_size=1000):
        person = row.enrolment.person
        role = capfirst(labels[row.enrolment.role])
        yield [person.name, person.department, role, scores.unmatched_words(row.reason)]
