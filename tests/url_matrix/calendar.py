"""One's own calendar, and the address that a calendar subscribes to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from accounts.domain.calendars import feed
from accounts.models import Absence, User
from common import clock
from tests.url_matrix.core import PAIR, SIGNED_IN, row


def absence_of_mentor(world: Any) -> str:
    today = clock.today("Europe/Berlin")
    absence, _made = Absence.objects.get_or_create(
        person=world.people["mentor"],
        defaults={"starts_on": today, "ends_on": today + timedelta(days=3)},
    )
    return reverse("meetings:absence_remove", args=[absence.public_id])


def feed_of_mentor(world: Any) -> str:
    token = feed.renew(actor=User.objects.get(pk=world.people["mentor"].pk))
    return reverse("meetings:calendar_feed", args=[token])


def own(name: str, **options: Any) -> Any:
    """A page that everybody has for themselves."""
    return row(name, lambda w: reverse(name), SIGNED_IN, **options)


ROWS = [
    own("meetings:my_calendar"),
    own("meetings:absence_add", method="post"),
    row("meetings:absence_remove", absence_of_mentor, {"mentor"}, method="post"),
    own("meetings:feed_renew", method="post"),
    own("meetings:feed_revoke", method="post"),
    own("meetings:own_calendar_save", method="post"),
    own("meetings:own_calendar_remove", method="post"),
    row("meetings:calendar_feed", feed_of_mentor, frozenset(), public=True),
    row(
        "meetings:session_late",
        lambda w: reverse("meetings:session_late", args=[w.session.public_id]),
        PAIR,
        method="post",
        data={"minutes": "5"},
    ),
]
