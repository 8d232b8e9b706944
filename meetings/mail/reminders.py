"""What a reminder of a session asks when it is sent: who is away may have changed since it was
written.

Whoever is away now is not reminded. A session that falls on a day on which one of the two is away
will hardly take place: then its reminder says so, to both, and leads to the page on which it is
moved. Until when somebody is away stands on that page alone, as assistants read mails.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.domain import absences
from accounts.models import Absence, User
from common import clock
from meetings.mail import sessions as session_mail
from meetings.models import MentoringSession
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage


def is_due(message: OutboxMessage) -> bool:
    """The session is still ahead and its reader is here; one query, and two more when an absence of
    one of the two is not over.

    Where one of the two is away on the day of it, the letter is written anew into `message`, not
    into the database.
    """
    ahead = session_mail.alive(message).filter(starts_at__gt=clock.now())
    not_over = Absence.objects.not_over(clock.today("UTC") - timedelta(days=1))
    concerned = Q(person=OuterRef("pairing__mentor")) | Q(person=OuterRef("pairing__mentee"))
    answer = list(ahead.order_by().values_list(Exists(not_over.filter(concerned)), flat=True)[:1])
    return bool(answer) and (not answer[0] or _is_due_despite(message, ahead))


def _is_due_despite(message: OutboxMessage, ahead: Any) -> bool:
    """The same, looked at closely."""
    session: MentoringSession | None = ahead.select_related(
        "pairing__program", "pairing__mentor", "pairing__mentee"
    ).first()
    if session is None:
        return False
    reader, other = _reader_first(session, message.recipient_id)
    away = absences.between([reader, other], clock.now(), session.starts_at)
    if _is_away(reader, away, clock.now()):
        return False
    mine, theirs = (_is_away(person, away, session.starts_at) for person in (reader, other))
    if mine or theirs:
        context = {
            "session": session,
            "other": other,
            "mentee": session.pairing.mentee,
            "i_am_away": mine,
            "other_is_away": theirs,
        }
        letter = compose(recipient=reader, template="meetings/session_reminder", context=context)
        message.subject, message.text, message.html = letter.subject, letter.text, letter.html
    return True


def _reader_first(session: MentoringSession, reader_id: int | None) -> tuple[User, User]:
    pairing = session.pairing
    return (
        (pairing.mentor, pairing.mentee)
        if reader_id == pairing.mentor_id
        else (pairing.mentee, pairing.mentor)
    )


def _is_away(person: User, away: list[Absence], moment: datetime) -> bool:
    """On the day that the moment is where the person is."""
    mine = [absence for absence in away if absence.person_id == person.pk]
    return any(absence.covers(moment, person.time_zone) for absence in mine)
