"""Which device has signed in as whom before, by a signed cookie.

The cookie opens nothing. It gives the device limits of its own, which others cannot use up:
accounts/limits.py.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from accounts.models import User

GOOD_FOR = timedelta(days=400)  # browsers keep no cookie for longer
MOST_PEOPLE = 10  # of one device: the latest
SALT = "accounts.devices"


def id_if_known(request: HttpRequest, person: User | None) -> str:
    """The id of this device if it has signed in as the person before, else ""."""
    if person is None:
        return ""
    device = _read(request)
    is_known = _mark(device["id"], person) in device["people"]
    return device["id"] if is_known else ""


def remember(request: HttpRequest, response: HttpResponseBase, person: User) -> None:
    """Let this device be known as one that has signed in as the person."""
    device = _read(request)
    mark = _mark(device["id"], person)
    others = [other for other in device["people"] if other != mark]
    device["people"] = [mark, *others][:MOST_PEOPLE]
    response.set_cookie(
        _cookie_name(),
        signing.dumps(device, salt=SALT),
        max_age=GOOD_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _cookie_name() -> str:
    return f"{settings.COOKIE_PREFIX}device"


def _read(request: HttpRequest) -> dict[str, Any]:
    """What the cookie says, or a new device without people."""
    try:
        device: dict[str, Any] = signing.loads(
            request.COOKIES.get(_cookie_name(), ""), salt=SALT, max_age=GOOD_FOR
        )
    except signing.BadSignature:
        return {"id": secrets.token_urlsafe(16), "people": []}
    return device


def _mark(device_id: str, person: User) -> str:
    """Stands for a person on one device. Nobody without SECRET_KEY can tell whom it stands for."""
    return salted_hmac(SALT, f"{device_id}:{person.pk}", algorithm="sha256").hexdigest()[:32]
