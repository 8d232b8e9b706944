"""What the mails about sessions say, to whom they go, and until when they make sense.

Assistants read their seniors' mail: a time, a place, a link and a name stand in it, never a question, takeaway or note.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import clock
from common.http import absolute
from notifications import outbox, registry
from notifications.models import OutboxMessage
from notifications.rendering import compose
from pairings.enums import PairingState, SessionState
from pairings.models import MentoringSession

REMINDER = "pairings.session_reminder"
LOG_NUDGE = "pairings.session_log"
SCHEDULED = "pairings.session_scheduled"
SERIES = "pairings.session_series"
MOVED = "pairings.session_moved"
CANCELLED = "pairings.session_cancelled"


def key_prefix(session: MentoringSession) -> str:
    """What the keys of all messages about the present time of a session begin with."""
    return f"session:{session.public_id}:{session.sequence}:"


def register() -> None:
    """Tell the outbox about these kinds; called when the application starts."""
    for kind, label in (
        (SCHEDULED, _("Session booked")),
        (MOVED, _("Session moved")),
        (REMINDER, _("Session reminder")),
    ):
        registry.register(kind, label=label, still_due=is_ahead, link=session_link)
    registry.register(SERIES, label=_("Sessions booked"), still_due=is_of_active_pair, link=session_link)
    registry.register(CANCELLED, label=_("Session cancelled"), link=session_link)
    registry.register(LOG_NUDGE, label=_("Please log the session"), still_due=is_unlogged, link=log_link, is_nudge=True)


def session_link(message: OutboxMessage) -> str:
    """The page of the session."""
    return absolute(reverse("pairings:session_detail", args=[message.data["session"]]))


def log_link(message: OutboxMessage) -> str:
    """The page on which the session is logged."""
    return absolute(reverse("pairings:session_log", args=[message.data["session"]]))


def is_ahead(message: OutboxMessage) -> bool:
    """The session still takes place at the time that the message names, and its reader still takes part."""
    return _alive(message).filter(starts_at__gt=clock.now()).exists()


def is_of_active_pair(message: OutboxMessage) -> bool:
    """The pair still meets; a single session of the series may have been moved."""
    sessions = MentoringSession.objects.filter(public_id=message.data["session"], pairing__state=PairingState.ACTIVE)
    return message.recipient.is_active and sessions.exists()


def is_unlogged(message: OutboxMessage) -> bool:
    """Nobody has logged the session yet."""
    return _alive(message).exists()


def _alive(message: OutboxMessage) -> Any:
    """The session of the message, if it is still scheduled for that time, in an active pair of its active reader."""
    alive = MentoringSession.objects.filter(
        public_id=message.data["session"],
        sequence=message.data["sequence"],
        state=SessionState.SCHEDULED,
        pairing__state=PairingState.ACTIVE,
    )
    return alive if message.recipient.is_active else alive.none()


def draft(
    session: MentoringSession,
    recipient: User,
    *,
    kind: str,
    about: str,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    key: str = "",
    **context: Any,
) -> outbox.Draft:
    """One message about a session as the outbox takes it. Needs the pairing with its two people and its program.

    Its key ends what the present time of the session began (`key_prefix`) with `about` and the recipient, or is under `key`.
    """
    pairing = session.pairing
    other = pairing.mentee if recipient.pk == pairing.mentor_id else pairing.mentor
    letter = compose(
        recipient=recipient,
        template=f"pairings/{kind.removeprefix('pairings.')}",
        context={"session": session, "other": other, "mentee": pairing.mentee, **context},
    )
    return {
        "recipient": recipient,
        "kind": kind,
        "dedupe_key": f"{key or key_prefix(session) + about}:{recipient.public_id}",
        "scope": pairing.program.public_id,
        "data": {"session": str(session.public_id), "sequence": session.sequence},
        "due_at": due_at,
        "expires_at": expires_at,
        **letter.fields(),
    }


def tell_scheduled(session: MentoringSession, *, actor: User) -> None:
    """The other one (or both, when a delegate booked) learns of a session."""
    _tell(session, actor, kind=SCHEDULED, about="scheduled", expires_at=session.starts_at)


def tell_series(sessions: list[MentoringSession], *, actor: User) -> None:
    """One mail about all sessions booked in one go. Its key is no session's own: moving one does not take it back."""
    first, last = sessions[0], sessions[-1]
    if first is last:
        tell_scheduled(first, actor=actor)
        return
    key = f"session-series:{first.public_id}"
    _tell(first, actor, kind=SERIES, about="series", key=key, expires_at=last.starts_at, sessions=sessions)


def tell_moved(session: MentoringSession, *, actor: User) -> None:
    """The other one learns the new time."""
    _tell(session, actor, kind=MOVED, about="moved", expires_at=session.starts_at)


def tell_cancelled(session: MentoringSession, *, actor: User) -> None:
    """The other one learns that it does not take place; there is no reason to tell. Past its time it says nothing new."""
    if session.ends_at > clock.now():
        _tell(session, actor, kind=CANCELLED, about="cancelled", expires_at=session.ends_at + timedelta(days=1))


def _tell(session: MentoringSession, actor: User, *, kind: str, about: str, **options: Any) -> None:
    """The message to the active ones of the pair who have not done it themselves."""
    pairing = session.pairing
    by_delegate = actor.pk not in {pairing.mentor_id, pairing.mentee_id}
    for recipient in (pairing.mentor, pairing.mentee):
        if recipient.pk != actor.pk and recipient.is_active:
            message = draft(session, recipient, kind=kind, about=about, actor=actor, by_delegate=by_delegate, **options)
            outbox.enqueue(**message)
