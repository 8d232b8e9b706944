"""The declarations of this app's messages."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from meetings.due import booking as booking_due
from meetings.mail import (
    booking,
    cancellations,
    commitments,
    letters,
    questions,
    reminders,
    sessions,
)
from meetings.models import MentoringSession
from notifications import kinds
from notifications.kinds import Cast, MessageKind
from pairings.mail.kinds import sample_pairing


def register() -> None:
    """Declare all kinds; called when the application starts."""
    kinds.register(
        *_changes(),
        *_late(),
        *_calendar(),
        *_around_a_session(),
        *_questions(),
        *_about_the_pair(),
    )


def _of_session(key: str, **options: Any) -> MessageKind:
    """A kind of message about one session, to its pair; it leads to the session's page."""
    options.setdefault("link", letters.session_link)
    return MessageKind(key=key, why="pair", sample=_session_sample, **options)


def _changes() -> list[MessageKind]:
    """Sent at once: what calendars show must not wait for the morning.

    Not listed: they go to the one who did not make the change.
    """
    return [
        _of_session(
            sessions.SCHEDULED,
            label=_("Session booked"),
            occasion=_("To both of a pair, when one session is booked."),
            most_to_one=20,
            still_due=sessions.is_ahead,
        ),
        _of_session(
            sessions.MOVED,
            label=_("Session moved"),
            occasion=_("To both of a pair, when a session is moved."),
            most_to_one=20,
            still_due=sessions.is_ahead,
        ),
        _of_session(
            sessions.DETAILS,
            label=_("Session at another place"),
            occasion=_("To both of a pair, when a session gets another place or link."),
            most_to_one=20,
            still_due=sessions.is_ahead,
        ),
        _of_session(
            sessions.CANCELLED,
            label=_("Session cancelled"),
            occasion=_("To both of a pair, when a session is cancelled."),
            # What is booked can be cancelled: the limits of booking bound this one.
            most_to_one=None,
            most_in_all=None,
        ),
    ]


def _late() -> list[MessageKind]:
    """Sent at once and not listed, for the same reasons."""
    return [
        _of_session(
            sessions.LATE,
            label=_("Running late"),
            occasion=_("To the other of a pair, when one says that they are running late."),
            still_due=sessions.is_not_over,
        ),
    ]


def _calendar() -> list[MessageKind]:
    """Sent at once and not listed, for the same reasons."""
    return [
        _of_session(
            sessions.SERIES,
            label=_("Sessions booked"),
            occasion=_("To whoever did not book them, when several sessions are booked at once."),
            still_due=sessions.is_of_active_pair,
        ),
        _of_session(
            sessions.INVITATION,
            label=_("Session for your calendar"),
            occasion=_(
                "To both of a pair, one for each session of several that are booked at once or "
                "put back."
            ),
            most_to_one=60,
            most_in_all=180,
            still_due=sessions.is_ahead,
        ),
        _of_session(
            sessions.WITHDRAWN,
            label=_("Session taken out of your calendar"),
            occasion=_(
                "To both of a pair, when a session goes because the pair is paused or has ended."
            ),
        ),
    ]


def _around_a_session() -> list[MessageKind]:
    return [
        _of_session(
            reminders.REMINDER,
            label=_("Session reminder"),
            occasion=_("To both of a pair, as long before each session as the program says."),
            quiet=True,
            digest=True,
            topic="sessions",
            listed=True,
            still_due=reminders.is_due,
        ),
        _of_session(
            reminders.LOG_NUDGE,
            label=_("Please log the session"),
            occasion=_(
                "To the %(mentor)s an hour after a session, and to both after two days, if "
                "nobody has logged it."
            ),
            quiet=True,
            digest=True,
            topic="logs",
            nudges=2,
            listed=True,
            still_due=reminders.is_unlogged,
            link=reminders.log_link,
        ),
    ]


def _questions() -> list[MessageKind]:
    """Not listed: whether somebody has written a question is the pair's own."""
    return [
        _of_session(
            questions.ASKED,
            label=_("A question for your session"),
            occasion=_("To the %(mentor)s, when the %(mentee)s has written a question."),
            quiet=True,
            digest=True,
            topic="partner",
            still_due=questions.is_asked,
        ),
        MessageKind(
            key=reminders.QUESTION,
            label=_("What will you ask?"),
            occasion=_(
                "To the %(mentee)s, as many days before a session as the program says, if "
                "there is no question."
            ),
            why="pair",
            quiet=True,
            digest=True,
            topic="questions",
            nudges=1,
            still_due=reminders.is_without_question,
            link=reminders.question_link,
            sample=_question_sample,
        ),
    ]


def _about_the_pair() -> list[MessageKind]:
    return [
        MessageKind(
            key=booking.KIND,
            label=_("Please book a session"),
            occasion=_(
                "To whoever proposes the times, once or twice while the pair has no session ahead."
            ),
            why="pair",
            quiet=True,
            digest=True,
            topic="booking",
            nudges=2,
            listed=True,
            still_due=booking_due.is_still_open,
            link=booking.link,
            sample=_pair_sample,
        ),
        # Not listed: whether somebody has made a commitment is the pair's own.
        MessageKind(
            key=commitments.KIND,
            label=_("What you meant to do differently"),
            occasion=_("To the %(mentee)s, on the day that they set themselves, and a week later."),
            why="pair",
            quiet=True,
            digest=True,
            topic="commitments",
            nudges=2,
            still_due=commitments.is_open,
            link=commitments.link,
            sample=_pair_sample,
        ),
        MessageKind(
            key=cancellations.CALLED_OFF,
            label=_("Several sessions cancelled"),
            occasion=_("To the coordinators, when several sessions of a pair have been cancelled."),
            why="manager",
            quiet=True,
            digest=True,
            listed=True,
            still_due=cancellations.is_active,
            link=cancellations.write_link,
            sample=_pair_sample,
        ),
    ]


def _pair_sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample about a pair."""
    return {
        "program": cast.program,
        "pairing": sample_pairing(cast),
        "person": cast.reader,
        "partner": cast.mentee,
        "delegates": "Kim Lee",
        "is_last": False,
    }


def _session_sample(cast: Cast) -> dict[str, Any]:
    """The context of a sample about a session."""
    session = _sample_session(cast)
    later = _sample_session(cast)
    later.starts_at += timedelta(days=28)
    later.ends_at += timedelta(days=28)
    return {
        "session": session,
        "sessions": [session, later],
        "program": cast.program,
        "person": cast.reader,
        "partner": cast.mentee,
        "mentee": cast.mentee,
        "actor": cast.mentee,
        "by_delegate": False,
        "mine": False,
        "minutes": 10,
        "late": cast.mentee,
    }


def _question_sample(cast: Cast) -> dict[str, Any]:
    """The same, asked of the mentee."""
    return _session_sample(cast) | {"partner": cast.mentor}


def _sample_session(cast: Cast) -> MentoringSession:
    """A session of the samples' pair, at the samples' moment in Berlin; not stored."""
    return MentoringSession(
        pairing=sample_pairing(cast),
        number=2,
        wall_date=date(2027, 3, 16),
        wall_time=time(14),
        time_zone="Europe/Berlin",
        minutes=45,
        starts_at=cast.moment,
        ends_at=cast.moment + timedelta(minutes=45),
        place="Room 4.12",
        link="https://meet.example/upstream",
    )
