"""Sessions as iCalendar objects (RFC 5545): a file, an invitation by mail (RFC 5546, 6047), a feed.

All are titled "Mentoring session" and no more, in the active language. They contain a place and a
join link, nothing else that somebody wrote, and no name but the recipient's. Times are in UTC.
SEQUENCE goes up with every change and the UID stays the same, so that a calendar replaces what it
has.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from email.utils import parseaddr
from typing import Any, Literal

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Component, Event, vCalAddress, vDuration, vText, vUri

from accounts.domain.own_calendar import UID_HOST
from accounts.models import User
from common import clock
from common.http import absolute
from common.text import one_line
from meetings.enums import SessionState
from meetings.models import MentoringSession
from notifications.mail.rendering import product_name
from notifications.outbox.store import Attachment

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
FILE_NAME = "mentoring-session.ics"
FEED_REFRESH = timedelta(hours=1)


def uid(session: MentoringSession) -> str:
    """The same for as long as a session exists, also when the application's address changes."""
    return f"{session.public_id}@{UID_HOST}"


def event(session: MentoringSession) -> bytes:
    """One session as a file to download, for the two of the pair and the delegate."""
    entry = _entry(session)
    # RFC 5546, section 3.2.1: what is published has an organizer.
    _add(entry, {"dtstamp": clock.now(), "organizer": _organizer(), **_where(session)})
    return _calendar([entry], method="PUBLISH")


def invitation(
    session: MentoringSession, recipient: User, *, is_own_deed: bool = False
) -> Attachment:
    """The session as the calendar part of a mail: a request, or its cancellation.

    The organizer is the sender of our mails, as clients take changes from nobody else. No answer is
    asked for: nobody reads that mailbox. `is_own_deed`: the recipient has chosen the time, and so
    has accepted it.
    """
    method: Method = "CANCEL" if session.state == SessionState.CANCELLED else "REQUEST"
    with translation.override(recipient.locale):
        entry = _entry(session)
        values = {
            "dtstamp": clock.now(),
            "organizer": _organizer(),
            "attendee": _attendee(recipient, has_accepted=is_own_deed),
            "transp": "OPAQUE",
            "x-microsoft-disallow-counter": "TRUE",
        }
        if method == "REQUEST":
            values |= {**_where(session), "description": _what_to_do(session)}
        _add(entry, values)
        content = _calendar([entry], method=method)
    return Attachment(FILE_NAME, content, f"text/calendar; method={method}", alternative=True)


def feed(sessions: Iterable[MentoringSession]) -> bytes:
    """Many sessions for a calendar that subscribes: times, and links to pages behind the sign-in.

    Without place and join link: somebody who learns the address of the feed must not be able to
    join. The same sessions make the same bytes.
    """
    name = _("Mentoring sessions")
    calendar = _frame()
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", vDuration(FEED_REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(FEED_REFRESH))
    for session in sessions:
        calendar.add_component(_feed_entry(session))
    return bytes(calendar.to_ical())


def _feed_entry(session: MentoringSession) -> Event:
    entry = _entry(session)
    changed = session.timed_at
    _add(entry, {"dtstamp": changed, "last-modified": changed, "url": vUri(_page(session))})
    return entry


def _entry(session: MentoringSession) -> Event:
    """What every form of a session says."""
    is_cancelled = session.state == SessionState.CANCELLED
    values = {
        "uid": uid(session),
        "sequence": session.sequence,
        "dtstart": session.starts_at,
        "dtend": session.ends_at,
        "summary": _("Mentoring session"),
        "class": "PRIVATE",
        "status": "CANCELLED" if is_cancelled else "CONFIRMED",
    }
    entry = Event()
    _add(entry, values)
    return entry


def _add(component: Component, values: dict[str, Any]) -> None:
    """Add these properties, in order."""
    for name, value in values.items():
        component.add(name, value)


def _where(session: MentoringSession) -> dict[str, Any]:
    """Place and join link, if there are any."""
    place, link = one_line(session.place), one_line(session.link)
    found: dict[str, Any] = {}
    if place or link:
        found["location"] = place or link
    if link:
        found["url"] = vUri(link)
    return found


def _what_to_do(session: MentoringSession) -> str:
    """The text inside the invitation."""
    link = one_line(session.link)
    join = [_("Join: %(link)s") % {"link": link}] if link else []
    change = _(
        "To move or cancel the session, open its page. An answer to this invitation reaches nobody:"
    )
    return "\n".join([*join, change, _page(session)])


def _page(session: MentoringSession) -> str:
    return absolute(reverse("meetings:session_detail", args=[session.public_id]))


def _organizer() -> vCalAddress:
    return _mailbox(parseaddr(settings.MAIL_FROM)[1], product_name())


def _attendee(recipient: User, *, has_accepted: bool) -> vCalAddress:
    attendee = _mailbox(recipient.email, recipient.name)
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["PARTSTAT"] = "ACCEPTED" if has_accepted else "NEEDS-ACTION"
    attendee.params["RSVP"] = "FALSE"
    return attendee


def _mailbox(address: str, name: str) -> vCalAddress:
    """With a line break, an address or a name would begin a line of its own in the file."""
    mailbox = vCalAddress(f"mailto:{one_line(address)}")
    mailbox.params["CN"] = vText(one_line(name))
    return mailbox


def _frame() -> Calendar:
    calendar = Calendar()
    values = {"prodid": "-//Upstream//Mentoring//EN", "version": "2.0", "calscale": "GREGORIAN"}
    _add(calendar, values)
    return calendar


def _calendar(entries: Iterable[Event], *, method: Method) -> bytes:
    calendar = _frame()
    calendar.add("method", method)
    for entry in entries:
        calendar.add_component(entry)
    return bytes(calendar.to_ical())
