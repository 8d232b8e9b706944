"""Which groups of a survey may be shown together, by an exact subtraction audit.

Everything published about a question are counts over groups of people: the total, and the visible
cells of each cut. Whoever adds and subtracts them reaches weighted counts, one weight per person.
Such a combination tells of too few if its weights are not all zero, and not zero for fewer than k
people. People with the same visible cells always have the same weight: they are one "atom".

Whether there is such a combination is an integer program: a weight per cell, whole numbers up to
MOST_WEIGHT. Its answers are the same as those of enumeration by rank (see its test). Source:
auditing of cell suppression (Hundepool et al., 2012, chapter 4).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Respondent = int
Grouping = Mapping[Respondent, str]  # respondent -> the cell of a cut
Atom = tuple[str, ...]  # the visible cell of each cut; "" where it is hidden

MOST_WEIGHT = 5
# Work per audit in the solver's own units, which are the same on each machine: about as many
# seconds. An audit that needs more counts as one that failed: less is shown, never more.
MOST_WORK = 4.0


@dataclass(frozen=True)
class Publishable:
    """What may be shown of one question: the total or not, and the visible cells of each cut."""

    total: bool = False
    cells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def publishable(
    people: Iterable[Respondent],
    cuts: Mapping[str, Grouping],
    *,
    k: int,
    left_out: Mapping[str, frozenset[str]] | None = None,
) -> Publishable:
    """The total and the cells that may be shown together of these respondents.

    Cells are hidden by their size alone, the smallest first, and where they are `left_out` {cut:
    cells}. The cuts are considered in their order, which is the order of importance.
    """
    respondents = sorted(people)
    if len(respondents) < k:
        return Publishable()

    atoms: dict[Respondent, Atom] = dict.fromkeys(respondents, ())
    shown = {}
    for cut, grouping in cuts.items():
        hidden = (left_out or {}).get(cut, frozenset())
        cells = _visible_cells(atoms, grouping, hidden, k)
        if cells:
            shown[cut] = cells
            atoms = _cut_by(atoms, grouping, cells)
    return Publishable(total=True, cells=shown)


def _visible_cells(
    atoms: Mapping[Respondent, Atom], grouping: Grouping, left_out: frozenset[str], k: int
) -> tuple[str, ...]:
    """The cells of one more cut that may be visible."""
    sizes = Counter(grouping.get(person, "") for person in atoms)
    large = [cell for cell in sizes if cell and sizes[cell] >= k and cell not in left_out]
    smallest_first = sorted(large, key=lambda cell: (sizes[cell], cell))

    def is_safe(number_hidden: int) -> bool:
        cells = smallest_first[number_hidden:]
        return not cells or not exposes(_cut_by(atoms, grouping, cells).values(), k)

    # Hiding one more cell never makes a safe choice unsafe, so the first safe one can be bisected.
    choices = range(len(smallest_first) + 1)
    number_hidden = 0 if is_safe(0) else bisect_left(choices, True, lo=1, key=is_safe)
    return tuple(sorted(smallest_first[number_hidden:]))


def _cut_by(
    atoms: Mapping[Respondent, Atom], grouping: Grouping, cells: Sequence[str]
) -> dict[Respondent, Atom]:
    """The atoms once these cells of one more cut are visible."""
    visible = set(cells)
    cut = {}
    for person, atom in atoms.items():
        cell = grouping.get(person, "")
        cut[person] = (*atom, cell if cell in visible else "")
    return cut


def exposes(places: Iterable[Atom], k: int) -> bool:
    """Whether some combination of the groups tells of fewer than k people.

    `places` has each person's atom. True, too, where the audit needs too much work.
    """
    sizes = Counter(places)
    if _has_small_group(sizes, k):
        return True
    if all(size >= k for size in sizes.values()):
        return False
    return _solve(sizes, k)


def _has_small_group(sizes: Mapping[Atom, int], k: int) -> bool:
    """Whether a visible cell, or all hidden cells of a cut together, have fewer than k people."""
    groups: Counter[tuple[int, str]] = Counter()
    for atom, size in sizes.items():
        for cut, cell in enumerate(atom):
            groups[cut, cell] += size
    return min(groups.values()) < k


def _solve(sizes: Mapping[Atom, int], k: int) -> bool:
    # The solver takes a second to load, and only a close needs it.
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    weights = _weights(model, sizes)
    _tell_of_few(model, sizes, weights, k)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = MOST_WORK
    return bool(solver.solve(model) != cp_model.INFEASIBLE)


def _weights(model: Any, sizes: Mapping[Atom, int]) -> dict[Atom, Any]:
    """The weight of each atom's people: a constant and a weight for each of its cells."""
    # The weights are only determined up to constants per cut: the largest atom fixes them.
    largest = max(sorted(sizes), key=lambda atom: sizes[atom])
    constant = model.new_int_var(-MOST_WEIGHT, MOST_WEIGHT, "constant")
    of_cell: dict[tuple[int, str], Any] = {}
    for cut, fixed in enumerate(largest):
        for cell in sorted({atom[cut] for atom in sizes} - {fixed}):
            name = f"{cut}:{cell}"
            of_cell[cut, cell] = model.new_int_var(-MOST_WEIGHT, MOST_WEIGHT, name)

    weights = {}
    for atom in sorted(sizes):
        cells = [of_cell[key] for key in enumerate(atom) if key in of_cell]
        weights[atom] = constant + sum(cells)
    return weights


def _tell_of_few(
    model: Any, sizes: Mapping[Atom, int], weights: Mapping[Atom, Any], k: int
) -> None:
    """Zero for all but fewer than k people, and not zero everywhere."""
    touched, positive = [], []
    for atom, weight in weights.items():
        if sizes[atom] >= k:
            model.add(weight == 0)
            continue
        is_touched = model.new_bool_var("")
        model.add(weight == 0).only_enforce_if(~is_touched)
        touched.append(sizes[atom] * is_touched)
        # A combination and its negative tell the same: one of its weights is positive.
        is_positive = model.new_bool_var("")
        model.add(weight >= 1).only_enforce_if(is_positive)
        positive.append(is_positive)
    model.add(sum(touched) < k)
    model.add_bool_or(positive)
