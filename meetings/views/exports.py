"""The list of pairs as a CSV file, filtered as on its page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import AuthenticatedHttpRequest
from accounts.step_up import step_up_for_download
from common.http import require
from meetings import lists
from meetings.domain.progress import with_progress
from meetings.forms.pairs import PairingListForm
from pairings.models import Pairing
from programs.exports import list_as_csv
from programs.labels import with_labels
from programs.models import Program


@require_safe
@step_up_for_download
def pairing_export(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponseBase:
    """The pairs of a program: who, in which state, how many sessions, signed or not."""
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    require(request.user, "meetings.list_pairings", program)
    rows = with_progress(Pairing.objects.filter(program=program)).select_related("mentor", "mentee")
    pairings = lists.pairings(rows, PairingListForm(request.GET, program=program))
    return list_as_csv(
        request,
        program,
        program,
        what="pairs",
        header=_header(program),
        rows=_lines(pairings, program),
    )


def _header(program: Program) -> list[str]:
    return [
        with_labels("{Mentor}", program),
        _("Department"),
        with_labels("{Mentee}", program),
        _("Department"),
        _("State"),
        _("Sessions held"),
        _("Sessions planned"),
        _("Agreement signed"),
        _("Since"),
    ]


def _lines(pairings: QuerySet[Any], program: Program) -> Iterator[list[Any]]:
    for pairing in pairings.iterator(chunk_size=1000):
        yield [
            pairing.mentor.name,
            pairing.mentor.department,
            pairing.mentee.name,
            pairing.mentee.department,
            pairing.get_state_display(),
            pairing.sessions_held,
            program.planned_sessions,
            pairing.signed,
            pairing.activated_at.date() if pairing.activated_at else None,
        ]
