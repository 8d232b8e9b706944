"""Pages of what happened: the log, within a minute, and one's own notes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import AuthenticatedHttpRequest
from accounts.typed import keeps_typed, mark, posted_or_kept
from common import clock
from common.errors import DomainError
from common.http import page_of, redirect_htmx, require, respond
from meetings.domain import commitments, facts, notes
from meetings.domain.logs import keep_words, log
from meetings.domain.times import time_in_words
from meetings.enums import SessionState
from meetings.forms.commitments import commitment_initial
from meetings.forms.sessions import (
    CANCELLED_BY_MENTEE,
    CANCELLED_BY_MENTOR,
    MOVED,
    LogForm,
    NoteForm,
)
from meetings.models import ComfortPulse, Commitment, MentoringSession, PrivateNote
from meetings.views.sessions import WITH_PAIR, add_problem, partner_of, session_or_404, to_session


@keeps_typed
@require_http_methods(["GET", "POST"])
def session_log(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Say what happened.

    From the start of the session on, without a deadline; either of the two may correct it.
    """
    session = session_or_404(request, public_id)
    require(request.user, "meetings.log_session", session)
    if session.starts_at > clock.now():
        when = time_in_words(session.starts_at, session.ends_at, request.user.time_zone)
        messages.info(
            request, _("You can log this session from its start on: %(when)s.") % {"when": when}
        )
        return to_session(session)
    made = Commitment.objects.visible_to(request.user).filter(session=session).first()
    form = LogForm(
        posted_or_kept(request),
        initial=_logged(session, request.user) | commitment_initial(made, request.user),
        session=session,
        reader=request.user,
        with_commitment=session.pairing.mentee_id == request.user.pk
        and not (made and made.done_at),
    )
    if request.method == "POST" and form.is_valid():
        try:
            page = _save(request, session, form, made)
        except DomainError as error:
            add_problem(form, error)
        else:
            return redirect_htmx(request, reverse(f"meetings:{page}", args=[session.public_id]))
    by_other = session.logged_by if session.logged_by_id != request.user.pk else None
    context = {
        "logged_by_other": by_other,
        "typed_by": mark(request.user),
        "form": form,
        "session": session,
        "pairing": session.pairing,
        "partner": partner_of(session.pairing, request.user),
    }
    return render(request, "meetings/session_log.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _save(
    request: AuthenticatedHttpRequest,
    session: MentoringSession,
    form: LogForm,
    made: Commitment | None,
) -> str:
    """Facts, note and commitment together, or none of them; the page that follows."""
    data, touched, reader = form.cleaned_data, form.touched(), request.user
    words = {
        name: data[name] if name in touched else None
        for name in ("topics", "takeaway", "mentor_taught", "mentee_taught")
    }
    if "note" in touched:
        notes.save_note(actor=reader, session=session, body=data["note"])
    text = data.get("commitment", "") if "commitment" in touched or made is None else made.text
    if "commitment" in touched or ("commitment_due" in touched and text):
        commitments.keep(actor=reader, session=session, text=text, due_on=data["commitment_due"])
    if data["outcome"] == MOVED:
        if touched:
            keep_words(actor=reader, session=session, **words)
            messages.info(
                request, _("What you wrote is kept: it stands in the log when you come back to it.")
            )
        return "session_again" if facts.has_ended(session) else "session_move"
    pairing = session.pairing
    who = {CANCELLED_BY_MENTOR: pairing.mentor, CANCELLED_BY_MENTEE: pairing.mentee}.get(
        data["outcome"]
    )
    outcome = SessionState.CANCELLED if who else data["outcome"]
    log(
        actor=reader,
        session=session,
        outcome=outcome,
        cancelled_by=who,
        feeling=data["feeling"],
        **words,
    )
    messages.success(request, _("Logged. Thank you."))
    _say_who_came_first(request, session, form.data.get("seen"))
    return "session_detail"


def _say_who_came_first(
    request: AuthenticatedHttpRequest, session: MentoringSession, seen: str | None
) -> None:
    """The other has logged it since the form was opened: say so, and where their words are."""
    try:
        since = datetime.fromisoformat(seen) if seen else None
    except ValueError:
        return
    theirs = session.log_revisions.exclude(author=request.user).select_related("author")
    first = (theirs.filter(at__gt=since) if since else theirs).first() if seen is not None else None
    if first is not None and first.author is not None:
        text = _(
            "%(name)s logged it while you were writing. Where you wrote nothing, their words "
            "stand; what you replaced is kept."
        )
        messages.info(request, text % {"name": first.author.short_name})


def _logged(session: MentoringSession, reader: Any) -> dict[str, Any]:
    """What the log says already, and the reader's own side of it."""
    by_mentor = session.cancelled_by_id == session.pairing.mentor_id
    outcome: str = session.state
    if session.state == SessionState.SCHEDULED:
        outcome = SessionState.HELD
    elif session.state == SessionState.CANCELLED:
        outcome = CANCELLED_BY_MENTOR if by_mentor else CANCELLED_BY_MENTEE
    felt = ComfortPulse.objects.filter(session=session, person=reader).first()
    return {
        "outcome": outcome,
        "feeling": felt.feeling if felt else None,
        "topics": session.topics.all(),
        "takeaway": session.takeaway,
        "mentor_taught": session.mentor_taught,
        "mentee_taught": session.mentee_taught,
        "note": notes.note_of(author=reader, session=session),
    }


@keeps_typed
@require_http_methods(["GET", "POST"])
def note_edit(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Write one's private note of a session, before or after it."""
    session = session_or_404(request, public_id)
    require(request.user, "meetings.write_note", session)
    form = NoteForm(
        posted_or_kept(request),
        initial={"note": notes.note_of(author=request.user, session=session)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            notes.save_note(actor=request.user, session=session, body=form.cleaned_data["note"])
        except DomainError as error:
            add_problem(form, error)
        else:
            messages.success(request, _("Saved. Only you can read it."))
            return redirect_htmx(
                request, reverse("meetings:session_detail", args=[session.public_id])
            )
    context = {
        "form": form,
        "session": session,
        "partner": partner_of(session.pairing, request.user),
        "typed_by": mark(request.user),
    }
    return render(
        request, "meetings/session_note.html", context, status=422 if form.errors else 200
    )


@require_safe
def note_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """One's own notes of all sessions, the newest session first."""
    mine = PrivateNote.objects.of_author(request.user).select_related(
        *(f"session__{name}" for name in WITH_PAIR)
    )
    page = page_of(request, mine.order_by("-session__starts_at", "-pk"), per_page=20)
    rows = [(note, partner_of(note.session.pairing, request.user)) for note in page]
    return respond(request, "meetings/session_notes.html", {"page": page, "rows": rows})


@require_safe
def note_export(request: AuthenticatedHttpRequest) -> HttpResponse:
    """One's own notes as a text file to keep."""
    if not PrivateNote.objects.of_author(request.user).exists():
        messages.info(request, _("There are no notes to take along yet."))
        return redirect("meetings:note_list")
    response = HttpResponse(
        notes.as_text(author=request.user), content_type="text/plain; charset=utf-8"
    )
    name = slugify(_("My mentoring notes")) or "notes"
    response["Content-Disposition"] = f'attachment; filename="{name}.txt"'
    return response
