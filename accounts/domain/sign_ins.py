"""The audit trail of signing in and out.

Never what was typed, nor from where.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from common import audit


@transaction.atomic
def record_sign_in(*, person: User, method: str, factor: str = "") -> None:
    """The person has signed in by "password", "code", "set_up_link" or "passkey".

    `factor` is the type of the second factor, if one was asked for.
    """
    asked: dict[str, Any] = {"factor": factor} if factor else {}
    audit.record("person.signed_in", person, actor=person, method=method, **asked)


@transaction.atomic
def record_refusal(*, person: User, method: str, reason: str) -> None:
    """Somebody, perhaps another person, was refused when signing in as this person.

    The reason is "wrong_password", "wrong_code", "too_many_attempts" or "deactivated".
    """
    audit.record("person.sign_in_refused", person, actor=None, method=method, reason=reason)


@transaction.atomic
def record_sign_out(*, person: User, reason: str) -> None:
    """A sign-in has ended: "asked", "step_up" (to sign in again), or "old" or "idle"."""
    audit.record("person.signed_out", person, actor=person, reason=reason)
