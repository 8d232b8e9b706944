"""Which reminders of sessions, and which requests for the mentee's question, are due now.

Found by queries every minute, whether or not a minute was missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.domain import absences
from accounts.models import Absence, User
from common.timezones import to_utc, to_wall
from meetings.enums import SessionState
from meetings.mail import sessions as session_mail
from meetings.models import MentoringSession
from meetings.models.session import MOST_MINUTES
from notifications import outbox
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from notifications.outbox.due import Search, Window, work_through
from pairings.enums import PairingState
from programs.models import Program

SEARCH = Search("meetings.session_reminders")
LONGEST_HOURS = 28 * 24
# "Please log": soon after the end to the mentor, and once more, to both, when it has been
# forgotten.
LOG_AFTER = (timedelta(hours=1), timedelta(days=2))
LOG_UNTIL = timedelta(days=9)
ASK_AT = time(9)  # where the mentee is, so many days before as the program says
PAGE = 500  # sessions at a time


@dataclass(frozen=True)
class Due:
    """One message that ought to exist: `about` and the recipient make its key."""

    session: MentoringSession
    recipient: User
    kind: str
    about: str
    due_at: datetime
    expires_at: datetime

    @property
    def key(self) -> str:
        """As in `mail_sessions.draft`."""
        return self._key(self.session.sequence)

    @property
    def earlier_keys(self) -> list[str]:
        """Of a request for the question: those of the session as it was before its changes."""
        if self.kind != session_mail.QUESTION:
            return []
        return [self._key(sequence) for sequence in range(self.session.sequence)]

    def _key(self, sequence: int) -> str:
        return f"{session_mail.key_prefix(self.session, sequence)}{self.about}:{self.recipient.public_id}"


def enqueue_due_reminders() -> int:
    """Put every reminder and every "please log" that has fallen due into the outbox; how many were
    new.

    Running it again, or twice at once, adds nothing: each has a key of session, sequence, offset
    and person. One that fell due before the time was set says nothing new and is left out. Sessions
    are taken PAGE at a time, the soonest first, each page in a transaction of its own, so that
    memory does not grow with their number; nor do the queries of a page.
    """
    with SEARCH.window() as window:
        return work_through(
            _soonest_first(_in_question(window)), lambda page: _enqueue_page(page, window)
        )


def _soonest_first(ahead: QuerySet[MentoringSession]) -> Iterator[list[MentoringSession]]:
    page = list(ahead[:PAGE])
    while page:
        yield page
        last = page[-1]
        beyond = Q(starts_at__gt=last.starts_at) | Q(starts_at=last.starts_at, pk__gt=last.pk)
        page = list(ahead.filter(beyond)[:PAGE]) if len(page) == PAGE else []


@transaction.atomic
def _enqueue_page(page: list[MentoringSession], window: Window) -> int:
    """What is due of these sessions; how many messages were new."""
    dues = (due for due in _all_due(page) if due.session.timed_at < due.due_at)
    wanted = [due for due in dues if window.asks_for(due.due_at, due.expires_at)]
    if not wanted:
        return 0
    new = _not_known(wanted)
    away = _away([due for due in new if due.expires_at > window.now])
    states = {
        due.key: MessageState.CANCELLED if due.key in away else window.state(due.expires_at)
        for due in new
    }
    return outbox.enqueue_many(_draft(due, states[due.key]) for due in new) if new else 0


def _draft(due: Due, state: MessageState) -> outbox.Draft:
    when: Any = {"due_at": due.due_at, "expires_at": due.expires_at}
    return {
        **session_mail.draft(due.session, due.recipient, kind=due.kind, about=due.about, **when),
        "state": state,
    }


def _not_known(wanted: list[Due]) -> list[Due]:
    """Those that no message stands for yet. One query.

    A mentee who has lately been asked for the question is not asked again because the room has
    changed.
    """
    keys = {key for due in wanted for key in (due.key, *due.earlier_keys)}
    rows = OutboxMessage.objects.filter(dedupe_key__in=keys)
    known = {
        key: (state, due_at)
        for key, state, due_at in rows.values_list("dedupe_key", "state", "due_at")
    }

    def has_lately_been_asked(due: Due) -> bool:
        since = due.due_at - timedelta(days=due.session.pairing.program.question_days)
        asked = [known[key] for key in due.earlier_keys if key in known]
        return any(state != MessageState.CANCELLED and due_at > since for state, due_at in asked)

    return [due for due in wanted if due.key not in known and not has_lately_been_asked(due)]


def _in_question(window: Window) -> QuerySet[MentoringSession]:
    """Sessions ahead, or over while nobody looked, or not logged yet; nothing may be due of some.

    One that has been logged meanwhile took place without its reminders.
    """
    running = Program.objects.filter(pairings__state=PairingState.ACTIVE)
    plans = list(running.values_list("reminder_hours", "question_days").distinct())
    longest = max(
        (hour for hours, _days in plans for hour in hours if hour <= LONGEST_HOURS), default=0
    )
    # from nine in the morning to the end of the day of the session, and an hour more when clocks
    # change
    longest = max([longest, *(days * 24 + 16 for _hours, days in plans if days)])
    # one range of starts, so that an index serves it: from the longest ago that still asks for its
    # log
    first = window.since - LOG_UNTIL - timedelta(minutes=MOST_MINUTES)
    over = Q(
        state__in=[SessionState.HELD, SessionState.MISSED],
        starts_at__gt=window.since,
        starts_at__lte=window.now,
    )
    sessions = MentoringSession.objects.filter(
        Q(state=SessionState.SCHEDULED) | over,
        pairing__state=PairingState.ACTIVE,
        starts_at__gt=first,
        starts_at__lte=window.now + timedelta(hours=longest),
    )
    return sessions.select_related(
        "pairing__program", "pairing__mentor", "pairing__mentee"
    ).order_by("starts_at", "pk")


def _all_due(page: list[MentoringSession]) -> Iterator[Due]:
    """Reminders, and nudges for what is over and not logged; some may not be due yet."""
    for session in page:
        yield from _reminders(session)
        yield from _question(session)
        if session.state == SessionState.SCHEDULED:
            yield from _nudges(session)


def _reminders(session: MentoringSession) -> Iterator[Due]:
    """Before the start, so many hours as the program says, for both.

    One loses its point when the next one is due.
    """
    hours = sorted(
        {hour for hour in session.pairing.program.reminder_hours if 0 < hour <= LONGEST_HOURS},
        reverse=True,
    )
    moments = [session.starts_at - timedelta(hours=hour) for hour in hours]
    for hour, moment, until in zip(hours, moments, [*moments, session.starts_at][1:], strict=True):
        for person in _people(session):
            yield Due(session, person, session_mail.REMINDER, f"{hour}h", moment, until)


def _question(session: MentoringSession) -> Iterator[Due]:
    """So many days before the session, in the morning where the mentee is, unless there is a
    question.

    What was booked later than that: on the next morning, if there is one before the day itself.
    """
    mentee, days = session.pairing.mentee, session.pairing.program.question_days
    if not days or session.question or not mentee.is_active:
        return
    day = to_wall(session.starts_at, mentee.time_zone).date()
    mornings = (
        to_utc(day - timedelta(days=before), ASK_AT, mentee.time_zone)
        for before in range(days, 0, -1)
    )
    moment = next((morning for morning in mornings if morning > session.timed_at), None)
    if moment is not None:
        yield Due(session, mentee, session_mail.QUESTION, "question", moment, session.starts_at)


def _nudges(session: MentoringSession) -> Iterator[Due]:
    """After the end: first the mentor, who logs, then both; at most two a person."""
    first, second = (session.ends_at + after for after in LOG_AFTER)
    until = session.ends_at + LOG_UNTIL
    for person in _people(session):
        if person.pk == session.pairing.mentor_id:
            yield Due(session, person, session_mail.LOG_NUDGE, "log1", first, second)
        yield Due(session, person, session_mail.LOG_NUDGE, "log2", second, until)


def _people(session: MentoringSession) -> list[User]:
    """Those of the pair who are still with the company."""
    return [
        person for person in (session.pairing.mentor, session.pairing.mentee) if person.is_active
    ]


def _away(dues: list[Due]) -> set[str]:
    """Keys of what falls due on a day on which its reader is absent: it stays unsent, and is not
    counted as missed.

    It stands in the outbox all the same: a gap beside the message of the other one would tell who
    is away. A request for the question is none of them: it waits for their return, which is the
    sender's part.
    """
    dues = [due for due in dues if due.kind != session_mail.QUESTION]
    if not dues:
        return set()
    moments = [due.due_at for due in dues]
    by_person: dict[int, list[Absence]] = {}
    for absence in absences.between([due.recipient for due in dues], min(moments), max(moments)):
        by_person.setdefault(absence.person_id, []).append(absence)

    away = set()
    for due in dues:
        theirs = by_person.get(due.recipient.pk, [])
        if any(absence.covers(due.due_at, due.recipient.time_zone) for absence in theirs):
            away.add(due.key)
    return away
