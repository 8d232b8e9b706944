"""How long a sign-in lasts: twelve hours for everyone, one idle hour for those who see other
people's data.

It runs on the machine's clock, as Django's sessions and allauth's codes do: moving the clock of a
demo or a test signs nobody out.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"
WRITE_EVERY = 60  # seconds between two notes of "seen", so that a page is not a write

_watched: list[Callable[[Any], bool]] = [lambda user: bool(user.is_hr_admin)]


def watch(predicate: Callable[[Any], bool]) -> None:
    """Sign-ins of the people for whom `predicate(user)` is true end when idle.

    Called once, from an AppConfig.ready().
    """
    _watched.append(predicate)


def note_sign_in(*, request: HttpRequest, **_signal: Any) -> None:
    """Remember when this sign-in began.

    A receiver of django.contrib.auth.signals.user_logged_in.
    """
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = int(time.time())


def why_over(request: HttpRequest) -> str:
    """ "" while the sign-in is good; "old" after SESSION_COOKIE_AGE; "idle" for watched people after
    HR_IDLE_SECONDS.
    """
    now = time.time()
    began, seen = request.session.get(SIGNED_IN_AT, 0), request.session.get(SEEN_AT, 0)
    if now - began > settings.SESSION_COOKIE_AGE:
        return "old"
    # the question who is watched may cost a query, so it is asked only after the pause
    if now - seen > settings.HR_IDLE_SECONDS and any(
        predicate(request.user) for predicate in _watched
    ):
        return "idle"
    # a page that is open asks for the number on its bell: that is nobody at the desk
    if now - seen > WRITE_EVERY and request.path != reverse("notifications:unread"):
        request.session[SEEN_AT] = int(now)
    return ""
