"""A session as an iCalendar file (RFC 5545), titled "Mentoring session" and no more."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from common import clock
from pairings.enums import SessionState
from pairings.models import MentoringSession


def uid(session: MentoringSession) -> str:
    """The same for the whole life of a session, so that a calendar replaces what it has."""
    return f"{session.public_id}@{urlsplit(settings.BASE_URL).hostname}"


def event(session: MentoringSession) -> bytes:
    """The file. Times in UTC; SEQUENCE goes up with every change of the time; a cancelled session says so."""
    entry = Event()
    entry.add("uid", uid(session))
    entry.add("sequence", session.sequence)
    entry.add("dtstamp", clock.now())
    entry.add("dtstart", session.starts_at)
    entry.add("dtend", session.ends_at)
    entry.add("summary", _("Mentoring session"))
    entry.add("class", "PRIVATE")
    entry.add("status", "CANCELLED" if session.state == SessionState.CANCELLED else "CONFIRMED")
    where = session.place or session.link
    if where:
        entry.add("location", where)
    if session.link:
        entry.add("url", session.link)
    calendar = Calendar()
    calendar.add("prodid", "-//Upstream//Mentoring//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    return bytes(calendar.to_ical())
