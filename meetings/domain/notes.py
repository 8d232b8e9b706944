"""Private notes: written, read and deleted by their author alone."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from meetings.domain.changes import check_length
from meetings.domain.times import time_in_words
from meetings.models import MentoringSession, PrivateNote

NOTE_LENGTH = 20_000


@transaction.atomic
def save_note(*, actor: User, session: MentoringSession, body: str) -> PrivateNote | None:
    """Keep the actor's own note of a session; an empty text deletes it (None).

    There is no audit entry: that somebody writes notes is as private as what the notes say.
    """
    body = body.replace("\r\n", "\n").strip()
    check_length(body, NOTE_LENGTH, "note")
    own = PrivateNote.objects.of_author(actor)
    if not body:
        own.filter(session=session).delete()
        return None
    note: PrivateNote
    note, _made = own.update_or_create(
        session=session, author=actor, defaults={"body": body, "changed_at": clock.now()}
    )
    return note


def note_of(*, author: User, session: MentoringSession) -> str:
    """The author's note of a session, or an empty text."""
    note = PrivateNote.objects.of_author(author).filter(session=session).first()
    return note.body if note else ""


def as_text(*, author: User) -> str:
    """All notes of a person as plain text, the newest session first, in the person's zone."""
    notes = PrivateNote.objects.of_author(author).select_related(
        "session__pairing__mentor", "session__pairing__mentee"
    )
    newest_first = notes.order_by("-session__starts_at", "-pk")
    return "\n----\n\n".join(_one_as_text(note, author) for note in newest_first)


def _one_as_text(note: PrivateNote, author: User) -> str:
    session = note.session
    title = _("Session %(number)s with %(name)s") % {
        "number": session.number,
        "name": session.pairing.partner_of(author).name,
    }
    when = time_in_words(session.starts_at, session.ends_at, author.time_zone)
    return f"{title}\n{when}\n\n{note.body}\n"
