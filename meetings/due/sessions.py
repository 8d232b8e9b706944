"""Which reminders of sessions, requests for the mentee's question and "please log" are due.

Found by queries every minute, whether or not a minute was missed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
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
        last = page[-1]
        same_start = Q(starts_at=last.starts_at, pk__gt=last.pk)
        beyond = Q(starts_at__gt=last.starts_at) | same_start
        page = list(sessions.filter(beyond)[:PAGE]) if len(page) == PAGE else []


@transaction.atomic
def _enqueue_page(page: list[MentoringSession], window: Window) -> int:
    """Enqueue what is due of these sessions; how many messages were new."""
    new = missing(_since_last_change(_all_due(page)), window)
    asked_before = _asked_before(new)
    new = [due for due in new if due.key not in asked_before]
    away = _away([due for due in new if due.expires_at > window.now])
    return enqueue_missing(new, window, lambda due: _draft(due, is_away=due.key in away))


def _since_last_change(dues: Iterable[Due]) -> list[Due]:
    """Those that fall due after the session got its present time.

    For the others, the mail about the change says the same.
    """
    return [due for due in dues if due.session.timed_at < due.due_at]


def _draft(due: Due, *, is_away: bool) -> outbox.Draft:
    """The message; a reader who `is_away` does not get it."""
    message = letters.draft(
        due.session,
        due.recipient,
        kind=due.kind,
        about=due.about,
        due_at=due.due_at,
        expires_at=due.expires_at,
    )
    if is_away:
        message["state"] = MessageState.CANCELLED
    return message


def _asked_before(dues: list[Due]) -> set[str]:
    """Keys of requests for a question that was requested lately, before the session changed.

    Its mentee is not asked again because the room has changed. One query, if there are any.
    """
    requests = [due for due in dues if due.kind == QUESTION]
    earlier_keys = [key for due in requests for key in due.earlier_keys]
    if not earlier_keys:
        return set()
    asked_at = _when_asked(earlier_keys)
    return {due.key for due in requests if _was_asked_lately(due, asked_at)}


def _was_asked_lately(due: Due, asked_at: dict[str, datetime]) -> bool:
    """A request of the same kind fell due no longer ago than the program asks ahead."""
    days = due.session.pairing.program.question_days
    since = due.due_at - timedelta(days=days)
    return any(key in asked_at and asked_at[key] > since for key in due.earlier_keys)


def _when_asked(keys: list[str]) -> dict[str, datetime]:
    """{key: when it fell due}, for the messages with these keys that were not cancelled."""
    messages = OutboxMessage.objects.filter(dedupe_key__in=keys)
    sent = messages.exclude(state=MessageState.CANCELLED)
    return dict(sent.values_list("dedupe_key", "due_at"))


def _sessions_in_question(window: Window) -> QuerySet[MentoringSession]:
    """Sessions of which a message may be due: ahead, not logged, or begun since the last search.

    All starts are in one range, so that an index serves it.
    """
    latest = window.now + _longest_lead()
    earliest = window.since - LOG_UNTIL - timedelta(minutes=MOST_MINUTES)
    sessions = MentoringSession.objects.filter(
        Q(state=SessionState.SCHEDULED) | _begun_unseen(window),
        pairing__state=PairingState.ACTIVE,
        starts_at__gt=earliest,
        starts_at__lte=latest,
    )
    return sessions.staying().with_people().order_by("starts_at", "pk")


def _begun_unseen(window: Window) -> Q:
    """Begun since the last search and logged meanwhile: these took place without reminders."""
    return Q(
        state__in=[SessionState.HELD, SessionState.MISSED],
        starts_at__gt=window.since,
        starts_at__lte=window.now,
    )


def _longest_lead() -> timedelta:
    """The longest time before a session at which a running program sends a message."""
    running = Program.objects.filter(pairings__state=PairingState.ACTIVE).distinct()
    hours = [0]
    for reminder_hours, question_days in running.values_list("reminder_hours", "question_days"):
        hours += [hour for hour in reminder_hours if hour <= LONGEST_HOURS]
        hours.append(_hours_for_question(question_days))
    return timedelta(hours=max(hours))


def _hours_for_question(days: int) -> int:
    """From nine in the morning to the end of the day, and an hour for a clock change."""
    return days * 24 + 16 if days else 0


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
    until = session.starts_at
    for hours in _reminder_hours(session.pairing.program):
        moment = session.starts_at - timedelta(hours=hours)
        for person in session.pairing.people_here():
            yield Due(session, person, REMINDER, f"{hours}h", moment, until)
        until = moment


def _reminder_hours(program: Program) -> list[int]:
    """How many hours before a session, each once, the last one first."""
    return sorted({hours for hours in program.reminder_hours if 0 < hours <= LONGEST_HOURS})


def _question(session: MentoringSession) -> Iterator[Due]:
    """To the mentee, some days before the session, in the morning, unless there is a question.

    For a session that was booked later than that: on the next morning before its day, if there is
    one.
    """
    mentee = session.pairing.mentee
    if session.question or not mentee.is_active:
        return
    for morning in _mornings_before(session, mentee.time_zone):
        if morning > session.timed_at:
            yield Due(session, mentee, QUESTION, "question", morning, session.starts_at)
            return


def _mornings_before(session: MentoringSession, zone: str) -> Iterator[datetime]:
    """ASK_AT on each day from as many days before as the program says to the day before."""
    day = to_wall(session.starts_at, zone).date()
    for days_before in range(session.pairing.program.question_days, 0, -1):
        yield to_utc(day - timedelta(days=days_before), ASK_AT, zone)


def _log_nudges(session: MentoringSession) -> Iterator[Due]:
    """After the end: first to the mentor, who logs, then to both."""
    first, second = (session.ends_at + after for after in LOG_AFTER)
    until = session.ends_at + LOG_UNTIL
    for person in session.pairing.people_here():
        if person.pk == session.pairing.mentor_id:
            yield Due(session, person, LOG_NUDGE, "log1", first, second)
        yield Due(session, person, LOG_NUDGE, "log2", second, until)


def _away(dues: list[Due]) -> set[str]:
    """Keys of messages that fall due on a day on which their reader is absent.

    They are stored as cancelled, not left out: a gap beside the partner's message would tell who is
    away. A request for the question is not among them: it is sent when its reader is back.
    """
    dues = [due for due in dues if due.kind != QUESTION]
    by_person = _absences_of_recipients(dues)
    away = set()
    for due in dues:
        zone = due.recipient.time_zone
        theirs = by_person.get(due.recipient.pk, [])
        if any(absence.covers(due.due_at, zone) for absence in theirs):
            away.add(due.key)
    return away


def _absences_of_recipients(dues: list[Due]) -> dict[int, list[Absence]]:
    """{person: absences} around these messages. One query, if there are any."""
    by_person: dict[int, list[Absence]] = defaultdict(list)
    if not dues:
        return by_person
    moments = [due.due_at for due in dues]
    people = [due.recipient for due in dues]
    for absence in absences.between(people, min(moments), max(moments)):
        by_person[absence.person_id].append(absence)
    return by_person
