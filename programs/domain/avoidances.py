"""Whom people do not want to meet.

The list is encrypted, shown to its author alone, and read by matching.
"""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import User
from programs.models import Avoidance


def avoided_by(person: User) -> list[User]:
    """The active people on somebody's list, by name."""
    row = Avoidance.objects.filter(person=person).first()
    if row is None or not row.people:
        return []
    return list(User.objects.active().filter(public_id__in=row.people))


def replace(*, person: User, people: Iterable[User]) -> None:
    """Make these the people to avoid, for all programs; oneself is left out.

    Within the caller's transaction, unaudited: the trail must not tell that somebody has a list.
    """
    chosen = sorted({str(other.public_id) for other in people if other.pk != person.pk})
    if chosen:
        Avoidance.objects.update_or_create(person=person, defaults={"people": chosen})  # type: ignore[misc]
    else:
        Avoidance.objects.filter(person=person).delete()
