"""What the tests of the second factor share."""

from __future__ import annotations

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache

from accounts.models import User

SECRET = "JBSWY3DPEHPK3PXP"
AUTHENTICATE = "/second-factor/sign-in/"
SET_UP = "/second-factor/"


def give_app(person: User) -> Authenticator:
    """An app with codes, and recovery codes."""
    RecoveryCodes.activate(person)
    return TOTP.activate(person, SECRET).instance


def code_now() -> str:
    """What the app shows."""
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def wrong_code() -> str:
    """Six digits that are no code of now, nor of the next half minute."""
    now = int(time.time()) // 30
    right = {format_hotp_value(hotp_value(SECRET, counter)) for counter in range(now - 1, now + 3)}
    return next(f"{digits:06}" for digits in range(10) if f"{digits:06}" not in right)


def recovery_codes(person: User) -> list[str]:
    """Those that are left."""
    row = Authenticator.objects.get(user=person, type=Authenticator.Type.RECOVERY_CODES)
    codes: list[str] = row.wrap().get_unused_codes()
    return codes


def forget_used_codes() -> None:
    """As if half a minute had passed, for a test that needs two codes."""
    cache.clear()
