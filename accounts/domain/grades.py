"""Grades: the company's ladder, kept by hand, by the directory, or told by the depth of the
reporting tree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext as _

from accounts.domain.names import words
from accounts.models import Grade, User
from common import audit
from common.errors import DomainError

SHIFT = 10_000  # ranks are moved out of each other's way by this much while they are written anew


@dataclass(slots=True)
class Rung:
    """A grade as it is or will be; `id` None for one that is to be made."""

    id: int | None
    name: str
    rank: int


def with_counts() -> QuerySet[Grade]:
    """The grades, most senior first, each with `people_count`."""
    return Grade.objects.annotate(people_count=Count("people")).order_by("-rank")


def ladder() -> list[Rung]:
    """The grades as they are, most junior first."""
    return [
        Rung(pk, name, rank)
        for pk, name, rank in Grade.objects.order_by("rank").values_list("pk", "name", "rank")
    ]


def by_depth(rungs: list[Rung], depths: Mapping[int, int]) -> dict[int, Rung]:
    """The rung of each person by depth in the reporting tree: the top stands on the highest one,
    each level one lower.

    Pure. Where the tree is deeper than the ladder, `rungs` gets new ones at its lower end; the
    names of the others stay with their levels, also when the tree grows deeper later.
    """
    for depth in range(max(depths.values(), default=-1) + 1):
        if depth >= len(rungs):
            insert(rungs, 0, level_name(depth, rungs))
    return {person: rungs[len(rungs) - 1 - depth] for person, depth in depths.items()}


def level_name(depth: int, rungs: Sequence[Rung]) -> str:
    """A name for the level `depth` below the top that no rung has."""
    name = _("Level 1 (top)") if depth == 0 else _("Level %(number)d") % {"number": depth + 1}
    taken = {rung.name for rung in rungs}
    while name in taken:
        name += "*"
    return name


def by_name(
    rungs: list[Rung], grades: Mapping[int, str], depths: Mapping[int, int]
) -> dict[int, Rung]:
    """The rung of each person by the name of the grade; names that are new are put where they fit
    best.

    Pure. Case, accents and punctuation make no difference. Several new names with numbers ("G4",
    "Band 7") are ordered by number, upwards or downwards as the reporting tree says, others by how
    deep their people stand; each is put above the highest known grade whose people stand as deep or
    deeper.
    """
    known = {plain_name(rung.name): rung for rung in rungs}
    means = mean_depths({person: plain_name(name) for person, name in grades.items()}, depths)
    for name in juniors_first(
        [name for name in dict.fromkeys(grades.values()) if plain_name(name) not in known], means
    ):
        if plain_name(name) not in known:  # two spellings of one new name
            known[plain_name(name)] = insert(rungs, place_of(plain_name(name), rungs, means), name)
    return {person: known[plain_name(name)] for person, name in grades.items()}


def plain_name(name: str) -> str:
    """A grade's name as it is compared."""
    return " ".join(words(name))


def juniors_first(names: Sequence[str], means: Mapping[str, float]) -> list[str]:
    """New names from the most junior to the most senior."""
    numbers = {name: float(found[-1]) for name in names if (found := re.findall(r"\d+", name))}
    deep = {name: means.get(plain_name(name), 0.0) for name in names}
    if len(numbers) == len(names) and len(set(numbers.values())) == len(names):
        # usually a larger number is more senior; the reporting tree may say that it is the other
        # way round
        middle = sum(numbers.values()) / max(len(numbers), 1)
        falling = sum((numbers[name] - middle) * deep[name] for name in names) > 0
        return sorted(names, key=lambda name: -numbers[name] if falling else numbers[name])
    return sorted(names, key=lambda name: (-deep[name], name))


def place_of(name: str, rungs: Sequence[Rung], means: Mapping[str, float]) -> int:
    """Where a new grade goes: above the highest one whose people stand as deep as its own, or
    deeper; else on top.
    """
    if name not in means:
        return len(rungs)
    told = [
        (index, means[plain_name(rung.name)])
        for index, rung in enumerate(rungs)
        if plain_name(rung.name) in means
    ]
    below = [index for index, mean in told if mean >= means[name]]
    return max(below) + 1 if below else (0 if told else len(rungs))


def mean_depths(grades: Mapping[int, str], depths: Mapping[int, int]) -> dict[str, float]:
    """How deep the people of each grade stand on average."""
    found: dict[str, list[int]] = {}
    for person, name in grades.items():
        if person in depths:
            found.setdefault(name, []).append(depths[person])
    return {name: sum(values) / len(values) for name, values in found.items()}


def insert(rungs: list[Rung], index: int, name: str) -> Rung:
    """A new rung at this place; those above it move up where they must, so that gaps between ranks
    stay gaps.
    """
    rung = Rung(
        None,
        name[:80],
        rungs[index - 1].rank + 1 if index else max(rungs[0].rank - 1, 1) if rungs else 1,
    )
    rungs.insert(index, rung)
    for lower, upper in zip(rungs[index:], rungs[index + 1 :], strict=False):
        upper.rank = max(upper.rank, lower.rank + 1)
    return rung


def save_ladder(rungs: Sequence[Rung]) -> None:
    """Make what is new and write ranks that have changed; fills the ids in.

    Within the caller's transaction.
    """
    ranks = dict(Grade.objects.select_for_update().values_list("pk", "rank"))
    moved = [rung for rung in rungs if rung.id is not None and ranks.get(rung.id) != rung.rank]
    Grade.objects.filter(pk__in=[rung.id for rung in moved if rung.id]).update(
        rank=F("rank") + SHIFT
    )
    for rung in moved:
        Grade.objects.filter(pk=rung.id or 0).update(rank=rung.rank)
    new = [rung for rung in rungs if rung.id is None]
    for rung, grade in zip(
        new, Grade.objects.bulk_create([Grade(name=r.name, rank=r.rank) for r in new]), strict=True
    ):
        rung.id = grade.pk


@transaction.atomic
def add(*, actor: User, name: str) -> Grade:
    """A grade above all others. DomainError for a name that is taken or empty."""
    clean = free_name(name)
    top = Grade.objects.select_for_update().order_by("-rank").first()
    grade = Grade.objects.create(name=clean, rank=top.rank + 1 if top else 1)
    audit.record("grade.added", grade, actor=actor, rank=grade.rank)
    return grade


@transaction.atomic
def rename(*, actor: User, grade: Grade, name: str) -> Grade:
    """Another name for a grade. DomainError for a name that is taken or empty."""
    locked = Grade.objects.select_for_update().get(pk=grade.pk)
    clean = free_name(name, but=locked)
    if clean != locked.name:
        locked.name = clean
        locked.save(update_fields=["name"])
        audit.record("grade.renamed", locked, actor=actor)
    return locked


@transaction.atomic
def move(*, actor: User, grade: Grade, up: bool) -> None:
    """Change places with the next grade above or below; the end of the ladder stays the end."""
    everything = list(Grade.objects.select_for_update().order_by("rank"))
    index = next(position for position, other in enumerate(everything) if other.pk == grade.pk)
    if not 0 <= index + (1 if up else -1) < len(everything):
        return
    one, other = everything[index], everything[index + (1 if up else -1)]
    ranks = one.rank, other.rank
    Grade.objects.filter(pk=one.pk).update(rank=one.rank + SHIFT)
    Grade.objects.filter(pk=other.pk).update(rank=ranks[0])
    Grade.objects.filter(pk=one.pk).update(rank=ranks[1])
    audit.record("grade.moved", one, actor=actor, rank=ranks[1])


@transaction.atomic
def remove(*, actor: User, grade: Grade) -> None:
    """Take a grade away that nobody has. DomainError where somebody has it."""
    locked = Grade.objects.select_for_update().get(pk=grade.pk)
    if User.objects.filter(grade=locked).exists():
        raise DomainError(
            _("People have the grade “%(name)s”, so it stays."), params={"name": locked.name}
        )
    audit.record("grade.removed", locked, actor=actor, rank=locked.rank)
    locked.delete()


def free_name(name: str, *, but: Grade | None = None) -> str:
    """The name without needless blanks. DomainError if it is empty or another grade's."""
    clean = " ".join(name.split())
    if not clean:
        raise DomainError(_("Give the grade a name."))
    if len(clean) > 80:
        raise DomainError(_("The name is longer than 80 characters. Shorten it."))
    if Grade.objects.filter(name__iexact=clean).exclude(pk=but.pk if but else 0).exists():
        raise DomainError(_("There is a grade “%(name)s” already."), params={"name": clean})
    return clean
