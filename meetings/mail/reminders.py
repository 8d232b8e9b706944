"""Mails before and after a session: the reminder, the question to the mentee, "please log".

Whether one still makes sense is asked when it is sent, as absences may have changed since it was
written. A person who is away is not reminded. If one of the two is away on the day of the session,
its reminder says so to both and leads to the page on which it is moved. How long somebody is away
is on that page alone, as assistants read mails.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.domain import absences
from accounts.models import Absence, User
from common import clock
from common.http import absolute
from meetings.mail.letters import scheduled
from meetings.models import MentoringSession
from meetings.models.session import SessionQuerySet
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage

REMINDER = "meetings.session_reminder"
LOG_NUDGE = "meetings.session_log"
QUESTION = "meetings.session_question"


def is_due(message: OutboxMessage) -> bool:
    """The session is still ahead and its reader is here.

    If one of the two is away on that day, the text of `message` is written anew, though not saved.
    One query; three when one of the two has an absence that is not over.
    """
    ahead = scheduled(message).ahead()
    found = list(ahead.order_by().values_list(_has_absence(), flat=True)[:1])
    if not found:
        return False
    has_absence = found[0]
    return not has_absence or _is_due_beside_absences(message, ahead)


def _has_absence() -> Exists:
    """Whether one of the session's two people has an absence that is not over."""
    of_pair = Q(person=OuterRef("pairing__mentor")) | Q(person=OuterRef("pairing__mentee"))
    not_over = Absence.objects.not_over(clock.today("UTC") - timedelta(days=1))
    return Exists(not_over.filter(of_pair))


def _is_due_beside_absences(message: OutboxMessage, ahead: SessionQuerySet) -> bool:
    """Look at the absences of both; the session may have gone meanwhile."""
    session = ahead.with_people().first()
    if session is None:
        return False

    reader = _reader(message, session)
    partner = session.pairing.partner_of(reader)
    away = absences.between([reader, partner], clock.now(), session.starts_at)
    if _is_away(reader, away, clock.now()):
        return False

    who_is_away = {
        "reader_is_away": _is_away(reader, away, session.starts_at),
        "partner_is_away": _is_away(partner, away, session.starts_at),
    }
    if any(who_is_away.values()):
        _write_anew(message, session, who_is_away)
    return True


def _reader(message: OutboxMessage, session: MentoringSession) -> User:
    """The recipient, as one of the session's pair."""
    pairing = session.pairing
    if message.recipient_id == pairing.mentor_id:
        return pairing.mentor
    return pairing.mentee


def _write_anew(
    message: OutboxMessage, session: MentoringSession, who_is_away: dict[str, bool]
) -> None:
    """Replace the text of the message by one that says who is away."""
    reader = _reader(message, session)
    letter = compose(
        recipient=reader,
        template="meetings/session_reminder",
        context={
            "session": session,
            "partner": session.pairing.partner_of(reader),
            "mentee": session.pairing.mentee,
            **who_is_away,
        },
    )
    message.subject, message.text, message.html = letter.subject, letter.text, letter.html


def _is_away(person: User, away: list[Absence], moment: datetime) -> bool:
    """One of the absences is the person's and covers the moment."""
    mine = [absence for absence in away if absence.person_id == person.pk]
    return any(absence.covers(moment, person.time_zone) for absence in mine)


def is_unlogged(message: OutboxMessage) -> bool:
    """Nobody has logged the session yet."""
    return scheduled(message).exists()


def is_without_question(message: OutboxMessage) -> bool:
    """The session is ahead without a question, and its program still asks for one."""
    ahead = scheduled(message).ahead().filter(question="")
    return ahead.filter(pairing__program__question_days__gt=0).exists()


def log_link(message: OutboxMessage) -> str:
    """The page on which the session is logged."""
    return absolute(reverse("meetings:session_log", args=[message.data["session"]]))


def question_link(message: OutboxMessage) -> str:
    """The page on which the mentee writes their question."""
    return absolute(reverse("meetings:session_question", args=[message.data["session"]]))
