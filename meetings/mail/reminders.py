"""Mails before and after a session: the reminder, the question to the mentee, "please log".

Whether one still makes sense is asked when it is sent, as absences may have changed since it was
written. A person who is away is not reminded. If one of the two is away on the day of the session,
its reminder says so to both and leads to the page on which it is moved. How long somebody is away
is on that page alone, as assistants read mails.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from accounts.domain import absences
from accounts.models import Absence, User
from common import clock
from common.http import absolute
from meetings.mail.letters import scheduled
from meetings.models import MentoringSession
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
    ahead = scheduled(message).filter(starts_at__gt=clock.now())
    not_over = Absence.objects.not_over(clock.today("UTC") - timedelta(days=1))
    of_pair = Q(person=OuterRef("pairing__mentor")) | Q(person=OuterRef("pairing__mentee"))
    has_absence = Exists(not_over.filter(of_pair))
    found = list(ahead.order_by().values_list(has_absence, flat=True)[:1])
    if not found:
        return False
    return not found[0] or _is_due_beside_absences(message, ahead)


def _is_due_beside_absences(message: OutboxMessage, ahead: QuerySet[MentoringSession]) -> bool:
    """Look at the absences of both; the session may have gone meanwhile."""
    session = ahead.select_related("pairing__program", "pairing__mentor", "pairing__mentee").first()
    if session is None:
        return False

    pairing = session.pairing
    reader = pairing.mentor if message.recipient_id == pairing.mentor_id else pairing.mentee
    partner = pairing.partner_of(reader)
    away = absences.between([reader, partner], clock.now(), session.starts_at)
    if _is_away(reader, away, clock.now()):
        return False

    reader_is_away = _is_away(reader, away, session.starts_at)
    partner_is_away = _is_away(partner, away, session.starts_at)
    if reader_is_away or partner_is_away:
        letter = compose(
            recipient=reader,
            template="meetings/session_reminder",
            context={
                "session": session,
                "partner": partner,
                "mentee": pairing.mentee,
                "reader_is_away": reader_is_away,
                "partner_is_away": partner_is_away,
            },
        )
        message.subject, message.text, message.html = letter.subject, letter.text, letter.html
    return True


def _is_away(person: User, away: list[Absence], moment: datetime) -> bool:
    """One of the absences is the person's and covers the moment."""
    mine = [absence for absence in away if absence.person_id == person.pk]
    return any(absence.covers(moment, person.time_zone) for absence in mine)


def is_unlogged(message: OutboxMessage) -> bool:
    """Nobody has logged the session yet."""
    return scheduled(message).exists()


def is_without_question(message: OutboxMessage) -> bool:
    """The session is ahead without a question, and its program still asks for one."""
    ahead = scheduled(message).filter(starts_at__gt=clock.now(), question="")
    return ahead.filter(pairing__program__question_days__gt=0).exists()


def log_link(message: OutboxMessage) -> str:
    """The page on which the session is logged."""
    return absolute(reverse("meetings:session_log", args=[message.data["session"]]))


def question_link(message: OutboxMessage) -> str:
    """The page on which the mentee writes their question."""
    return absolute(reverse("meetings:session_question", args=[message.data["session"]]))
