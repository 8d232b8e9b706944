"""The lists of matching and pairs as CSV, as they are searched and filtered on their pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.step_up import step_up_required
from common import audit
from common.exports import csv_response
from common.http import require
from pairings import lists, wording
from pairings.forms import PairingListForm, ProposalListForm, UnmatchedListForm
from pairings.models import MatchRun, Pairing, Proposal, Unmatched
from programs.models import Program


@require_safe
@step_up_required
def pairing_export(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The pairs of a program: who, in which state, how many sessions, signed or not."""
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    require(request.user, "pairings.list_pairings", program)
    pairs = (
        Pairing.objects.filter(program=program).with_progress().select_related("mentor", "mentee")
    )
    header = [
        *(_("Mentor"), _("Department"), _("Mentee"), _("Department"), _("State")),
        *(_("Sessions held"), _("Sessions planned"), _("Agreement signed"), _("Since")),
    ]
    rows = _pairing_lines(lists.pairings(pairs, PairingListForm(request.GET)), program)
    return _answer(request, program, program, what="pairs", header=header, rows=rows)


@require_safe
@step_up_required
def match_run_export(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The pairs that a run proposes, with score, reasons and warnings."""
    run = _run(request, public_id)
    found = Proposal.objects.filter(run=run).select_related("mentor__person", "mentee__person")
    header = [
        *(_("Mentor"), _("Department"), _("Mentee"), _("Department"), _("Fit, of 100")),
        *(_("Why"), _("Look at"), _("Pinned"), _("Not published because")),
    ]
    rows = _proposal_lines(lists.proposals(found, ProposalListForm(request.GET)))
    return _answer(request, run.program, run, what="proposed-pairs", header=header, rows=rows)


@require_safe
@step_up_required
def match_run_unmatched_export(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Whom a run could not place, and why."""
    run = _run(request, public_id)
    found = Unmatched.objects.filter(run=run).select_related("enrolment__person")
    header = [_("Who"), _("Department"), _("Role"), _("Why")]
    rows = _unmatched_lines(lists.unmatched(found, UnmatchedListForm(request.GET)))
    return _answer(request, run.program, run, what="without-a-partner", header=header, rows=rows)


def _run(request: HttpRequest, public_id: UUID) -> MatchRun:
    run = get_object_or_404(
        MatchRun.objects.visible_to(request.user).select_related("program"), public_id=public_id
    )
    require(request.user, "pairings.view_matching", run)
    return run


@transaction.atomic
def _answer(
    request: HttpRequest,
    program: Program,
    target: Model,
    *,
    what: str,
    header: list[str],
    rows: Iterator[list[Any]],
) -> HttpResponseBase:
    audit.record("list.exported", target, actor=request.user, scope=program.public_id, list=what)  # type: ignore[arg-type]
    return csv_response(f"{slugify(program.name) or 'program'}-{what}", header, rows)


def _pairing_lines(rows: QuerySet[Pairing], program: Program) -> Iterator[list[Any]]:
    for pair in rows.iterator(chunk_size=1000):
        state, since = (
            pair.get_state_display(),
            pair.activated_at.date() if pair.activated_at else None,
        )
        people = [
            pair.mentor.name,
            pair.mentor.department,
            pair.mentee.name,
            pair.mentee.department,
        ]
        yield [*people, state, pair.sessions_held, program.planned_sessions, pair.signed, since]  # type: ignore[attr-defined]


def _proposal_lines(rows: QuerySet[Proposal]) -> Iterator[list[Any]]:
    for proposal in rows.iterator(chunk_size=1000):
        mentor, mentee = proposal.mentor.person, proposal.mentee.person
        why, look_at = (
            wording.reasons_words(proposal.reasons),
            wording.warning_words(proposal.warnings),
        )
        refusal = wording.refusal_words(proposal.refusal) if proposal.refusal else ""
        people = [mentor.name, mentor.department, mentee.name, mentee.department]
        yield [
            *people,
            proposal.score / 100,
            "; ".join(why),
            "; ".join(look_at),
            proposal.pinned,
            refusal,
        ]


def _unmatched_lines(rows: QuerySet[Unmatched]) -> Iterator[list[Any]]:
    for row in rows.iterator(chunk_size=1000):
        person = row.enrolment.person
        yield [
            person.name,
            person.department,
            row.enrolment.get_role_display(),
            wording.unmatched_words(row.reason),
        ]
