"""The reminder to book a session, to the one who proposes the times in this program.

A mentee with a delegate gets it too, and it names the delegate. The delegate gets no mail, as it
names the program, which is not theirs to know; they find the pair on their own page.
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
    """The message. `met`: it is not about their first session.

    Needs the pairing with its two people and its program.
    """
    letter = compose(
        recipient=driver,
        template="meetings/book_session",
        context={
            "program": pairing.program,
            "person": driver,
            "partner": pairing.partner_of(driver),
            "delegates": ", ".join(delegates),
            "is_last": number == 2,
        },
    )
    return {
        "recipient": driver,
        "kind": KIND,
        "dedupe_key": key(pairing, since, number, driver),
        "scope": pairing.program.public_id,
        # The same for both reminders, so that only one of them waits for a reader who is away.
        "data": {"pairing": str(pairing.public_id), "since": since.isoformat(), "met": met},
        "due_at": due_at,
        "expires_at": expires_at,
        **letter.fields(),
    }


def link(message: OutboxMessage) -> str:
    """The page on which all sessions are booked; once they have met, the next one."""
    page = "session_new" if message.data["met"] else "session_series"
    return absolute(reverse(f"meetings:{page}", args=[message.data["pairing"]]))
