"""What the company calls itself, and what holds for its surveys."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import grades as ladder
from accounts.models import Company, User
from common import audit, clock
from common.errors import DomainError


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
    anonymity_k: int | None = None,
    grades: Sequence[str] = (),
) -> Company:
    """Save the company's name and settings; the first time also dates the set-up.

    `grades` are new ones, the most junior first, above any that exist. DomainError for a name that
    is listed twice or taken, and for another `anonymity_k` (None: as it is) once a survey has
    promised it; then nothing is saved.
    """
    saved, _made = Company.objects.select_for_update().get_or_create(id=1)
    saved.name, saved.product_name = name, product_name
    saved.time_zone, saved.locale = time_zone, locale
    if anonymity_k is not None:
        _change_k(saved, anonymity_k)
    first = saved.set_up_at is None
    if first:
        _begin(saved, actor)
    saved.save()
    for grade in grades:
        ladder.add(actor=actor, name=grade)
    audit.record("company.set_up" if first else "company.changed", saved, actor=actor)
    return saved


def _change_k(company: Company, k: int) -> None:
    if company.anonymity_k_locked and k != company.anonymity_k:
        text = _("A survey has already promised this number, so it can no longer change.")
        raise DomainError(text)
    company.anonymity_k = k


@transaction.atomic
def lock_k(*, actor: User | None) -> int:
    """Fix the smallest group shown of staff surveys and return it, as the first of them opens.

    From then on a trigger in the database refuses another value.
    """
    current, _made = Company.objects.select_for_update().get_or_create(id=1)
    if not current.anonymity_k_locked:
        current.anonymity_k_locked = True
        current.save(update_fields=["anonymity_k_locked"])
        audit.record("company.k_locked", current, actor=actor, k=current.anonymity_k)
    return current.anonymity_k


def _begin(company: Company, actor: User) -> None:
    """Date the set-up. Its actor could not choose a time zone before: they get the company's."""
    company.set_up_at = clock.now()
    User.objects.filter(pk=actor.pk, time_zone="UTC").update(time_zone=company.time_zone)
