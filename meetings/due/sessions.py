"""Which reminders of sessions, requests for the mentee's question and "please log" are due.

Found by queries every minute, whether or not a minute was missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.domain import absences
from accounts.models import Absence, User
from common.timezones import to_utc, to_wall
from meetings.enums import SessionState
from meetings.mail import letters
from meetings.mail.reminders import LOG_NUDGE, QUESTION, REMINDER
from meetings.models import MentoringSession
from meetings.models.session import MOST_MINUTES
from notifications import outbox
from notifications.enums import MessageState
from notifications.models import OutboxMessage
from notifications.outbox.due import Search, Window, enqueue_missing, missing, work_through
from pairings.enums import PairingState
from programs.models import Program

SEARCH = Search("meetings.session_reminders")
LONGEST_HOURS = 28 * 24
# "Please log": first to the mentor, the second time to both.
LOG_AFTER = (timedelta(hours=1), timedelta(days=2))
LOG_UNTIL = timedelta(days=9)
ASK_AT = time(9)  # where the mentee is, as many days before as the program says
PAGE = 500  # sessions at a time


@dataclass(frozen=True)
class Due:
    """One message that should exist: `about` and the recipient make its key."""

    session: MentoringSession
    recipient: User
    kind: str
    about: str
    due_at: datetime
    expires_at: datetime

    @property
    def key(self) -> str:
        """The key of its message."""
        return self._key_after(self.session.sequence)

    @property
    def earlier_keys(self) -> list[str]:
        """The keys that it had before each change of the session."""
        return [self._key_after(sequence) for sequence in range(self.session.sequence)]

    def _key_after(self, sequence: int) -> str:
        prefix = letters.key_prefix(self.session, sequence)
        return f"{prefix}{self.about}:{self.recipient.public_id}"


def enqueue_due_reminders() -> int:
    """Put every message about a session that is due into the outbox; how many were new.

    Running it again, or twice at once, adds nothing: each has a key of session, sequence, offset
    and person. Sessions are read PAGE at a time, each page in a transaction of its own, so neither
    memory nor the queries of a page grow with their number.
    """
    with SEARCH.window() as window:
        sessions = _soonest_first(_sessions_in_question(window))
        return work_through(sessions, lambda page: _enqueue_page(page, window))


def _soonest_first(sessions: QuerySet[MentoringSession]) -> Iterator[list[MentoringSession]]:
    """The sessions in pages, by start."""
    page = list(sessions[:PAGE])
    while page:
        yield page
        if len(page) < PAGE:
            return
        last = page[-1]
        beyond = Q(starts_at__gt=last.starts_at) | Q(starts_at=last.starts_at, pk__gt=last.pk)
        page = list(sessions.filter(beyond)[:PAGE])


@transaction.atomic
def _enqueue_page(page: list[MentoringSession], window: Window) -> int:
    """Enqueue what is due of these sessions; how many messages were new.

    What fell due before the session had its present time is left out: the mail about the change
    says the same.
    """
    expected = [due for due in _all_due(page) if due.session.timed_at < due.due_at]
    new = missing(expected, window)
    asked_before = _asked_before(new)
    new = [due for due in new if due.key not in asked_before]
    away = _away([due for due in new if due.expires_at > window.now])

    def draft(due: Due) -> outbox.Draft:
        message = letters.draft(
            due.session,
            due.recipient,
            kind=due.kind,
            about=due.about,
            due_at=due.due_at,
            expires_at=due.expires_at,
        )
        if due.key in away:
            message["state"] = MessageState.CANCELLED
        return message

    return enqueue_missing(new, window, draft)


def _asked_before(dues: list[Due]) -> set[str]:
    """Keys of requests for a question that was requested lately, before the session changed.

    Its mentee is not asked again because the room has changed. One query, if there are any.
    """
    requests = [due for due in dues if due.kind == QUESTION]
    earlier_keys = [key for due in requests for key in due.earlier_keys]
    if not earlier_keys:
        return set()

    sent = OutboxMessage.objects.filter(dedupe_key__in=earlier_keys)
    sent = sent.exclude(state=MessageState.CANCELLED)
    asked_at = dict(sent.values_list("dedupe_key", "due_at"))

    found = set()
    for due in requests:
        since = due.due_at - timedelta(days=due.session.pairing.program.question_days)
        if any(key in asked_at and asked_at[key] > since for key in due.earlier_keys):
            found.add(due.key)
    return found


def _sessions_in_question(window: Window) -> QuerySet[MentoringSession]:
    """Sessions of which a message may be due: ahead, not logged, or begun since the last search.

    One of the last kind that was logged meanwhile took place without its reminders. All starts are
    in one range, so that an index serves it.
    """
    latest = window.now + _longest_lead()
    earliest = window.since - LOG_UNTIL - timedelta(minutes=MOST_MINUTES)
    begun_unseen = Q(
        state__in=[SessionState.HELD, SessionState.MISSED],
        starts_at__gt=window.since,
        starts_at__lte=window.now,
    )
    sessions = MentoringSession.objects.filter(
        Q(state=SessionState.SCHEDULED) | begun_unseen,
        pairing__state=PairingState.ACTIVE,
        starts_at__gt=earliest,
        starts_at__lte=latest,
    )
    return sessions.select_related(
        "pairing__program", "pairing__mentor", "pairing__mentee"
    ).order_by("starts_at", "pk")


def _longest_lead() -> timedelta:
    """The longest time before a session at which a running program sends a message."""
    running = Program.objects.filter(pairings__state=PairingState.ACTIVE)
    hours = [0]
    for reminder_hours, question_days in running.values_list(
        "reminder_hours", "question_days"
    ).distinct():
        hours += [hour for hour in reminder_hours if hour <= LONGEST_HOURS]
        if question_days:
            # From nine in the morning to the end of the day, and an hour for a clock change.
            hours.append(question_days * 24 + 16)
    return timedelta(hours=max(hours))


def _all_due(page: list[MentoringSession]) -> Iterator[Due]:
    """Every message about these sessions; some may not be due yet."""
    for session in page:
        yield from _reminders(session)
        yield from _question(session)
        if session.state == SessionState.SCHEDULED:
            yield from _log_nudges(session)


def _reminders(session: MentoringSession) -> Iterator[Due]:
    """Before the start, as many hours as the program says, to both.

    A reminder expires when the next one is due.
    """
    planned = session.pairing.program.reminder_hours
    hours = sorted({hour for hour in planned if 0 < hour <= LONGEST_HOURS}, reverse=True)
    moments = [session.starts_at - timedelta(hours=hour) for hour in hours]
    ends = [*moments, session.starts_at][1:]
    for hour, moment, until in zip(hours, moments, ends, strict=True):
        for person in _people(session):
            yield Due(session, person, REMINDER, f"{hour}h", moment, until)


def _question(session: MentoringSession) -> Iterator[Due]:
    """To the mentee, some days before the session, in the morning, unless there is a question.

    For a session that was booked later than that: on the next morning before its day, if there is
    one.
    """
    mentee, days = session.pairing.mentee, session.pairing.program.question_days
    if not days or session.question or not mentee.is_active:
        return
    day = to_wall(session.starts_at, mentee.time_zone).date()
    for days_before in range(days, 0, -1):
        morning = to_utc(day - timedelta(days=days_before), ASK_AT, mentee.time_zone)
        if morning > session.timed_at:
            yield Due(session, mentee, QUESTION, "question", morning, session.starts_at)
            return


def _log_nudges(session: MentoringSession) -> Iterator[Due]:
    """After the end: first to the mentor, who logs, then to both."""
    first, second = (session.ends_at + after for after in LOG_AFTER)
    until = session.ends_at + LOG_UNTIL
    for person in _people(session):
        if person.pk == session.pairing.mentor_id:
            yield Due(session, person, LOG_NUDGE, "log1", first, second)
        yield Due(session, person, LOG_NUDGE, "log2", second, until)


def _people(session: MentoringSession) -> list[User]:
    """Those of the pair who are still with the company."""
    people = (session.pairing.mentor, session.pairing.mentee)
    return [person for person in people if person.is_active]


def _away(dues: list[Due]) -> set[str]:
    """Keys of messages that fall due on a day on which their reader is absent.

    They are stored as cancelled, not left out: a gap beside the partner's message would tell who is
    away. A request for the question is not among them: it is sent when its reader is back.
    """
    dues = [due for due in dues if due.kind != QUESTION]
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
