"""Pages of a mentee's delegate: times, places and links of sessions, and the mentor's name.

They show nothing else.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import AuthenticatedHttpRequest
from common.changes import one_after_another
from common.forms import show_refusal
from common.http import form_page, posted, redirect_htmx, require, respond
from meetings.domain import cancellations, facts, late, sessions
from meetings.enums import SessionState
from meetings.forms.times import SeriesForm, SessionTimeForm
from meetings.models import MentoringSession
from meetings.views import lateness
from meetings.views.moving import moved_words, time_form
from meetings.views.series import next_step
from meetings.views.shared import PEOPLE, WITH_PAIR, say_remarks
from meetings.views.times import (
    booking_initial,
    free_slots,
    present_time,
    proposal,
    series_plan,
    series_slots,
)
from pairings.enums import PairingState
from pairings.models import Pairing

# The pages get these columns of a session alone, so that no template can show more.
TIMES = (
    "pk",
    "public_id",
    "number",
    "state",
    "sequence",
    "wall_date",
    "wall_time",
    "time_zone",
    "minutes",
    "starts_at",
    "ends_at",
    "place",
    "link",
)


def _times(session: MentoringSession) -> dict[str, Any]:
    """Time, place and link of a session."""
    return {name: getattr(session, name) for name in TIMES}


def _pairing_or_404(request: AuthenticatedHttpRequest, public_id: UUID) -> Pairing:
    pairings = Pairing.objects.of_delegate(request.user).select_related(*PEOPLE)
    return get_object_or_404(pairings, public_id=public_id)


def _pairing_to_book(request: AuthenticatedHttpRequest, public_id: UUID) -> Pairing:
    """A pair of such a mentee for which the delegate may book."""
    pairing = _pairing_or_404(request, public_id)
    require(request.user, "meetings.schedule_for_mentee", pairing)
    return pairing


def _session_for(
    request: AuthenticatedHttpRequest, public_id: UUID, permission: str
) -> MentoringSession:
    """A scheduled session of such a mentee for which the delegate has the permission."""
    rows = MentoringSession.objects.of_delegate(request.user).select_related(*WITH_PAIR)
    session = get_object_or_404(rows, public_id=public_id, state=SessionState.SCHEDULED)
    require(request.user, permission, session)
    return session


def _to_home(request: AuthenticatedHttpRequest) -> HttpResponse:
    return redirect_htmx(request, "meetings:delegate_home")


@require_safe
def delegate_home(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The sessions ahead of all mentees who named this person."""
    own = Pairing.objects.of_delegate(request.user).select_related("mentor", "mentee")
    pairings = list(own.order_by("mentee__sort_key", "mentee_id", "mentor__sort_key", "pk"))
    ahead = _sessions_ahead(pairings)
    rows = [_row(pairing, ahead[pairing.pk]) for pairing in pairings]
    return respond(request, "meetings/delegate_home.html", {"rows": rows})


def _row(pairing: Pairing, sessions_ahead: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "public_id": pairing.public_id,
        "active": pairing.state == PairingState.ACTIVE,
        "sessions": sessions_ahead,
        **_names(pairing),
    }


def _sessions_ahead(pairings: list[Pairing]) -> dict[int, list[dict[str, Any]]]:
    """{pairing: TIMES of its sessions that are not over, with `late_choices`}, in order."""
    rows = MentoringSession.objects.filter(pairing__in=pairings).not_over()
    ahead = list(rows.order_by("starts_at", "pk").values("pairing_id", *TIMES))
    _offer_lateness(ahead)

    by_pairing: dict[int, list[dict[str, Any]]] = {pairing.pk: [] for pairing in pairings}
    for session in ahead:
        by_pairing[session["pairing_id"]].append(session)
    return by_pairing


def _offer_lateness(sessions: list[dict[str, Any]]) -> None:
    """Set `late_choices` of the sessions that are near; one query if there are any."""
    near = [one for one in sessions if late.is_near_time(one["starts_at"], one["ends_at"])]
    if not near:
        return
    said = late.said_of_mentee([session["pk"] for session in near])
    for session in near:
        session["late_choices"] = () if session["pk"] in said else late.CHOICES


@require_http_methods(["GET", "POST"])
def delegate_session_new(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Book a session on behalf of the mentee."""
    pairing = _pairing_to_book(request, public_id)
    reader = request.user
    initial = booking_initial(pairing, pairing.mentee, request.GET)
    form = SessionTimeForm(posted(request), initial=initial, pairing=pairing, reader=reader)
    if form.is_valid():
        with show_refusal(form):
            session = sessions.schedule(actor=reader, pairing=pairing, **form.cleaned_data)
            messages.success(request, _("Booked. Both get a mail about it."))
            say_remarks(request, session)
            return _to_home(request)
    left = series_plan(pairing)["count"]
    context = {"session": None, "slots": free_slots(pairing, reader), "left": left}
    return _form_page(request, pairing, form, context)


@require_http_methods(["GET", "POST"])
def delegate_series(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Show the dates of all planned sessions, and book them on behalf of the mentee."""
    pairing = _pairing_to_book(request, public_id)
    reader = request.user
    plan = series_plan(pairing)
    initial = booking_initial(pairing, pairing.mentee, request.GET) | plan
    form = SeriesForm(posted(request), initial=initial, pairing=pairing, reader=reader)
    step = next_step(request, pairing, form)
    if step.booked:
        _say_series_booked(request, len(step.booked))
        return _to_home(request)
    starts = series_slots(pairing, reader, **plan) if plan["count"] else []
    context = {"series": True, "slots": starts, "step": step, "left": plan["count"]}
    return _form_page(request, pairing, form, context)


def _say_series_booked(request: AuthenticatedHttpRequest, count: int) -> None:
    text = ngettext(
        "%(count)d session booked. Both get it by mail.",
        "%(count)d sessions booked. Both get them by mail.",
        count,
    )
    messages.success(request, text % {"count": count})


@require_POST
def delegate_late(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Tell the mentor that the mentee comes some minutes late."""
    session = _session_for(request, public_id, "meetings.say_late_for_mentee")
    lateness.tell(request, session, _("Both have been told by mail."))
    return _to_home(request)


@require_http_methods(["GET", "POST"])
@one_after_another
def delegate_session_move(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Move a session on behalf of the mentee."""
    session = _session_for(request, public_id, "meetings.move_for_mentee")
    if facts.has_ended(session):
        return _away_from_ended(request)

    form = time_form(request, session, present_time(session, request.user))
    if form.is_valid():
        with show_refusal(form):
            moved = sessions.move(actor=request.user, session=session, **form.cleaned_data)
            messages.success(request, moved_words(session, moved))
            say_remarks(request, moved)
            return _to_home(request)
    context = {"session": _times(session), **proposal(session, request.user)}
    return _form_page(request, session.pairing, form, context)


@require_http_methods(["GET", "POST"])
def delegate_session_cancel(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Cancel a session on behalf of the mentee."""
    session = _session_for(request, public_id, "meetings.cancel_for_mentee")
    if facts.has_ended(session):
        return _away_from_ended(request)

    form = Form(posted(request))
    if form.is_valid():
        with show_refusal(form):
            sessions.cancel(actor=request.user, session=session)
            messages.success(request, _("Cancelled. Both get a mail about it, without a reason."))
            return _to_home(request)
    pairing = session.pairing
    context = {
        "session": _times(session),
        "reaches_coordinator": cancellations.next_reaches_coordinator(pairing),
        **proposal(session, request.user),
        **_names(pairing),
    }
    return form_page(request, "meetings/delegate_cancel.html", form, context)


def _away_from_ended(request: AuthenticatedHttpRequest) -> HttpResponse:
    """A session that is over is for the two to log."""
    messages.info(request, _("This session is over, so its time stays as it is."))
    return _to_home(request)


def _names(pairing: Pairing) -> dict[str, str]:
    """The names of the two, and the mentee's zone: who books for them sees their time, too."""
    return {
        "mentor": pairing.mentor.name,
        "mentee": pairing.mentee.name,
        "mentee_zone": pairing.mentee.time_zone,
    }


def _form_page(
    request: AuthenticatedHttpRequest, pairing: Pairing, form: Form, context: dict[str, Any]
) -> HttpResponse:
    given = {"pairing": pairing.public_id, **_names(pairing), **context}
    return form_page(request, "meetings/delegate_session.html", form, given)
