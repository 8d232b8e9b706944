"""What the mentee will do differently: made after a session, changed, done, or dropped.

All of it by the mentee alone.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import audit, clock
from common.errors import DomainError
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
    """Make the commitment of a session that has begun, or change the one there is; empty words drop
    it (None).

    A new day, from tomorrow on in the mentee's zone, asks for a new reminder. The same again
    changes nothing. DomainError with the form field as its code: `commitment` or `commitment_due`.
    """
    related = MentoringSession.objects.select_related("pairing__program", "pairing__mentee")
    session = related.select_for_update(of=("self",)).get(pk=session.pk)
    if actor.pk != session.pairing.mentee_id:
        raise DomainError(_("This is for the one who learns to say."))
    present: Commitment | None = Commitment.objects.filter(session=session).first()
    text = text.replace("\r\n", "\n").strip()
    if present and present.done_at:
        raise DomainError(
            _("This is done already, so its words stay as they are."), code="commitment"
        )
    if not text:
        if present:
            drop(actor=actor, commitment=present)
        return None
    if present and (present.text, present.due_on) == (text, due_on):
        return present
    due_on = _checked(session, text, due_on, present)
    commitment = present or Commitment(session=session, pairing=session.pairing)
    if present and present.due_on != due_on:
        outbox.cancel(key_prefix=commitment_mail.key_prefix(present), reason="another day")
    commitment.text, commitment.due_on = text, due_on
    commitment.save()
    _record("changed" if present else "made", commitment, actor)
    return commitment


def _checked(
    session: MentoringSession, text: str, due_on: date | None, present: Commitment | None
) -> date:
    """The day; DomainError unless this can be said about this session now."""
    if session.starts_at > clock.now():
        raise DomainError(_("This session has not begun yet. Say it after you have met."))
    if len(text) > COMMITMENT_LENGTH:
        raise DomainError(
            _("Keep it under %(most)s characters.") % {"most": COMMITMENT_LENGTH}, code="commitment"
        )
    if due_on is None:
        raise DomainError(_("Say until when."), code="commitment_due")
    today = clock.today(session.pairing.mentee.time_zone)
    if present and present.due_on == due_on:
        return due_on
    if due_on <= today:
        raise DomainError(_("Choose a day from tomorrow on."), code="commitment_due")
    if due_on > today + timedelta(days=MOST_DAYS):
        raise DomainError(_("Choose a day within a year."), code="commitment_due")
    return due_on


@transaction.atomic
def mark_done(*, actor: User, commitment: Commitment, what_changed: str) -> Commitment:
    """It is done, with what changed (may be empty).

    Said again, the newer words stand and the first moment stays.
    """
    locked: Commitment = (
        Commitment.objects.select_related("pairing__program")
        .select_for_update(of=("self",))
        .get(pk=commitment.pk)
    )
    what_changed = what_changed.replace("\r\n", "\n").strip()
    if len(what_changed) > CHANGED_LENGTH:
        raise DomainError(
            _("Keep it under %(most)s characters.") % {"most": CHANGED_LENGTH}, code="what_changed"
        )
    if locked.done_at and locked.what_changed == what_changed:
        return locked
    locked.done_at, locked.what_changed = locked.done_at or clock.now(), what_changed
    locked.save(update_fields=["done_at", "what_changed"])
    outbox.cancel(key_prefix=commitment_mail.key_prefix(locked), reason="done")
    _record("done", locked, actor)
    return locked


@transaction.atomic
def drop(*, actor: User, commitment: Commitment) -> None:
    """Take it away, done or not, with what was still to be sent about it."""
    outbox.cancel(key_prefix=commitment_mail.key_prefix(commitment), reason="dropped")
    _record("dropped", commitment, actor)
    commitment.delete()


def _record(verb: str, commitment: Commitment, actor: User) -> None:
    """An entry without a word of what was said."""
    audit.record(
        f"commitment.{verb}", commitment, actor=actor, scope=commitment.pairing.program.public_id
    )
