"""Pages on which one of the pair books one session, or all that the program plans."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.domain import absences
from accounts.requests import AuthenticatedHttpRequest
from common.forms import show_refusal
from common.http import form_page, posted, redirect_htmx, require
from meetings.domain import sessions
from meetings.forms.times import SeriesForm, SessionNewForm
from meetings.views.shared import pairing_or_404, to_pair, to_session
from meetings.views.times import (
    booking_defaults,
    free_slots,
    series_plan,
    series_slots,
    suggested,
)
from pairings.models import Pairing


@require_http_methods(["GET", "POST"])
def session_new(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Book a session, or enter one that was held without a booking."""
    pairing = pairing_or_404(request, public_id)
    require(request.user, "meetings.schedule_session", pairing)
    initial = booking_defaults(pairing, request.user) | suggested(request.GET)
    form = SessionNewForm(posted(request), initial=initial, pairing=pairing, reader=request.user)
    if form.is_valid():
        with show_refusal(form):
            session = sessions.schedule(actor=request.user, pairing=pairing, **form.cleaned_data)
            if form.cleaned_data["past"]:
                log = reverse("meetings:session_log", args=[session.public_id])
                return redirect_htmx(request, log)
            text = _("Booked. You and %(name)s each get a mail that brings it into your calendars.")
            partner = pairing.partner_of(request.user)
            messages.success(request, text % {"name": partner.short_name})
            return to_session(request, session)
    return _booking_page(request, pairing, form, series=False)


@require_http_methods(["GET", "POST"])
def session_series(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Book all sessions that the program plans at once."""
    pairing = pairing_or_404(request, public_id)
    require(request.user, "meetings.schedule_session", pairing)
    initial = booking_defaults(pairing, request.user) | suggested(request.GET)
    initial |= series_plan(pairing)
    form = SeriesForm(posted(request), initial=initial, pairing=pairing, reader=request.user)
    if form.is_valid():
        with show_refusal(form):
            made = sessions.schedule_series(
                actor=request.user, pairing=pairing, **form.cleaned_data
            )
            text = _(
                "%(count)s sessions booked. You and %(name)s get them by mail, for your calendars."
            )
            partner = pairing.partner_of(request.user)
            messages.success(request, text % {"count": len(made), "name": partner.short_name})
            return to_pair(request, pairing)
    return _booking_page(request, pairing, form, series=True)


def _booking_page(
    request: AuthenticatedHttpRequest, pairing: Pairing, form: Form, *, series: bool
) -> HttpResponse:
    partner = pairing.partner_of(request.user)
    if series:
        plan = {name: form.initial[name] for name in ("count", "interval_weeks")}
        slots = series_slots(pairing, request.user, **plan)
    else:
        slots = free_slots(pairing, request.user)
    context = {
        "pairing": pairing,
        "partner": partner,
        "series": series,
        "away": absences.away_until(partner),
        "slots": slots,
    }
    return form_page(request, "meetings/session_new.html", form, context)
