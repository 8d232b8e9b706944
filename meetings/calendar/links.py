"""Links that open a web calendar with a session filled in, for mail without invitations."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from meetings.models import MentoringSession


def google(session: MentoringSession) -> str:
    """Google Calendar."""
    values = {
        "action": "TEMPLATE",
        "text": _("Mentoring session"),
        "dates": f"{_compact(session.starts_at)}/{_compact(session.ends_at)}",
        "location": session.place or session.link,
        "details": session.link,
    }
    return f"https://calendar.google.com/calendar/render?{urlencode(values)}"


def outlook(session: MentoringSession) -> str:
    """Outlook on the web, as companies have it."""
    values = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": _("Mentoring session"),
        "startdt": _plain(session.starts_at),
        "enddt": _plain(session.ends_at),
        "location": session.place or session.link,
        "body": session.link,
    }
    return f"https://outlook.office.com/calendar/deeplink/compose?{urlencode(values)}"


def _compact(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _plain(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
