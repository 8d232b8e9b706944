"""The sessions of a program for those who manage it: times and states, not what was said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import AuthenticatedHttpRequest
from accounts.search import named
from accounts.step_up import step_up_for_download
from common import audit, clock
from common.exports import csv_response
from common.http import page_of, require, respond
from common.timezones import to_utc, to_wall
from meetings.enums import SessionState
from meetings.forms.sessions import SessionFilterForm
from meetings.models import MentoringSession
from programs.labels import with_labels
from programs.models import Program

NAMES = ("pairing__mentor__name", "pairing__mentee__name")
SHOWN = (
    "pk",
    "number",
    "state",
    "starts_at",
    "ends_at",
    "minutes",
    *NAMES,
    "disagreement",
    "signed",
)
ORDERS = {
    "earliest": ("starts_at", "pk"),
    "mentor": ("pairing__mentor__sort_key", "starts_at", "pk"),
    "mentee": ("pairing__mentee__sort_key", "starts_at", "pk"),
}


@require_safe
def session_list(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The sessions of a program, searched by name and filtered by state."""
    program = _program(request, public_id)
    form = SessionFilterForm(request.GET or None, program=program)
    page = page_of(request, _in_order(_rows(program, form), form, request.user.time_zone))
    context = {
        "program": program,
        "form": form,
        "page": page,
        "rows": [_with_words(row) for row in page],
    }
    return respond(request, "meetings/session_list.html", context, partial="rows")


@require_safe
@step_up_for_download
def session_export(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponseBase:
    """The filtered list as CSV; times are in the program's zone."""
    program = _program(request, public_id)
    audit.record("program.sessions_exported", program, actor=request.user, scope=program.public_id)
    form = SessionFilterForm(request.GET or None, program=program)
    order = ORDERS.get(_asked(form).get("sort", ""), ORDERS["earliest"])
    rows = _rows(program, form).order_by(*order).values(*SHOWN)
    name = f"{slugify(program.name) or 'program'}-sessions"
    return csv_response(name, _header(program), _lines(rows, program.time_zone))


def _header(program: Program) -> list[str]:
    return [
        with_labels("{Mentor}", program),
        with_labels("{Mentee}", program),
        _("Session"),
        _("Starts"),
        _("Minutes"),
        _("State"),
        _("Counts"),
        _("Disagreement"),
    ]


def _program(request: AuthenticatedHttpRequest, public_id: UUID) -> Program:
    program = get_object_or_404(Program.objects.managed_by(request.user), public_id=public_id)
    require(request.user, "meetings.list_sessions", program)
    return program


def _asked(form: SessionFilterForm) -> dict[str, Any]:
    """What the form asks for; nothing when it is not valid."""
    return form.cleaned_data if form.is_valid() else {}


def _rows(program: Program, form: SessionFilterForm) -> QuerySet[Any]:
    """The sessions that the form asks for."""
    asked = _asked(form)
    name_filter = named(asked.get("q", ""), "pairing__mentor", "pairing__mentee")

    found = MentoringSession.objects.filter(pairing__program=program)
    rows = found.with_disagreement().with_signed().filter(name_filter)
    return _in_state(rows, asked.get("state", ""))


def _in_order(
    rows: QuerySet[Any], form: SessionFilterForm, zone: str
) -> QuerySet[Any, dict[str, Any]]:
    """As the form asks; usually from today on, the soonest first, then what is past, backwards."""
    order = ORDERS.get(_asked(form).get("sort", ""))
    if order is not None:
        return rows.order_by(*order).values(*SHOWN)

    today = to_utc(clock.today(zone), time(), zone)
    is_ahead = Q(starts_at__gte=today)
    marked = rows.annotate(
        is_past=Case(When(is_ahead, then=Value(False)), default=Value(True)),
        ahead_at=Case(When(is_ahead, then="starts_at")),
    )
    from_today = marked.order_by("is_past", "ahead_at", "-starts_at", "pk")
    listed: QuerySet[Any, dict[str, Any]] = from_today.values(*SHOWN, "is_past")
    return listed


def _in_state(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    """Those in a state; three states are those of the list alone."""
    if state == "overdue":
        return rows.filter(state=SessionState.SCHEDULED, ends_at__lte=clock.now())
    if state == "awaiting":
        return rows.filter(state=SessionState.HELD, signed=False)
    if state == "disagreement":
        return rows.filter(disagreement=True)
    return rows.filter(state=state) if state else rows


def _with_words(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the label of its state."""
    over = row["state"] == SessionState.SCHEDULED and row["ends_at"] <= clock.now()
    return row | {"label": SessionState(row["state"]).label, "overdue": over}


def _lines(rows: QuerySet[Any, dict[str, Any]], zone: str) -> Iterator[list[Any]]:
    """One line per session."""
    for row in rows.iterator():
        state = SessionState(row["state"])
        yield [
            *[row[name] for name in NAMES],
            row["number"],
            to_wall(row["starts_at"], zone),
            row["minutes"],
            state.label,
            state == SessionState.HELD and row["signed"],
            row["disagreement"],
        ]
