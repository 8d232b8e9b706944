"""What the company calls itself."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.domain import grades as ladder
from accounts.models import Company, User
from common import audit, clock


def company() -> Company:
    """The company of this installation, unsaved while nothing has been set up."""
    return Company.objects.first() or Company(id=1)


@transaction.atomic
def set_up(
    *,
    actor: User,
    name: str,
    product_name: str,
    time_zone: str,
    locale: str,
    grades: Sequence[str] = (),
) -> Company:
    """Save the company's name and settings; the first time also dates the set-up.

    `grades` are new ones, the most junior first, above any that exist. DomainError for a name that
    is listed twice or taken; then nothing is saved.
    """
    saved, _made = Company.objects.select_for_update().get_or_create(id=1)
    saved.name, saved.product_name = name, product_name
    saved.time_zone, saved.locale = time_zone, locale
    first = saved.set_up_at is None
    if first:
        _begin(saved, actor)
    saved.save()
    for grade in grades:
        ladder.add(actor=actor, name=grade)
    audit.record("company.set_up" if first else "company.changed", saved, actor=actor)
    return saved


def _begin(company: Company, actor: User) -> None:
    """Date the set-up. Its actor could not choose a time zone before: they get the company's."""
    company.set_up_at = clock.now()
    User.objects.filter(pk=actor.pk, time_zone="UTC").update(time_zone=company.time_zone)
