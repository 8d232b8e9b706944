"""The second factors of a person, and their audit trail.

The rows are allauth's. Of a factor the trail keeps its type alone.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet

from accounts.domain import sign_ins
from accounts.models import User
from common import audit

# Recovery codes stand in for one of these, and are none by themselves.
TYPES = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def of(person: User) -> QuerySet[Authenticator]:
    """Apps and passkeys, the oldest first."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=person, type__in=TYPES)
    return found.order_by("created_at", "pk")


def has_one(person: User) -> bool:
    """Whether sign-in asks this person for a second factor."""
    return bool(of(person).exists())


@transaction.atomic
def note_added(*, user: User, authenticator: Authenticator, **_signal: Any) -> None:
    """Record it. A receiver of allauth.mfa.signals.authenticator_added."""
    audit.record("person.factor_added", user, actor=user, type=str(authenticator.type))


@transaction.atomic
def note_removed(*, user: User, authenticator: Authenticator, **_signal: Any) -> None:
    """Record it. A receiver of allauth.mfa.signals.authenticator_removed."""
    audit.record("person.factor_removed", user, actor=user, type=str(authenticator.type))


@transaction.atomic
def note_new_codes(*, user: User, **_signal: Any) -> None:
    """Record new recovery codes. A receiver of allauth.mfa.signals.authenticator_reset."""
    audit.record("person.recovery_codes_made", user, actor=user)


def note_wrong_code(*, user: User, authenticator: Authenticator, **_signal: Any) -> None:
    """Record it. A receiver of allauth.mfa.signals.authentication_failed."""
    sign_ins.record_refusal(person=user, method=str(authenticator.type), reason="wrong_code")
