"""What a mentee's delegate sees and does: times, places and links of the sessions, with the
mentor's name.

Nothing else.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import AuthenticatedHttpRequest
from common import clock
from common.errors import DomainError
from common.http import redirect_htmx, require
from meetings.domain import cancellations, facts, late, sessions
from meetings.enums import SessionState
from meetings.forms.sessions import SeriesForm, SessionTimeForm
from meetings.models import MentoringSession
from meetings.views import lateness
from meetings.views.sessions import (
    PEOPLE,
    WITH_PAIR,
    add_problem,
    booking_defaults,
    free_slots,
    moved_words,
    present_time,
    proposal,
    series_plan,
    series_slots,
    suggested,
)
from pairings.enums import PairingState
from pairings.models import Pairing

HOME = "meetings:delegate_home"
# of a session a delegate's pages are given these columns alone, so that no template can show more
TIMES = (
    *(
        "pk",
        "public_id",
        "number",
        "state",
        "sequence",
        "wall_date",
        "wall_time",
        "time_zone",
        "minutes",
    ),
    *("starts_at", "ends_at", "place", "link"),
)


def _times(session: MentoringSession) -> dict[str, Any]:
    """Time, place and link of a session."""
    return {name: getattr(session, name) for name in TIMES}


def _pairing(request: AuthenticatedHttpRequest, public_id: UUID) -> Pairing:
    return get_object_or_404(
        Pairing.objects.of_delegate(request.user).select_related(*PEOPLE), public_id=public_id
    )


def _session(request: AuthenticatedHttpRequest, public_id: UUID) -> MentoringSession:
    mine = MentoringSession.objects.of_delegate(request.user).select_related(*WITH_PAIR)
    return get_object_or_404(mine, public_id=public_id, state=SessionState.SCHEDULED)


@require_safe
def delegate_home(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The sessions still ahead of all mentees who named this person."""
    pairings = list(
        Pairing.objects.of_delegate(request.user)
        .select_related("mentor", "mentee")
        .order_by("mentee__sort_key", "mentee_id", "mentor__sort_key", "pk")
    )
    ahead = MentoringSession.objects.filter(
        pairing__in=pairings, state=SessionState.SCHEDULED, ends_at__gt=clock.now()
    ).order_by("starts_at", "pk")
    by_pairing: dict[int, list[dict[str, Any]]] = {pairing.pk: [] for pairing in pairings}
    for row in ahead.values("pairing_id", *TIMES):
        by_pairing[row["pairing_id"]].append(row)
    rows = [
        {
            "public_id": pairing.public_id,
            "mentor": pairing.mentor.name,
            "mentee": pairing.mentee.name,
            "active": pairing.state == PairingState.ACTIVE,
            "sessions": by_pairing[pairing.pk],
        }
        for pairing in pairings
    ]
    near = [
        row
        for some in by_pairing.values()
        for row in some
        if late.is_near_time(row["starts_at"], row["ends_at"])
    ]
    said = late.said_of_mentee([row["pk"] for row in near]) if near else set()
    for row in near:
        row["late_choices"] = () if row["pk"] in said else late.CHOICES
    return render(request, "meetings/delegate_home.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def delegate_session_new(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Book a session on behalf of the mentee."""
    pairing = _pairing(request, public_id)
    require(request.user, "meetings.schedule_for_mentee", pairing)
    initial = booking_defaults(pairing, pairing.mentee) | suggested(request.GET)
    form = SessionTimeForm(
        request.POST or None, initial=initial, pairing=pairing, reader=request.user
    )
    if request.method == "POST" and form.is_valid():
        try:
            sessions.schedule(actor=request.user, pairing=pairing, **form.cleaned_data)
        except DomainError as error:
            add_problem(form, error)
        else:
            messages.success(request, _("Booked. Both get a mail about it."))
            return redirect_htmx(request, reverse(HOME))
    return _form_page(request, pairing, form, session=None)


@require_http_methods(["GET", "POST"])
def delegate_series(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Book all sessions that the program plans in one go, on behalf of the mentee."""
    pairing = _pairing(request, public_id)
    require(request.user, "meetings.schedule_for_mentee", pairing)
    plan = series_plan(pairing)
    initial = booking_defaults(pairing, pairing.mentee) | suggested(request.GET) | plan
    form = SeriesForm(request.POST or None, initial=initial, pairing=pairing, reader=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = sessions.schedule_series(
                actor=request.user, pairing=pairing, **form.cleaned_data
            )
        except DomainError as error:
            add_problem(form, error)
        else:
            text = ngettext(
                "%(count)d session booked. Both get it by mail.",
                "%(count)d sessions booked. Both get them by mail.",
                len(made),
            )
            messages.success(request, text % {"count": len(made)})
            return redirect_htmx(request, reverse(HOME))
    context = {
        "form": form,
        "series": True,
        "slots": series_slots(pairing, request.user, **plan),
        "pairing": pairing.public_id,
    }
    context |= _names(pairing)
    return render(
        request, "meetings/delegate_session.html", context, status=422 if form.errors else 200
    )


@require_POST
def delegate_late(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Tell the mentor that the mentee comes some minutes late."""
    session = _session(request, public_id)
    require(request.user, "meetings.say_late_for_mentee", session)
    lateness.tell(request, session, _("Both have been told by mail."))
    return redirect_htmx(request, reverse(HOME))


@require_http_methods(["GET", "POST"])
def delegate_session_move(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Move a session on behalf of the mentee."""
    session = _session(request, public_id)
    require(request.user, "meetings.move_for_mentee", session)
    if facts.has_ended(session):
        return _home(request)
    initial = present_time(session, request.user) | suggested(request.GET)
    form = SessionTimeForm(
        request.POST or None, initial=initial, pairing=session.pairing, reader=request.user
    )
    if request.method == "POST" and form.is_valid():
        try:
            moved = sessions.move(actor=request.user, session=session, **form.cleaned_data)
        except DomainError as error:
            add_problem(form, error)
        else:
            messages.success(request, moved_words(session, moved))
            return redirect_htmx(request, reverse(HOME))
    return _form_page(request, session.pairing, form, session=session)


@require_http_methods(["GET", "POST"])
def delegate_session_cancel(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Cancel a session on behalf of the mentee."""
    session = _session(request, public_id)
    require(request.user, "meetings.cancel_for_mentee", session)
    if facts.has_ended(session):
        return _home(request)
    problem = ""
    if request.method == "POST":
        try:
            sessions.cancel(actor=request.user, session=session)
        except DomainError as error:
            problem = error.messages[0]
        else:
            messages.success(request, _("Cancelled. Both get a mail about it, without a reason."))
            return redirect_htmx(request, reverse(HOME))
    context = {
        "session": _times(session),
        "problem": problem,
        "reaches_coordinator": cancellations.next_reaches_coordinator(session.pairing),
        **proposal(session, request.user),
        **_names(session.pairing),
    }
    return render(request, "meetings/delegate_cancel.html", context, status=422 if problem else 200)


def _home(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Back from a session that is over: what happened is for the two to say."""
    messages.info(request, _("This session is over, so its time stays as it is."))
    return redirect_htmx(request, reverse(HOME))


def _names(pairing: Pairing) -> dict[str, str]:
    return {"mentor": pairing.mentor.name, "mentee": pairing.mentee.name}


def _form_page(
    request: AuthenticatedHttpRequest,
    pairing: Pairing,
    form: Form,
    *,
    session: MentoringSession | None,
) -> HttpResponse:
    times = (
        proposal(session, request.user) if session else {"slots": free_slots(pairing, request.user)}
    )
    context = {
        "form": form,
        "session": _times(session) if session else None,
        "pairing": pairing.public_id,
        **times,
    }
    context |= _names(pairing)
    return render(
        request, "meetings/delegate_session.html", context, status=422 if form.errors else 200
    )
