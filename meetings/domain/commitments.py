"""Commitments: made, changed, marked as done and dropped by the mentee alone."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
from meetings.domain.changes import check_length, lock_session
from meetings.mail import commitments as commitment_mail
from meetings.models import Commitment, MentoringSession
from notifications import outbox

COMMITMENT_LENGTH = 500
CHANGED_LENGTH = 2000
USUAL_DAYS = 14  # what the form proposes
MOST_DAYS = 366


@transaction.atomic
def keep(
    *, actor: User, session: MentoringSession, text: str, due_on: date | None
) -> Commitment | None:
    """Make or change the commitment of a session that has begun; an empty text drops it (None).

    A new day, from tomorrow on in the mentee's zone, asks for a new reminder. The same again
    changes nothing. DomainError with the form field as its code: `commitment` or `commitment_due`.
    """
    session = lock_session(session)
    if actor.pk != session.pairing.mentee_id:
        raise DomainError(_("Only the one who learns can do this."))
    present = _present(session)
    text = _tidy(text)
    if not text:
        if present:
            drop(actor=actor, commitment=present)
        return None
    if present and present.text == text and present.due_on == due_on:
        return present

    day = _checked_day(session, text, due_on, present)
    if present:
        return _change(present, text, day, actor)
    return _make(session, text, day, actor)


def _present(session: MentoringSession) -> Commitment | None:
    """The commitment that the session has, if any. DomainError when it is done already."""
    present: Commitment | None = Commitment.objects.filter(session=session).first()
    if present and present.done_at:
        raise DomainError(_("This is done already, so its text stays as it is."), code="commitment")
    return present


def _make(session: MentoringSession, text: str, day: date, actor: User) -> Commitment:
    made: Commitment = Commitment.objects.create(
        session=session, pairing=session.pairing, text=text, due_on=day
    )
    _record("made", made, actor)
    return made


def _change(commitment: Commitment, text: str, day: date, actor: User) -> Commitment:
    if commitment.due_on != day:
        outbox.cancel(key_prefix=commitment_mail.key_prefix(commitment), reason="another day")
    commitment.text, commitment.due_on = text, day
    commitment.save()
    _record("changed", commitment, actor)
    return commitment


def _tidy(text: str) -> str:
    """Without outer spaces, and with one kind of line end."""
    return text.replace("\r\n", "\n").strip()


def _checked_day(
    session: MentoringSession, text: str, due_on: date | None, present: Commitment | None
) -> date:
    """The day; DomainError unless text and day can be set for this session now."""
    if session.starts_at > clock.now():
        raise DomainError(_("This session has not begun yet. Say it after you have met."))
    check_length(text, COMMITMENT_LENGTH, "commitment")
    if due_on is None:
        raise DomainError(_("Say until when."), code="commitment_due")
    if present is None or present.due_on != due_on:
        _check_new_day(due_on, session.pairing.mentee.time_zone)
    return due_on


def _check_new_day(due_on: date, zone: str) -> None:
    """DomainError unless the day is from tomorrow on, within a year."""
    today = clock.today(zone)
    if due_on <= today:
        raise DomainError(_("Choose a day from tomorrow on."), code="commitment_due")
    if due_on > today + timedelta(days=MOST_DAYS):
        raise DomainError(_("Choose a day within a year."), code="commitment_due")


@transaction.atomic
def mark_done(*, actor: User, commitment: Commitment, what_changed: str) -> Commitment:
    """Mark as done, with what changed (may be empty).

    A second time replaces the text and keeps the first moment.
    """
    what_changed = _tidy(what_changed)
    check_length(what_changed, CHANGED_LENGTH, "what_changed")
    locked = _locked(commitment)
    if locked.done_at and locked.what_changed == what_changed:
        return locked

    locked.done_at = locked.done_at or clock.now()
    locked.what_changed = what_changed
    locked.save(update_fields=["done_at", "what_changed"])
    outbox.cancel(key_prefix=commitment_mail.key_prefix(locked), reason="done")
    _record("done", locked, actor)
    return locked


def _locked(commitment: Commitment) -> Commitment:
    rows = Commitment.objects.select_related("pairing__program").select_for_update(of=("self",))
    locked: Commitment = rows.get(pk=commitment.pk)
    return locked


@transaction.atomic
def drop(*, actor: User, commitment: Commitment) -> None:
    """Delete it, done or not, and cancel its unsent messages."""
    outbox.cancel(key_prefix=commitment_mail.key_prefix(commitment), reason="dropped")
    _record("dropped", commitment, actor)
    commitment.delete()


def _record(verb: str, commitment: Commitment, actor: User) -> None:
    """An audit entry without the text."""
    audit.record(
        f"commitment.{verb}", commitment, actor=actor, scope=commitment.pairing.program.public_id
    )
