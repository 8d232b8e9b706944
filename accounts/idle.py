"""How long a sign-in lasts: twelve hours, or one idle hour for those who see others' data.

It uses the machine's clock, as Django's sessions and allauth's codes do: moving the clock of a demo
or a test signs nobody out.
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
    """Why the sign-in ends: "old", "idle", or "" while it is good.

    It is old after SESSION_COOKIE_AGE, and idle after HR_IDLE_SECONDS for people who are watched.
    """
    now = time.time()
    if now - request.session.get(SIGNED_IN_AT, 0) > settings.SESSION_COOKIE_AGE:
        return "old"

    idle_for = now - request.session.get(SEEN_AT, 0)
    # asked only after the pause, as it may need a query
    if idle_for > settings.HR_IDLE_SECONDS and _is_watched(request.user):
        return "idle"
    if idle_for > WRITE_EVERY and _is_somebody_there(request):
        request.session[SEEN_AT] = int(now)
    return ""


def _is_somebody_there(request: HttpRequest) -> bool:
    """Whether a person asks; an open page asks for the number of unread messages by itself."""
    return request.path != reverse("notifications:unread")


def _is_watched(user: Any) -> bool:
    return any(predicate(user) for predicate in _watched)
