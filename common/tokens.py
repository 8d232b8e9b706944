"""Signed tokens for links in mails: valid for one purpose, one payload and a limited time.

A token is signed, not encrypted: whoever has it can read the payload, so it must contain ids only.
A GET with a token must change nothing; a POST may.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core import signing
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import DomainError


class TokenError(DomainError):
    """The link cannot be used; the message says what to do."""


class TokenInvalidError(TokenError):
    """Changed, incomplete, or made for another purpose."""


class TokenExpiredError(TokenError):
    """It was valid once."""


def make(purpose: str, payload: Any) -> str:
    """A token that carries `payload` (JSON) for `purpose`, dated now."""
    return signing.dumps(
        {"at": int(clock.now().timestamp()), "of": payload}, salt=_salt(purpose), compress=True
    )


def read(purpose: str, token: str, max_age: timedelta) -> Any:
    """The payload of a token that was made for `purpose` no longer than `max_age` ago.

    Raises TokenInvalidError or TokenExpiredError.
    """
    try:
        content = signing.loads(token, salt=_salt(purpose))
        made_at, payload = int(content["at"]), content["of"]
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise TokenInvalidError(
            _("This link is not complete. Please copy the whole link from the message.")
        ) from error
    # Django's max_age would use the machine's clock instead of the application's.
    if clock.now().timestamp() - made_at > max_age.total_seconds():
        raise TokenExpiredError(_("This link is too old to be used."))
    return payload


def _salt(purpose: str) -> str:
    return f"upstream.token.{purpose}"
