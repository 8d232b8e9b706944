"""The page of a session, and what one does on it: run late, ask ahead, take it into a calendar."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.domain import absences
from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common import clock
from common.changes import one_after_another
from common.forms import show_refusal
from common.http import form_page, posted, respond
from meetings.calendar import files, links
from meetings.domain import facts, notes, sessions
from meetings.domain import late as running_late
from meetings.enums import SessionState
from meetings.forms.sessions import QuestionForm
from meetings.models import MentoringSession
from meetings.views import lateness
from meetings.views.shared import (
    commitment_of,
    session_context,
    session_for,
    session_or_404,
    to_session,
)
from pairings.models import Pairing


@require_safe
def session_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Everything about one session, for the two of the pair."""
    session = session_or_404(request, public_id)
    reader = request.user
    context = {
        **session_context(session, reader),
        "is_mentee": session.pairing.mentee_id == reader.pk,
        "phase": facts.phase(session),
        "agenda": facts.agenda(session, reader),
        "aim": facts.aim(session),
        "agenda_now": facts.milliseconds(clock.now()),
        "question_form": QuestionForm(initial={"question": session.question}),
        "add_to": {"google": links.google(session), "outlook": links.outlook(session)},
        "away": _partner_away_until(session, reader),
        **_who_did_what(session, reader),
        **_what_was_written(session, reader),
        **_permissions(session, reader),
        **_lateness(session, reader),
    }
    return respond(request, "meetings/session_detail.html", context)


def _partner_away_until(session: MentoringSession, reader: User) -> date | None:
    """The last day of the partner's absence at the session, or now if it has begun."""
    partner = session.pairing.partner_of(reader)
    return absences.away_until(partner, max(session.starts_at, clock.now()))


def _who_did_what(session: MentoringSession, reader: User) -> dict[str, str]:
    """Who booked, moved and cancelled the session, in words."""
    pairing = session.pairing
    return {
        "booked_by": facts.doer(session.scheduled_by, pairing, reader),
        "moved_by": facts.doer(session.moved_by, pairing, reader),
        "cancelled_by": facts.doer(session.cancelled_by, pairing, reader),
    }


def _what_was_written(session: MentoringSession, reader: User) -> dict[str, Any]:
    """The log with what it said before, the commitment, and the reader's own note."""
    return {
        "awaits_signatures": facts.awaits_signatures(session),
        "said": facts.statements(session, reader),
        "revisions": session.log_revisions.select_related("author"),
        "commitment": commitment_of(session, reader),
        "note": notes.note_of(author=reader, session=session),
    }


def _permissions(session: MentoringSession, reader: User) -> dict[str, bool]:
    """Which buttons the reader sees."""
    has_ended = facts.has_ended(session)
    is_cancelled = session.state == SessionState.CANCELLED
    may_book = reader.has_perm("meetings.schedule_session", session.pairing)
    return {
        "can_move": not has_ended and reader.has_perm("meetings.move_session", session),
        "can_cancel": not has_ended and reader.has_perm("meetings.cancel_session", session),
        "can_book": is_cancelled and may_book,
    }


def _lateness(session: MentoringSession, reader: User) -> dict[str, Any]:
    """What has been said about running late, and whether the reader may say so now."""
    is_near = running_late.is_near(session)
    late = running_late.lateness(session) if is_near else {}
    mine = late.pop(reader.pk, None)
    partner = next(iter(late.values()), None)
    may_say = is_near and mine is None and reader.has_perm("meetings.say_late", session)
    return {
        "late_mine": mine,
        "late_partner": partner,
        "late_on_behalf": _on_behalf(session.pairing, [mine, partner], reader),
        "late_choices": running_late.CHOICES if may_say else (),
    }


def _on_behalf(pairing: Pairing, said: list[running_late.Late | None], reader: User) -> str:
    """The delegate who has said that the mentee runs late, in words; empty without one."""
    for late in said:
        if late and late.said_by and not pairing.has_member(late.said_by):
            return facts.doer(late.said_by, pairing, reader)
    return ""


@require_POST
def session_late(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Tell the partner that one comes some minutes late."""
    session = session_for(request, public_id, "meetings.say_late")
    name = session.pairing.partner_of(request.user).short_name
    lateness.tell(request, session, _("%(name)s has been told by mail.") % {"name": name})
    return to_session(request, session)


@require_http_methods(["GET", "POST"])
@one_after_another
def session_question(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """What the mentee wants to ask, some days ahead."""
    session = session_for(request, public_id, "meetings.ask_question")
    reader = request.user
    form = QuestionForm(posted(request), initial={"question": session.question})
    if form.is_valid():
        with show_refusal(form):
            sessions.ask_question(actor=reader, session=session, **form.cleaned_data)
            text = _("Saved. %(name)s sees it on the page of the session.")
            messages.success(request, text % {"name": session.pairing.mentor.short_name})
            return to_session(request, session)
    context = session_context(session, reader)
    return form_page(request, "meetings/session_question.html", form, context)


@require_safe
def session_calendar(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """The session as a calendar file, for the pair and the mentee's delegate."""
    of_pair = MentoringSession.objects.of_pair(request.user)
    of_delegate = MentoringSession.objects.of_delegate(request.user)
    session = get_object_or_404(of_pair | of_delegate, public_id=public_id)
    return _calendar_file(session)


def _calendar_file(session: MentoringSession) -> HttpResponse:
    name = f"mentoring-session-{session.number}.ics"
    response = HttpResponse(files.event(session), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
