"""Which tables of an anonymous round may exist: pure functions over sets of respondents.

The rule is simple enough to prove. Everything ever published about a question are counts over
groups of people. Cut the people by *all* published groups at once: each piece ("atom") is empty or
holds at least k people. Whoever adds and subtracts published counts can only reach counts over
unions of atoms, so never over fewer than k people. Hidden cells of a cut are one group together,
because the total less the visible cells gives their sum away. Source: statistical disclosure
control by cell suppression (Hundepool et al., 2012, chapter 4), the strict variant.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Respondent = int
Grouping = Mapping[Respondent, str]  # respondent -> the cell of a cut


@dataclass(frozen=True)
class Publishable:
    """What may be shown for one question: the total or not, and the visible cells of each cut."""

    total: bool = False
    cells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Known:
    """What is published so far: the answers of the people, each in the atom that all published
    groups put them in.
    """

    answers: Mapping[Respondent, Hashable]
    atoms: Mapping[Respondent, tuple[str, ...]]
    k: int

    def stays_safe(self, grouping: Grouping, visible: Sequence[str]) -> bool:
        """Whether the visible cells may be published too: every atom holds k people, no group is
        unanimous.
        """
        groups = self._groups(grouping, visible)
        if any(_unanimous(group, self.answers) for group in groups):
            return False
        sizes = Counter(self.cut_by(grouping, visible).atoms.values())
        return min(sizes.values()) >= self.k

    def _groups(self, grouping: Grouping, visible: Sequence[str]) -> Iterable[list[Respondent]]:
        """The people of each visible cell, and those of all hidden cells together."""
        groups: dict[str, list[Respondent]] = defaultdict(list)
        for person in self.atoms:
            groups[_place(grouping[person], visible)].append(person)
        return groups.values()

    def cut_by(self, grouping: Grouping, visible: Sequence[str]) -> _Known:
        """What is known once the visible cells of one more cut are published."""
        atoms = {}
        for person, atom in self.atoms.items():
            atoms[person] = (*atom, _place(grouping[person], visible))
        return _Known(self.answers, atoms, self.k)

    def safe_cells(self, grouping: Grouping) -> tuple[str, ...]:
        """The cells of one more cut that may be visible; the smallest are hidden first."""
        sizes = Counter(grouping.values())
        visible = sorted((cell for cell in sizes if cell), key=lambda cell: (sizes[cell], cell))
        while visible and not self.stays_safe(grouping, visible):
            visible.pop(0)
        return tuple(sorted(visible))


def safe_tables(
    answers: Mapping[Respondent, Hashable], cuts: Mapping[str, Grouping], k: int
) -> Publishable:
    """The total and the one-way cells that may be published together.

    `answers` holds one value for each respondent who answered; `cuts` are considered in their
    order, which is therefore the order of importance. Nothing at all is published about fewer than
    k people or a unanimous total.
    """
    people = sorted(answers)
    if len(people) < k or _unanimous(people, answers):
        return Publishable()

    known = _Known(answers, dict.fromkeys(people, ()), k)
    return Publishable(total=True, cells=_safe_cuts(known, cuts))


def _safe_cuts(known: _Known, cuts: Mapping[str, Grouping]) -> dict[str, tuple[str, ...]]:
    """The cells of each cut that may be visible beside the cells of the cuts before it."""
    cells: dict[str, tuple[str, ...]] = {}
    for cut, groups in cuts.items():
        grouping = {person: groups.get(person, "") for person in known.atoms}
        visible = known.safe_cells(grouping)
        if visible:
            cells[cut] = visible
            known = known.cut_by(grouping, visible)
    return cells


def _place(cell: str, visible: Sequence[str]) -> str:
    """A visible cell's own name; one name for all hidden ones together."""
    return cell if cell in visible else ""


def _unanimous(people: Sequence[Respondent], answers: Mapping[Respondent, Hashable]) -> bool:
    """Everybody answered the same: the table would say what each of them answered."""
    return len({answers[person] for person in people}) <= 1


BANDS = (
    (0, "0"),
    (1, "1–4"),
    (5, "5–9"),
    (10, "10–19"),
    (20, "20–49"),
    (50, "50–99"),
    (100, "100+"),
)


def band(number: int) -> str:
    """A count in bands, for anonymous rounds that are still open."""
    return next(label for low, label in reversed(BANDS) if number >= low)
