"""Grades: the company's ladder, kept by hand or by the directory.

Where the directory has no grades, the depth in the reporting tree decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext as _

from accounts.domain.names import words
from accounts.models import Grade, User
from common import audit
from common.errors import DomainError
from common.text import checked_line

# Ranks are unique: while they change, those of before are moved up by this much.
SHIFT = 10_000


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
    """The rung of each person by depth in the reporting tree: the top gets the highest one.

    Pure. Where the tree is deeper than the ladder, `rungs` gets new ones at its lower end; the
    others keep their names.
    """
    deepest = max(depths.values(), default=-1)
    for depth in range(len(rungs), deepest + 1):
        insert(rungs, 0, level_name(depth, rungs))

    top = len(rungs) - 1
    return {person: rungs[top - depth] for person, depth in depths.items()}


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
    """The rung of each person by the name of the grade. New names are put where they fit best.

    Pure. Case, accents and punctuation make no difference. Several new names with numbers ("G4",
    "Band 7") are ordered by number, upwards or downwards as the reporting tree says. Others are
    ordered by the depth of their people in it. Each is put above the highest known grade whose
    people are as deep or deeper.
    """
    plain_names = {person: plain_name(name) for person, name in grades.items()}
    means = mean_depths(plain_names, depths)
    add_new(rungs, dict.fromkeys(grades.values()), means)
    known = {plain_name(rung.name): rung for rung in rungs}
    return {person: known[plain] for person, plain in plain_names.items()}


def add_new(rungs: list[Rung], names: Iterable[str], means: Mapping[str, float]) -> None:
    """Add a rung for each of the names that has none."""
    known = {plain_name(rung.name) for rung in rungs}
    new = [name for name in names if plain_name(name) not in known]
    for name in juniors_first(new, means):
        plain = plain_name(name)
        if plain not in known:  # two spellings of one new name
            insert(rungs, place_of(plain, rungs, means), name)
            known.add(plain)


def plain_name(name: str) -> str:
    """A grade's name as it is compared."""
    return " ".join(words(name))


def juniors_first(names: Sequence[str], means: Mapping[str, float]) -> list[str]:
    """New names from the most junior to the most senior."""
    depths = {name: means.get(plain_name(name), 0.0) for name in names}
    numbers = last_numbers(names)
    if len(set(numbers.values())) < len(names):  # not every name has a number of its own
        return sorted(names, key=lambda name: (-depths[name], name))
    return sorted(names, key=numbers.__getitem__, reverse=larger_is_deeper(numbers, depths))


def larger_is_deeper(numbers: Mapping[str, float], depths: Mapping[str, float]) -> bool:
    """Whether grades with larger numbers are the more junior ones, as the reporting tree says.

    Usually they are the more senior ones.
    """
    if not numbers:
        return False
    middle = sum(numbers.values()) / len(numbers)
    slope = sum((number - middle) * depths[name] for name, number in numbers.items())
    return slope > 0


def last_numbers(names: Sequence[str]) -> dict[str, float]:
    """The last number in each name; names without one are left out."""
    found = {name: re.findall(r"\d+", name) for name in names}
    return {name: float(numbers[-1]) for name, numbers in found.items() if numbers}


def place_of(name: str, rungs: Sequence[Rung], means: Mapping[str, float]) -> int:
    """Where a new grade goes: above the highest one whose people are as deep or deeper.

    On top where nothing is known of the depths; at the bottom where all others are less deep.
    """
    known = [means.get(plain_name(rung.name)) for rung in rungs]
    if name not in means or not any(mean is not None for mean in known):
        return len(rungs)
    place = 0
    for index, mean in enumerate(known):
        if mean is not None and mean >= means[name]:
            place = index + 1
    return place


def mean_depths(grades: Mapping[int, str], depths: Mapping[int, int]) -> dict[str, float]:
    """The mean depth in the reporting tree of the people of each grade."""
    found: dict[str, list[int]] = {}
    for person, name in grades.items():
        if person in depths:
            found.setdefault(name, []).append(depths[person])
    return {name: sum(values) / len(values) for name, values in found.items()}


def insert(rungs: list[Rung], index: int, name: str) -> Rung:
    """A new rung at this place. Those above it move up where they must; other gaps stay."""
    rung = Rung(None, name[:80], rank_for(index, rungs))
    rungs.insert(index, rung)
    for lower, upper in zip(rungs[index:], rungs[index + 1 :], strict=False):
        upper.rank = max(upper.rank, lower.rank + 1)
    return rung


def rank_for(index: int, rungs: Sequence[Rung]) -> int:
    """The rank of a rung that is inserted here; those above it may have to move up."""
    if index:
        return rungs[index - 1].rank + 1
    if rungs:
        return max(rungs[0].rank - 1, 1)
    return 1


def save_ladder(rungs: Sequence[Rung]) -> None:
    """Save new rungs, fill in their ids, and write the ranks that have changed.

    Within the caller's transaction.
    """
    saved = dict(Grade.objects.select_for_update().values_list("pk", "rank"))
    moved: dict[int, int] = {}
    for rung in rungs:
        if rung.id is not None and saved.get(rung.id) != rung.rank:
            moved[rung.id] = rung.rank
    write_ranks(moved)
    create_grades(rungs)


def create_grades(rungs: Sequence[Rung]) -> None:
    """Save the rungs that are new, and fill in their ids."""
    new = [rung for rung in rungs if rung.id is None]
    made = Grade.objects.bulk_create(Grade(name=rung.name, rank=rung.rank) for rung in new)
    for rung, grade in zip(new, made, strict=True):
        rung.id = grade.pk


def write_ranks(ranks: Mapping[int, int]) -> None:
    """Give grades other ranks, which some of the others may have now: {id: rank}."""
    Grade.objects.filter(pk__in=ranks).update(rank=F("rank") + SHIFT)
    for pk, rank in ranks.items():
        Grade.objects.filter(pk=pk).update(rank=rank)


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
    """Change places with the next grade above or below. Without one, nothing happens."""
    locked = list(Grade.objects.select_for_update().order_by("rank"))
    if not up:
        locked.reverse()
    index = locked.index(grade)
    if index + 1 == len(locked):
        return
    moved, other = locked[index], locked[index + 1]
    write_ranks({moved.pk: other.rank, other.pk: moved.rank})
    audit.record("grade.moved", moved, actor=actor, rank=other.rank)


@transaction.atomic
def remove(*, actor: User, grade: Grade) -> None:
    """Delete a grade. DomainError where somebody has it."""
    locked = Grade.objects.select_for_update().get(pk=grade.pk)
    if User.objects.filter(grade=locked).exists():
        raise DomainError(
            _("People have the grade “%(name)s”, so it cannot be removed."),
            params={"name": locked.name},
        )
    audit.record("grade.removed", locked, actor=actor, rank=locked.rank)
    locked.delete()


def free_name(name: str, *, but: Grade | None = None) -> str:
    """The name without needless blanks. DomainError if it is empty or another grade's."""
    clean = " ".join(checked_line(name).split())
    if not clean:
        raise DomainError(_("Give the grade a name."))
    if len(clean) > 80:
        raise DomainError(_("The name is longer than 80 characters. Shorten it."))
    if Grade.objects.filter(name__iexact=clean).exclude(pk=but.pk if but else 0).exists():
        raise DomainError(_("There is already a grade “%(name)s”."), params={"name": clean})
    return clean
