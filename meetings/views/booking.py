"""Pages on which one of the pair books one session, or all that the program plans."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.domain import absences
from accounts.requests import AuthenticatedHttpRequest
from common.forms import show_refusal
from common.http import form_page, posted, redirect_htmx, require
from meetings.domain import sessions
from meetings.forms.times import SeriesForm, SessionNewForm
from meetings.views.series import SeriesStep, next_step
from meetings.views.shared import pairing_or_404, say_remarks, to_pair, to_session
from meetings.views.times import (
    booking_initial,
    free_slots,
    series_plan,
    series_slots,
)
from pairings.models import Pairing


@require_http_methods(["GET", "POST"])
def session_new(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Book a session, or enter one that was held without a booking."""
    pairing = _pairing_to_book(request, public_id)
    reader = request.user
    initial = booking_initial(pairing, reader, request.GET)
    form = SessionNewForm(posted(request), initial=initial, pairing=pairing, reader=reader)
    if form.is_valid():
        with show_refusal(form):
            session = sessions.schedule(actor=reader, pairing=pairing, **form.cleaned_data)
            if form.cleaned_data["past"]:
                return redirect_htmx(request, "meetings:session_log", session.public_id)
            _say_booked(request, pairing)
            say_remarks(request, session)
            return to_session(request, session)
    return _booking_page(request, pairing, form, free_slots(pairing, reader))


@require_http_methods(["GET", "POST"])
def session_series(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Show the dates of all sessions that the program plans, and book them."""
    pairing = _pairing_to_book(request, public_id)
    reader = request.user
    plan = series_plan(pairing)
    initial = booking_initial(pairing, reader, request.GET) | plan
    form = SeriesForm(posted(request), initial=initial, pairing=pairing, reader=reader)
    step = next_step(request, pairing, form)
    if step.booked:
        _say_series_booked(request, pairing, len(step.booked))
        return to_pair(request, pairing)
    starts = series_slots(pairing, reader, **plan) if plan["count"] else []
    return _booking_page(request, pairing, form, starts, series=True, step=step)


def _pairing_to_book(request: AuthenticatedHttpRequest, public_id: UUID) -> Pairing:
    """A pair of the reader's own for which they may book."""
    pairing = pairing_or_404(request, public_id)
    require(request.user, "meetings.schedule_session", pairing)
    return pairing


def _say_booked(request: AuthenticatedHttpRequest, pairing: Pairing) -> None:
    name = pairing.partner_of(request.user).short_name
    text = _("Booked. You and %(name)s each get a mail that brings it into your calendars.")
    messages.success(request, text % {"name": name})


def _say_series_booked(request: AuthenticatedHttpRequest, pairing: Pairing, count: int) -> None:
    name = pairing.partner_of(request.user).short_name
    text = _("%(count)s sessions booked. You and %(name)s get them by mail, for your calendars.")
    messages.success(request, text % {"count": count, "name": name})


def _booking_page(
    request: AuthenticatedHttpRequest,
    pairing: Pairing,
    form: Form,
    slots: list[datetime],
    *,
    series: bool = False,
    step: SeriesStep | None = None,
) -> HttpResponse:
    partner = pairing.partner_of(request.user)
    context = {
        "left": series_plan(pairing)["count"],
        "step": step,
        "pairing": pairing,
        "partner": partner,
        "series": series,
        "away": absences.away_until(partner),
        "slots": slots,
    }
    return form_page(request, "meetings/session_new.html", form, context)
