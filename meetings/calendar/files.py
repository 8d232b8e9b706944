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
from typing import Literal

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vDuration, vText, vUri

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
    entry.add("dtstamp", clock.now())
    entry.add("organizer", _organizer())  # RFC 5546, section 3.2.1: what is published has one
    _add_where(entry, session)
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
        entry.add("dtstamp", clock.now())
        entry.add("organizer", _organizer())
        attendee = _mailbox(recipient.email, recipient.name)
        attendee.params["ROLE"] = "REQ-PARTICIPANT"
        attendee.params["PARTSTAT"] = "ACCEPTED" if is_own_deed else "NEEDS-ACTION"
        attendee.params["RSVP"] = "FALSE"
        entry.add("attendee", attendee)
        entry.add("transp", "OPAQUE")
        entry.add("x-microsoft-disallow-counter", "TRUE")
        if method == "REQUEST":
            _add_where(entry, session)
            entry.add("description", _what_to_do(session))
        content = _calendar([entry], method=method)
    return Attachment(FILE_NAME, content, f"text/calendar; method={method}", alternative=True)


def feed(sessions: Iterable[MentoringSession]) -> bytes:
    """Many sessions for a calendar that subscribes: times, and links to pages behind the sign-in.

    Without place and join link: somebody who learns the address of the feed must not be able to
    join. The same sessions make the same bytes.
    """
    entries = []
    for session in sessions:
        entry = _entry(session)
        entry.add("dtstamp", session.timed_at)
        entry.add("last-modified", session.timed_at)
        entry.add("url", vUri(_page(session)))
        entries.append(entry)
    name = _("Mentoring sessions")
    calendar = _frame()
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", vDuration(FEED_REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(FEED_REFRESH))
    for entry in entries:
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _entry(session: MentoringSession) -> Event:
    """What every form of a session says."""
    entry = Event()
    entry.add("uid", uid(session))
    entry.add("sequence", session.sequence)
    entry.add("dtstart", session.starts_at)
    entry.add("dtend", session.ends_at)
    entry.add("summary", _("Mentoring session"))
    entry.add("class", "PRIVATE")
    entry.add("status", "CANCELLED" if session.state == SessionState.CANCELLED else "CONFIRMED")
    return entry


def _add_where(entry: Event, session: MentoringSession) -> None:
    link = one_line(session.link)
    where = one_line(session.place) or link
    if where:
        entry.add("location", where)
    if link:
        entry.add("url", vUri(link))


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


def _mailbox(address: str, name: str) -> vCalAddress:
    """With a line break, an address or a name would begin a line of its own in the file."""
    mailbox = vCalAddress(f"mailto:{one_line(address)}")
    mailbox.params["CN"] = vText(one_line(name))
    return mailbox


def _frame() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Upstream//Mentoring//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _calendar(entries: Iterable[Event], *, method: Method) -> bytes:
    calendar = _frame()
    calendar.add("method", method)
    for entry in entries:
        calendar.add_component(entry)
    return bytes(calendar.to_ical())
