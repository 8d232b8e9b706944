"""Mails about a change of a session: booked, moved, cancelled, late.

Every change goes to both people, with the session for their calendars. A delegate gets no mail:
they have the page and the calendar file.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from common import clock
from meetings.calendar import files
from meetings.mail.letters import draft, scheduled
from meetings.mail.told import (
    CANCELLED,
    DETAILS,
    INVITATION,
    MOVED,
    SCHEDULED,
    WITHDRAWN,
    Told,
    told,
)
from meetings.models import MentoringSession
from notifications import outbox
from notifications.models import OutboxMessage
from pairings.enums import PairingState

SERIES = "meetings.session_series"
LATE = "meetings.session_late"


def tell_scheduled(session: MentoringSession, *, actor: User) -> None:
    """Both learn of a session, with an invitation."""
    for person in session.pairing.people_here():
        _tell(session, person, actor, kind=SCHEDULED)


def tell_series(sessions: list[MentoringSession], *, actor: User) -> None:
    """One mail about all sessions booked at once, and an invitation for each of them.

    A calendar takes only one session from a mail.
    """
    if len(sessions) == 1:
        tell_scheduled(sessions[0], actor=actor)
        return
    outbox.enqueue_many(_summaries(sessions, actor))
    _enqueue_read(_invitations(sessions, actor))


def _summaries(sessions: list[MentoringSession], actor: User) -> list[outbox.Draft]:
    """The mail about all sessions, to those of the pair who have not booked them.

    Its key is no session's own, so that moving one session does not cancel it.
    """
    first, last = sessions[0], sessions[-1]
    said = _by_whom(first, actor)
    return [
        draft(
            first,
            person,
            kind=SERIES,
            about="series",
            key=f"session-series:{first.public_id}:{first.sequence}",
            expires_at=last.starts_at,
            sessions=sessions,
            **said,
        )
        for person in first.pairing.people_here()
        if person.pk != actor.pk
    ]


def _invitations(sessions: list[MentoringSession], actor: User) -> list[outbox.Draft]:
    """One mail for each session and person, for the calendar."""
    drafts = []
    for session in sessions:
        for person in session.pairing.people_here():
            invitation = files.invitation(session, person, is_own_deed=person.pk == actor.pk)
            message = draft(
                session,
                person,
                kind=INVITATION,
                about="invitation",
                actor=actor,
                expires_at=session.starts_at,
                attachments=[invitation],
            )
            drafts.append(message)
    return drafts


def tell_moved(session: MentoringSession, *, actor: User) -> None:
    """Both learn the new time."""
    _tell_news(session, actor, kind=MOVED)


def tell_details(session: MentoringSession, *, actor: User) -> None:
    """Both learn the new place or link."""
    _tell_news(session, actor, kind=DETAILS)


def tell_cancelled(session: MentoringSession, *, actor: User) -> None:
    """Both learn that it does not take place, without a reason."""
    _tell_news(session, actor, kind=CANCELLED)


def tell_late(session: MentoringSession, *, actor: User, late: User, minutes: int) -> None:
    """The partner learns that `late` is so many minutes late; so does `late` from a delegate."""
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
        for person in session.pairing.people_here()
        if person.pk != actor.pk
    )


def take_out_of_calendars(sessions: Iterable[MentoringSession]) -> None:
    """Sessions of a pair that was paused or has ended: only the calendars are told.

    Another mail tells the people.
    """
    drafts = []
    for session in sessions:
        for person in session.pairing.people_here():
            message = draft(
                session,
                person,
                kind=WITHDRAWN,
                about="withdrawn",
                expires_at=session.ends_at + timedelta(days=1),
                attachments=[files.invitation(session, person)],
            )
            drafts.append(message)
    _enqueue_read(drafts)


def _tell_news(session: MentoringSession, actor: User, *, kind: str) -> None:
    """A change of this kind, to those for whom it is news after what they have been told."""
    known = told(session)
    for person in session.pairing.people_here():
        news = known.get(person.pk, Told()).news(kind, session)
        if news:
            _tell(session, person, actor, kind=news)


def _tell(session: MentoringSession, person: User, actor: User, *, kind: str) -> None:
    """The message to one of the two, with the session for the calendar.

    The one who has made the change finds it in the inbox as read.
    """
    mine = person.pk == actor.pk
    message = draft(
        session,
        person,
        kind=kind,
        about=kind.rpartition("_")[2],
        expires_at=_expires_at(session, kind),
        attachments=[files.invitation(session, person, is_own_deed=mine)],
        mine=mine,
        **_by_whom(session, actor),
    )
    if mine:
        _enqueue_read([message])
    else:
        outbox.enqueue(**message)


def _expires_at(session: MentoringSession, kind: str) -> datetime:
    """A time is useful until it begins, a place until it ends, a cancellation a day longer."""
    if kind == CANCELLED:
        return session.ends_at + timedelta(days=1)
    return session.ends_at if kind == DETAILS else session.starts_at


def _by_whom(session: MentoringSession, actor: User) -> dict[str, Any]:
    """Who made the change, for the limits and the template."""
    return {"actor": actor, "by_delegate": not session.pairing.has_member(actor)}


def _enqueue_read(drafts: list[outbox.Draft]) -> None:
    """Enqueue messages for the calendar: in the inbox they are already marked as read."""
    outbox.enqueue_many(drafts)
    keys = [one["dedupe_key"] for one in drafts]
    unread = OutboxMessage.objects.filter(dedupe_key__in=keys, read_at__isnull=True)
    unread.update(read_at=clock.now())


def is_ahead(message: OutboxMessage) -> bool:
    """The session has not begun, and its time is still the one that the message names."""
    return scheduled(message).ahead().exists()


def is_not_over(message: OutboxMessage) -> bool:
    """The session has not ended."""
    return scheduled(message).filter(ends_at__gt=clock.now()).exists()


def is_of_active_pair(message: OutboxMessage) -> bool:
    """The pair still meets; a single session of the series may have been moved."""
    sessions = MentoringSession.objects.filter(
        public_id=message.data["session"], pairing__state=PairingState.ACTIVE
    )
    return message.recipient.is_active and sessions.exists()
