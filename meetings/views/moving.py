"""Pages on which one of the pair moves a session or cancels it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common.changes import one_after_another
from common.forms import show_refusal
from common.http import form_page, posted
from meetings.domain import cancellations, facts, sessions
from meetings.enums import SessionState
from meetings.forms.times import SessionTimeForm
from meetings.models import MentoringSession
from meetings.views.shared import (
    say_remarks,
    session_context,
    session_for,
    to_log,
    to_pair,
    to_session,
)
from meetings.views.times import present_place, present_time, proposal, suggested
from pairings.models import Pairing


@require_http_methods(["GET", "POST"])
@one_after_another
def session_move(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Give a session another time, place or link."""
    session = session_for(request, public_id, "meetings.move_session")
    if request.method == "GET" and session.state != SessionState.SCHEDULED:
        return redirect("meetings:session_detail", public_id=session.public_id)
    if facts.has_ended(session):
        return to_log(request, session)
    return _move_page(request, session, present_time(session, request.user))


@require_http_methods(["GET", "POST"])
@one_after_another
def session_again(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """A session that is over did not take place, and gets another time."""
    session = session_for(request, public_id, "meetings.move_session")
    if not facts.has_ended(session):
        return redirect("meetings:session_move", public_id=session.public_id)
    present = present_place(session, request.user)
    return _move_page(request, session, present, was_missed=True)


def _move_page(
    request: AuthenticatedHttpRequest,
    session: MentoringSession,
    present: dict[str, Any],
    *,
    was_missed: bool = False,
) -> HttpResponse:
    """The page of both; its form shows the values of `present` at first, or a suggested time."""
    reader = request.user
    form = time_form(request, session, present)
    if form.is_valid():
        with show_refusal(form):
            moved = sessions.move(
                actor=reader, session=session, was_missed=was_missed, **form.cleaned_data
            )
            messages.success(request, moved_words(session, moved))
            say_remarks(request, moved)
            return to_session(request, session)
    context = {
        "was_missed": was_missed,
        **session_context(session, reader),
        **proposal(session, reader),
    }
    return form_page(request, "meetings/session_move.html", form, context)


def time_form(
    request: AuthenticatedHttpRequest, session: MentoringSession, present: dict[str, Any]
) -> SessionTimeForm:
    """The form for another time, with the values of `present` or a suggested time at first."""
    return SessionTimeForm(
        posted(request),
        initial=present | suggested(request.GET),
        stored=present,
        pairing=session.pairing,
        reader=request.user,
    )


def moved_words(before: MentoringSession, after: MentoringSession) -> str:
    """What has changed, for the notice above the next page."""
    if before.sequence == after.sequence:
        return _("Nothing was changed.")
    if before.starts_at == after.starts_at:
        return _("Saved. Both of you get a mail that changes it in your calendars.")
    return _(
        "Moved. Both of you get a mail that changes it in your calendars; reminders follow the "
        "new time."
    )


@require_http_methods(["GET", "POST"])
def session_cancel(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Cancel a session; the page proposes other times first."""
    session = session_for(request, public_id, "meetings.cancel_session")
    if facts.has_ended(session):
        return to_log(request, session)

    reader = request.user
    form = Form(posted(request))
    if form.is_valid():
        with show_refusal(form):
            sessions.cancel(actor=reader, session=session)
            _say_cancelled(request, session.pairing)
            return to_pair(request, session.pairing)
    context = {
        **session_context(session, reader),
        **_cancelled_before(session.pairing, reader),
        **proposal(session, reader),
    }
    return form_page(request, "meetings/session_cancel.html", form, context)


def _say_cancelled(request: AuthenticatedHttpRequest, pairing: Pairing) -> None:
    name = pairing.partner_of(request.user).short_name
    text = _("Cancelled. %(name)s gets a mail, without a reason.")
    messages.success(request, text % {"name": name})


def _cancelled_before(pairing: Pairing, reader: User) -> dict[str, Any]:
    """What the page says about earlier cancellations, so that nobody cancels unaware of them."""
    is_mentee = pairing.mentee_id == reader.pk
    return {
        "in_a_row": facts.cancelled_in_a_row(pairing) + 1,
        "reaches_coordinator": is_mentee and cancellations.next_reaches_coordinator(pairing),
    }
