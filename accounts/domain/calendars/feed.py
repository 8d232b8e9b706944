"""The address from which a person's calendar subscribes to their sessions.

It is a secret: shown once, and kept as a hash.
"""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction

from accounts.models import CalendarFeed, User
from common import audit, clock

TOKEN_BYTES = 32  # 256 bits


def hash_of(token: str) -> str:
    """What is kept. The token is random and long, so that a plain hash cannot be reversed."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def renew(*, actor: User) -> str:
    """A new token; an earlier one is no longer valid. Nobody can read it again."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed, _made = CalendarFeed.objects.update_or_create(
        person=actor, defaults={"token_hash": hash_of(token), "made_at": clock.now()}
    )
    audit.record("calendar_feed.made", feed, actor=actor)
    return token


@transaction.atomic
def revoke(*, actor: User) -> bool:
    """The address is no longer valid; whether there was one."""
    feed = CalendarFeed.objects.select_for_update().filter(person=actor).first()
    if feed is None:
        return False
    audit.record("calendar_feed.revoked", feed, actor=actor)
    feed.delete()
    return True


def person_of(token: str) -> User | None:
    """Whose token this is, if they are still with the company.

    One query, whatever the token looks like.
    """
    feed = (
        CalendarFeed.objects.filter(token_hash=hash_of(token), person__is_active=True)
        .select_related("person")
        .first()
    )
    return feed.person if feed else None
