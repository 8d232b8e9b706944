"""The reminder to book a session: to the one whose part it is in the program to propose times, and
to nobody else.

It goes to the mentee also where they have a delegate, and says who could do it for them: a delegate
finds the same on their own page, and the name of the program, which stands in it, is not theirs to
know.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from accounts.models import User
from common.http import absolute
from notifications import outbox
from notifications.mail.rendering import compose
from notifications.models import OutboxMessage
from pairings.models import Pairing

KIND = "meetings.book_session"


def key(pairing: Pairing, since: datetime, number: int, driver: User) -> str:
    """One reminder about the time without a session that began at `since`."""
    return f"booking:{pairing.public_id}:{since:%Y%m%d%H%M%S%f}:{number}:{driver.public_id}"


def draft(
    pairing: Pairing,
    driver: User,
    *,
    since: datetime,
    met: bool,
    number: int,
    delegates: Iterable[str],
    due_at: datetime,
    expires_at: datetime,
) -> outbox.Draft:
    """The message.

    Needs the pairing's two people and its program; `met`: it is not about their first session.
    """
    other = pairing.mentee if driver.pk == pairing.mentor_id else pairing.mentor
    context = {
        "program": pairing.program,
        "person": driver,
        "other": other,
        "delegates": ", ".join(delegates),
        "is_last": number == 2,
    }
    letter = compose(recipient=driver, template="meetings/book_session", context=context)
    return {
        "recipient": driver,
        "kind": KIND,
        "dedupe_key": key(pairing, since, number, driver),
        "scope": pairing.program.public_id,
        # the same for both reminders: of two that wait for somebody's return one is enough
        "data": {"pairing": str(pairing.public_id), "since": since.isoformat(), "met": met},
        "due_at": due_at,
        "expires_at": expires_at,
        **letter.fields(),
    }


def link(message: OutboxMessage) -> str:
    """The page on which all sessions are booked, or the next one once they have met."""
    page = "session_new" if message.data["met"] else "session_series"
    return absolute(reverse(f"meetings:{page}", args=[message.data["pairing"]]))
