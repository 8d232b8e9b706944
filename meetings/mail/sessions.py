"""What the mails about sessions say, to whom they go, and until when they make sense.

Assistants read their seniors' mail: a time, a place, a link and a name stand in it, never a
question, takeaway or note. Every change of a session goes to both of the pair, as it carries the
session for their calendars (calendar_file.py); a delegate has the page and the file instead, since
the mail of the mentee is theirs to read anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import clock
from common.http import absolute
from meetings.calendar import files
from meetings.enums import SessionState
from meetings.models import MentoringSession
from notifications import outbox
from notifications.kinds import registry
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage
from pairings.enums import PairingState

REMINDER = "meetings.session_reminder"
LOG_NUDGE = "meetings.session_log"
SCHEDULED = "meetings.session_scheduled"
SERIES = "meetings.session_series"
MOVED = "meetings.session_moved"
DETAILS = "meetings.session_details"
CANCELLED = "meetings.session_cancelled"
INVITATION = "meetings.session_invitation"
WITHDRAWN = "meetings.session_withdrawn"
LATE = "meetings.session_late"
QUESTION = "meetings.session_question"


def key_prefix(session: MentoringSession, sequence: int | None = None) -> str:
    """What the keys of all messages about a session as it is now (or was, after so many changes)
    begin with.
    """
    return f"session:{session.public_id}:{session.sequence if sequence is None else sequence}:"


def register() -> None:
    """Tell the outbox about these kinds; called when the application starts."""
    for kind, label in (
        (SCHEDULED, _("Session booked")),
        (MOVED, _("Session moved")),
        (DETAILS, _("Session at another place")),
        (INVITATION, _("Session for your calendar")),
    ):
        registry.register(kind, label=label, still_due=is_ahead, link=session_link)
    from meetings.mail.reminders import is_due

    registry.register(REMINDER, label=_("Session reminder"), still_due=is_due, link=session_link)
    registry.register(
        SERIES, label=_("Sessions booked"), still_due=is_of_active_pair, link=session_link
    )
    registry.register(CANCELLED, label=_("Session cancelled"), link=session_link)
    registry.register(LATE, label=_("Running late"), still_due=is_going_on, link=session_link)
    registry.register(WITHDRAWN, label=_("Session taken out of your calendar"), link=session_link)
    registry.register(
        LOG_NUDGE,
        label=_("Please log the session"),
        still_due=is_unlogged,
        link=log_link,
        is_nudge=True,
    )
    registry.register(
        QUESTION,
        label=_("What will you ask?"),
        still_due=is_unasked,
        link=question_link,
        is_nudge=True,
    )


def session_link(message: OutboxMessage) -> str:
    """The page of the session."""
    return absolute(reverse("meetings:session_detail", args=[message.data["session"]]))


def log_link(message: OutboxMessage) -> str:
    """The page on which the session is logged."""
    return absolute(reverse("meetings:session_log", args=[message.data["session"]]))


def question_link(message: OutboxMessage) -> str:
    """The page on which the mentee writes their question."""
    return absolute(reverse("meetings:session_question", args=[message.data["session"]]))


def is_ahead(message: OutboxMessage) -> bool:
    """The session still takes place at the time that the message names, and its reader still takes
    part.
    """
    return bool(alive(message).filter(starts_at__gt=clock.now()).exists())


def is_going_on(message: OutboxMessage) -> bool:
    """The session is not over."""
    return bool(alive(message).filter(ends_at__gt=clock.now()).exists())


def is_of_active_pair(message: OutboxMessage) -> bool:
    """The pair still meets; a single session of the series may have been moved."""
    sessions = MentoringSession.objects.filter(
        public_id=message.data["session"], pairing__state=PairingState.ACTIVE
    )
    return message.recipient.is_active and sessions.exists()


def is_unlogged(message: OutboxMessage) -> bool:
    """Nobody has logged the session yet."""
    return bool(alive(message).exists())


def is_unasked(message: OutboxMessage) -> bool:
    """The session is ahead, has no question yet, and its program still asks for one."""
    ahead = alive(message).filter(
        starts_at__gt=clock.now(), question="", pairing__program__question_days__gt=0
    )
    return bool(ahead.exists())


def alive(message: OutboxMessage) -> Any:
    """The session of the message, if it is still scheduled for that time, in an active pair of its
    active reader.
    """
    found = MentoringSession.objects.filter(
        public_id=message.data["session"],
        sequence=message.data["sequence"],
        state=SessionState.SCHEDULED,
        pairing__state=PairingState.ACTIVE,
    )
    return found if message.recipient.is_active else found.none()


def draft(
    session: MentoringSession,
    recipient: User,
    *,
    kind: str,
    about: str,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    key: str = "",
    attachments: Sequence[outbox.Attachment] = (),
    **context: Any,
) -> outbox.Draft:
    """One message about a session as the outbox takes it.

    Needs the pairing with its two people and its program.

    Its key is `key_prefix` of the session with `about` and the recipient, or is under `key`.
    """
    pairing = session.pairing
    other = pairing.mentee if recipient.pk == pairing.mentor_id else pairing.mentor
    letter = compose(
        recipient=recipient,
        template=f"meetings/{kind.removeprefix('meetings.')}",
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
        "attachments": attachments,
        **letter.fields(),
    }


def tell_scheduled(session: MentoringSession, *, actor: User) -> None:
    """Both learn of a session, with an invitation."""
    _tell(session, actor, kind=SCHEDULED, about="scheduled", expires_at=session.starts_at)


def tell_series(sessions: list[MentoringSession], *, actor: User) -> None:
    """One mail about all sessions booked in one go, and an invitation for each: a calendar takes
    one from a mail, not more.

    The key of the summary is no session's own: moving one does not take it back.
    """
    first, last = sessions[0], sessions[-1]
    if first is last:
        tell_scheduled(first, actor=actor)
        return
    key = f"session-series:{first.public_id}:{first.sequence}"
    others = [person for person in _active(first) if person.pk != actor.pk]
    said = _by_whom(first, actor)
    outbox.enqueue_many(
        draft(
            first,
            person,
            kind=SERIES,
            about="series",
            key=key,
            expires_at=last.starts_at,
            sessions=sessions,
            **said,
        )
        for person in others
    )
    _enqueue_read(
        draft(
            session,
            person,
            kind=INVITATION,
            about="invitation",
            expires_at=session.starts_at,
            attachments=[files.invitation(session, person, is_own_deed=person.pk == actor.pk)],
        )
        for session in sessions
        for person in _active(session)
    )


def tell_moved(session: MentoringSession, *, actor: User) -> None:
    """Both learn the new time."""
    _tell(session, actor, kind=MOVED, about="moved", expires_at=session.starts_at)


def tell_details(session: MentoringSession, *, actor: User) -> None:
    """Both learn the new place or link."""
    _tell(session, actor, kind=DETAILS, about="details", expires_at=session.ends_at)


def tell_cancelled(session: MentoringSession, *, actor: User) -> None:
    """Both learn that it does not take place; there is no reason to tell."""
    _tell(
        session,
        actor,
        kind=CANCELLED,
        about="cancelled",
        expires_at=session.ends_at + timedelta(days=1),
    )


def tell_late(session: MentoringSession, *, actor: User, late: User, minutes: int) -> None:
    """The other one learns that `late` comes so many minutes late, and `late` too where a delegate
    has said it for them.
    """
    said = {"late": late, "minutes": minutes, **_by_whom(session, actor)}
    outbox.enqueue_many(
        draft(
            session,
            person,
            kind=LATE,
            about="late",
            expires_at=session.ends_at,
            mine=person.pk == late.pk,
            **said,
        )
        for person in _active(session)
        if person.pk != actor.pk
    )


def take_out_of_calendars(sessions: Iterable[MentoringSession]) -> None:
    """Sessions that have gone with their pair, ended or paused: another mail says so, these only
    clear both calendars.
    """
    _enqueue_read(
        draft(
            session,
            person,
            kind=WITHDRAWN,
            about="withdrawn",
            expires_at=session.ends_at + timedelta(days=1),
            attachments=[files.invitation(session, person)],
        )
        for session in sessions
        for person in _active(session)
    )


def _tell(
    session: MentoringSession, actor: User, *, kind: str, about: str, expires_at: datetime
) -> None:
    """The message to the two of the pair, each with the session for the calendar.

    One's own deed does not ring the bell.
    """
    said = _by_whom(session, actor)
    for person in _active(session):
        mine = person.pk == actor.pk
        attachments = [files.invitation(session, person, is_own_deed=mine)]
        message = draft(
            session,
            person,
            kind=kind,
            about=about,
            expires_at=expires_at,
            attachments=attachments,
            mine=mine,
            **said,
        )
        if mine:
            _enqueue_read([message])
        else:
            outbox.enqueue(**message)


def _active(session: MentoringSession) -> list[User]:
    """Those of the pair who are still with the company."""
    return [
        person for person in (session.pairing.mentor, session.pairing.mentee) if person.is_active
    ]


def _by_whom(session: MentoringSession, actor: User) -> dict[str, Any]:
    """Who did it, for the letter."""
    return {
        "actor": actor,
        "by_delegate": actor.pk not in {session.pairing.mentor_id, session.pairing.mentee_id},
    }


def _enqueue_read(drafts: Iterable[outbox.Draft]) -> None:
    """Messages for the calendar more than for the eye: they stand in the inbox, and are not new
    there.
    """
    drafts = list(drafts)
    outbox.enqueue_many(drafts)
    keys = [one["dedupe_key"] for one in drafts]
    OutboxMessage.objects.filter(dedupe_key__in=keys, read_at__isnull=True).update(
        read_at=clock.now()
    )
