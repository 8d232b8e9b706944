"""What the company calls itself and its grades."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Company, Grade, User
from common import audit, clock
from common.errors import DomainError

ASIDE = 10_000  # ranks are unique: while they are put in order, the old ones stand aside


def company() -> Company:
    """The company of this installation, unsaved while nothing has been set up."""
    return Company.objects.first() or Company(id=1)


@transaction.atomic
def set_up(
    *, actor: User, name: str, product_name: str, time_zone: str, locale: str, grades: Sequence[str] | None = None
) -> Company:
    """Save what the company calls itself; the first time also dates the set-up. `grades` as in `save_grades`, None: leave."""
    saved, made = Company.objects.select_for_update().get_or_create(id=1)
    first = made or saved.set_up_at is None
    saved.name, saved.product_name, saved.time_zone, saved.locale = name, product_name, time_zone, locale
    if first:
        saved.set_up_at = clock.now()
        # whoever sets up has had no chance to say where they are
        User.objects.filter(pk=actor.pk, time_zone="UTC").update(time_zone=time_zone)
    saved.save()
    if grades is not None:
        save_grades(actor=actor, names=grades)
    audit.record("company.set_up" if first else "company.changed", saved, actor=actor)
    return saved


@transaction.atomic
def save_grades(*, actor: User, names: Sequence[str]) -> list[Grade]:
    """The company's grades, the most junior first; rank 1 is the lowest.

    A name that stays keeps its people wherever it moves. A name that is new in the place of one that is gone renames it.
    DomainError when a name stands twice, or when a grade that people have would vanish.
    """
    wanted = [" ".join(name.split()) for name in names if name.strip()]
    folded = [name.casefold() for name in wanted]
    twice = next((name for name, key in zip(wanted, folded, strict=True) if folded.count(key) > 1), None)
    if twice:
        raise DomainError(_("“%(name)s” stands there twice. Each grade needs its own line."), params={"name": twice})
    old = list(Grade.objects.select_for_update().order_by("rank"))
    kept = {grade.name.casefold(): grade for grade in old if grade.name.casefold() in folded}
    gone = [grade for grade in old if grade.name.casefold() not in folded]
    placed: list[Grade | None] = []
    for index, key in enumerate(folded):
        there = old[index] if len(old) == len(wanted) and old[index] in gone else None
        placed.append(kept.get(key) or there)
    require_unused([grade for grade in gone if grade not in placed])
    Grade.objects.filter(pk__in=[grade.pk for grade in gone if grade not in placed]).delete()
    Grade.objects.update(rank=F("rank") + ASIDE)
    result = []
    for rank, (name, grade) in enumerate(zip(wanted, placed, strict=True), start=1):
        row = grade or Grade()
        row.rank, row.name = rank, name
        row.save()
        result.append(row)
    if [(grade.pk, grade.name) for grade in old] != [(grade.pk, grade.name) for grade in result]:
        audit.record("company.grades_changed", company(), actor=actor, count=len(result))
    return result


def require_unused(grades: Sequence[Grade]) -> None:
    """DomainError if somebody has one of these grades."""
    used = Grade.objects.filter(pk__in=[grade.pk for grade in grades]).annotate(number=Count("people")).filter(number__gt=0)
    for grade in used:
        raise DomainError(
            ngettext(
                "%(number)s person has the grade “%(name)s”, so it has to stay in the list.",
                "%(number)s people have the grade “%(name)s”, so it has to stay in the list.",
                grade.number,
            ),
            params={"number": grade.number, "name": grade.name},
        )
