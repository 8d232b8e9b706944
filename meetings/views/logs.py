"""Pages of what happened at a session: its log, and one's own notes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import AuthenticatedHttpRequest
from common import clock
from common.changes import one_after_another
from common.forms import show_refusal
from common.http import form_page, page_of, posted, redirect_htmx, respond
from meetings.domain import commitments, facts, notes
from meetings.domain.logs import keep_words, log, topics_shown
from meetings.domain.times import time_in_words
from meetings.enums import SessionState
from meetings.forms.commitments import commitment_initial
from meetings.forms.logs import (
    CANCELLED_BY_MENTEE,
    CANCELLED_BY_MENTOR,
    MOVED,
    LogForm,
    NoteForm,
)
from meetings.models import ComfortPulse, Commitment, MentoringSession, PrivateNote
from meetings.views.shared import WITH_PAIR, commitment_of, session_context, session_for, to_session

SHARED_WORDS = ("topics", "takeaway", "mentor_taught", "mentee_taught")


@require_http_methods(["GET", "POST"])
def session_log(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Say what happened, from the start of the session on; either of the two may correct it."""
    session = session_for(request, public_id, "meetings.log_session")
    reader = request.user
    if session.starts_at > clock.now():
        _say_from_when(request, session)
        return redirect("meetings:session_detail", public_id=session.public_id)

    commitment = commitment_of(session, reader)
    form = _log_form(request, session, commitment)
    if form.is_valid():
        with show_refusal(form):
            page = _save(request, session, form, commitment)
            return redirect_htmx(request, page, session.public_id)
        if form.has_error("outcome"):
            session.refresh_from_db()
            form.show_as_seen(session)
    is_own_log = session.logged_by_id == reader.pk
    context = {
        "logged_by_partner": None if is_own_log else session.logged_by,
        **session_context(session, reader),
    }
    return form_page(request, "meetings/session_log.html", form, context)


def _say_from_when(request: AuthenticatedHttpRequest, session: MentoringSession) -> None:
    when = time_in_words(session.starts_at, session.ends_at, request.user.time_zone)
    text = _("You can log this session from its start on: %(when)s.")
    messages.info(request, text % {"when": when})


def _log_form(
    request: AuthenticatedHttpRequest, session: MentoringSession, commitment: Commitment | None
) -> LogForm:
    """The form, with what was logged before. The mentee is asked for a commitment that is open."""
    is_mentee = session.pairing.mentee_id == request.user.pk
    is_done = commitment is not None and commitment.done_at is not None
    return LogForm(
        posted(request),
        initial=_logged(session, request.user) | commitment_initial(commitment, request.user),
        session=session,
        reader=request.user,
        with_commitment=is_mentee and not is_done,
    )


@transaction.atomic
def _save(
    request: AuthenticatedHttpRequest,
    session: MentoringSession,
    form: LogForm,
    commitment: Commitment | None,
) -> str:
    """Save log, note and commitment together, or none of them; the page that follows.

    What the reader did not touch stays as it is now: somebody may have changed it meanwhile.
    """
    data, touched = form.cleaned_data, form.touched()
    if "note" in touched:
        notes.save_note(actor=request.user, session=session, body=data["note"])
    _save_commitment(request, session, form, commitment)

    words = {name: data[name] if name in touched else None for name in SHARED_WORDS}
    if data["outcome"] != MOVED:
        _log(request, session, form, words)
        return "meetings:session_detail"
    if touched:
        _keep_words(request, session, words)
    return "meetings:session_again" if facts.has_ended(session) else "meetings:session_move"


def _keep_words(
    request: AuthenticatedHttpRequest, session: MentoringSession, words: dict[str, Any]
) -> None:
    """Keep what was written about a session that is moved."""
    keep_words(actor=request.user, session=session, **words)
    messages.info(request, _("What you wrote is kept: the log shows it when you come back to it."))


def _log(
    request: AuthenticatedHttpRequest,
    session: MentoringSession,
    form: LogForm,
    words: dict[str, Any],
) -> None:
    """Log what happened, with the words that the reader touched."""
    outcome = form.cleaned_data["outcome"]
    cancelled_by = _cancelled_by(session, outcome)
    log(
        actor=request.user,
        session=session,
        outcome=SessionState.CANCELLED if cancelled_by else outcome,
        cancelled_by=cancelled_by,
        feeling=form.cleaned_data["feeling"],
        seen=form.data.get("seen"),
        **words,
    )
    messages.success(request, _("Logged. Thank you."))
    _tell_of_other_log(request, session, form.data.get("seen"))


def _save_commitment(
    request: AuthenticatedHttpRequest,
    session: MentoringSession,
    form: LogForm,
    commitment: Commitment | None,
) -> None:
    """Save the commitment if the reader touched its text, or the day of one that has a text."""
    touched = form.touched()
    text = form.cleaned_data.get("commitment", "")
    if "commitment" not in touched:
        text = commitment.text if commitment else text
        if "commitment_due" not in touched or not text:
            return
    due_on = form.cleaned_data["commitment_due"]
    commitments.keep(actor=request.user, session=session, text=text, due_on=due_on)


def _cancelled_by(session: MentoringSession, outcome: str) -> User | None:
    """The one of the two who cancelled, if that is the outcome."""
    if outcome == CANCELLED_BY_MENTOR:
        return session.pairing.mentor
    if outcome == CANCELLED_BY_MENTEE:
        return session.pairing.mentee
    return None


def _tell_of_other_log(
    request: AuthenticatedHttpRequest, session: MentoringSession, seen: str | None
) -> None:
    """Say so if the partner has logged it since the form was opened, and where their words are.

    `seen` is when the log that the form showed was written: empty for none, None if not sent.
    """
    if seen is None:
        return
    revisions = session.log_revisions.exclude(author=request.user).select_related("author")
    if seen:
        try:
            revisions = revisions.filter(at__gt=datetime.fromisoformat(seen))
        except ValueError:
            return
    revision = revisions.first()
    if revision is not None and revision.author is not None:
        messages.info(request, _other_log_words(revision.author))


def _other_log_words(author: User) -> str:
    text = _(
        "%(name)s logged it while you were writing. Where you wrote nothing, their words "
        "stand; what you replaced is kept."
    )
    return text % {"name": author.short_name}


def _logged(session: MentoringSession, reader: User) -> dict[str, Any]:
    """What the log says now, and the reader's own side of it."""
    felt = ComfortPulse.objects.filter(session=session, person=reader).first()
    return {
        "outcome": _outcome(session),
        "feeling": felt.feeling if felt else None,
        "topics": topics_shown(session),
        "takeaway": session.takeaway,
        "mentor_taught": session.mentor_taught,
        "mentee_taught": session.mentee_taught,
        "note": notes.note_of(author=reader, session=session),
    }


def _outcome(session: MentoringSession) -> str:
    """The choice of the form that is the session's state; one that is not logged yet was held."""
    if session.state == SessionState.SCHEDULED:
        return SessionState.HELD
    if session.state != SessionState.CANCELLED:
        return str(session.state)
    if session.cancelled_by_id == session.pairing.mentor_id:
        return CANCELLED_BY_MENTOR
    return CANCELLED_BY_MENTEE


@require_http_methods(["GET", "POST"])
@one_after_another
def note_edit(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Write one's private note of a session, before or after it."""
    session = session_for(request, public_id, "meetings.write_note")
    author = request.user
    written = notes.note_of(author=author, session=session)
    form = NoteForm(posted(request), initial={"note": written})
    if form.is_valid():
        with show_refusal(form):
            notes.save_note(actor=author, session=session, body=form.cleaned_data["note"])
            messages.success(request, _("Saved. Only you can read it."))
            return to_session(request, session)
    context = session_context(session, author)
    return form_page(request, "meetings/session_note.html", form, context)


@require_safe
def note_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """One's own notes of all sessions, the newest session first."""
    with_pair = [f"session__{name}" for name in WITH_PAIR]
    mine = PrivateNote.objects.of_author(request.user).select_related(*with_pair)
    page = page_of(request, mine.order_by("-session__starts_at", "-pk"), per_page=20)
    rows = [(note, note.session.pairing.partner_of(request.user)) for note in page]
    return respond(request, "meetings/session_notes.html", {"page": page, "rows": rows})


@require_safe
def note_export(request: AuthenticatedHttpRequest) -> HttpResponse:
    """One's own notes as a text file to keep."""
    if not PrivateNote.objects.of_author(request.user).exists():
        messages.info(request, _("There are no notes to download yet."))
        return redirect("meetings:note_list")
    return _text_file(_("My mentoring notes"), notes.as_text(author=request.user))


def _text_file(title: str, text: str) -> HttpResponse:
    name = slugify(title) or "notes"
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.txt"'
    return response
